"""The small line of a tile, drawn by the style alone: Streamlit lets no SVG into a page's HTML."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

#: As many points as a tile on a desk has room for.
POINTS = 60
#: Half of the line's thickness; the drawing keeps as much clear of its edges.
_HALF = "1px"


def area(values: Sequence[float]) -> str:
    """A CSS shape of what lies under the line, from its lowest value up; empty below two values."""
    points = _points(values)
    if not points:
        return ""
    return _polygon([*(f"{x} {y}" for x, y in points), "100% 100%", "0% 100%"])


def line(values: Sequence[float]) -> str:
    """A CSS shape of the line itself; empty below two values."""
    points = _points(values)
    above = [f"{x} calc({y} - {_HALF})" for x, y in points]
    below = [f"{x} calc({y} + {_HALF})" for x, y in reversed(points)]
    return _polygon([*above, *below]) if points else ""


def _points(values: Sequence[float]) -> list[tuple[str, str]]:
    """Places of the values, left to right, in shares of the box; a level line is in its middle."""
    shown = _thinned(values)
    if len(shown) < 2:
        return []
    low, high = min(shown), max(shown)
    span = high - low
    return [
        (
            f"{index / (len(shown) - 1):.2%}",
            f"{(high - value) / span if span else 0.5:.2%}",
        )
        for index, value in enumerate(shown)
    ]


def _thinned(values: Sequence[float]) -> list[float]:
    """At most `POINTS` values: means of neighbours that follow each other."""
    if len(values) <= POINTS:
        return list(values)
    cuts = [round(index * len(values) / POINTS) for index in range(POINTS + 1)]
    return [sum(values[left:right]) / (right - left) for left, right in pairwise(cuts)]


def _polygon(points: Sequence[str]) -> str:
    return f"polygon({','.join(points)})"
