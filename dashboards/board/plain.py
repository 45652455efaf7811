"""Text for the document: out of the pages' own HTML, in letters that the bundled typefaces have."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

#: Longer runs without a place to break get one, or they would stand out of their column.
_RUN = re.compile(r"[!-~\u00a1-\u024f]{24}(?=[!-~\u00a1-\u024f])")


def text(value: object) -> dict[str, Any]:
    """A text as the document takes it: its letters (`t`), and whether they run leftward (`rtl`).

    It is data there and never source: no sign of it is markup. What no bundled typeface can draw,
    such as emoji, is left out.
    """
    from ytempire.studio import fonts

    letters = fonts.drawable(str(value).replace("\N{NO-BREAK SPACE}", _KEPT)).replace(
        _KEPT, "\N{NO-BREAK SPACE}"
    )
    return {
        "t": _RUN.sub(lambda run: run[0] + "\N{ZERO WIDTH SPACE}", letters),
        "rtl": fonts.is_right_to_left(letters),
    }


#: Stands for a space that may not break while the others are put in order.
_KEPT = "\u2007"


def cell(markup: str) -> dict[str, Any]:
    """A cell's HTML in parts: large, small beneath, and whether it is simulated."""
    reader = _Reader()
    reader.feed(markup)
    return {
        "main": text("".join(reader.main).strip()),
        "small": text("".join(reader.small).strip()),
        "simulated": reader.is_simulated,
    }


def line(markup: str) -> dict[str, Any]:
    """The text of a paragraph."""
    return text(" ".join("".join(_read(markup)).split()))


def items(markup: str) -> list[dict[str, Any]]:
    """The texts of a list's items."""
    return [line(item) for item in re.findall(r"<li>(.*?)</li>", markup, flags=re.S)]


def _read(markup: str) -> list[str]:
    reader = _Reader()
    reader.feed(markup)
    return reader.main


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.main: list[str] = []
        self.small: list[str] = []
        self.is_simulated = False
        self._in_small = self._in_badge = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "small":
            self._in_small = True
            self.small.append(" " if self.small else "")
        if ("class", "yt-simulated") in attrs:
            self.is_simulated = self._in_badge = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "small":
            self._in_small = False
        if tag == "span":
            self._in_badge = False

    def handle_data(self, data: str) -> None:
        if not self._in_badge:
            (self.small if self._in_small else self.main).append(data)
