"""How often a video is asked about: hourly while it is young, ever more rarely as it grows old.

| age        | counters, `batchGetStats` | metadata, `videos.list` |
|------------|---------------------------|-------------------------|
| < 3 days   | every hour                | every day               |
| < 14 days  | every 3 hours             | every day               |
| < 60 days  | every 6 hours             | every week              |
| < 365 days | every day                 | every week              |
| older      | every 3 days              | every week              |

A look of 50 videos is a unit. 50 videos a day over 15 channels for two years (36,500) need about
1,200 of the 10,000 units of the bucket `stats` a day, asked hourly they would need 17,520.
"""

from __future__ import annotations

from datetime import datetime, timedelta

#: Age below which -> how often the counters are asked for.
COUNTED: tuple[tuple[timedelta, timedelta], ...] = (
    (timedelta(days=3), timedelta(hours=1)),
    (timedelta(days=14), timedelta(hours=3)),
    (timedelta(days=60), timedelta(hours=6)),
    (timedelta(days=365), timedelta(days=1)),
)
COUNTED_WHEN_OLD = timedelta(days=3)
DESCRIBED_YOUNG, DESCRIBED_OLD = timedelta(days=1), timedelta(days=7)
#: A run that comes this much too early counts as on time.
TOLERANCE = timedelta(minutes=15)


def polled_every(age: timedelta) -> timedelta:
    """How often the counters of a video of this age are asked for; below 0: it is scheduled."""
    return next((every for below, every in COUNTED if age < below), COUNTED_WHEN_OLD)


def described_every(age: timedelta) -> timedelta:
    """How often the metadata and status of a video of this age are asked for."""
    return DESCRIBED_YOUNG if age < timedelta(days=14) else DESCRIBED_OLD


def is_due(last: datetime | None, every: timedelta, now: datetime) -> bool:
    """Whether something last asked then is asked again: a late run catches up, and a time that is
    yet to come (a clock ran ahead) is not believed."""
    if last is None or last > now + TOLERANCE:
        return True
    return now - last >= every - TOLERANCE
