"""When a channel's next video may become public: its posting slots, its gap and its daily cap.

Computes only. Moments are UTC; a day is a Pacific one, as YouTube counts, unless a channel's own
time zone is meant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from ytempire.channels.profile import WEEKDAYS, Pacing, Posting
from ytempire.warehouse.clock import next_pacific_midnight, pacific_day

#: A slot further away is none: what is said now would be old by then.
HORIZON_DAYS = 7
#: A slot must be at least this far away, so that the upload ends before it.
LEAD = timedelta(minutes=10)


def slots(posting: Posting, after: datetime, until: datetime) -> Iterator[datetime]:
    """The posting times between two moments, UTC, in their order.

    On the days of daylight saving: a time that does not exist is as much later as the clock is put
    forward, and one that exists twice is the first of the two.
    """
    day = after.astimezone(posting.zone).date() - timedelta(days=1)
    last = until.astimezone(posting.zone).date() + timedelta(days=1)
    while day <= last:
        if WEEKDAYS[day.weekday()] in posting.weekdays:
            # A time of day without a zone may be given with one: only its hands count.
            moments = {
                datetime.combine(day, at.replace(tzinfo=None, fold=0), posting.zone).astimezone(UTC)
                for at in posting.times
            }
            yield from (at for at in sorted(moments) if after <= at <= until)
        day += timedelta(days=1)


def next_slot(
    posting: Posting, pacing: Pacing, taken: Sequence[datetime], now: datetime
) -> datetime | None:
    """The first slot within the horizon that keeps the gap to all that is taken, and the cap."""
    days = Counter(pacific_day(at) for at in taken)
    until = now + timedelta(days=HORIZON_DAYS)
    for at in slots(posting, now + LEAD, until):
        if days[pacific_day(at)] < pacing.per_day and keeps_gap(pacing, taken, at):
            return at
    return None


def keeps_gap(pacing: Pacing, taken: Sequence[datetime], at: datetime) -> bool:
    """Whether a moment is at least the channel's gap away from all that is taken."""
    gap = timedelta(hours=pacing.min_gap_h)
    return all(abs(at - other) >= gap for other in taken)


def day_ends(at: datetime) -> datetime:
    """When the Pacific day of a moment ends, UTC."""
    return next_pacific_midnight(at).astimezone(UTC)


def earliest(pacing: Pacing, taken: Sequence[datetime], now: datetime) -> datetime:
    """The first moment from now on that keeps the gap and the cap; now, if it does.

    Only the ends of gaps and of days need a look: in between nothing changes for the better.
    """
    gap = timedelta(hours=pacing.min_gap_h)
    days = Counter(pacific_day(at) for at in taken)
    at = now
    while True:
        ends = [other + gap for other in taken if abs(at - other) < gap]
        if days[pacific_day(at)] >= pacing.per_day:
            ends.append(day_ends(at))
        if not ends:
            return at
        at = max(ends)
