"""Long stretches of days drawn by week: a browser draws a year's thousand points in a second."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby

from dashboards.charts.base import Days

#: Final days from which a line is drawn by week.
LONG = 180


def is_long(days: Days) -> bool:
    """Whether these days are drawn by week."""
    return len({row["day"] for row in days if not row["is_provisional"]}) >= LONG


def by_week(days: Days, columns: Sequence[str]) -> Days:
    """A row for each week from Monday on, its figures the means of its final days; then the
    provisional days one by one.

    Args:
        days: rows with `day`, `is_provisional` and the columns, days rising. A figure that is not
            there is in no mean; a week without any has none.
    """
    final = [row for row in days if not row["is_provisional"]]
    weeks = []
    for _, rows in groupby(final, lambda row: row["day"] - timedelta(row["day"].weekday())):
        week = list(rows)
        means = {}
        for column in columns:
            told = [float(row[column]) for row in week if row[column] is not None]
            means[column] = sum(told) / len(told) if told else None
        weeks.append({**week[0], **means})
    return [*weeks, *(row for row in days if row["is_provisional"])]


def per_day(days: Days) -> str:
    """What a point of such a line is."""
    return "per day, means of weeks" if is_long(days) else "per day"
