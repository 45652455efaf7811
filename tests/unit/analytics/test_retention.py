"""When a video is asked for its retention."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ytempire.analytics.retention import is_due

BORN = datetime(2026, 10, 1, 12, tzinfo=UTC)


def at(days: float) -> datetime:
    return BORN + timedelta(days=days)


def test_a_video_is_asked_at_four_ages_and_then_no_more() -> None:
    asked: datetime | None = None
    looks = []
    for hour in range(60 * 24):
        now = at(hour / 24)
        if is_due(BORN, asked, now):
            asked = now
            looks.append(hour / 24)
    assert looks == [3, 7, 14, 28]


def test_ages_that_went_by_unasked_are_made_up_for_at_once() -> None:
    assert is_due(BORN, at(3), at(20))
    assert not is_due(BORN, at(20), at(27))
    assert is_due(BORN, None, at(40))


def test_an_old_video_that_is_met_late_is_not_new() -> None:
    assert not is_due(BORN, None, at(42))


def test_a_look_from_the_future_is_not_believed() -> None:
    assert is_due(BORN, at(90), at(8))


def test_a_scheduled_video_is_not_due() -> None:
    assert not is_due(BORN, None, at(-2))
