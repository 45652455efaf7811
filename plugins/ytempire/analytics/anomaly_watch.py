"""Looks for anomalies in what the warehouse holds, and lands them in `raw.anomalies`, each once."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from ytempire.analytics import anomalies
from ytempire.analytics.anomalies import Anomaly, Direction, Floats, Metric
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect
from ytempire.warehouse.load import append

log = logging.getLogger(__name__)
#: Days that became final lately: as many are judged in each look, since looks may have failed.
FRESH_DAYS = 3
#: The first look, and one after a long absence, tells of the last day only.
FRESH_PERIODS = 4
#: Days older than these are history, whoever they are of.
STALE = timedelta(days=14)
#: A period counts where a pull landed this near to its beginning and to its end.
NEAR = timedelta(hours=2)
SOURCE = "anomalies"
COLUMNS = (
    "metric", "channel_id", "period_start", "period_end", "observed", "expected", "low", "high",
    "score", "is_simulated", "run_id", "fetched_at",
)  # fmt: skip


def watch() -> int:
    """Judge every channel whose next six hours are over, and the days that became final.

    Returns:
        How many anomalies are new.
    """
    now = clock.now()
    with connect() as db:
        channels = db.execute(
            "select channel_id, is_simulated from ops.channels order by channel_id"
        ).fetchall()
    return sum(_channel(row["channel_id"], row["is_simulated"], now) for row in channels)


def _channel(channel_id: str, is_simulated: bool, now: datetime) -> int:
    length = anomalies.VIEWS.period
    whole = int((now - anomalies.GRACE).timestamp() // length.total_seconds())
    end = datetime.fromtimestamp(whole * length.total_seconds(), UTC)
    with connect() as db:
        # Two that look at once take turns.
        db.execute("select pg_advisory_xact_lock(hashtextextended(%s, 7))", (channel_id,))
        seen = db.execute(
            "select max(watermark) as at from raw.pulls where source = %s and channel_id = %s",
            (SOURCE, channel_id),
        ).fetchone()
        since = seen["at"] if seen else None
        if since is not None and since >= end:
            return 0
        fresh = FRESH_PERIODS if since is None else min(FRESH_PERIODS, (end - since) // length)
        rows = _views(db, channel_id, end, fresh)
        rows += _days(db, channel_id, now)
        run_id = f"anomalies__{end:%Y-%m-%dT%H:%M}"
        landed = append(
            db, "raw.anomalies", COLUMNS,
            [row | {"channel_id": channel_id, "is_simulated": is_simulated, "run_id": run_id,
                    "fetched_at": now} for row in rows],
        )  # fmt: skip
        db.execute(
            "insert into raw.pulls (source, channel_id, run_id, fetched_at, watermark, rows_landed)"
            " values (%s, %s, %s, %s, %s, %s)",
            (SOURCE, channel_id, run_id, now, end, landed),
        )
    return landed


def _views(db: Any, channel_id: str, end: datetime, fresh: int) -> list[dict[str, Any]]:
    """Anomalies of the views of six hours, from the counters of its videos."""
    metric = anomalies.VIEWS
    periods = metric.history + fresh + 2 * metric.lag
    start = end - periods * metric.period
    edges = np.array([(start + n * metric.period).timestamp() for n in range(periods + 1)]) / 3600
    looks = db.execute(
        """
        select poll.youtube_video_id, extract(epoch from poll.published_at)::float / 3600 as born,
               extract(epoch from poll.counted_at)::float / 3600 as until,
               array_agg(extract(epoch from count.fetched_at)::float / 3600
                         order by count.fetched_at) as moments,
               array_agg(count.views::float order by count.fetched_at) as views
        from ops.video_polls as poll
        join raw.youtube_video_counts as count using (youtube_video_id)
        where poll.channel_id = %(channel)s and poll.published_at > %(start)s - %(oldest)s
          and count.fetched_at > %(start)s - interval '1 day' and count.views is not null
        group by 1
        """,
        {"channel": channel_id, "start": start, "oldest": anomalies.OLDEST},
    ).fetchall()
    pulls = db.execute(
        "select extract(epoch from fetched_at)::float / 3600 as at from raw.pulls "
        "where source = 'youtube' and channel_id = %s and fetched_at > %s - interval '1 day' "
        "order by 1",
        (channel_id, start),
    ).fetchall()
    if not looks or not pulls:
        log.info("%s of %s: nothing was counted yet, so nothing is said.", metric.name, channel_id)
        return []
    counted = np.array(
        [anomalies.interpolated(row["moments"], row["views"], row["until"] or 0, edges)
         for row in looks]
    )  # fmt: skip
    counted[:, ~_is_near(edges, np.array([row["at"] for row in pulls]))] = np.nan
    born = np.array([row["born"] for row in looks])
    values, sums = anomalies.like_for_like(counted, edges[None, :] - born[:, None])
    told = _told(db, metric, channel_id, start)
    found = _found(metric, channel_id, values, fresh, told)
    return [
        _row(metric, each, start + each.place * metric.period, sums[each.place]) for each in found
    ]


def _is_near(edges: Floats, pulls: Floats) -> Any:
    """Whether a pull landed near each edge: through a gap nobody knows what happened when."""
    after = np.clip(np.searchsorted(pulls, edges), 0, len(pulls) - 1)
    before = np.clip(after - 1, 0, None)
    off = np.minimum(np.abs(pulls[after] - edges), np.abs(pulls[before] - edges))
    return off <= NEAR.total_seconds() / 3600


_DAYS = """
    select day, is_final,
           rpm_usd::float as rpm_usd,
           (watch_minutes / nullif(views, 0))::float as minutes_per_view,
           ctr::float as ctr,
           case when views > 0 then (greatest(subscribers_net, 0) + 0.5) * 1000.0 / views end::float
               as subscribers_per_1000_views
    from marts.fct_channel_days
    where channel_id = %s and day > ops.pacific_day(ops.now()) - 120
    order by day
"""


def _days(db: Any, channel_id: str, now: datetime) -> list[dict[str, Any]]:
    """Anomalies of the rates of final days."""
    built = db.execute("select to_regclass('marts.fct_channel_days') is not null as it").fetchone()
    days = db.execute(_DAYS, (channel_id,)).fetchall() if built["it"] else []
    final = [row["day"] for row in days if row["is_final"]]
    if not final or final[-1] < clock.pacific_day(now) - STALE:
        return []
    first, last = days[0]["day"], final[-1]
    rows: list[dict[str, Any]] = []
    for metric in anomalies.DAILY:
        values = np.full((last - first).days + 1, np.nan)
        for row in days:
            if row["is_final"] and row[metric.name] is not None and row[metric.name] > 0:
                values[(row["day"] - first).days] = np.log(row[metric.name])
        start = datetime(first.year, first.month, first.day, tzinfo=clock.PACIFIC)
        told = _told(db, metric, channel_id, start)
        for each in _found(metric, channel_id, values, FRESH_DAYS, told):
            rows.append(_row(metric, each, start + each.place * metric.period, np.exp(each.value)))
    return rows


def _told(db: Any, metric: Metric, channel_id: str, start: datetime) -> dict[Direction, int]:
    """The place of the latest anomaly of each direction in a series that begins then."""
    rows = db.execute(
        "select score < 0 as is_drop, max(period_start) as at from raw.anomalies "
        "where metric = %s and channel_id = %s group by 1",
        (metric.name, channel_id),
    ).fetchall()
    return {
        "drop" if row["is_drop"] else "rise": round((row["at"] - start) / metric.period)
        for row in rows
    }


def _found(
    metric: Metric, channel_id: str, values: Floats, fresh: int, told: dict[Direction, int]
) -> list[Anomaly]:
    found = anomalies.find(metric, values, fresh, told)
    if found is None:
        log.info("%s of %s: its history is too short, so nothing is said.", metric.name, channel_id)
    return found or []


def _row(metric: Metric, each: Anomaly, start: datetime, observed: float) -> dict[str, Any]:
    """What was observed, and what it would have been in proportion."""

    def instead(value: float) -> float:
        return round(float(observed * np.exp(value - each.value)), 6)

    return {
        "metric": metric.name,
        "period_start": start,
        "period_end": start + metric.period,
        "observed": round(float(observed), 6),
        "expected": instead(each.expected),
        "low": instead(each.low),
        "high": instead(each.high),
        "score": round(each.score, 3),
    }
