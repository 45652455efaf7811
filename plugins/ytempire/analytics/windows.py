"""Which days a pull asks for again: YouTube restates days, most of all the newest.

Every hour the last 14 days; once a Pacific day the last 45, and the whole month before this one,
so that a month is asked for whole at its close; after an absence as many as it needs; the first
time all there is.

What a pull confirms: the channel's own days of its window, asked for each time. The days of the
videos are asked for wherever the channel's day is new or has changed; and for each video all of the
last 45 once a Pacific day, an hour's twenty-fourth of the videos at a time, since views that move
between two videos leave the channel's day as it was. So a channel's day is as it was at the latest
pull (`raw.pulls`, source `youtube`; older than 14 days: `youtube_days`), a video's day at its own
latest sweep (`ops.video_polls.days_asked_at`), or when its latest version landed.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from ytempire.warehouse.clock import pacific_day

HOURLY_DAYS, DAILY_DAYS = 14, 45
#: Slots of a sweep, one an hour.
SLOTS = 24


def trailing_days(last_pull: date | None, today: date, first_published: date | None) -> int:
    """How many days back a pull reaches.

    Args:
        last_pull: the Pacific day of the last pull, None before the first.
        today: the Pacific day of this pull.
        first_published: when the channel's oldest video appeared.
    """
    if last_pull is None:
        return max((today - (first_published or today)).days + 1, daily_reach(today))
    if last_pull >= today:
        return HOURLY_DAYS
    # After a long absence, back to what was not settled when it began.
    return max(daily_reach(today), (today - last_pull).days + DAILY_DAYS)


def daily_reach(today: date) -> int:
    """How many days back the once-a-day look reaches: 45, and all of the month before."""
    last_month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    return max(DAILY_DAYS, (today - last_month).days)


def slot_of(name: str) -> int:
    """The hour of the Pacific day, 0 to 23, at which something that is done once a day begins."""
    return zlib.crc32(name.encode()) % SLOTS


def is_due_today(last: datetime | None, now: datetime, slot: int) -> bool:
    """Whether a thing of this slot is due: its day, which begins `slot` hours after midnight
    Pacific, is another than the one it was last done on. A run that is late catches up, and one
    whose clock ran ahead does it again.
    """
    if last is None:
        return True
    ahead = timedelta(hours=slot)
    return pacific_day(last - ahead) != pacific_day(now - ahead)


def spans(days: Iterable[date], longest: int) -> Iterator[tuple[date, date]]:
    """The fewest spans of at most `longest` days, both ends included, that hold all these days."""
    first: date | None = None
    last: date | None = None
    for day in sorted(set(days)):
        if first is None or last is None:
            first = last = day
        elif (day - first).days >= longest:
            yield first, last
            first = last = day
        else:
            last = day
    if first is not None and last is not None:
        yield first, last


def all_days(start: date, end: date) -> list[date]:
    """Each day from one to another, both included."""
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]
