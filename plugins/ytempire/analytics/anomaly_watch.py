"""Looks for anomalies in what the warehouse holds, and lands them in `raw.anomalies`, each once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from ytempire.analytics import anomalies, anomaly_costs, anomaly_days, anomaly_rows
from ytempire.analytics.anomaly_forms import Floats
from ytempire.analytics.anomaly_rows import Row
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect
from ytempire.warehouse.load import append

log = anomaly_rows.log
#: The first look, and one after a long absence, tells of the last day only.
FRESH_PERIODS = 4
#: A period counts where a pull landed this near to its beginning and to its end.
NEAR = timedelta(hours=2)
#: Watermarks in `raw.pulls`: the end of the last six hours, and of the last final day, judged.
SOURCE, DAYS_SOURCE = "anomalies", "anomalies_days"
COLUMNS = (
    "metric", "channel_id", "period_start", "period_end", "observed", "expected", "low", "high",
    "score", "is_simulated", "run_id", "fetched_at",
)  # fmt: skip


def watch() -> int:
    """Judge every channel whose next six hours are over: their views, the days that became final,
    and what the videos cost that were finished.

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
        since, looked_at = _seen(db, SOURCE, channel_id)
        if since is not None and since >= end:
            return 0
        fresh = FRESH_PERIODS if since is None else min(FRESH_PERIODS, (end - since) // length)
        run_id = f"anomalies__{end:%Y-%m-%dT%H:%M}"
        rows = _views(db, channel_id, end, fresh)
        rows += anomaly_costs.look(db, channel_id, looked_at)
        rows += _days(db, channel_id, now, run_id)
        landed = append(
            db, "raw.anomalies", COLUMNS,
            [row | {"channel_id": channel_id, "is_simulated": is_simulated, "run_id": run_id,
                    "fetched_at": now} for row in rows],
        )  # fmt: skip
        _mark(db, SOURCE, channel_id, run_id, now, end, landed)
    return landed


def _days(db: Any, channel_id: str, now: datetime, run_id: str) -> list[Row]:
    """Anomalies of the days that became final since they were judged last."""
    days = anomaly_days.last_final(db, channel_id, now)
    at, _ = _seen(db, DAYS_SOURCE, channel_id)
    since = None if at is None else at.astimezone(UTC).date()
    if not days or (since is not None and days[-1] <= since):
        return []
    rows = anomaly_days.look(db, channel_id, days, since)
    last = datetime(days[-1].year, days[-1].month, days[-1].day, tzinfo=UTC)
    _mark(db, DAYS_SOURCE, channel_id, run_id, now, last, len(rows))
    return rows


def _seen(db: Any, source: str, channel_id: str) -> tuple[datetime | None, datetime | None]:
    """Up to when a channel was judged, and when that was."""
    row = db.execute(
        "select max(watermark) as at, max(fetched_at) as looked from raw.pulls "
        "where source = %s and channel_id = %s",
        (source, channel_id),
    ).fetchone()
    return row["at"], row["looked"]


def _mark(
    db: Any, source: str, channel_id: str, run_id: str, now: datetime, at: datetime, landed: int
) -> None:
    db.execute(
        "insert into raw.pulls (source, channel_id, run_id, fetched_at, watermark, rows_landed) "
        "values (%s, %s, %s, %s, %s, %s)",
        (source, channel_id, run_id, now, at, landed),
    )


def _views(db: Any, channel_id: str, end: datetime, fresh: int) -> list[Row]:
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
    told = anomaly_rows.told(db, metric, channel_id, start)
    rows = []
    for each in anomaly_rows.found(metric, channel_id, values, fresh, told):
        at = start + each.place * metric.period
        rows.append(anomaly_rows.row(metric.name, each, at, at + metric.period, sums[each.place]))
    return rows


def _is_near(edges: Floats, pulls: Floats) -> Any:
    """Whether a pull landed near each edge: through a gap nobody knows what happened when."""
    after = np.clip(np.searchsorted(pulls, edges), 0, len(pulls) - 1)
    before = np.clip(after - 1, 0, None)
    off = np.minimum(np.abs(pulls[after] - edges), np.abs(pulls[before] - edges))
    return off <= NEAR.total_seconds() / 3600
