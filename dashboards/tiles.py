"""The tiles at the head of a page: a figure, its change, its line and its definition."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboards import board, formats

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
    cautions: Mapping[str, str] | None = None,
) -> None:
    """The tiles, side by side.

    Args:
        now: the figures by column.
        before: those they are compared with; without a column where there is nothing to compare.
        line: the rows of the small line, oldest first.
        then: what the time of `before` is called.
        cautions: column -> what has to be known about its comparison.
    """
    board.add(board.Tiles([_on_paper(tile, now, before, then, cautions or {}) for tile in tiles]))
    with st.container(key="tiles"):
        for tile in tiles:
            delta = tile.compare(now[tile.column], before.get(tile.column))
            is_level = delta in formats.LEVEL
            caution = (cautions or {}).get(tile.column, "")
            st.metric(
                tile.label,
                tile.write(now[tile.column]),
                "no change" if is_level else delta,
                delta_color="off" if is_level else "inverse" if tile.is_cost else "normal",
                delta_arrow="off" if is_level else "auto",
                help=escape(f"{tile.definition} {_earlier(tile, before, then)} {caution}".strip()),
                border=True,
                chart_data=[
                    float(row[tile.column]) for row in line if row.get(tile.column) is not None
                ],
                chart_type="area",
            )


def _on_paper(
    tile: Tile, now: Row, before: Row, then: str, cautions: Mapping[str, str]
) -> board.Tile:
    delta = tile.compare(now[tile.column], before.get(tile.column))
    is_level = delta is None or delta in formats.LEVEL
    is_better = (delta or "").startswith("+") is not tile.is_cost
    return board.Tile(
        tile.label,
        tile.write(now[tile.column]),
        f"{tile.definition} {cautions.get(tile.column, '')}".strip(),
        "no change" if delta in formats.LEVEL else delta or "",
        "" if is_level else "good" if is_better else "bad",
        _earlier(tile, before, then),
    )


def escape(words: str) -> str:
    """A dollar sign would start a formula in Streamlit's Markdown."""
    return words.replace("$", "\\$")


def _earlier(tile: Tile, before: Row, then: str) -> str:
    earlier = before.get(tile.column)
    if earlier is None:
        return f"{then}: not known in full."
    return f"{then}: {tile.write(earlier)}."
