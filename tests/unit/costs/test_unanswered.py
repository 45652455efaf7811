"""Calls that were never answered become what the providers' reports say of them."""

from __future__ import annotations

from datetime import time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ytempire.costs.corrections import correct
from ytempire.costs.prices import MICRO, amount_of, price_of
from ytempire.costs.reconcile import _shares
from ytempire.costs.unanswered import Call
from ytempire.runs.stages import StageRun
from ytempire.warehouse.database import connect

from tests.bills import (
    BATCH,
    DAY,
    LARGE,
    NOW,
    asks,
    at,
    begun,
    bill,
    booked,
    reconciled,
    rows,
    state_of,
    unbalanced,
    usages,
    verdicts,
    whole,
)

pytestmark = pytest.mark.slow


@pytest.fixture
def run(warehouse: None) -> StageRun:
    return begun()


def test_a_call_that_was_not_billed_becomes_void_and_costs_nothing(run: StageRun) -> None:
    asks(run, "a", at(time(9)), input_token=700, output_token=900)
    asks(run, "lost", at(time(12)))
    bill((DAY, "gpt-5.1", {"input_token": 700, "output_token": 900}))
    found = reconciled()
    [resolved] = found.resolved
    assert (resolved.state, resolved.billed_usd) == ("void", 0)
    assert resolved.booked_usd == Decimal("0.08125")
    assert found.agrees and state_of("lost") == "void" and whole()
    [line] = rows("select * from ops.ledger where corrects is not null and unit = 'output_token'")
    [original] = rows(f"select * from ops.ledger where line_id = {line['corrects']}")
    assert (line["quantity"], line["amount_usd"]) == (-8_000, Decimal("-0.08"))
    for name in ("intent_id", "unit", "provider", "kind", "unit_price_usd", "price_version"):
        assert line[name] == original[name]
    assert line["booked_at"] >= NOW


def test_a_call_that_was_billed_becomes_what_the_bill_says(run: StageRun) -> None:
    asks(run, "a", at(time(9)), input_token=700, output_token=900)
    asks(run, "lost", at(time(12)))
    billed = {"input_token": 1_188, "cached_input_token": 512, "output_token": 1_411}
    bill((DAY, "gpt-5.1", billed))
    found = reconciled()
    assert found.agrees and state_of("lost") == "done" and whole()
    assert {unit: booked(unit) for unit in billed} == billed
    [resolved] = found.resolved
    assert resolved.billed_usd == Decimal("0.005784")  # 488 x 1.25, 512 x 0.125, 511 x 10


def test_twice_changes_nothing_the_second_time(run: StageRun) -> None:
    asks(run, "lost", at(time(12)))
    bill((DAY, "gpt-5.1", {"input_token": 400, "output_token": 1_411}))
    assert len(reconciled().resolved) == 1
    tables = ("ledger", "budgets", "intents")
    before = [rows(f"select * from ops.{table} order by 1, 2, 3") for table in tables]
    again = reconciled()
    assert again.agrees and again.resolved == ()
    assert [rows(f"select * from ops.{table} order by 1, 2, 3") for table in tables] == before


def test_a_call_is_settled_once_whoever_comes_second(run: StageRun) -> None:
    asks(run, "lost", at(time(12)))
    bill((DAY, "gpt-5.1", {"output_token": 1_411}))
    [resolved] = reconciled().resolved
    with connect() as db:
        assert correct(db, resolved.intent_id, {}) is None
    assert booked("output_token") == 1_411 and state_of("lost") == "done"


@pytest.mark.parametrize("billed_on", [0, 1])
def test_an_unanswered_call_at_midnight_is_found_on_either_day(
    run: StageRun, billed_on: int
) -> None:
    asks(run, "lost", at(time(23, 59, 58)))
    asks(run, "a", at(time(12), DAY + timedelta(days=1)), input_token=300)
    used = {"input_token": 640, "output_token": 1_411}
    if billed_on:
        bill((DAY + timedelta(days=1), "gpt-5.1", used | {"input_token": 940}))
    else:
        bill((DAY, "gpt-5.1", used), (DAY + timedelta(days=1), "gpt-5.1", {"input_token": 300}))
    found = reconciled()
    assert found.agrees and state_of("lost") == "done" and whole()
    assert {unit: booked(unit, "lost") for unit in used} == used
    assert {line.verdict for line in found.lines} == {"moved" if billed_on else "agrees"}


def test_an_answered_call_that_moved_does_not_pay_for_an_unanswered_one(
    run: StageRun,
) -> None:
    asks(run, "a", at(time(23, 59, 58)), input_token=700)
    asks(run, "lost", at(time(12), DAY + timedelta(days=1)))
    bill((DAY + timedelta(days=1), "gpt-5.1", {"input_token": 700}))
    found = reconciled()
    assert state_of("lost") == "void" and found.agrees and whole()
    assert {line.verdict for line in found.lines if line.difference} == {"moved"}


def test_what_is_billed_beyond_what_was_foreseen_is_not_put_on_an_unanswered_call(
    run: StageRun,
) -> None:
    asks(run, "lost", at(time(12)))
    bill((DAY, "gpt-5.1", {"input_token": 900, "output_token": 50_000}))
    found = reconciled()
    assert verdicts(found) == [(0, "output_token", 42_000, "differs")]
    assert booked("output_token", "lost") == 8_000 and whole()


def test_some_characters_of_a_voice_are_resolved_in_its_day_s_ration_too(
    run: StageRun,
) -> None:
    asks(run, "lost", at(time(12)), provider="elevenlabs")
    bill((DAY, "voice", {"character": 640}))
    assert reconciled().agrees and booked("character") == 640 and whole()
    [ration] = rows("select * from ops.budgets where unit = 'character'")
    assert (ration["begins"], ration["spent"]) == (DAY, 640)


def test_a_budget_that_opens_later_knows_of_which_period_a_correction_is(
    run: StageRun,
) -> None:
    asks(run, "lost", at(time(12)))
    bill()
    reconciled()
    asks(run, "next", NOW + timedelta(minutes=1), input_token=1_000)
    assert unbalanced() == []


@pytest.mark.parametrize(("read", "written"), [(2_999, 11_111), (1, 0), (9_000, 90_000)])
def test_several_share_the_rest_of_a_day_exactly(run: StageRun, read: int, written: int) -> None:
    for hour in (3, 9, 21):
        asks(run, f"lost at {hour}", at(time(hour)))
    bill((DAY, "gpt-5.1", {"input_token": read, "output_token": written}))
    assert {each.state for each in reconciled().resolved} <= {"done", "void"}
    for unit, want, price in (
        ("input_token", min(read, 3_000), Decimal("0.00000125")),
        ("output_token", min(written, 24_000), Decimal("0.00001")),
    ):
        [sums] = rows(
            "select sum(quantity) as n, sum(amount_usd) as usd from ops.ledger "
            f"where unit = '{unit}'"
        )
        assert sums["n"] == want
        assert sums["usd"] == (want * price).quantize(MICRO, ROUND_HALF_EVEN)
    assert whole()


PRICED = st.lists(
    st.tuples(st.integers(0, 10**6), st.sampled_from([LARGE, BATCH, "openai/gpt-5-mini"])),
    min_size=1,
    max_size=9,
)


@given(PRICED, st.integers(0, 10**7))
def test_a_shared_rest_costs_what_it_costs_as_a_whole(
    asked: list[tuple[int, str]], rest: int
) -> None:
    prices = [price_of(usages(provider, cached_input_token=0)[0], DAY)[0] for _, provider in asked]
    calls = [
        Call(
            str(number),
            {"input_token": Decimal(foreseen)},
            [
                {
                    "provider": provider,
                    "kind": "script",
                    "unit": "input_token",
                    "quantity": Decimal(foreseen),
                    "unit_price_usd": Decimal(9),
                    "price_version": "an older one",
                    "booked_at": NOW,
                }
            ],
        )
        for number, (foreseen, provider) in enumerate(asked)
    ]
    shares = _shares(calls, "cached_input_token", Decimal(rest))
    exact = [share.quantity * price for share, price in zip(shares, prices, strict=True)]
    assert sum(share.quantity for share in shares) == rest
    assert sum(share.usd for share in shares) == amount_of(sum(exact, Decimal(0)), Decimal(1))
    assert all(abs(share.usd - usd) <= MICRO for share, usd in zip(shares, exact, strict=True))
