"""Anomalies as rows of `raw.anomalies`, and what was told of them before."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

import numpy as np

from ytempire.analytics import anomalies
from ytempire.analytics.anomalies import Anomaly, Direction, Metric
from ytempire.analytics.anomaly_forms import Floats

log = logging.getLogger(__name__)
Row = dict[str, Any]


def told(db: Any, metric: Metric, channel_id: str, start: datetime) -> dict[Direction, int]:
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


def found(
    metric: Metric,
    channel_id: str,
    values: Floats,
    fresh: int,
    before: dict[Direction, int],
    chance: Floats | None = None,
) -> list[Anomaly]:
    """The anomalies of a channel's series; a log says where nothing can be said."""
    each = anomalies.find(metric, values, fresh, before, chance)
    if each is None:
        say_nothing(metric.name, channel_id)
    return each or []


def say_nothing(name: str, channel_id: str) -> None:
    """Log that too little is known of a metric to judge it."""
    log.info("%s of %s: its history is too short, so nothing is said.", name, channel_id)


def row(name: str, each: Anomaly, start: datetime, end: datetime, observed: float) -> Row:
    """What was observed, and what it would have been in proportion."""

    def instead(value: float) -> float:
        return round(float(observed * np.exp(value - each.value)), 6)

    return {
        "metric": name,
        "period_start": start,
        "period_end": end,
        "observed": round(float(observed), 6),
        "expected": instead(each.expected),
        "low": instead(each.low),
        "high": instead(each.high),
        "score": round(each.score, 3),
    }
