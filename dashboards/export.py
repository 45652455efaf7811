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
from dashboards.people import Person, person

#: A spreadsheet takes a text that starts with one of these for a formula and runs it.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
#: Files kept for those who had them made; another one takes the oldest one's place.
KEPT_FILES = 40
#: Rows that a file holds, at most: the server has them in memory while it is made.
FILE_ROWS = 50_000
Rows = Sequence[Mapping[str, Any]]
#: Reads so many rows of what the page shows the first of.
Every = Callable[[int], Rows]
_places = itertools.cycle(range(KEPT_FILES))


def as_csv(rows: Rows) -> bytes:
    """The rows under the names of their columns, UTF-8 with a byte order mark.

    A text that a spreadsheet would run starts with an apostrophe; figures stay figures. What each
    row says of all of them (`all_…`) is in none.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    columns = [name for name in rows[0] if not name.startswith("all_")] if rows else []
    writer.writerow(columns)
    writer.writerows([_cell(row[name]) for name in columns] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def whole_csv(rows: Rows, every: Every | None = None) -> bytes:
    """The same of all the rows there are, where those shown are the first of more."""
    return as_csv(every(FILE_ROWS) if every is not None and more_than(rows) else rows)


def more_than(rows: Rows) -> int:
    """How many rows there are where those shown are the first of more; else 0."""
    there = int(rows[0].get("all_rows", 0)) if rows else 0
    return there if there > len(rows) else 0


def renamed(rows: Rows, names: Mapping[str, str]) -> Rows:
    """The rows with columns called by what they hold, such as `value` by its figure and unit."""
    return [{names.get(name, name): value for name, value in row.items()} for row in rows]


def offer(name: str, rows: Rows, every: Every | None = None) -> None:
    """A button that downloads the rows as `<name>.csv`; nothing where there are none."""
    if rows:
        file_name = f"ytempire-{name}.csv"
        _button("CSV", partial(whole_csv, rows, every), file_name, "text/csv", f"csv-{name}")


def document(shown: board.Page) -> None:
    """A button that downloads the page as a PDF; none without figures."""
    if shown.has_figures:
        _button("PDF", partial(board.make, shown), board.file_name(shown), "application/pdf", "pdf")


def _button(label: str, make: Callable[[], bytes], file_name: str, mime: str, key: str) -> None:
    """The one place where anything is handed out, made when it is asked for; nothing to a role
    that takes nothing along."""
    who = person()
    if roles.may(who.role, "export"):
        made = partial(_kept, who, file_name, mime, make)
        st.download_button(label, made, file_name=file_name, mime=mime, key=key, on_click="ignore")


def _kept(who: Person, file_name: str, mime: str, make: Callable[[], bytes]) -> bytes:
    """What is handed out, held on to: Streamlit drops a made file as soon as two runs of anybody's
    pages have ended, be it before its maker's browser has come for it."""
    content = hand_out(who, file_name, make)
    place = f"made {next(_places)}"
    files = runtime.get_instance().media_file_mgr
    files.add(content, mime, place, file_name, is_for_static_download=True)
    return content


def hand_out(who: Person, file_name: str, make: Callable[[], bytes]) -> bytes:
    """A file for a person as the page was drawn for them, with its row in the audit log.

    It changes nothing: while the log cannot be written the row waits (`notes`).

    Raises:
        NotAllowed: they may take nothing along, or are no longer what they were when the page was
            drawn, which may be closed to them; it was not made.
    """
    role = standing.role_of(who.name)
    if role is not who.role or not roles.may(role, "export"):
        notes.note(who.name, "export", "refused", target=file_name)
        raise NotAllowed(f"{who.name} may not take this along.", "Load the page anew.")
    content = make()
    notes.note(who.name, "export", target=file_name)
    return content


def card_head(title: str, about: str, name: str, rows: Rows, every: Every | None = None) -> None:
    """A card's heading, with the button that takes its rows along.

    Args:
        every: for the file, where the page shows only the first; each row then says how many
            there are, `all_rows`.
    """
    with st.container(key=f"head-{name}", horizontal=True, vertical_alignment="top"):
        parts.heading(title, about, level=2)
        offer(name, rows, every)


def note_of_more(rows: Rows, about: str = "") -> None:
    """Says, under a table, that there are more rows than it shows, and where; else nothing."""
    if there := more_than(rows):
        held = f"its first {FILE_ROWS:,}" if there > FILE_ROWS else "all"
        parts.note(f"The first {len(rows):,} of {there:,}{about}; the CSV holds {held}.")


def _cell(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    # Spreadsheets drop what is not printed at the start, and then look.
    bare = value.lstrip("\t\r\n \N{NO-BREAK SPACE}\N{ZERO WIDTH NO-BREAK SPACE}\0")
    return f"'{value}" if bare.startswith(_FORMULA) or value[:1] in {"\t", "\r", "\n"} else value
