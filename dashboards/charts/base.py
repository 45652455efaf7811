"""What all charts share: colours, axes, the frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Spec = dict[str, Any]
Days = Sequence[Mapping[str, Any]]

#: Each is legible on the light and on the dark page.
REVENUE, COST, VIEWS, NEUTRAL = "#0f9a8c", "#dd7a1f", "#8070dd", "#71808a"
#: For things that have no colour of their own: channels, providers, kinds.
SERIES = (REVENUE, COST, VIEWS, "#3b8fd0", "#c4578f", "#9a8a2c", NEUTRAL)

#: Large figures as everywhere in the house: 12.3 K, 4.5 M.
_SHORT = (
    "(abs(datum.value) >= 1e6 ? format(abs(datum.value) / 1e6, '~r') + ' M' : "
    "abs(datum.value) >= 1e3 ? format(abs(datum.value) / 1e3, '~r') + ' K' : "
    "format(abs(datum.value), '~r'))"
)
_SIGN = "(datum.value < 0 ? '−' : '')"
COUNTS = f"{_SIGN} + {_SHORT}"
MONEY = f"{_SIGN} + '$' + {_SHORT}"

DAY: Spec = {"field": "day", "timeUnit": "utcyearmonthdate", "type": "temporal"}
DAY_AXIS: Spec = {
    "title": None,
    "format": "%-d %b",
    "labelOverlap": True,
    "grid": False,
    "ticks": False,
    "tickCount": 6,
    "labelPadding": 8,
}


def frame(values: Sequence[Mapping[str, Any]], height: Any = 260, fit: str = "fit") -> Spec:
    """Data, height and the look around them; `fit-x` where the height follows the data."""
    return {
        "data": {"values": list(values)},
        "height": height,
        "autosize": {"type": fit, "contains": "padding"},
        "config": {"view": {"stroke": None}},
    }


def colour(names: Sequence[str], colours: Sequence[str], symbol: str) -> Spec:
    """A colour per series; one series needs no legend: the heading names it."""
    legend: Spec = {
        "title": None,
        "orient": "top",
        "symbolType": symbol,
        "symbolStrokeWidth": 3,
        "labelLimit": 130,
        "columns": 3,
    }
    return {
        "field": "name",
        "type": "nominal",
        "scale": {"domain": list(names), "range": list(colours)[: max(len(names), 1)]},
        "legend": legend if len(names) > 1 else None,
    }


def value_axis(labels: str) -> Spec:
    return {"title": None, "labelExpr": labels, "tickCount": 4, "domain": False, "ticks": False}


def name_axis() -> Spec:
    return {"title": None, "labelLimit": 130, "ticks": False, "domain": False, "labelPadding": 8}
