"""The house's clock: the database's time, which every worker shares however wrong its own is.

A replay sets it for the sessions of its own process: `ops.now()` then answers that moment, so that
quota days, rests and polling rules can be rehearsed across months. Nothing else moves it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ytempire.warehouse import database

PACIFIC = ZoneInfo("America/Los_Angeles")


def now() -> datetime:
    """The present, UTC, as the database tells it."""
    with database.connect() as db:
        row = db.execute("select ops.now() as now").fetchone()
    assert row is not None
    at: datetime = row["now"]
    return at


def pacific_day(at: datetime) -> date:
    """The Pacific calendar day of a moment: the day that YouTube counts by."""
    return at.astimezone(PACIFIC).date()


def pacific_midnight(day: date) -> datetime:
    """When a Pacific day begins; days have 23, 24 or 25 hours."""
    return datetime(day.year, day.month, day.day, tzinfo=PACIFIC)


def next_pacific_midnight(at: datetime) -> datetime:
    """When the Pacific day of a moment ends, and YouTube's quota comes back."""
    return pacific_midnight(pacific_day(at) + timedelta(days=1))


@contextmanager
def replayed(at: datetime) -> Iterator[None]:
    """Let the house believe that it is `at`, in this process, until the block ends."""
    before = database.replayed_at
    database.replayed_at = at
    try:
        yield
    finally:
        database.replayed_at = before
