"""Bills and ledger are compared by day, item and unit."""

from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal

import pytest
from ytempire.costs.reconcile import Line, _over_midnight
from ytempire.runs.stages import StageRun
from ytempire.warehouse.database import connect

from tests.bills import (
    BATCH,
    DAY,
    asks,
    at,
    begun,
    bill,
    reconciled,
    rows,
    state_of,
    verdicts,
)

pytestmark = pytest.mark.slow


@pytest.fixture
def run(warehouse: None) -> StageRun:
    return begun()


def test_what_was_billed_as_booked_agrees(run: StageRun) -> None:
    asks(run, "a", at(time(9)), input_token=700, cached_input_token=256, output_token=900)
    asks(run, "b", at(time(10)), provider=BATCH, input_token=500, output_token=100)
    asks(run, "c", at(time(11)), provider="elevenlabs", character=640)
    bill(
        (DAY, "gpt-5.1", {"input_token": 700, "cached_input_token": 256, "output_token": 900}),
        (DAY, "gpt-5.1 batch", {"input_token": 500, "output_token": 100}),
        (DAY, "voice", {"character": 640}),
    )
    found = reconciled()
    assert len(found.lines) == 6 and found.agrees and not found.resolved


def test_differences_are_told_with_their_price_and_booked_by_nobody(run: StageRun) -> None:
    asks(run, "a", at(time(9)), input_token=700, output_token=900)
    bill(
        (DAY, "gpt-5.1", {"input_token": 700, "output_token": 950}),
        (DAY, "gpt-5-mini", {"output_token": 1_000}),
        (DAY, "gpt-9", {"output_token": 5}),
    )
    before = rows("select * from ops.ledger")
    found = reconciled()
    assert not found.agrees
    unlike = [line for line in found.lines if line.verdict == "differs"]
    assert [(line.item, line.difference, line.difference_usd) for line in unlike] == [
        ("gpt-5-mini", 1_000, Decimal("0.002")),
        ("gpt-5.1", 50, Decimal("0.0005")),
        ("gpt-9", 5, None),
    ]
    assert rows("select * from ops.ledger") == before


def test_what_no_report_tells_is_not_what_was_not_billed(run: StageRun) -> None:
    asks(run, "a", at(time(9)), input_token=700)
    asks(run, "lost", at(time(9)))
    found = reconciled()
    assert {line.verdict for line in found.lines} == {"unread"} and not found.agrees
    assert state_of("lost") == "ambiguous"


def test_simulated_lines_never_count(run: StageRun) -> None:
    asks(run, "a", at(time(9)), input_token=700)
    with connect() as db:
        db.execute("alter table ops.ledger disable trigger keep_line")
        db.execute("update ops.ledger set is_simulated = true")
        db.execute("alter table ops.ledger enable trigger keep_line")
    bill()
    assert reconciled().lines == ()


def test_a_report_that_is_read_again_replaces_what_it_said_of_its_days(
    run: StageRun,
) -> None:
    bill((DAY, "gpt-5.1", {"output_token": 70}), (DAY, "gpt-9", {"output_token": 5}))
    bill((DAY, "gpt-5.1", {"output_token": 80}))
    assert verdicts(reconciled()) == [(0, "output_token", 80, "differs")]


def test_a_day_that_may_still_change_decides_nothing(run: StageRun) -> None:
    asks(run, "a", at(time(9)), input_token=700)
    asks(run, "lost", at(time(12)))
    bill(read_at=at(time(23, 59), DAY + timedelta(days=2)))
    found = reconciled()
    assert {line.verdict for line in found.lines} == {"open"}
    assert found.agrees and state_of("lost") == "ambiguous"
    bill((DAY, "gpt-5.1", {"input_token": 700}), read_at=at(time(0), DAY + timedelta(days=3)))
    assert reconciled().agrees and state_of("lost") == "void"


def test_an_answered_call_that_was_sent_before_midnight_is_of_that_day(
    run: StageRun,
) -> None:
    asks(run, "a", at(time(23, 59, 59)), input_token=700)
    bill((DAY, "gpt-5.1", {"input_token": 700}))
    assert reconciled().agrees
    assert reconciled(days=1).agrees


def test_clocks_that_differ_move_a_call_over_midnight(run: StageRun) -> None:
    asks(run, "a", at(time(23, 59, 59)), input_token=700)
    asks(run, "b", at(time(12), DAY + timedelta(days=1)), input_token=300)
    bill(
        (DAY + timedelta(days=1), "gpt-5.1", {"input_token": 1_000}),
        (DAY + timedelta(days=4), "gpt-5.1", {"input_token": 20}),
    )
    found = reconciled()
    assert verdicts(found) == [
        (0, "input_token", -700, "moved"),
        (1, "input_token", 700, "moved"),
        (4, "input_token", 20, "differs"),
    ]


def line(day: int, billed: int, sure: int) -> Line:
    return Line(
        provider="openai",
        utc_day=DAY + timedelta(days=day),
        item="gpt-5.1",
        unit="input_token",
        billed=Decimal(billed),
        sure=Decimal(sure),
        unsure=Decimal(0),
        price_usd=None,
        verdict="agrees" if billed == sure else "differs",
    )


@pytest.mark.parametrize(
    ("differences", "moved"),
    [
        ([-7, 7], {0, 1}),
        ([-7, 2, 5], {0, 1, 2}),
        ([4, -7, 7], {1, 2}),
        ([-7, 7, 3], {0, 1}),
        ([-7, 0, 7], set()),
        ([-7, 6], set()),
        ([9], set()),
    ],
)
def test_days_in_a_row_that_add_up_to_nothing_were_moved(
    differences: list[int], moved: set[int]
) -> None:
    lines = _over_midnight([line(day, 100 + each, 100) for day, each in enumerate(differences)])
    assert {n for n, each in enumerate(lines) if each.verdict == "moved"} == moved
