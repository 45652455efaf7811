"""The quota ledger on a real Postgres: whole bundles, never above, back at midnight Pacific."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from ytempire.channels import quota
from ytempire.errors import QuotaExhausted
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

pytestmark = pytest.mark.slow

NOON = datetime(2026, 11, 10, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon(warehouse: None):
    with clock.replayed(NOON):
        yield


def left(bucket: str) -> int:
    return quota.forecast()[bucket].headroom


def test_units_are_taken_from_several_buckets_or_from_none() -> None:
    quota.spend("publish", uploads=99)
    with pytest.raises(QuotaExhausted, match="'uploads'"):
        quota.spend("publish", default=50, uploads=2)
    assert (left("default"), left("uploads")) == (10_000, 1)


def test_nobody_gets_above_the_limit_however_many_ask_at_once() -> None:
    def try_one(_: int) -> bool:
        try:
            quota.spend("publish", uploads=1, default=50)
        except QuotaExhausted:
            return False
        return True

    with ThreadPoolExecutor(12) as threads:
        granted = sum(threads.map(try_one, range(150)))
    assert granted == 100
    assert (left("uploads"), left("default")) == (0, 5_000)


def test_a_bundle_is_given_back_in_the_order_in_which_bundles_are_taken() -> None:
    """Else two would wait for each other: `default` is always locked before `stats`."""
    quota.spend("publish", stats=1)  # its row lies first
    quota.spend("publish", default=1)
    quota.hold("video-1", stats=1, default=1)
    lock = "select 1 from ops.quota where bucket = %s for update nowait"
    with ThreadPoolExecutor(1) as thread:
        with connect() as mine:
            mine.execute(lock, ("default",))
            given_back = thread.submit(quota.release, "video-1")
            with pytest.raises(TimeoutError):
                given_back.result(timeout=0.5)
            with connect() as other:
                other.execute(lock, ("stats",))  # raises when `stats` was locked first
        given_back.result(timeout=10)
    assert (left("default"), left("stats")) == (9_999, 9_999)


def test_a_bundle_is_held_once_however_often_it_is_tried() -> None:
    for _ in range(3):
        quota.hold("video-1", uploads=1, default=50)
    assert (left("uploads"), left("default")) == (99, 9_950)
    quota.use("video-1", "publish", uploads=1)
    quota.hold("video-1", uploads=1, default=50)
    told = quota.forecast()
    assert (told["uploads"].used, told["uploads"].held) == (1, 0)
    assert (told["default"].used, told["default"].held) == (0, 50)


def test_a_hold_keeps_its_units_from_others() -> None:
    quota.hold("video-1", default=9_990)
    with pytest.raises(QuotaExhausted):
        quota.spend("pull", default=11)
    quota.use("video-1", "publish", default=9_990)
    assert quota.forecast()["default"].used == 9_990


def test_a_hold_that_nobody_came_back_for_is_given_to_whoever_needs_it() -> None:
    quota.hold("forgotten", uploads=100)
    with pytest.raises(QuotaExhausted):
        quota.spend("publish", uploads=1)
    with clock.replayed(NOON + quota.HOLD_FOR):
        quota.spend("publish", uploads=1)
        assert left("uploads") == 99
        quota.use("forgotten", "publish", uploads=1)  # late, but there is room
        assert left("uploads") == 98


def test_a_released_bundle_is_free_again() -> None:
    quota.hold("video-1", uploads=1, default=50)
    quota.use("video-1", "publish", uploads=1)
    quota.release("video-1")
    assert (left("uploads"), left("default")) == (99, 10_000)


def test_yesterdays_hold_is_not_todays() -> None:
    quota.hold("video-1", default=50)
    with clock.replayed(NOON + timedelta(days=1)):
        assert left("default") == 10_000
        quota.use("video-1", "publish", default=50)
        assert left("default") == 9_950


@pytest.mark.parametrize(
    ("begins", "hours"),
    [(datetime(2026, 3, 8, 8, tzinfo=UTC), 23), (datetime(2026, 11, 1, 7, tzinfo=UTC), 25)],
)
def test_a_day_of_daylight_saving_is_one_day_of_quota(begins: datetime, hours: int) -> None:
    with clock.replayed(begins):
        quota.spend("publish", uploads=60)
        assert quota.forecast()["uploads"].resets_at == begins + timedelta(hours=hours)
    with clock.replayed(begins + timedelta(hours=hours, seconds=-1)):
        quota.spend("publish", uploads=40)
        with pytest.raises(QuotaExhausted):
            quota.spend("publish", uploads=1)
    with clock.replayed(begins + timedelta(hours=hours)):
        quota.spend("publish", uploads=1)
    with connect() as db:
        used = db.execute("select used from ops.quota order by pacific_day").fetchall()
    assert [row["used"] for row in used] == [100, 1]


def test_a_bucket_that_google_calls_spent_is_closed_with_its_holds() -> None:
    quota.hold("video-1", uploads=1)
    quota.close("uploads")
    with pytest.raises(QuotaExhausted):
        quota.use("video-1", "publish", uploads=1)
    assert left("uploads") == 0


def test_the_forecast_says_when_the_pace_empties_a_bucket() -> None:
    assert quota.forecast()["default"].exhausted_at is None
    quota.spend("pull", default=6_000)
    told = quota.forecast()["default"]
    assert told.per_hour == 1_000
    assert told.exhausted_at == NOON + timedelta(hours=4)
    assert told.spare(NOON) == 0
    quota.spend("pull", stats=60)
    stats = quota.forecast()["stats"]
    assert stats.exhausted_at is None
    assert stats.spare(NOON) == 9_940 - 10 * 12
