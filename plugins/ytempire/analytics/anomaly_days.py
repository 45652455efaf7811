"""Anomalies of final Pacific days: what the same videos earned, held and brought, day by day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from ytempire.analytics import anomalies, anomaly_forms, anomaly_rows
from ytempire.analytics.anomalies import Metric
from ytempire.analytics.anomaly_forms import Floats
from ytempire.analytics.anomaly_rows import Row
from ytempire.warehouse import clock

#: Days that became final since the last look are judged, and no more than these.
FRESH_DAYS = 3
#: Days older than these are history, whoever they are of.
STALE = timedelta(days=14)
#: What a judgement reads: its history, and the past of the first of its days.
_READ = timedelta(days=84 + FRESH_DAYS + 8 + anomaly_forms.COUNTED_DAYS)
#: Of which days YouTube has said its last word, the channel's own answer tells: the videos' are
#: asked for anew wherever it has changed.
_FINAL = """
    select day from marts.fct_channel_days
    where channel_id = %s and is_final and day > %s order by day
"""
_VIDEOS = """
    select video.published_date,
           array_agg(told.day - %(first)s::date) as places,
           array_agg(told.views::float) as views,
           array_agg(told.watch_minutes::float) as minutes,
           array_agg(told.revenue_usd::float) as revenue,
           array_agg(told.subscribers_net::float) as subscribers,
           array_agg(told.impressions::float) as impressions,
           array_agg((told.impressions * told.ctr)::float) as clicks
    from marts.dim_videos as video
    join marts.fct_video_days as told using (video_id)
    where video.channel_id = %(channel)s
      and video.published_date >= %(first)s::date - %(oldest)s::integer - 1
      and told.day between %(first)s and %(last)s
      and told.day - video.published_date between 0 and %(oldest)s::integer + 1
    group by video.video_id, video.published_date
"""
_FIGURES = ("views", "minutes", "revenue", "subscribers", "impressions", "clicks")


def last_final(db: Any, channel_id: str, now: datetime) -> list[date]:
    """The channel's final days that a judgement reads, oldest first; none where the last is stale,
    or where nothing was built yet.
    """
    built = db.execute("select to_regclass('marts.fct_video_days') is not null as it").fetchone()
    if not built["it"]:
        return []
    today = clock.pacific_day(now)
    rows = db.execute(_FINAL, (channel_id, today - STALE - _READ)).fetchall()
    days = [row["day"] for row in rows]
    return days if days and days[-1] >= today - STALE else []


def look(db: Any, channel_id: str, days: list[date], since: date | None) -> list[Row]:
    """Anomalies of the days that are final and were not judged yet.

    Args:
        days: that are final, in order, at least one.
        since: the last that was judged.
    """
    last = days[-1]
    first = max(days[0], last - _READ)
    fresh = FRESH_DAYS if since is None else min(FRESH_DAYS, (last - since).days)
    videos = db.execute(
        _VIDEOS,
        {"channel": channel_id, "first": first, "last": last, "oldest": anomaly_forms.OLDEST},
    ).fetchall()
    if not videos:
        return []
    span = (last - first).days + 1
    is_final = np.zeros(span, dtype=bool)
    is_final[[(day - first).days for day in days if day >= first]] = True
    figures = {name: _table(videos, name, is_final) for name in _FIGURES}
    born = np.array([(row["published_date"] - first).days for row in videos])
    ages = (np.arange(span)[None, :] - born[:, None]).astype(float)
    start = datetime(first.year, first.month, first.day, tzinfo=clock.PACIFIC)
    rows: list[Row] = []
    for metric in anomalies.DAILY:
        values, levels, chance = judged(metric, figures, ages)
        before = anomaly_rows.told(db, metric, channel_id, start)
        for each in anomaly_rows.found(metric, channel_id, values, fresh, before, chance):
            at = start + each.place * metric.period
            rows.append(
                anomaly_rows.row(metric.name, each, at, at + metric.period, levels[each.place])
            )
    return rows


def judged(
    metric: Metric, figures: dict[str, Floats], ages: Floats
) -> tuple[Floats, Floats, Floats | None]:
    """What is judged of a metric, its level in the metric's unit, and what chance moves it by.

    Args:
        figures: of shape (videos, days): views, minutes, revenue (USD), subscribers (net),
            impressions, clicks; NaN: unknown.
        ages: in whole days.
    """
    if metric.name == anomalies.SUBSCRIBERS.name:
        values, levels, chance = anomaly_forms.counts(
            figures["subscribers"], figures["views"], ages
        )
        return values, levels * 1000, chance
    if metric.name == anomalies.IMPRESSIONS.name:
        edges = np.concatenate([ages, ages[:, -1:] + 1], axis=1) * 24
        return (*anomalies.volumes(figures["impressions"], edges, metric.lag), None)
    amounts, bases, unit = {
        "rpm_usd": ("revenue", "views", 1000),
        "minutes_per_view": ("minutes", "views", 1),
        "ctr": ("clicks", "impressions", 1),
    }[metric.name]
    values, levels = anomaly_forms.rates(figures[amounts], figures[bases], ages)
    return values, levels * unit, None


def _table(videos: list[dict[str, Any]], name: str, is_final: Any) -> Floats:
    """A figure of each video and day; NaN where the day is not final or YouTube told none."""
    table = np.full((len(videos), len(is_final)), np.nan)
    for place, row in enumerate(videos):
        table[place, row["places"]] = np.array(row[name], dtype=float)
    table[:, ~is_final] = np.nan
    return table
