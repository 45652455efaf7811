"""What is taken along: tables as CSV, for Excel, LibreOffice and scripts alike; pages as PDF."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st
from streamlit import runtime
from ytempire.errors import NotAllowed

from dashboards import board, notes, parts, roles, standing
from dashboards.people import person

#: A spreadsheet takes a text that starts with one of these for a formula and runs it.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
#: Files kept for those who had them made; another one takes the oldest one's place.
KEPT_FILES = 40
_places = itertools.cycle(range(KEPT_FILES))


def as_csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The rows under the names of their columns, UTF-8 with a byte order mark.

    A text that a spreadsheet would run starts with an apostrophe; figures stay figures.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(list(rows[0]) if rows else [])
    writer.writerows([_cell(value) for value in row.values()] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def offer(name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """A button that downloads the rows as `<name>.csv`; nothing where there are none."""
    if rows:
        file_name = f"ytempire-{name}.csv"
        _button("CSV", partial(as_csv, rows), file_name, "text/csv", f"csv-{name}")


def document(shown: board.Page) -> None:
    """A button that downloads the page as a PDF; none without figures."""
    if shown.has_figures:
        _button("PDF", partial(board.make, shown), board.file_name(shown), "application/pdf", "pdf")


def _button(label: str, make: Callable[[], bytes], file_name: str, mime: str, key: str) -> None:
    """The one place where anything is handed out, made when it is asked for; nothing to a role
    that takes nothing along."""
    who = person()
    if roles.may(who.role, "export"):
        made = partial(_kept, who.name, file_name, mime, make)
        st.download_button(label, made, file_name=file_name, mime=mime, key=key, on_click="ignore")


def _kept(name: str, file_name: str, mime: str, make: Callable[[], bytes]) -> bytes:
    """What is handed out, held on to: Streamlit drops a made file as soon as two runs of anybody's
    pages have ended, be it before its maker's browser has come for it."""
    content = hand_out(name, file_name, make)
    place = f"made {next(_places)}"
    files = runtime.get_instance().media_file_mgr
    files.add(content, mime, place, file_name, is_for_static_download=True)
    return content


def hand_out(name: str, file_name: str, make: Callable[[], bytes]) -> bytes:
    """A file for a person, with its row in the audit log.

    It reads and changes nothing: while the log cannot be written the row waits (`notes`).

    Raises:
        NotAllowed: they may take nothing along, or no longer; it was not made.
    """
    role = standing.role_of(name)
    if role is None or not roles.may(role, "export"):
        notes.note(name, "export", "refused", target=file_name)
        raise NotAllowed(f"{name} may take nothing along.", "Ask an admin.")
    content = make()
    notes.note(name, "export", target=file_name)
    return content


def card_head(title: str, about: str, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """A card's heading, with the button that takes its rows along."""
    with st.container(key=f"head-{name}", horizontal=True, vertical_alignment="top"):
        parts.heading(title, about, level=2)
        offer(name, rows)


def _cell(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    # Spreadsheets drop what is not printed at the start, and then look.
    bare = value.lstrip("\t\r\n \N{NO-BREAK SPACE}\N{ZERO WIDTH NO-BREAK SPACE}\0")
    return f"'{value}" if bare.startswith(_FORMULA) or value[:1] in {"\t", "\r", "\n"} else value
