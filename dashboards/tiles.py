"""The tiles at the head of a page: a figure, its change, its line and its definition."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboards import board, formats, parts, spark

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Tile:
    """One figure: how it is written, compared and defined."""

    label: str
    column: str
    definition: str
    write: Callable[[Any], str] = formats.short_money
    compare: Callable[[Any, Any], str | None] = formats.change
    #: Less of it is better: a rise is red.
    is_cost: bool = False


def show(
    tiles: Sequence[Tile],
    now: Row,
    before: Row,
    line: Sequence[Row],
    then: str,
    why_not: Callable[[str], str] = lambda column: "",
) -> None:
    """The tiles, side by side.

    Args:
        now: the figures by column.
        before: those they are compared with; without a column where there is nothing to compare.
        line: the rows of the small line, oldest first.
        then: what the time of `before` is called.
        why_not: why a column may not be compared; empty where it may.
    """
    told = [_told(tile, now, before, then, why_not(tile.column)) for tile in tiles]
    board.add(board.Tiles(told))
    lines = [
        [float(row[tile.column]) for row in line if row.get(tile.column) is not None]
        for tile in tiles
    ]
    parts.show(
        '<div class="yt-tiles">'
        + "".join(_markup(each, values) for each, values in zip(told, lines, strict=True))
        + "</div>"
    )


def _markup(tile: board.Tile, line: Sequence[float]) -> str:
    """One tile; what it means and what it was before shows on hover and on the keyboard's focus."""
    label, meaning = parts.text(tile.label), parts.text(f"{tile.definition} {tile.earlier}")
    drawn = "".join(
        f'<span class="{name}" style="clip-path: {shape}"></span>'
        for name, shape in (("area", spark.area(line)), ("line", spark.line(line)))
        if shape
    )
    return (
        f'<div class="yt-tile" role="group" aria-label="{label}">'
        f'<div class="label">{label}<button type="button" class="ask" '
        f'aria-label="{label}: {meaning}">?</button>'
        f'<span class="meaning" aria-hidden="true">{meaning}</span></div>'
        f'<div class="value">{parts.text(tile.value)}</div>'
        f'<div class="change {tile.mood}">{parts.text(tile.change)}</div>'
        f'<div class="spark" aria-hidden="true">{drawn}</div></div>'
    )


def _told(tile: Tile, now: Row, before: Row, then: str, why_not: str) -> board.Tile:
    earlier = before.get(tile.column)
    delta = tile.compare(now[tile.column], earlier)
    is_level = delta is None or delta in formats.LEVEL
    is_better = formats.is_rise(delta or "") is not tile.is_cost
    return board.Tile(
        tile.label,
        tile.write(now[tile.column]),
        tile.definition,
        "no change" if delta in formats.LEVEL else delta or "",
        "" if is_level else "good" if is_better else "bad",
        f"{then}: {_earlier(tile, earlier, why_not)}.",
    )


def _earlier(tile: Tile, value: Any, why_not: str) -> str:
    if why_not:
        return f"not compared, {why_not}"
    return "not known" if value is None else tile.write(value)
