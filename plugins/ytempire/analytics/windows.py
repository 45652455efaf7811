"""Which days a pull asks for again: YouTube restates days, most of all the newest.

Every hour the last 14 days; once a Pacific day the last 45, or as many as a longer absence needs;
the first time all there is.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ytempire.warehouse.database import connect

PACIFIC = ZoneInfo("America/Los_Angeles")
HOURLY_DAYS, DAILY_DAYS = 14, 45


def trailing_days(last_pull: date | None, today: date, first_published: date | None) -> int:
    """How many days back a pull reaches.

    Args:
        last_pull: the Pacific day of the last pull, None before the first.
        today: the Pacific day of this pull.
        first_published: when the channel's oldest video appeared.
    """
    if last_pull is None:
        return max((today - (first_published or today)).days + 1, DAILY_DAYS)
    if last_pull == today:
        return HOURLY_DAYS
    # After a long absence, back to what was not settled when it began.
    return max(DAILY_DAYS, (today - last_pull).days + HOURLY_DAYS)


def window_of(channel_id: str, first_published: date | None) -> tuple[date, date]:
    """First and last Pacific day to ask for, both included."""
    with connect() as db:
        row = db.execute(
            """
            select (max(fetched_at) at time zone 'America/Los_Angeles')::date as day,
                   (now() at time zone 'America/Los_Angeles')::date as today
            from raw.pulls where source = 'youtube' and channel_id = %s
            """,
            (channel_id,),
        ).fetchone()
    assert row is not None
    back = trailing_days(row["day"], row["today"], first_published)
    return row["today"] - timedelta(days=back), row["today"]


def pacific_day(at: datetime) -> date:
    """The Pacific calendar day of a moment: the day YouTube counts by."""
    return at.astimezone(PACIFIC).date()
