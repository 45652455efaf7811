"""What every page is made of: its frame, badges, tables and the states where there is no data.

Whatever comes from outside, a title above all, is escaped here and nowhere else: callers give
text, and only `Markup` passes as it is.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import psycopg
import streamlit as st
from ytempire.errors import ServiceFailed, YTEmpireError

from dashboards import board, formats
from dashboards.data import Marts, MartsEmpty

STYLE = Path(__file__).with_name("style.css")
#: Characters that turn the text after them around: a title would write the rest of its line
#: backwards, or show `exe.png` for `gnp.exe`. Names that read from the right need none of them.
_TURNS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))


class Markup(str):
    """HTML that is ours and safe to show."""

    __slots__ = ()


def text(value: object) -> Markup:
    """Text as HTML; `dir=auto` lets right-to-left names read as they should."""
    if isinstance(value, Markup):
        return value
    return Markup(html.escape(str(value).translate(_TURNS)))


SIMULATED = Markup('<span class="yt-simulated">SIMULATED</span>')


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes:
        head: what stands above it.
        cell: a row's cell, as text or Markup.
        is_number: set to the right, in figures of one width.
        is_minor: left out where the page is a phone's.
    """

    head: str
    cell: Callable[[Mapping[str, Any]], object]
    is_number: bool = False
    is_minor: bool = False

    @property
    def css(self) -> str:
        return " ".join(
            name for name, on in (("num", self.is_number), ("minor", self.is_minor)) if on
        )


def apply_style() -> None:
    st.html(STYLE)


def show(markup: str) -> None:
    """Puts our own HTML on the page."""
    st.html(markup)


def heading(title: str, about: str = "", *, level: int = 1) -> None:
    """A heading, with a line under it that says what the figures are."""
    board.add(board.Heading(title, about, level))
    below = f'<p class="yt-about">{text(about)}</p>' if about else ""
    show(f'<h{level} class="yt-h{level}" dir="auto">{text(title)}</h{level}>{below}')


def note(about: object) -> None:
    """A remark on the figures, as text or Markup; nothing where it is empty."""
    if markup := text(about):
        board.add(board.Note(markup))
        show(f'<p class="yt-note">{markup}</p>')


def points(words: Sequence[str]) -> None:
    """Sentences one under the other; nothing where there are none."""
    if words:
        items = Markup("".join(f"<li>{text(each)}</li>" for each in words))
        board.add(board.Points(items))
        show(f'<ul class="yt-why">{items}</ul>')


def chart(spec: dict[str, Any], *, alt: str, key: str) -> None:
    """A Vega-Lite chart; `alt` says in words what it shows."""
    board.add(board.Chart(spec, alt))
    st.vega_lite_chart(spec, alt=alt, key=key)


def table(
    caption: str,
    columns: Sequence[Column],
    rows: Sequence[Mapping[str, Any]],
    total: Mapping[str, str] | None = None,
) -> None:
    """A table; `total` maps heads to what stands in the last line."""
    board.add(board.Table(caption, columns, rows, total or {}))
    head = "".join(f'<th scope="col" class="{c.css}">{text(c.head)}</th>' for c in columns)
    body = "".join(
        "<tr>"
        + "".join(f'<td class="{c.css}" dir="auto">{text(c.cell(row))}</td>' for c in columns)
        + "</tr>"
        for row in rows
    )
    foot = ""
    if total:
        cells = "".join(f'<td class="{c.css}">{text(total.get(c.head, ""))}</td>' for c in columns)
        foot = f"<tfoot><tr>{cells}</tr></tfoot>"
    show(
        f'<div class="yt-table" tabindex="0" role="region" aria-label="{text(caption)}">'
        f'<table><caption class="yt-hidden">{text(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>{foot}</table></div>"
    )


def banner(label: str, about: str) -> None:
    """The strip that says, before any figure, that figures are simulated."""
    board.add(board.Banner(label, about))
    show(f'<div class="yt-banner" role="note"><b>{text(label)}</b><span>{text(about)}</span></div>')


def simulation(row: Mapping[str, Any]) -> None:
    """Says how much of the house is simulated; nothing where nothing is."""
    simulated, channels = row["simulated_channels"], row["channels"]
    if not simulated:
        return
    if simulated == channels:
        banner("SIMULATED", "Every channel here belongs to the local YouTube. No money has moved.")
        return
    banner(
        "PARTLY SIMULATED",
        f"{simulated} of {channels} channels belong to the local YouTube: {row['titles']}. "
        "Totals hold their figures as well.",
    )


def outage(built: Marts) -> None:
    """Says that the warehouse does not answer, and how old the figures are; else nothing."""
    if built.outage is None:
        return
    age = formats.age(built.built_at, datetime.now(UTC))
    about = (
        f"What is shown was built {age}; choices that nobody made since cannot be shown. "
        f"{built.outage.message}"
    )
    notice("The warehouse does not answer", about, _steps(built.outage))


def notice(title: str, about: str, steps: Sequence[str] = ()) -> None:
    """A state of the page that is not its data: what is so, and what to do about it."""
    board.add(board.Notice(title, with_code(" ".join([about, *steps]))))
    items = "".join(f"<li>{with_code(step)}</li>" for step in steps)
    show(
        f'<section class="yt-notice" role="status"><h2>{text(title)}</h2>'
        f"<p>{with_code(about)}</p>{f'<ul>{items}</ul>' if items else ''}</section>"
    )


def with_code(words: str) -> Markup:
    """Text as HTML, its `commands` set as code."""
    parts = words.split("`")
    return Markup(
        "".join(f"<code>{text(p)}</code>" if i % 2 else text(p) for i, p in enumerate(parts))
    )


def footer(built_at: str = "", calendar: str = "days are Pacific") -> None:
    """The page's last line; `built_at` is the version of the marts that it shows."""
    if built_at:
        board.add(board.Built(built_at, calendar))
    about = f"Marts built {built_at[:16]} UTC · {calendar} · money is USD" * bool(built_at)
    show(
        f'<footer class="yt-footer"><span>{text(about)}</span>'
        '<a href="/logout">Sign out</a></footer>'
    )


def page(title: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Makes a page that, where it has no data to show, says why and what to do."""

    def decorate(show_page: Callable[[], None]) -> Callable[[], None]:
        from dashboards import export  # which is made of these parts

        @wraps(show_page)
        def guarded() -> None:
            # Above the page, and filled when it is known what the page shows.
            take = st.container(key="take")
            try:
                with board.recording(title) as shown:
                    show_page()
                with take:
                    export.document(shown)
            except (YTEmpireError, psycopg.Error) as error:
                if not shown.has_title:
                    heading(title)
                _no_data(error if isinstance(error, YTEmpireError) else _BROKEN_OFF)
                if st.button("Try again"):
                    st.rerun()
                footer()

        return guarded

    return decorate


_BROKEN_OFF = ServiceFailed("The warehouse broke off while this page was drawn.")


def _no_data(error: YTEmpireError) -> None:
    if isinstance(error, MartsEmpty):
        notice(
            "No figures yet",
            "The warehouse is up; its marts have not been filled. They are built by the DAG "
            "`refresh_warehouse`, as soon as YouTube has been asked.",
            [
                "First start: `make up` runs the first cycle and says when it is through.",
                "Otherwise look at `pull_youtube` and `refresh_warehouse` in Airflow.",
            ],
        )
        return
    notice("The warehouse cannot be read", error.message, _steps(error))


def _steps(error: YTEmpireError) -> list[str]:
    return [line for line in error.remedy.splitlines() if line]
