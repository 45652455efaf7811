from datetime import UTC, date, datetime, timedelta

import pytest
from ytempire.config import Ports
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 8), 23), ((2026, 11, 1), 25)])
def test_a_day_of_daylight_saving_has_its_own_length(day: tuple[int, int, int], hours: int) -> None:
    begins = clock.pacific_midnight(date(*day))
    ends = clock.next_pacific_midnight(begins + timedelta(hours=5))
    assert (ends.astimezone(UTC) - begins.astimezone(UTC)) == timedelta(hours=hours)


@pytest.mark.slow
def test_a_replay_moves_the_clock_of_its_own_sessions_alone(postgres: Ports) -> None:
    there = datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
    with connect() as before, clock.replayed(there):
        assert clock.now() == there
        row = before.execute("select ops.now() - now() as apart").fetchone()
    assert row == {"apart": timedelta(0)}
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(hours=1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-03-08T07:59:59+00:00", date(2026, 3, 7)),
        ("2026-03-09T06:59:59+00:00", date(2026, 3, 8)),
        ("2026-03-09T07:00:00+00:00", date(2026, 3, 9)),
        ("2026-11-02T07:59:59+00:00", date(2026, 11, 1)),
    ],
)
def test_the_database_counts_pacific_days_as_we_do(postgres: Ports, at: str, day: date) -> None:
    moment = datetime.fromisoformat(at)
    with clock.replayed(moment), connect() as db:
        row = db.execute("select ops.pacific_day(ops.now()) as day").fetchone()
    assert row == {"day": day}
    assert clock.pacific_day(moment) == day
