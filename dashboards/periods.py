"""Which days a page speaks of, and which it compares them with. All days are Pacific."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

DEFAULT_DAYS = 28


@dataclass(frozen=True)
class Period:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> Period:
        """As many days, ending where this one starts."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))


def ending(last: date, days: int = DEFAULT_DAYS) -> Period:
    """The `days` days up to `last`."""
    return Period(last - timedelta(days=days - 1), last)


def months_before(month: date, count: int) -> date:
    """The first day of the month `count` months before `month`."""
    index = month.year * 12 + month.month - 1 - count
    return date(index // 12, index % 12 + 1, 1)
