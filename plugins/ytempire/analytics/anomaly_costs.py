"""What a video costs to make, against the channel's earlier ones of its format and tier."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from ytempire.analytics import anomaly_rows
from ytempire.analytics.anomalies import Anomaly, spread_of
from ytempire.analytics.anomaly_forms import Floats
from ytempire.analytics.anomaly_rows import Row

METRIC = "cost_per_video_usd"
#: Earlier videos that one is compared with, at most and at least.
PAST, LEAST = 40, 10
#: Below this many USD nobody loses money by a video.
LEAST_USD = 0.01
#: The last so many videos are judged together too: scripts are long or short, one may be redone.
TOGETHER = 3
SIGMAS, CHANGE, FLOOR = 2.5, 0.2, 0.04
#: Videos for which a rise that was told is not told again.
QUIET = 10
#: Videos that a judgement looks back on.
HISTORY = 200
#: The first look tells of videos finished in the last day only.
FIRST_LOOK = timedelta(days=1)
_VIDEOS = """
    select video.format, video.tier, video.created_at, video.published_at,
           (select sum(line.amount_usd) from ops.ledger as line
            where line.video_id = video.video_id)::float as usd
    from ops.videos as video
    where video.channel_id = %s and video.published_at <= ops.now()
    order by video.published_at desc, video.video_id limit %s
"""


def look(db: Any, channel_id: str, since: datetime | None) -> list[Row]:
    """Rises of what the channel's videos cost, direct and failed attempts, that were finished since
    the last look.
    """
    videos = db.execute(_VIDEOS, (channel_id, HISTORY)).fetchall()[::-1]
    now = db.execute("select ops.now() as at").fetchone()["at"]
    told = db.execute(
        "select max(period_end) as at from raw.anomalies where metric = %s and channel_id = %s",
        (METRIC, channel_id),
    ).fetchone()["at"]
    new = sum(row["published_at"] > (since or now - FIRST_LOOK) for row in videos)
    place = None if told is None else sum(row["published_at"] <= told for row in videos) - 1
    usd = [row["usd"] or 0.0 for row in videos]
    found = find(usd, [(row["format"], row["tier"]) for row in videos], new, place)
    if found is None:
        anomaly_rows.say_nothing(METRIC, channel_id)
    return [
        anomaly_rows.row(
            METRIC, each, videos[each.place]["created_at"], videos[each.place]["published_at"],
            float(np.exp(each.value)),
        )
        for each in found or []
    ]  # fmt: skip


def find(
    usd: Sequence[float] | Floats, kinds: Sequence[Hashable], fresh: int, told: int | None = None
) -> list[Anomaly] | None:
    """The rises among the newest videos, one for an episode.

    Args:
        usd: of each video, in the order in which they were finished.
        kinds: what makes videos alike: format and tier.
        fresh: so many of the newest are judged.
        told: the place of the last rise that was told, below 0 for before these.

    Returns:
        The first of each episode, logarithms of USD; None: too few videos to say anything.
    """
    logs = np.log(np.maximum(np.asarray(usd, float), LEAST_USD))
    usual = np.array([_usual(logs[:n], kinds[:n], kinds[n]) for n in range(len(logs))])
    # What cost less than a cent, and should have, is not looked at.
    off = np.where((logs > np.log(LEAST_USD)) | (usual > np.log(LEAST_USD)), logs - usual, np.nan)
    found: list[Anomaly] = []
    if not len(off) or not np.isfinite(off[-max(fresh, 1) :]).any():
        return None
    for place in range(max(0, len(off) - fresh), len(off)):
        before = off[:place][np.isfinite(off[:place])][-PAST:]
        if not np.isfinite(off[place]) or len(before) < LEAST:
            continue
        each = _judged(place, logs[place], usual[place], np.append(before, off[place]))
        if each is None:
            continue
        is_new = told is None or place - told > QUIET
        told = place
        if is_new:
            found.append(each)
    return found


def _usual(logs: Floats, kinds: Sequence[Hashable], kind: Hashable) -> float:
    """The median of earlier ones of a kind; NaN of too few."""
    alike = logs[[each == kind for each in kinds]] if len(logs) else logs
    return float(np.median(alike[-PAST:])) if len(alike) >= LEAST else np.nan


def _judged(place: int, value: float, usual: float, off: Floats) -> Anomaly | None:
    """The newest of some values, alone or with the ones before it."""
    spread = max(spread_of(off[:-1]), FLOOR)
    for together in range(1, TOGETHER + 1):
        mean = float(off[-together:].mean())
        bound = max(SIGMAS * spread / np.sqrt(together), CHANGE)
        if mean > bound and off[-1] > 0:
            score = mean / spread * np.sqrt(together)
            return Anomaly(place, usual + mean, usual, usual - bound, usual + bound, score)
    return None
