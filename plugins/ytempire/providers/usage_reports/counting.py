"""Counts as rows of a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from ytempire.domain import ALL_REQUESTS, Billed

#: (UTC day, item, unit) -> how many.
Counts = Counter[tuple[date, str, str]]


def rows(
    provider: str, first: date, last: date, counts: Mapping[tuple[date, str, str], int]
) -> list[Billed]:
    """Counts as rows, and for each day one of its requests, though there were none."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    whole: Counts = Counter({(day, *ALL_REQUESTS): 0 for day in days})
    whole.update(counts)
    return [
        Billed(provider=provider, utc_day=day, item=item, unit=unit, quantity=Decimal(count))
        for (day, item, unit), count in sorted(whole.items())
    ]


def moment(day: date) -> int:
    """Unix seconds of a UTC day's beginning."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def utc_day(at: int) -> date:
    """The UTC day of Unix seconds."""
    return datetime.fromtimestamp(at, UTC).date()
