"""How often a video is asked about."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from ytempire.analytics.polling import described_every, is_due, polled_every

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
CHANNELS, IDS = 15, 50


@pytest.mark.parametrize(
    ("age", "every"),
    [
        (timedelta(days=-2), timedelta(hours=1)),
        (timedelta(0), timedelta(hours=1)),
        (timedelta(days=3), timedelta(hours=3)),
        (timedelta(days=14), timedelta(hours=6)),
        (timedelta(days=60), timedelta(days=1)),
        (timedelta(days=365), timedelta(days=3)),
    ],
)
def test_the_older_a_video_the_rarer_it_is_counted(age: timedelta, every: timedelta) -> None:
    assert polled_every(age) == every


def test_two_years_of_fifty_videos_a_day_stay_well_inside_the_day_s_units() -> None:
    ages = [timedelta(days=n / 50) for n in range(36_500)]
    counted = sum(timedelta(days=1) / polled_every(age) for age in ages) / IDS
    described = sum(timedelta(days=1) / described_every(age) for age in ages) / IDS
    # In every hour each channel's last call is not full.
    assert math.ceil(counted) + CHANNELS * 24 < 2_000
    # Besides: the channel and the newest page every hour, all pages once a day.
    listed = CHANNELS * 24 * 2 + math.ceil(36_500 / IDS)
    assert math.ceil(described) + CHANNELS * 24 + listed < 3_000


def test_a_run_a_few_minutes_early_or_hours_late_finds_a_video_due() -> None:
    every = timedelta(hours=1)
    assert is_due(None, every, NOW)
    assert is_due(NOW - timedelta(minutes=50), every, NOW)
    assert is_due(NOW - timedelta(hours=30), every, NOW)
    assert not is_due(NOW - timedelta(minutes=30), every, NOW)


def test_a_look_from_the_future_is_not_believed() -> None:
    assert is_due(NOW + timedelta(hours=1), timedelta(days=3), NOW)
