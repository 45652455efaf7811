"""How the videos of a test's marts are watched: launches, counts of the first days, retention."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg

from tests.dashboards.insert import insert

LAUNCH = timedelta(days=7)
#: Began ten times as well as its channel's median.
UNUSUAL = "v0020"


def fill(
    connection: psycopg.Connection[Any],
    videos: list[dict[str, Any]],
    video_days: list[dict[str, Any]],
    now: datetime,
) -> None:
    """Launches of the days that are there, counts of some videos and one retention curve each."""
    insert(connection, "fct_video_launches", _launches(videos, video_days, now))
    insert(connection, "fct_video_counts", [row for v in videos[:20] for row in _counts(v)])
    insert(connection, "fct_video_retention", [row for v in videos[:20] for row in _curve(v, now)])


def _launches(
    videos: list[dict[str, Any]], video_days: list[dict[str, Any]], now: datetime
) -> list[dict[str, Any]]:
    days = defaultdict(list)
    for row in video_days:
        days[row["video_id"]].append(row)
    launches = []
    for video in videos:
        first = video["published_date"]
        own = [row for row in days[video["video_id"]] if row["day"] < first + LAUNCH]
        if not own:
            continue
        views = sum(row["views"] for row in own)
        launches.append(
            {"video_id": video["video_id"], "channel_id": video["channel_id"],
             "format": video["format"], "published_date": first, "views": views,
             "engaged_views": views * (100 if video["video_id"] == UNUSUAL else 1),
             "is_final": first + LAUNCH <= now.date() - timedelta(days=4), "as_of": now,
             "is_simulated": video["is_simulated"]}
        )  # fmt: skip
    return launches


def _counts(video: dict[str, Any]) -> list[dict[str, Any]]:
    hours = [*range(1, 72), *range(72, 336, 3)]
    counts = [int(4000 * (1 - math.exp(-hour / 60)) + 3 * hour) for hour in hours]
    counts[5] = counts[4] - 7  # YouTube took some back
    return [
        {"video_id": video["video_id"], "channel_id": video["channel_id"],
         "counted_at": video["published_at"] + timedelta(hours=hour), "age_h": Decimal(hour),
         "views": views, "is_simulated": video["is_simulated"]}
        for hour, views in zip(hours, counts, strict=True)
    ]  # fmt: skip


def _curve(video: dict[str, Any], now: datetime) -> list[dict[str, Any]]:
    return [
        {"video_id": video["video_id"], "channel_id": video["channel_id"],
         "elapsed_ratio": Decimal(place) / 100,
         "watch_ratio": Decimal(f"{0.35 + 0.7 * math.exp(-place / 18):.6f}"),
         "relative_performance": Decimal("0.62"), "as_of": now,
         "is_simulated": video["is_simulated"]}
        for place in range(1, 101)
    ]  # fmt: skip
