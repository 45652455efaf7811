"""Lines over Pacific days; a line is dashed where its days may still be restated."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from dashboards.charts.base import (
    COST,
    COUNTS,
    DAY,
    DAY_AXIS,
    MONEY,
    NEUTRAL,
    REVENUE,
    SERIES,
    VIEWS,
    Days,
    Spec,
    colour,
    frame,
    value_axis,
)
from dashboards.charts.weeks import by_week, is_long

#: From this Pacific day a view counts at the first frame (YouTube, 24 Aug 2026).
VIEW_BREAK = date(2026, 8, 24)


def money_over_time(days: Days) -> Spec:
    """Revenue and cost per day in USD."""
    series = {"revenue_usd": "Revenue", "loaded_cost_usd": "Loaded cost"}
    return _of_days(days, series, [REVENUE, COST], tip="$,.2f", labels=MONEY)


def views_over_time(days: Days) -> Spec:
    """Views per day, with a mark where the meaning of a view changed."""
    spec = _of_days(days, {"views": "Views"}, [VIEWS], tip=",.0f", labels=COUNTS)
    if days and days[0]["day"] < VIEW_BREAK <= days[-1]["day"]:
        is_late = VIEW_BREAK - days[0]["day"] > days[-1]["day"] - VIEW_BREAK
        spec["layer"] += _view_break(is_late=is_late)
    return spec


def revenue_over_time(days: Days, before: str | None, foreseen: Days = ()) -> Spec:
    """Revenue per day beside that of as many days earlier, and the band of those to come, USD.

    Args:
        days: rows with `revenue_usd` and `before_usd`.
        before: what the earlier days are called; None leaves them out.
        foreseen: rows with `low_usd`, `likely_usd`, `high_usd` of days after the last final one.
    """
    series = {"revenue_usd": "Revenue", **({"before_usd": before} if before else {})}
    spec = _of_days(days, series, [REVENUE, NEUTRAL], tip="$,.2f", labels=MONEY)
    spec["layer"] = _band(foreseen) + spec["layer"]
    return spec


def _band(foreseen: Days) -> list[Spec]:
    """The days to come: what is likely, in a band that four of five are meant to end in."""
    if not foreseen:
        return []
    figures = {"low": "low_usd", "likely": "likely_usd", "high": "high_usd"}
    data = {
        "values": [
            {"day": row["day"].isoformat()} | {n: float(row[c]) for n, c in figures.items()}
            for row in foreseen
        ]
    }
    x = {**DAY, "axis": DAY_AXIS}
    tip = [
        {**DAY, "title": "Day", "format": "%a %-d %b %Y"},
        *(
            {"field": name, "type": "quantitative", "title": title, "format": "$,.2f"}
            for name, title in (("likely", "Likely"), ("low", "Four of five from"), ("high", "to"))
        ),
    ]
    return [
        {
            "data": data,
            "mark": {"type": "area", "color": REVENUE, "opacity": 0.16},
            "encoding": {
                "x": x,
                "y": {"field": "low", "type": "quantitative", "axis": value_axis(MONEY)},
                "y2": {"field": "high"},
                "tooltip": tip,
            },
        },
        {
            "data": data,
            "mark": {"type": "line", "color": REVENUE, "strokeWidth": 1.5, "strokeDash": [6, 4]},
            "encoding": {"x": x, "y": {"field": "likely", "type": "quantitative"}, "tooltip": tip},
        },
    ]


def channels_over_time(days: Days, *, is_money: bool) -> Spec:
    """A line per channel; the point nearest to the pointer tells its figure.

    Args:
        days: rows with `channel_id`, `title`, `value`, channels in the order of the legend and
            days rising within each. Titles are data and never names of fields.
    """
    is_by_week = is_long(days)
    by_channel: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in days:
        by_channel.setdefault((row["channel_id"], row["title"]), []).append(row)
    points = [
        {**point, "channel": channel_id}
        for (channel_id, title), rows in by_channel.items()
        for point in stretches(by_week(rows, ["value"]) if is_by_week else rows, {"value": title})
    ]
    names = list(dict.fromkeys(title for _, title in by_channel))
    labels, tip = (MONEY, "$,.2f") if is_money else (COUNTS, ",.0f")
    encoding = {
        "x": {**DAY, "axis": DAY_AXIS},
        "y": {"field": "value", "type": "quantitative", "axis": value_axis(labels)},
        "color": colour(names, SERIES, "stroke"),
        "detail": {"field": "channel", "type": "nominal"},
    }
    is_near = {"condition": {"param": "near", "empty": False, "value": 1}, "value": 0}
    lines = {
        "mark": {"type": "line", "strokeWidth": 2, "strokeJoin": "round"},
        "encoding": {**encoding, "strokeDash": _DASH},
    }
    pointer = {
        "mark": {"type": "point", "filled": True, "size": 70},
        "encoding": {
            **encoding,
            "opacity": is_near,
            "tooltip": [
                {"field": "name", "type": "nominal", "title": "Channel"},
                {**DAY, "title": _of_a_point(is_by_week), "format": "%a %-d %b %Y"},
                {"field": "value", "type": "quantitative", "title": "Figure", "format": tip},
                {"field": "state", "type": "nominal", "title": "State"},
            ],
        },
        "params": [{"name": "near", "select": _NEAREST_POINT}],
    }
    return {**frame(points), "layer": [lines, pointer]}


def margin_to_date(days: Days) -> Spec:
    """A video's revenue so far less its loaded cost, USD, with a line at break-even."""
    series = {"margin_to_date_usd": "Margin to date"}
    spec = _over_time(days, series, [REVENUE], tip="$,.2f", labels=MONEY)
    spec["layer"].append(
        {
            "data": {"values": [{}]},
            "mark": {"type": "rule", "color": NEUTRAL, "strokeDash": [2, 3], "aria": False},
            "encoding": {"y": {"datum": 0}},
        }
    )
    return spec


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


def _of_days(days: Days, series: Mapping[str, str], colours: list[str], **look: str) -> Spec:
    """`_over_time` for figures of single days, which a mean may stand for where they are many."""
    is_by_week = is_long(days)
    shown = by_week(days, list(series)) if is_by_week else days
    return _over_time(shown, series, colours, unit=_of_a_point(is_by_week), **look)


def _of_a_point(is_by_week: bool) -> str:
    """What the date of a point is; provisional days are never summed up."""
    return "Week from, or day" if is_by_week else "Day"


def _over_time(
    days: Days,
    series: Mapping[str, str],
    colours: list[str],
    *,
    tip: str,
    labels: str,
    unit: str = "Day",
) -> Spec:
    """Lines over days, with a rule that follows the pointer and reads every line's figure."""
    names = list(series.values())
    x = {**DAY, "axis": DAY_AXIS}
    figures = [
        {"field": name, "type": "quantitative", "title": name, "format": tip} for name in names
    ]
    is_near = {"condition": {"param": "near", "empty": False, "value": 0.6}, "value": 0}
    lines = {
        "mark": {"type": "line", "strokeWidth": 2, "strokeJoin": "round"},
        "encoding": {
            "x": x,
            "y": {"field": "value", "type": "quantitative", "axis": value_axis(labels)},
            "color": colour(names, colours, "stroke"),
            "strokeDash": _DASH,
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
                {**DAY, "title": unit, "format": "%a %-d %b %Y"},
                *figures,
                {"field": "state", "type": "nominal", "title": "State"},
            ],
        },
        "params": [{"name": "near", "select": _NEAREST_DAY}],
    }
    return {**frame(stretches(days, series)), "layer": [lines, pointer]}


_DASH: Spec = {
    "field": "state",
    "type": "nominal",
    "scale": {"domain": ["final", "provisional"], "range": [[1, 0], [3, 4]]},
    "legend": None,
}
_NEAREST_DAY: Spec = {
    "type": "point",
    "fields": ["day"],
    "nearest": True,
    "on": "pointerover",
    "clear": "pointerout",
}
_NEAREST_POINT: Spec = {
    "type": "point",
    "nearest": True,
    "on": "pointerover",
    "clear": "pointerout",
}


def _view_break(*, is_late: bool) -> list[Spec]:
    """The mark and its words, which stand on the side where there is more room."""
    data = {"values": [{"day": VIEW_BREAK.isoformat(), "note": "views count from first frame"}]}
    side = {"align": "right", "dx": -6} if is_late else {"align": "left", "dx": 6}
    note = {"type": "text", **side, "y": 8, "color": NEUTRAL, "fontSize": 12}
    return [
        {
            "data": data,
            "mark": {"type": "rule", "strokeDash": [2, 3], "color": NEUTRAL, "strokeWidth": 1.5},
            "encoding": {"x": DAY},
        },
        {
            "data": data,
            "mark": note,
            "encoding": {"x": DAY, "text": {"field": "note", "type": "nominal"}},
        },
    ]
