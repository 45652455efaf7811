"""A page as a document: it says what the page says, in any script, and nothing of the machine."""

from __future__ import annotations

import io
from typing import Any

import pypdf
import pypdfium2
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from ytempire.config import REPOSITORY, Settings

from dashboards import board, charts
from dashboards.parts import SIMULATED, Column, Markup, text
from tests.dashboards import marts
from tests.dashboards.pages import tiles

#: Name of a document -> page and address.
PAGES: dict[str, tuple[str, dict[str, str]]] = {
    **{name: (name, {}) for name in ("overview", "revenue", "costs", "channels", "customers")},
    "experiments": ("experiments", {}),
    "videos": ("videos", {"range": "90 days"}),
    "video": ("videos", {"video": "v0003"}),
}
#: Kept for people to look at.
PICTURES = REPOSITORY / "var" / "screens"
A4 = (595, 842)


def _shown(name: str, **address: str) -> tuple[AppTest, board.Page]:
    """A page as Streamlit's own runner shows it, and what was recorded of it."""
    app = AppTest.from_function(_record, default_timeout=60, args=(name,))
    app.query_params.update(address)
    app.run()
    assert not app.exception
    return app, app.session_state["shown"]


def _record(name: str) -> None:
    import importlib

    import streamlit as st

    from dashboards import board

    module = importlib.import_module(f"dashboards.pages.{name}")
    with board.recording(name.capitalize()) as shown:
        module.show.__wrapped__()
    st.session_state["shown"] = shown


def _read(document: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(document))


def _words(document: bytes) -> str:
    """Its text on one line, without the places where long words may break."""
    said = " ".join(page.extract_text() for page in _read(document).pages)
    return " ".join(said.replace("\u200b", "").split())


def _of(*parts: Any) -> bytes:
    shown = board.Page("Videos", [board.Heading("Videos", "all of them", 1), *parts])
    return board.make(shown)


def _titled(title: str) -> bytes:
    column = Column("Video", lambda row: Markup(f"{text(row['title'])}{SIMULATED}"))
    return _of(board.Table("Videos", [column], [{"title": title}], {}))


@pytest.mark.slow
@pytest.mark.parametrize("name", list(PAGES))
def test_a_page_is_said_in_full(configuration: Settings, name: str) -> None:
    st.cache_data.clear()
    st.cache_resource.clear()
    page, address = PAGES[name]
    app, shown = _shown(page, **address)
    document = board.make(shown)
    said = _words(document)
    for tile in tiles(app):
        assert f"{tile.label} {tile.value}".replace("\N{NO-BREAK SPACE}", " ") in said
    headings = [part.title for part in shown.parts if isinstance(part, board.Heading)]
    assert len(headings) >= 2
    for heading in headings:
        assert " ".join(heading.split()) in said
    for label in ("SIMULATED", "What the figures are", "Marts built", "money is USD"):
        assert label in said
    reader = _read(document)
    pages = len(reader.pages)
    for number, sheet in enumerate(reader.pages, 1):
        assert f"Page {number} of {pages}" in sheet.extract_text()
        assert (round(sheet.mediabox.width), round(sheet.mediabox.height)) == A4
    for leftover in ("<small", "<span", "&amp;", "&lt;", "None", "Decimal("):
        assert leftover not in said.replace(marts.HOSTILE_TITLE, "")
    assert _pictures(document, name) == pages


def _pictures(document: bytes, name: str) -> int:
    PICTURES.mkdir(parents=True, exist_ok=True)
    sheets = pypdfium2.PdfDocument(document)
    for number, sheet in enumerate(sheets, 1):
        sheet.render(scale=1.6).to_pil().save(PICTURES / f"pdf-{name}-{number}.png")
    return len(sheets)


@pytest.mark.parametrize(
    "title",
    [
        "#panic(1) $x^2$ @ref *b* _i_ `raw` [c] \\ // /* <label>",
        "<script>alert(1)</script> & \"quotes\" 'and' more",
        '#read("/etc/passwd")',
        "Wöchentliche Zusammenfassung, на русском, στα ελληνικά",
    ],
)
def test_no_title_is_markup(title: str) -> None:
    assert title in _words(_titled(title))


@pytest.mark.parametrize(
    ("title", "seen"),
    [
        ("海の日本語", "海の日本語"),
        ("바다의 소리", "바다의 소리"),
        ("a 😀 b", "a b"),
        ("a\u202eb", "ab"),
    ],
)
def test_letters_of_other_scripts_are_drawn_and_what_nobody_can_draw_is_left_out(
    title: str, seen: str
) -> None:
    assert seen in _words(_titled(title))


@pytest.mark.parametrize("title", ["שלום עולם", "مرحبا بالعالم"])
def test_right_to_left_titles_are_set(title: str) -> None:
    letters = {letter for letter in _words(_titled(title)) if "\u0590" <= letter <= "\ufeff"}
    assert len(letters) >= 4


def test_three_hundred_characters_without_a_space_stay_on_the_sheet() -> None:
    document = _titled("Q" * 300)
    assert _words(document).replace(" ", "").count("Q") == 300
    [sheet] = pypdfium2.PdfDocument(document)
    picture = sheet.render(scale=1).to_pil().convert("L")
    margin = picture.crop((picture.width - 30, 0, picture.width, picture.height))
    assert margin.getextrema() == (255, 255)


def test_a_long_table_is_cut_and_says_so() -> None:
    column = Column("Line", lambda row: f"line {row['n']}")
    said = _words(_of(board.Table("Lines", [column], [{"n": n} for n in range(200)], {})))
    assert "The first 60 of 200 rows" in said
    assert "line 59" in said
    assert "line 60" not in said


def test_a_chart_is_drawn_as_lines_and_not_as_a_picture() -> None:
    spec = {
        "data": {"values": [{"x": 1, "y": 2}, {"x": 2, "y": 3}]},
        "height": 200,
        "mark": "line",
        "encoding": {"x": {"field": "x", "type": "quantitative"},
                     "y": {"field": "y", "type": "quantitative"}},
    }  # fmt: skip
    reader = _read(_of(board.Chart(spec, "two points")))
    assert [image for sheet in reader.pages for image in sheet.images] == []
    assert "2.5" in reader.pages[0].extract_text(), "the axis is text"


def test_bars_bear_their_titles_however_long_their_ids_are() -> None:
    rows = [
        {"video_id": f"tidewise.2026-11-29T18:05.{n}", "title": title, "channel": "T", "value": n}
        for n, title in ((2, "海 and tides 😀"), (1, "#coins"))
    ]  # fmt: skip
    said = _words(_of(board.Chart(charts.videos_ranked(rows, "margin"), "two bars")))
    assert "海 and tides" in said
    assert "#coins" in said


def test_bars_of_channels_bear_their_titles_and_not_their_ids() -> None:
    row = {"channel_id": "ch-7", "title": "Tidewise", "revenue_usd": 2, "loaded_cost_usd": 1}
    said = _words(_of(board.Chart(charts.channels_compared([row]), "two bars")))
    assert "Tidewise" in said
    assert "ch-7" not in said


@pytest.mark.slow
def test_what_the_page_says_instead_of_figures_is_said_too(configuration: Settings) -> None:
    _, shown = _shown("channels", channel="gone")
    said = _words(board.make(shown))
    assert "There is no such channel No channel of this house has the id in the address" in said


def test_the_document_tells_nothing_of_the_machine() -> None:
    about = _read(_titled("T")).metadata
    assert about is not None
    assert about.title == "Videos · YTEmpire"
    assert about.author == "YTEmpire"
    assert set(about) == {"/Title", "/Author", "/Creator", "/ModDate", "/CreationDate"}
    assert str(about["/Creator"]).startswith("Typst")


def test_a_page_without_figures_has_no_document() -> None:
    heading, built = board.Heading("Videos", "", 1), board.Built("2026-11-29", "days are Pacific")
    assert not board.Page("Videos", [heading, built]).has_figures
    table = board.Table("People", [], [], {})
    assert not board.Page("People", [heading, table]).has_figures, "it is not of the marts"
    assert board.Page("Videos", [heading, table, built]).has_figures
