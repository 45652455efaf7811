"""How far back a pull looks."""

from __future__ import annotations

from datetime import date, timedelta

from ytempire.analytics.windows import DAILY_DAYS, HOURLY_DAYS, trailing_days

TODAY = date(2026, 11, 23)


def test_the_first_pull_takes_all_there_is() -> None:
    assert trailing_days(None, TODAY, TODAY - timedelta(days=90)) == 91


def test_the_first_pull_of_a_young_channel_takes_the_usual_window() -> None:
    assert trailing_days(None, TODAY, TODAY) == DAILY_DAYS
    assert trailing_days(None, TODAY, None) == DAILY_DAYS


def test_after_a_long_absence_no_day_is_left_out() -> None:
    assert trailing_days(TODAY - timedelta(days=60), TODAY, None) == 60 + HOURLY_DAYS


def test_the_first_pull_of_a_day_reaches_further_than_the_next_ones() -> None:
    assert trailing_days(TODAY - timedelta(days=1), TODAY, None) == DAILY_DAYS
    assert trailing_days(TODAY, TODAY, None) == HOURLY_DAYS
