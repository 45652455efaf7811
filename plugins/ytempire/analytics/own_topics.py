"""Our own videos by topic: which did better, and which worse, than the channel's others."""

from __future__ import annotations

from datetime import datetime
from statistics import median
from typing import Any

from ytempire.channels.accounts import Channel
from ytempire.warehouse.database import connect

#: A video is judged by its first week, once that is told.
FIRST_DAYS = 7
#: Videos older than this say little about today's viewers.
JUDGED_DAYS = 120
#: With fewer judged videos a median means nothing.
ENOUGH = 5


def own_signals(channel: Channel, now: datetime) -> list[dict[str, Any]]:
    """A signal for each judged video of a channel: its first week's pace against the median of the
    channel's videos of the same format. None before five of them can be judged.
    """
    by_format: dict[str, list[dict[str, Any]]] = {}
    for row in _first_weeks(channel.channel_id, now):
        by_format.setdefault(row.pop("format"), []).append(row)
    signals = []
    for rows in by_format.values():
        if len(rows) < ENOUGH:
            continue
        usual = median(row["views_per_hour"] for row in rows)
        signals += [
            row
            | {
                "source": "own",
                "query": None,
                "channel_title": channel.title,
                "baseline_per_hour": usual,
            }
            for row in rows
        ]
    return signals


def _first_weeks(channel_id: str, now: datetime) -> list[dict[str, Any]]:
    with connect() as db:
        return db.execute(
            """
            with days as (
                select distinct on (youtube_video_id, day) youtube_video_id, day, views
                from raw.youtube_video_days
                where channel_id = %(channel)s
                order by youtube_video_id, day, fetched_at desc
            )

            select video.format, request.topic, video.youtube_video_id, video.title,
                   video.published_at, sum(days.views)::bigint as views,
                   round(sum(days.views) / (24.0 * %(days)s), 3)::float as views_per_hour
            from ops.videos as video
            join ops.requests as request using (request_id)
            join days using (youtube_video_id)
            where video.channel_id = %(channel)s
              and video.published_at > %(now)s - make_interval(days => %(judged)s)
              and days.day < ops.pacific_day(video.published_at) + %(days)s
            group by video.video_id, request.topic
            having max(days.day) = ops.pacific_day(video.published_at) + %(days)s - 1
            order by video.published_at
            """,
            {"channel": channel_id, "now": now, "days": FIRST_DAYS, "judged": JUDGED_DAYS},
        ).fetchall()
