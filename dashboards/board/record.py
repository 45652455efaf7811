"""What a page has shown, part by part, in the order of the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Protocol


class Column(Protocol):
    """A column of a table, as `parts.Column`."""

    @property
    def head(self) -> str: ...

    @property
    def is_number(self) -> bool: ...

    def cell(self, row: Mapping[str, Any], /) -> object: ...


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 (the page's) or 2 (a card's), and the line under it."""

    title: str
    about: str
    level: int


@dataclass(frozen=True)
class Banner:
    label: str
    about: str


@dataclass(frozen=True)
class Tile:
    """A figure as it is written, what it is, how it moved (empty: not known) and what it was.

    Attributes:
        mood: good, bad or empty, as the change is.
    """

    label: str
    value: str
    definition: str
    change: str = ""
    mood: str = ""
    earlier: str = ""


@dataclass(frozen=True)
class Tiles:
    tiles: Sequence[Tile]


@dataclass(frozen=True)
class Chart:
    """A Vega-Lite specification, and what it shows in words."""

    spec: Mapping[str, Any]
    alt: str


@dataclass(frozen=True)
class Table:
    """Rows, each under the columns that write it; `total` maps heads to the last line's cells."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Any]]
    total: Mapping[str, str]


@dataclass(frozen=True)
class Note:
    """A remark, as HTML of ours."""

    markup: str


@dataclass(frozen=True)
class Notice:
    """A state of the page that is not its data: what is so, and more of it as HTML of ours."""

    title: str
    markup: str


@dataclass(frozen=True)
class Points:
    """A list, as HTML of ours."""

    markup: str


@dataclass(frozen=True)
class Built:
    """When the marts were built (UTC), and which calendar the page speaks of."""

    version: str
    calendar: str


Part = Heading | Banner | Tiles | Chart | Table | Note | Notice | Points | Built


@dataclass
class Page:
    """A page as it is being shown."""

    name: str
    parts: list[Part] = field(default_factory=list)

    @property
    def has_title(self) -> bool:
        """Whether its own heading stands on it."""
        return any(isinstance(part, Heading) and part.level == 1 for part in self.parts)

    @property
    def has_figures(self) -> bool:
        """Whether it shows anything of the marts."""
        kinds = {type(part) for part in self.parts}
        return Built in kinds and bool(kinds & {Tiles, Table, Chart})


_shown: ContextVar[Page | None] = ContextVar("shown", default=None)


@contextmanager
def recording(name: str) -> Iterator[Page]:
    """Takes down all that is shown within, by `add`."""
    page = Page(name)
    token = _shown.set(page)
    try:
        yield page
    finally:
        _shown.reset(token)


def add(part: Part) -> None:
    """Adds a part to the page that is being shown; nothing happens outside of one."""
    page = _shown.get()
    if page is not None:
        page.parts.append(part)
