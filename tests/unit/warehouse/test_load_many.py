"""Loads so large that rows of new keys go to the table without a stage between."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pyarrow as pa
import pytest
from ytempire.errors import BadData
from ytempire.warehouse.database import connect
from ytempire.warehouse.load import append_changed
from ytempire.warehouse.sieve import UNIT

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("warehouse")]

DAYS = "raw.youtube_video_days"
COLUMNS = ("run_id", "fetched_at", "youtube_video_id", "day", "views", "revenue_usd")
KEY = ("youtube_video_id", "day")
T0 = datetime(2026, 10, 1, tzinfo=UTC)


def batch(
    run: int, numbers: range, views: list[Any] | None = None, **columns: Any
) -> pa.RecordBatch:
    """A row for each number: of a video of its own, on one of the ten days from September 25."""
    told = {
        "run_id": [f"run-{run}"] * len(numbers),
        "fetched_at": [T0 + timedelta(hours=run)] * len(numbers),
        "youtube_video_id": [f"v{number}" for number in numbers],
        "day": [date(2026, 9, 25) + timedelta(days=number % 10) for number in numbers],
        "views": views or [number % 7 for number in numbers],
        "revenue_usd": [None] * len(numbers),
        **columns,
    }
    return pa.RecordBatch.from_pydict({name: told[name] for name in COLUMNS})


def land(*rows: Any, kept: tuple[str, ...] = ()) -> int:
    with connect() as db:
        return append_changed(db, DAYS, COLUMNS, rows, key=KEY, kept=kept)


def asked(query: str) -> Any:
    with connect() as db:
        row = db.execute(f"select {query} as answer from {DAYS}").fetchone()
    assert row is not None
    return row["answer"]


@pytest.fixture
def first() -> pa.RecordBatch:
    """As many rows as the sieve takes for large, the odd ones."""
    return batch(1, range(1, 2 * UNIT, 2))


def test_a_large_load_lands_once_and_in_the_partitions_of_its_months(first: Any) -> None:
    assert land(first) == UNIT
    assert asked("count(distinct tableoid::regclass::text) filter (where tableoid::regclass::text "
                 "in ('raw_months.youtube_video_days_2026_09', "
                 "'raw_months.youtube_video_days_2026_10'))") == 2  # fmt: skip
    assert land(batch(2, range(1, 2 * UNIT, 2))) == 0
    assert asked("min(run_id) || max(run_id)") == "run-1run-1"


def test_of_a_large_load_only_new_and_changed_rows_land(first: Any) -> None:
    few_known = range(UNIT * 3 // 2, UNIT * 3)
    land(first)
    restated = [number % 7 + (number % 3 == 0) for number in few_known]
    changed = sum(number % 2 and number % 3 == 0 and number < 2 * UNIT for number in few_known)
    new = sum(not (number % 2 and number < 2 * UNIT) for number in few_known)
    assert land(batch(2, few_known, restated)) == changed + new
    assert asked("count(*)") == UNIT + changed + new
    assert asked("count(*) filter (where run_id = 'run-2' and views > 6)") == sum(
        views > 6 for number, views in zip(few_known, restated, strict=True)
    )


def test_most_of_a_large_load_is_known_and_only_what_changed_lands(first: Any) -> None:
    land(first)
    views = [number % 7 + (number % 100 == 1) for number in range(1, 2 * UNIT, 2)]
    again = batch(2, range(1, 2 * UNIT, 2), views)
    assert land(again, batch(2, range(2, 12, 2))) == UNIT // 50 + 5


def test_rows_without_a_key_land_each_time() -> None:
    ids = [None if number % 1000 == 0 else f"v{number}" for number in range(UNIT)]
    keyless = batch(1, range(UNIT), youtube_video_id=ids)
    assert [land(keyless), land(keyless)] == [UNIT, UNIT // 1000]


def test_a_key_that_comes_twice_is_held_against_what_was_there_before_the_load() -> None:
    twice = batch(1, range(5))
    assert land(batch(1, range(UNIT)), twice) == UNIT + 5
    assert land(batch(2, range(UNIT, 2 * UNIT)), batch(2, range(5), [7] * 5), twice) == UNIT + 5


def test_what_a_large_load_does_not_tell_stays() -> None:
    paid = ["0.25"] * UNIT
    land(batch(1, range(UNIT), revenue_usd=paid), kept=("revenue_usd",))
    later = range(UNIT // 2 + 1, UNIT * 2)
    grown = [number % 7 + 1 for number in later]
    assert land(batch(2, later, grown), kept=("revenue_usd",)) == len(later)
    assert asked("count(*) filter (where run_id = 'run-2' and revenue_usd = 0.25)") == (
        UNIT - later.start
    )


def test_a_value_of_the_wrong_kind_in_a_large_load_is_told_with_table_and_column() -> None:
    views = [*map(str, range(UNIT - 1)), "many"]
    with pytest.raises(BadData, match=r"raw\.youtube_video_days.*\n.*views"):
        land(batch(1, range(UNIT), views))
    with pytest.raises(BadData, match=r"raw\.youtube_video_days.*\n.*day"):
        land(batch(1, range(UNIT), day=["some day"] * UNIT))
    with pytest.raises(psycopg.errors.NotNullViolation, match="run_id"):
        land(batch(1, range(UNIT), run_id=[None] * UNIT))
    assert asked("count(*)") == 0


def test_sequences_are_sifted_too_and_those_that_arrow_cannot_hold_land_beside_them() -> None:
    def rows(run: int) -> Iterator[tuple[Any, ...]]:
        for number in range(UNIT + 15_000):
            views: Any = str(number % 7) if number == UNIT + 3 else number % 7
            at, day = T0 + timedelta(hours=run), date(2026, 9, 25)
            yield (f"run-{run}", at, f"v{number}", day, views, None)

    assert [land(*rows(1)), land(*rows(2))] == [UNIT + 15_000, 0]


def test_two_large_loads_of_one_table_fit_in_one_transaction(first: Any) -> None:
    with connect() as db:
        db.execute("set work_mem = '5MB'")
        append_changed(db, DAYS, COLUMNS, [first], key=KEY)
        again = [batch(2, range(UNIT * 3 // 2 + 1, UNIT * 7 // 2, 2))]
        assert append_changed(db, DAYS, COLUMNS, again, key=KEY) == UNIT * 3 // 4
        row = db.execute("select current_setting('work_mem') as memory").fetchone()
        assert row == {"memory": "5MB"}
        left = db.execute("select from pg_class where relnamespace = pg_my_temp_schema()")
        assert left.rowcount == 0
