"""How the rows of a large load are put together before its keys are looked up."""

from decimal import Decimal
from typing import Any

import pyarrow as pa
from ytempire.warehouse.copying import CHUNK, chunks
from ytempire.warehouse.sieve import UNIT, slices, units

COLUMNS = ("video", "views", "revenue")
KEY = ("video",)


def sizes(rows: list[Any]) -> list[int]:
    return [len(unit) for unit in units(KEY, chunks(COLUMNS, rows))]


def test_rows_are_put_together_though_their_money_is_long_or_short_or_not_told() -> None:
    def revenue(number: int) -> Decimal | None:
        return None if number < CHUNK else Decimal(number) / 1000

    rows = [(f"v{number}", number, revenue(number)) for number in range(UNIT + CHUNK)]
    assert sizes(rows) == [UNIT, CHUNK]
    _, last = units(KEY, chunks(COLUMNS, rows))
    assert not isinstance(last, list)
    told = {row["video"]: row["revenue"] for row in last.to_pylist()}
    assert Decimal(told[f"v{UNIT + 1}"]) == Decimal(UNIT + 1) / 1000


def test_a_unit_is_in_order_of_its_key_and_copied_by_the_chunk() -> None:
    rows = [(f"v{number * 7919 % UNIT:06}", number, None) for number in range(UNIT)]
    (unit,) = units(KEY, chunks(COLUMNS, rows))
    assert not isinstance(unit, list)
    assert unit["video"].to_pylist() == [f"v{number:06}" for number in range(UNIT)]
    assert [len(each) for each in slices(unit)] == [CHUNK] * (UNIT // CHUNK)


def test_chunks_of_other_types_are_not_put_together() -> None:
    rows = [(f"v{number}", 1 if number < CHUNK else 0.5, None) for number in range(2 * CHUNK)]
    assert sizes(rows) == [CHUNK, CHUNK]


def test_rows_that_only_postgres_can_judge_stay_as_they_came() -> None:
    rows: list[Any] = [(f"v{number}", number, [number]) for number in range(CHUNK)]
    few = [("v1", 1, None)]
    assert [*units(KEY, chunks(COLUMNS, [*rows, *few]))] == [rows, few]


def test_arrow_batches_are_asked_for_their_columns_by_name() -> None:
    batch = pa.RecordBatch.from_pydict({"views": [2, 1], "revenue": [0, 0], "video": ["b", "a"]})
    (unit,) = units(KEY, chunks(COLUMNS, [batch]))
    assert not isinstance(unit, list)
    assert unit.to_pylist() == [
        {"video": "a", "views": 1, "revenue": 0},
        {"video": "b", "views": 2, "revenue": 0},
    ]
