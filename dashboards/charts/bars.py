"""Bars: figures side by side, and what a whole is made of."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
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
    # Two channels may bear one title: the id keeps their bars apart. The whole house has none.
    titles = {row["channel_id"] or "": row["title"] for row in channels}
    values = [
        {
            "channel": row["channel_id"] or "",
            "title": row["title"],
            "name": name,
            "value": float(row[column]),
        }
        for row in channels
        for column, name in series.items()
        if row[column] is not None
    ]
    return {
        **frame(values, {"step": 17}, "fit-x"),
        "params": [{"name": "titles", "value": titles}],
        "mark": {"type": "bar", "cornerRadiusEnd": 3},
        "encoding": {
            "y": {
                "field": "channel",
                "type": "nominal",
                "sort": list(titles),
                "axis": {**name_axis(), "labelExpr": "titles[datum.value]"},
                "scale": {"paddingInner": 0.35},
            },
            "yOffset": {"field": "name", "type": "nominal", "sort": names},
            "x": {"field": "value", "type": "quantitative", "axis": value_axis(MONEY)},
            "color": colour(names, [REVENUE, COST], "square"),
            "tooltip": [
                {"field": "title", "type": "nominal", "title": "Channel"},
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
    values = []
    # Vega-Lite does not stack bars that say where they begin and end, so that is done here.
    tops: defaultdict[date, float] = defaultdict(float)
    for row in rows:
        start, end = _stretch(row["bucket"], bucket)
        bottom = tops[row["bucket"]]
        tops[row["bucket"]] += float(row["amount_usd"])
        values.append(
            {
                "day": f"{start:%Y-%m-%dT%H:%M}Z",
                "until": f"{end:%Y-%m-%dT%H:%M}Z",
                "name": row["name"],
                "value": float(row["amount_usd"]),
                "from": bottom,
                "to": tops[row["bucket"]],
            }
        )
    form = "%b %Y" if bucket == "month" else "%-d %b %Y"
    axis = {**DAY_AXIS, "format": "%b %Y" if bucket == "month" else "%-d %b"}
    day = {"field": "day", "type": "temporal", "scale": {"type": "utc"}}
    return {
        **frame(values),
        "mark": {"type": "bar"},
        "encoding": {
            "x": {**day, "axis": axis},
            "x2": {"field": "until"},
            "y": {"field": "from", "type": "quantitative", "axis": value_axis(MONEY)},
            "y2": {"field": "to"},
            "color": colour(names, SERIES, "square"),
            "tooltip": [
                {**_TIP_DAY, "title": bucket.capitalize(), "format": form},
                {"field": "name", "type": "nominal", "title": "What"},
                {"field": "value", "type": "quantitative", "title": "USD", "format": "$,.4f"},
            ],
        },
    }


_TIP_DAY: Spec = {"field": "day", "type": "temporal", "timeUnit": "utcyearmonthdate"}


def _stretch(first: date, bucket: str) -> tuple[datetime, datetime]:
    """From when to when a bar goes: most of its day, week or month, a gap at its end."""
    start = datetime.combine(first, time())
    lasts = {"day": 1, "week": 7, "month": monthrange(first.year, first.month)[1]}[bucket]
    return start, start + timedelta(days=lasts * 0.86)
