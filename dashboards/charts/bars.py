"""Bars: figures side by side, and what a whole is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboards.charts.base import (
    COST,
    DAY_AXIS,
    MONEY,
    REVENUE,
    SERIES,
    Spec,
    colour,
    frame,
    name_axis,
    value_axis,
)


def channels_compared(channels: Sequence[Mapping[str, Any]]) -> Spec:
    """Revenue beside loaded cost, a pair of bars for each channel, USD."""
    series = {"revenue_usd": "Revenue", "loaded_cost_usd": "Loaded cost"}
    names = list(series.values())
    values = [
        {"channel": row["title"], "name": name, "value": float(row[column])}
        for row in channels
        for column, name in series.items()
        if row[column] is not None
    ]
    return {
        **frame(values, {"step": 17}, "fit-x"),
        "mark": {"type": "bar", "cornerRadiusEnd": 3},
        "encoding": {
            "y": {
                "field": "channel",
                "type": "nominal",
                "sort": [row["title"] for row in channels],
                "axis": name_axis(),
                "scale": {"paddingInner": 0.35},
            },
            "yOffset": {"field": "name", "type": "nominal", "sort": names},
            "x": {"field": "value", "type": "quantitative", "axis": value_axis(MONEY)},
            "color": colour(names, [REVENUE, COST], "square"),
            "tooltip": [
                {"field": "channel", "type": "nominal", "title": "Channel"},
                {"field": "name", "type": "nominal", "title": "Figure"},
                {"field": "value", "type": "quantitative", "title": "USD", "format": "$,.2f"},
            ],
        },
    }


def cost_over_time(rows: Sequence[Mapping[str, Any]], bucket: str) -> Spec:
    """What was booked, a stack for each day, week or month, USD.

    Args:
        rows: `bucket` (its first day), `name`, `amount_usd`; names in the order of the legend.
        bucket: day, week or month.
    """
    names = list(dict.fromkeys(row["name"] for row in rows))
    values = [
        {"day": row["bucket"].isoformat(), "name": row["name"], "value": float(row["amount_usd"])}
        for row in rows
    ]
    is_month = bucket == "month"
    unit = "utcyearmonth" if is_month else "utcyearmonthdate"
    day = {"field": "day", "timeUnit": unit, "type": "ordinal" if is_month else "temporal"}
    form = "%b %Y" if is_month else "%-d %b"
    tip = "%b %Y" if is_month else "%-d %b %Y"
    return {
        **frame(values),
        "mark": {"type": "bar", **({} if is_month else {"width": {"band": 0.8}})},
        "encoding": {
            "x": {**day, "axis": {**DAY_AXIS, "format": form, "labelAngle": 0}},
            "y": {"field": "value", "type": "quantitative", "axis": value_axis(MONEY)},
            "color": colour(names, SERIES, "square"),
            "tooltip": [
                {**day, "title": bucket.capitalize(), "format": tip},
                {"field": "name", "type": "nominal", "title": "What"},
                {"field": "value", "type": "quantitative", "title": "USD", "format": "$,.4f"},
            ],
        },
    }
