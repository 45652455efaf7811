from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dashboards.periods import Period, ending, months_before


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 4000))
def test_the_days_before_are_as_many_and_touch_without_overlap(last: date, days: int) -> None:
    period = ending(last, days)
    assert period.days == days == period.before.days
    assert period.before.last + timedelta(days=1) == period.first


def test_a_period_holds_both_its_ends() -> None:
    assert ending(date(2026, 11, 19), 28) == Period(date(2026, 10, 23), date(2026, 11, 19))


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 300))
def test_months_go_back_one_by_one(day: date, count: int) -> None:
    earlier = months_before(day, count)
    assert earlier.day == 1
    assert (day.year - earlier.year) * 12 + day.month - earlier.month == count
