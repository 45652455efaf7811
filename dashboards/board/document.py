"""A recorded page set as a PDF."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from dashboards.board import drawings, plain, record, typefaces

TEMPLATE = Path(__file__).with_name("board.typ")
LOGO = Path(__file__).parents[1] / "icon.svg"
#: Longer tables are cut: the CSV holds all of their rows.
ROWS = 60
#: What holds of every figure of the house.
GENERAL = (
    ("Days", "Pacific days, as YouTube counts them; months of customers are UTC. Money is USD."),
    ("Provisional", "Days that YouTube may still restate: drawn dashed, and in no average."),
    ("SIMULATED", "Not of the world outside: figures of the local YouTube or the local Stripe."),
)
_lock = threading.Lock()


def make(page: record.Page) -> bytes:
    """The document of a page: A4, with page numbers and the definitions of its figures."""
    parts = [made for part in page.parts if (made := _part(part)) is not None]
    head = next((p for p in page.parts if isinstance(p, record.Heading) and p.level == 1), None)
    built = next((p for p in page.parts if isinstance(p, record.Built)), None)
    tiles = [t for p in page.parts if isinstance(p, record.Tiles) for t in p.tiles]
    data = {
        "name": plain.text(page.name),
        "title": plain.text(head.title if head else page.name),
        "about": plain.text(head.about if head else ""),
        "built": f"Marts built {built.version[:16]} UTC" if built else "",
        "calendar": built.calendar if built else "",
        "logo": LOGO.read_text(encoding="utf-8"),
        "fonts": typefaces.families(),
        "parts": parts,
        "definitions": [
            {"term": plain.text(term), "meaning": plain.text(meaning)}
            for term, meaning in (*((t.label, t.definition) for t in tiles), *GENERAL)
        ],
    }
    with _lock:
        return _set(data)


def warm() -> None:
    """Loads typefaces and programs, so that the first who asks for a document need not wait."""
    spec = {"data": {"values": [{"x": 1}]}, "mark": "bar", "encoding": {}}
    make(record.Page("", [record.Chart(spec, ""), record.Note("")]))


def file_name(page: record.Page) -> str:
    """`ytempire-revenue-2026-11-29.pdf`, by the day on which its figures were built."""
    built = next((p for p in page.parts if isinstance(p, record.Built)), None)
    day = built.version[:10] if built else f"{datetime.now(UTC):%Y-%m-%d}"
    return f"ytempire-{page.name.lower().replace(' ', '-')}-{day}.pdf"


@lru_cache
def _fonts() -> Any:
    import typst

    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder) for folder in typefaces.folders()],
    )


def _set(data: Mapping[str, Any]) -> bytes:
    import typst

    made = typst.compile(
        TEMPLATE.read_bytes(),
        font_paths=_fonts(),
        sys_inputs={"page": json.dumps(data)},
        format="pdf",
    )
    assert isinstance(made, bytes)
    return made


def _part(part: record.Part) -> dict[str, Any] | None:
    match part:
        case record.Heading(title, about, 2):
            return {"is": "heading", "title": plain.text(title), "about": plain.text(about)}
        case record.Banner(label, about):
            return {"is": "banner", "label": label, "about": plain.text(about)}
        case record.Tiles(tiles):
            return {"is": "tiles", "tiles": [_tile(tile) for tile in tiles]}
        case record.Chart(spec, alt):
            return {"is": "chart", "svg": drawings.svg(spec), "alt": alt}
        case record.Table():
            return _table(part)
        case record.Note(markup):
            words = plain.line(markup)
            return {"is": "note", "text": words} if words["t"] else None
        case record.Notice(title, markup):
            return {"is": "notice", "title": plain.text(title), "about": plain.line(markup)}
        case record.Points(markup):
            return {"is": "points", "items": plain.items(markup)}
    return None


def _tile(tile: record.Tile) -> dict[str, Any]:
    return {
        "label": plain.text(tile.label),
        "value": tile.value,
        "change": tile.change,
        "mood": tile.mood,
        "earlier": tile.earlier,
    }


def _table(table: record.Table) -> dict[str, Any]:
    rows = [
        [plain.cell(_markup(column.cell(row))) for column in table.columns]
        for row in table.rows[:ROWS]
    ]
    total = [plain.text(table.total.get(column.head, "")) for column in table.columns]
    return {
        "is": "table",
        "heads": [{"text": plain.text(c.head), "number": c.is_number} for c in table.columns],
        "rows": rows,
        "total": total if table.total else [],
        "cut": f"The first {ROWS} of {len(table.rows)} rows; the CSV of the page holds all."
        if len(table.rows) > ROWS
        else "",
    }


def _markup(value: object) -> str:
    from dashboards.parts import text

    return text(value)
