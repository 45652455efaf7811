"""Pacific days and whole hours: YouTube counts both its reports and its quota by them.

An hour index counts whole hours since 1970-01-01T00:00Z; Pacific midnight always falls on one.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

PACIFIC = ZoneInfo("America/Los_Angeles")


def day_of(moment: datetime) -> date:
    """The Pacific calendar day of a moment."""
    return moment.astimezone(PACIFIC).date()


@lru_cache(maxsize=4096)
def start_of(day: date) -> datetime:
    """The UTC moment at which a Pacific day begins; days have 23, 24 or 25 hours."""
    return datetime.combine(day, time(), PACIFIC).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The UTC moment at which a Pacific day ends."""
    return start_of(day + timedelta(days=1))


def hours(moment: datetime) -> float:
    """Hours since 1970 as a number; its floor is the hour index."""
    return moment.timestamp() / 3600.0


def first_hour(day: date) -> int:
    """Index of a Pacific day's first hour."""
    return int(start_of(day).timestamp()) // 3600
