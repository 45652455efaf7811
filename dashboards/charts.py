"""Charts as Vega-Lite specifications: data in, a dict out, one look for all.

Colours say the same thing everywhere: revenue is teal, cost orange, views violet. A line is
dashed where its days may still be restated. Days are Pacific dates, drawn in UTC so that no
reader's time zone moves them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

Spec = dict[str, Any]
Days = Sequence[Mapping[str, Any]]

#: Each is legible on the light and on the dark page.
REVENUE, COST, VIEWS, NEUTRAL = "#0f9a8c", "#dd7a1f", "#8070dd", "#71808a"
#: From this Pacific day a view counts at the first frame (YouTube, 24 Aug 2026).
VIEW_BREAK = date(2026, 8, 24)

#: Large figures as everywhere in the house: 12.3 K, 4.5 M.
_SHORT = (
    "(abs(datum.value) >= 1e6 ? format(abs(datum.value) / 1e6, '~r') + ' M' : "
    "abs(datum.value) >= 1e3 ? format(abs(datum.value) / 1e3, '~r') + ' K' : "
    "format(abs(datum.value), '~r'))"
)
_SIGN = "(datum.value < 0 ? '−' : '')"
_COUNTS = f"{_SIGN} + {_SHORT}"
_MONEY = f"{_SIGN} + '$' + {_SHORT}"

_DAY: Spec = {"field": "day", "timeUnit": "utcyearmonthdate", "type": "temporal"}
_DAY_AXIS: Spec = {
    "title": None,
    "format": "%-d %b",
    "labelOverlap": True,
    "grid": False,
    "ticks": False,
    "tickCount": 6,
    "labelPadding": 8,
}


def money_over_time(days: Days) -> Spec:
    """Revenue and cost per day in USD."""
    series = {"revenue_usd": "Revenue", "loaded_cost_usd": "Loaded cost"}
    return _over_time(days, series, [REVENUE, COST], tip="$,.2f", labels=_MONEY)


def views_over_time(days: Days) -> Spec:
    """Views per day, with a mark where the meaning of a view changed."""
    spec = _over_time(days, {"views": "Views"}, [VIEWS], tip=",.0f", labels=_COUNTS)
    if days and days[0]["day"] < VIEW_BREAK <= days[-1]["day"]:
        spec["layer"] += _view_break()
    return spec


def margin_to_date(days: Days) -> Spec:
    """A video's revenue so far less its loaded cost, USD, with a line at break-even."""
    series = {"margin_to_date_usd": "Margin to date"}
    spec = _over_time(days, series, [REVENUE], tip="$,.2f", labels=_MONEY)
    spec["layer"].append(
        {
            "data": {"values": [{}]},
            "mark": {"type": "rule", "color": NEUTRAL, "strokeDash": [2, 3]},
            "encoding": {"y": {"datum": 0}},
        }
    )
    return spec


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
    axis = {"title": None, "labelLimit": 130, "ticks": False, "domain": False, "labelPadding": 8}
    return {
        "data": {"values": values},
        "height": {"step": 17},
        "autosize": {"type": "fit-x", "contains": "padding"},
        "config": {"view": {"stroke": None}},
        "mark": {"type": "bar", "cornerRadiusEnd": 3},
        "encoding": {
            "y": {
                "field": "channel",
                "type": "nominal",
                "sort": [row["title"] for row in channels],
                "axis": axis,
                "scale": {"paddingInner": 0.35},
            },
            "yOffset": {"field": "name", "type": "nominal", "sort": names},
            "x": {"field": "value", "type": "quantitative", "axis": _value_axis(_MONEY)},
            "color": _colour(names, [REVENUE, COST], "square"),
            "tooltip": [
                {"field": "channel", "type": "nominal", "title": "Channel"},
                {"field": "name", "type": "nominal", "title": "Figure"},
                {"field": "value", "type": "quantitative", "title": "USD", "format": "$,.2f"},
            ],
        },
    }


def stretches(days: Days, series: Mapping[str, str]) -> list[dict[str, Any]]:
    """One point per day and series, told apart by whether the day is final.

    The last final day is given to both stretches, so that the dashed line starts where the
    solid one ends. A figure that is not there is no point: a gap, never a zero.

    Args:
        days: rows with `day`, `is_provisional` and a column per series, days rising.
        series: column -> name in the legend.
    """
    points = []
    for column, name in series.items():
        last_final: dict[str, Any] | None = None
        for row in days:
            if row[column] is None:
                continue
            state = "provisional" if row["is_provisional"] else "final"
            point = {"day": row["day"].isoformat(), "name": name, "value": float(row[column])}
            if state == "provisional" and last_final:
                points.append({**last_final, "state": state})
                last_final = None
            elif state == "final":
                last_final = point
            points.append({**point, "state": state})
    return points


def _over_time(
    days: Days, series: Mapping[str, str], colours: list[str], *, tip: str, labels: str
) -> Spec:
    """Lines over days, with a rule that follows the pointer and reads every line's figure."""
    names = list(series.values())
    x = {**_DAY, "axis": _DAY_AXIS}
    dash = {
        "field": "state",
        "type": "nominal",
        "scale": {"domain": ["final", "provisional"], "range": [[1, 0], [3, 4]]},
        "legend": None,
    }
    figures = [
        {"field": name, "type": "quantitative", "title": name, "format": tip} for name in names
    ]
    is_near = {"condition": {"param": "near", "empty": False, "value": 0.6}, "value": 0}
    lines = {
        "mark": {"type": "line", "strokeWidth": 2, "strokeJoin": "round"},
        "encoding": {
            "x": x,
            "y": {"field": "value", "type": "quantitative", "axis": _value_axis(labels)},
            "color": _colour(names, colours, "stroke"),
            "strokeDash": dash,
        },
    }
    pointer = {
        "transform": [
            {"pivot": "name", "value": "value", "groupby": ["day", "state"], "op": "max"}
        ],
        "mark": {"type": "rule", "color": NEUTRAL},
        "encoding": {
            "x": x,
            "opacity": is_near,
            "tooltip": [
                {**_DAY, "title": "Day", "format": "%a %-d %b %Y"},
                *figures,
                {"field": "state", "type": "nominal", "title": "State"},
            ],
        },
        "params": [{"name": "near", "select": _NEAREST_DAY}],
    }
    return {
        "data": {"values": stretches(days, series)},
        "height": 260,
        "autosize": {"type": "fit", "contains": "padding"},
        "config": {"view": {"stroke": None}},
        "layer": [lines, pointer],
    }


_NEAREST_DAY: Spec = {
    "type": "point",
    "fields": ["day"],
    "nearest": True,
    "on": "pointerover",
    "clear": "pointerout",
}


def _colour(names: list[str], colours: list[str], symbol: str) -> Spec:
    """A colour per series; one series needs no legend: the heading names it."""
    legend: Spec = {"title": None, "orient": "top", "symbolType": symbol, "symbolStrokeWidth": 3}
    return {
        "field": "name",
        "type": "nominal",
        "scale": {"domain": names, "range": colours},
        "legend": legend if len(names) > 1 else None,
    }


def _value_axis(labels: str) -> Spec:
    return {"title": None, "labelExpr": labels, "tickCount": 4, "domain": False, "ticks": False}


def _view_break() -> list[Spec]:
    data = {"values": [{"day": VIEW_BREAK.isoformat(), "note": "views count from first frame"}]}
    note = {"type": "text", "align": "left", "dx": 6, "y": 8, "color": NEUTRAL, "fontSize": 12}
    return [
        {
            "data": data,
            "mark": {"type": "rule", "strokeDash": [2, 3], "color": NEUTRAL, "strokeWidth": 1.5},
            "encoding": {"x": _DAY},
        },
        {
            "data": data,
            "mark": note,
            "encoding": {"x": _DAY, "text": {"field": "note", "type": "nominal"}},
        },
    ]
