"""How busy YouTube is at each hour: the world's clock of attention, by Pacific time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ytempire.emulators.youtube.pacific import PACIFIC, first_hour

Floats = NDArray[np.float64]

#: The first whole year of YouTube; before it nobody watches.
FIRST_YEAR = 2006
_WEEK = (0.94, 0.93, 0.95, 0.99, 1.04, 1.10, 1.05)  # Monday first
_DAY = 1.0 + 0.45 * np.sin((np.arange(24) - 11) / 24 * 2 * np.pi)


def factors(day: date) -> Floats:
    """How busy each hour of a Pacific day is; on average 1 over the weeks."""
    first, after = first_hour(day), first_hour(day + timedelta(days=1))
    if after - first == 24:
        return _WEEK[day.weekday()] * _DAY
    moments = (datetime.fromtimestamp(hour * 3600, UTC) for hour in range(first, after))
    local = [moment.astimezone(PACIFIC).hour for moment in moments]
    return _WEEK[day.weekday()] * _DAY[local]


def busy_hours(at: Floats) -> Floats:
    """Hours since FIRST_YEAR, each as long as it is busy.

    Args:
        at: moments, hours since 1970; of any shape.
    """
    start = first_hour(date(FIRST_YEAR, 1, 1))
    last = datetime.fromtimestamp(float(at.max()) * 3600, UTC).year + 1
    table = _until(max(last, FIRST_YEAR + 1))
    since = np.clip(at - start, 0.0, None)
    whole = since.astype(np.int64)
    return table[whole] + (table[whole + 1] - table[whole]) * (since - whole)


@lru_cache(maxsize=4)
def _until(year: int) -> Floats:
    """Sums up to each whole hour; a longer table begins with the shorter one."""
    first = date(FIRST_YEAR, 1, 1)
    days = (date(year + 1, 1, 1) - first).days
    hours = np.concatenate([factors(first + timedelta(days=n)) for n in range(days)])
    return np.concatenate(([0.0], np.cumsum(hours)))
