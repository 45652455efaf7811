"""Pages run by Streamlit's own test runner, and what they say."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from streamlit.testing.v1 import AppTest


def page(name: str, **address: str) -> AppTest:
    """The page of `dashboards/pages/<name>.py` at an address."""
    app = AppTest.from_function(_run_page, default_timeout=60, args=(name,))
    app.query_params.update(address)
    app.run()
    assert not app.exception
    return app


def _run_page(name: str) -> None:
    import importlib

    importlib.import_module(f"dashboards.pages.{name}").show()


def markup(app: AppTest) -> str:
    """The HTML that the page has written."""
    return "".join(block.proto.body for block in app.get("html"))


def words(app: AppTest) -> str:
    """The same without its tags."""
    return re.sub(r"<[^>]+>", " ", markup(app))


@dataclass(frozen=True)
class Shown:
    """A tile as a page shows it; `mood` is good, bad or empty."""

    label: str
    value: str
    change: str
    mood: str
    meaning: str


_TILE = re.compile(
    r'<div class="yt-tile" role="group" aria-label="(?P<label>[^"]*)">.*?'
    r'<span class="meaning" aria-hidden="true">(?P<meaning>.*?)</span>.*?'
    r'<div class="value">(?P<value>.*?)</div>'
    r'<div class="change (?P<mood>\w*)">(?P<change>.*?)</div>'
)


def tiles(app: AppTest) -> list[Shown]:
    """The tiles of a page, in their order."""
    return [
        Shown(**{name: html.unescape(said) for name, said in found.groupdict().items()})
        for found in _TILE.finditer(markup(app))
    ]


def figures(app: AppTest) -> dict[str, str]:
    """The tiles' figures by label."""
    return {tile.label: tile.value for tile in tiles(app)}
