"""Which publishing slots a plan fills."""

from __future__ import annotations

from datetime import UTC, datetime, time

from ytempire.channels.accounts import Channel
from ytempire.channels.profile import Posting
from ytempire.planning.ideas import slot_of, slots_of


def channel(**posting: object) -> Channel:
    return Channel(
        channel_id="reef",
        youtube_channel_id=None,
        title="Reef",
        niche="sea",
        posting=Posting.model_validate(posting),
    )


def test_a_slot_is_the_pacific_half_day() -> None:
    assert slot_of(datetime(2026, 3, 8, 7, 59, tzinfo=UTC)) == "2026-03-07-pm"
    assert slot_of(datetime(2026, 3, 8, 8, 1, tzinfo=UTC)) == "2026-03-08-am"
    # After the clocks went forward the Pacific noon is 19:00 UTC.
    assert slot_of(datetime(2026, 3, 8, 19, 1, tzinfo=UTC)) == "2026-03-08-pm"


def test_a_channel_without_posting_times_has_two_slots_a_day() -> None:
    assert slots_of(channel(), datetime(2026, 11, 10, 13, tzinfo=UTC)) == ["2026-11-10-am"]


def test_posting_times_are_each_planned_once_a_day() -> None:
    daily = channel(timezone="Europe/Berlin", times=[time(9), time(13), time(21, 30)])
    plans = [datetime(2026, 11, 10, hour, tzinfo=UTC) for hour in (1, 13)]
    assert [slots_of(daily, at) for at in plans] == [
        ["2026-11-10-0900", "2026-11-10-1300"],
        ["2026-11-10-2130"],
    ]


def test_days_that_the_channel_rests_have_no_slot() -> None:
    weekly = channel(timezone="UTC", times=[time(9)], weekdays=["mon"])
    assert slots_of(weekly, datetime(2026, 11, 9, 1, tzinfo=UTC)) == ["2026-11-09-0900"]
    assert slots_of(weekly, datetime(2026, 11, 10, 1, tzinfo=UTC)) == []
