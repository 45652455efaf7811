"""Videos side by side, and how one is watched: its pace and where viewers leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboards.charts.base import (
    COST,
    COUNTS,
    MONEY,
    NEUTRAL,
    REVENUE,
    VIEWS,
    Spec,
    frame,
    name_axis,
    value_axis,
)

#: Characters of a title beside a bar.
_LONGEST_TITLE = 38


def videos_ranked(videos: Sequence[Mapping[str, Any]], metric: str) -> Spec:
    """A bar for each video, in the order given.

    Args:
        videos: rows with `video_id`, `title`, `channel`, `value`.
        metric: margin, revenue and cost are USD; views are counted.
    """
    is_money = metric != "views"
    colours = {"cost": COST, "views": VIEWS}
    values = [
        {
            # Two videos may bear one title: the id keeps their bars apart.
            "video": row["video_id"],
            "label": _shortened(row["title"]),
            "title": row["title"],
            "channel": row["channel"],
            "value": float(row["value"]),
        }
        for row in videos
    ]
    names = {row["video"]: row["label"] for row in values}
    return {
        **frame(values, {"step": 26}, "fit-x"),
        "params": [{"name": "names", "value": names}],
        "mark": {"type": "bar", "cornerRadiusEnd": 3, "color": colours.get(metric, REVENUE)},
        "encoding": {
            "y": {
                "field": "video",
                "type": "nominal",
                "sort": [row["video"] for row in values],
                "axis": {**name_axis(), "labelLimit": 230, "labelExpr": "names[datum.value]"},
            },
            "x": {
                "field": "value",
                "type": "quantitative",
                "axis": value_axis(MONEY if is_money else COUNTS),
            },
            "tooltip": [
                {"field": "title", "type": "nominal", "title": "Video"},
                {"field": "channel", "type": "nominal", "title": "Channel"},
                {
                    "field": "value",
                    "type": "quantitative",
                    "title": "USD" if is_money else "Views",
                    "format": "$,.4f" if is_money else ",.0f",
                },
            ],
        },
    }


def views_per_hour(counts: Sequence[Mapping[str, Any]]) -> Spec:
    """The pace between one count and the next, over hours since publication."""
    values = [
        {
            "from": float(row["age_before_h"]),
            "to": float(row["age_h"]),
            "pace": float(row["views_per_hour"]),
            "views": row["views"],
        }
        for row in counts
        if row["views_per_hour"] is not None
    ]
    hours = {"title": "Hours since publication", "tickCount": 7, "grid": False, "ticks": False}
    return {
        **frame(values, 200),
        "mark": {"type": "rect", "color": VIEWS},
        "encoding": {
            "x": {"field": "from", "type": "quantitative", "axis": hours, "scale": {"nice": False}},
            "x2": {"field": "to"},
            "y": {"field": "pace", "type": "quantitative", "axis": value_axis(COUNTS)},
            "y2": {"datum": 0},
            "tooltip": [
                {"field": "from", "type": "quantitative", "title": "From hour", "format": ".1f"},
                {"field": "to", "type": "quantitative", "title": "To hour", "format": ".1f"},
                {"field": "pace", "type": "quantitative", "title": "Views/hour", "format": ",.1f"},
                {"field": "views", "type": "quantitative", "title": "Views then", "format": ","},
            ],
        },
    }


def retention(moments: Sequence[Mapping[str, Any]], seconds: float | None) -> Spec:
    """The share of viewers who see each moment; above 100 % they went back to it.

    Args:
        moments: rows with `elapsed_ratio` and `watch_ratio`, rising.
        seconds: the video's length; None shows shares of it.
    """
    whole = seconds or 100.0
    values = [
        {"at": float(row["elapsed_ratio"]) * whole, "watching": float(row["watch_ratio"])}
        for row in moments
    ]
    unit = "Seconds into the video" if seconds else "Percent of the video"
    at = {"field": "at", "type": "quantitative"}
    share = {"title": None, "format": ".0%", "tickCount": 4, "domain": False, "ticks": False}
    return {
        **frame(values, 200),
        "layer": [
            {"mark": {"type": "area", "color": REVENUE, "opacity": 0.15}},
            {"mark": {"type": "line", "color": REVENUE, "strokeWidth": 2}},
            {
                "mark": {"type": "rule", "color": NEUTRAL},
                "encoding": {
                    "opacity": {
                        "condition": {"param": "near", "empty": False, "value": 0.6},
                        "value": 0,
                    },
                    "tooltip": [
                        {**at, "title": unit, "format": ".1f"},
                        {
                            "field": "watching",
                            "type": "quantitative",
                            "title": "Still watching",
                            "format": ".1%",
                        },
                    ],
                },
                "params": [
                    {
                        "name": "near",
                        "select": {
                            "type": "point",
                            "fields": ["at"],
                            "nearest": True,
                            "on": "pointerover",
                            "clear": "pointerout",
                        },
                    }
                ],
            },
        ],
        "encoding": {
            "x": {
                **at,
                "axis": {"title": unit, "tickCount": 6, "grid": False, "ticks": False},
                "scale": {"nice": False},
            },
            "y": {"field": "watching", "type": "quantitative", "axis": share},
        },
    }


def _shortened(title: str) -> str:
    """A title that fits beside a bar."""
    words = " ".join(title.split())
    return words if len(words) <= _LONGEST_TITLE else f"{words[: _LONGEST_TITLE - 1].rstrip()}…"
