from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from ytempire.errors import BadData
from ytempire.warehouse.database import connect
from ytempire.warehouse.load import LANDING_LOCK, append, append_changed

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("warehouse")]

DAYS = "raw.youtube_channel_days"
COLUMNS = ("run_id", "fetched_at", "channel_id", "day", "views", "revenue_usd")
KEY = ("channel_id", "day")
T0 = datetime(2026, 10, 1, tzinfo=UTC)


def day(run: int, views: int | None, revenue: str | None = None, of: str = "a") -> tuple[Any, ...]:
    return (f"run-{run}", T0 + timedelta(hours=run), of, "2026-09-30", views, revenue)


def land(*rows: Any) -> int:
    with connect() as db:
        return append_changed(db, DAYS, COLUMNS, rows, key=KEY)


def landed() -> list[tuple[str, int | None]]:
    with connect() as db:
        rows = db.execute(f"select run_id, views from {DAYS} order by fetched_at").fetchall()
    return [(row["run_id"], row["views"]) for row in rows]


def test_only_what_differs_from_the_latest_version_is_kept() -> None:
    assert [land(day(1, 5)), land(day(2, 5)), land(day(3, 7)), land(day(4, 7))] == [1, 0, 1, 0]
    assert landed() == [("run-1", 5), ("run-3", 7)]


def test_a_day_restated_to_an_earlier_value_is_a_version_of_its_own() -> None:
    assert [land(day(1, 5)), land(day(2, 7)), land(day(3, 5))] == [1, 1, 1]


def test_a_null_that_becomes_a_number_is_a_change_and_a_null_that_stays_is_none() -> None:
    assert [land(day(1, 5)), land(day(2, 5)), land(day(3, 5, "0.10"))] == [1, 0, 1]


def test_numbers_of_another_spelling_are_no_change() -> None:
    assert [land(day(1, 5, "0.1")), land(day(2, 5, "0.100"))] == [1, 0]


def test_keys_do_not_hide_each_other() -> None:
    land(day(1, 5))
    assert land(day(2, 5), day(2, 5, of="b")) == 1


def test_a_row_without_a_key_lands_for_the_expectations_to_find() -> None:
    keyless = ("run-1", T0, None, "2026-09-30", 5, None)
    assert [land(keyless), land(keyless)] == [1, 1]


def test_rows_may_be_mappings_that_lack_a_column() -> None:
    row = dict(zip(COLUMNS[:5], day(1, 5)[:5], strict=True))
    assert land(row) == 1
    with connect() as db:
        assert append(db, DAYS, COLUMNS, [row, row]) == 2
    assert len(landed()) == 3


def test_the_transaction_is_the_callers() -> None:
    with pytest.raises(RuntimeError), connect() as db:
        append(db, DAYS, COLUMNS, [day(1, 5)])
        append_changed(db, DAYS, COLUMNS, [day(2, 6)], key=KEY)
        raise RuntimeError
    assert landed() == []


def test_two_loads_of_one_table_fit_in_one_transaction() -> None:
    with connect() as db:
        append_changed(db, DAYS, COLUMNS, [day(1, 5)], key=KEY)
        assert append_changed(db, DAYS, COLUMNS, [day(2, 5)], key=KEY) == 0


def test_a_value_of_the_wrong_kind_is_told_with_table_and_column() -> None:
    with pytest.raises(BadData, match=r"raw\.youtube_channel_days.*\n.*views"):
        land(day(1, "many"))  # type: ignore[arg-type]


def test_a_load_waits_for_a_build_to_end() -> None:
    with connect() as building, connect() as loading:
        building.execute("select pg_advisory_xact_lock(%s)", (LANDING_LOCK,))
        loading.execute("set statement_timeout = '100ms'")
        with pytest.raises(psycopg.errors.QueryCanceled):
            append(loading, DAYS, COLUMNS, [day(1, 5)])
        loading.rollback()


def test_two_loads_do_not_wait_for_each_other() -> None:
    with connect() as one, connect() as other:
        append(one, DAYS, COLUMNS, [day(1, 5)])
        other.execute("set statement_timeout = '5s'")
        assert append(other, DAYS, COLUMNS, [day(1, 5, of="b")]) == 1


def test_what_is_told_later_is_not_taken_back_by_an_answer_without_it() -> None:
    def land_kept(*rows: Any) -> int:
        with connect() as db:
            return append_changed(db, DAYS, COLUMNS, rows, key=KEY, kept=("revenue_usd",))

    assert [land_kept(day(1, 5, "0.10")), land_kept(day(2, 5)), land_kept(day(3, 7))] == [1, 0, 1]
    assert land_kept(day(4, 7, "0.20")) == 1
    with connect() as db:
        rows = db.execute(f"select views, revenue_usd from {DAYS} order by fetched_at").fetchall()
    assert [(row["views"], str(row["revenue_usd"])) for row in rows] == [
        (5, "0.100000"),
        (7, "0.100000"),
        (7, "0.200000"),
    ]
