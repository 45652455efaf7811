"""Effects of what was varied, each with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboards.charts.base import NEUTRAL, REVENUE, VIEWS, Spec, colour, frame, name_axis

CLEAR, OPEN, UNTOLD = "Clear effect", "Not clear", "No interval is told"
MOODS = {CLEAR: REVENUE, OPEN: NEUTRAL, UNTOLD: VIEWS}


def effects(variants: Sequence[Mapping[str, Any]]) -> Spec:
    """A point for each variant with the interval around it, in percent of the control.

    Args:
        variants: rows with `experiment_id`, `variant`, `estimate`, `ci_low`, `ci_high` (shares; the
            interval may be null), in the order of the chart.
    """
    values = []
    for row in variants:
        low, high = row["ci_low"], row["ci_high"]
        name = UNTOLD if low is None else CLEAR if low > 0 or high < 0 else OPEN
        values.append(
            {
                "key": f"{row['experiment_id']} {row['variant']}",
                "label": f"{row['experiment_id']}: {row['variant']}",
                "value": float(row["estimate"]),
                "low": None if low is None else float(low),
                "high": None if high is None else float(high),
                "name": name,
            }
        )
    names = {row["key"]: row["label"] for row in values}
    seen = {row["name"] for row in values}
    moods = {name: tone for name, tone in MOODS.items() if name in seen}
    mood = colour(list(moods), list(moods.values()), "circle")
    if mood["legend"]:
        # One below the other: side by side they are wider than a phone.
        mood["legend"]["columns"] = 1
    y = {
        "field": "key",
        "type": "nominal",
        "sort": [row["key"] for row in values],
        "axis": {**name_axis(), "labelLimit": 180, "labelExpr": "names[datum.value]"},
    }
    axis = {"title": None, "format": "+.0%", "tickCount": 5, "domain": False, "ticks": False}
    tips = (("value", "Effect"), ("low", "Interval from"), ("high", "to"))
    return {
        **frame(values, {"step": 38}, "fit-x"),
        "params": [{"name": "names", "value": names}],
        "encoding": {
            "y": y,
            "color": mood,
            "tooltip": [
                {"field": "label", "type": "nominal", "title": "Variant"},
                *(
                    {"field": field, "type": "quantitative", "title": title, "format": "+.1%"}
                    for field, title in tips
                ),
            ],
        },
        "layer": [
            {
                "mark": {"type": "rule", "strokeDash": [4, 3], "color": NEUTRAL, "aria": False},
                "encoding": {"x": {"datum": 0}, "y": None, "color": None, "tooltip": None},
            },
            {
                "transform": [{"filter": "isValid(datum.low)"}],
                "mark": {"type": "rule", "strokeWidth": 3, "strokeCap": "round", "aria": False},
                "encoding": {
                    "x": {"field": "low", "type": "quantitative", "axis": axis},
                    "x2": {"field": "high"},
                },
            },
            {
                "mark": {"type": "point", "filled": True, "size": 110, "opacity": 1},
                "encoding": {"x": {"field": "value", "type": "quantitative", "axis": axis}},
            },
        ],
    }
