"""How far back a pull looks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ytempire.analytics.windows import (
    DAILY_DAYS,
    HOURLY_DAYS,
    SLOTS,
    all_days,
    daily_reach,
    is_due_today,
    slot_of,
    spans,
    trailing_days,
)

TODAY = date(2026, 11, 10)


def test_the_first_pull_takes_all_there_is() -> None:
    assert trailing_days(None, TODAY, TODAY - timedelta(days=90)) == 91


def test_the_first_pull_of_a_young_channel_takes_the_usual_window() -> None:
    assert trailing_days(None, TODAY, TODAY) == DAILY_DAYS
    assert trailing_days(None, TODAY, None) == DAILY_DAYS


def test_after_a_long_absence_no_day_is_left_out() -> None:
    assert trailing_days(TODAY - timedelta(days=60), TODAY, None) == 60 + DAILY_DAYS


def test_the_first_pull_of_a_day_reaches_further_than_the_next_ones() -> None:
    assert trailing_days(TODAY - timedelta(days=1), TODAY, None) >= DAILY_DAYS
    assert trailing_days(TODAY, TODAY, None) == HOURLY_DAYS


def test_a_clock_that_ran_ahead_makes_no_window_negative() -> None:
    assert trailing_days(TODAY + timedelta(days=1), TODAY, None) == HOURLY_DAYS


@given(st.dates(date(2024, 1, 1), date(2030, 1, 1)))
def test_the_month_before_is_asked_for_whole_every_day_of_the_month_after(today: date) -> None:
    reach = today - timedelta(days=daily_reach(today))
    assert reach <= (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    assert reach <= today - timedelta(days=DAILY_DAYS)


@given(st.sets(st.dates(date(2026, 1, 1), date(2026, 12, 31))), st.integers(1, 40))
def test_spans_hold_every_day_once_and_are_never_too_long(days: set[date], longest: int) -> None:
    found = list(spans(days, longest))
    held = [day for start, end in found for day in all_days(start, end)]
    assert days <= set(held)
    assert len(held) == len(set(held)), "a day asked for twice would land twice"
    assert all((end - start).days < longest for start, end in found)


@pytest.mark.parametrize(
    "midnight",
    [
        datetime(2026, 3, 8, 8, tzinfo=UTC),  # 23 hours long
        datetime(2026, 11, 1, 7, tzinfo=UTC),  # 25 hours long
        datetime(2026, 11, 10, 8, tzinfo=UTC),
    ],
)
@pytest.mark.parametrize("slot", [0, 2, 13, 23])
def test_what_is_done_once_a_day_is_due_once_on_days_of_any_length(
    midnight: datetime, slot: int
) -> None:
    last = midnight - timedelta(days=1)
    hours: list[datetime] = []
    for hour in range(24 * 4):
        now = midnight + timedelta(hours=hour)
        if is_due_today(last, now, slot):
            hours.append(now)
            last = now
    gaps = [(after - before) for before, after in pairwise(hours)]
    assert len(hours) in (4, 5)
    assert all(timedelta(hours=23) <= gap <= timedelta(hours=25) for gap in gaps[1:])


def test_a_day_s_work_that_was_missed_is_done_at_the_next_chance() -> None:
    last = datetime(2026, 11, 10, 12, tzinfo=UTC)
    assert is_due_today(last, last + timedelta(hours=40), 5)
    assert is_due_today(None, last, 5)


def test_slots_spread_the_work_over_the_day() -> None:
    used = [slot_of(f"video-{n}") for n in range(2_400)]
    counts = [used.count(slot) for slot in range(SLOTS)]
    assert max(counts) < 2 * 2_400 / SLOTS
    assert min(counts) > 0
