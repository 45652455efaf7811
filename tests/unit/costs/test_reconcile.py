"""Bills and ledger are compared by day and item, and unanswered calls become what they were."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ytempire.channels import accounts
from ytempire.channels.accounts import Channel
from ytempire.costs import bills
from ytempire.costs.audit import audit
from ytempire.costs.corrections import correct
from ytempire.costs.prices import MICRO, amount_of, price_of
from ytempire.costs.reconcile import Line, Reconciliation, _over_midnight, _shares, reconcile
from ytempire.costs.unanswered import Call
from ytempire.domain import ALL_REQUESTS, Billed, Format, Usage
from ytempire.runs import queue, stages
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

pytestmark = pytest.mark.slow

DAY = date(2026, 11, 10)
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
LARGE, BATCH = "openai/gpt-5.1", "openai-batch/gpt-5.1"
#: What is foreseen of a call: the question by its length, and the longest answer that is paid for.
FORESEEN = {"input_token": 1_000, "cached_input_token": 0, "output_token": 8_000}


def usages(provider: str, **counts: int) -> list[Usage]:
    return [
        Usage(
            provider=provider,
            kind="voice" if provider == "elevenlabs" else "script",
            unit=unit,
            quantity=Decimal(count),
            device="remote",
        )
        for unit, count in counts.items()
    ]


@pytest.fixture
def run(warehouse: None) -> stages.StageRun:
    accounts.add(Channel(channel_id="tidewise", youtube_channel_id="UC1", title="T", niche="sea"))
    request = queue.Request(
        request_id="one", channel_id="tidewise", topic="The sea", format=Format.SHORT
    )
    with clock.replayed(at(time(8))):
        return stages._begin(queue.accept(str(queue.put(request))), "write", "cpu")


def at(moment: time, day: date = DAY) -> datetime:
    return datetime.combine(day, moment, UTC)


def asks(
    run: stages.StageRun,
    name: str,
    sent: datetime,
    *,
    provider: str = LARGE,
    booked: datetime | None = None,
    **used: int,
) -> None:
    """A call that was sent then; without what it used its answer never came."""
    foreseen = {"character": 900} if provider == "elevenlabs" else FORESEEN
    with clock.replayed(sent):
        run.intend(name, *usages(provider, **foreseen))
    with clock.replayed(booked or sent + timedelta(seconds=40)):
        counts = used or {unit: count for unit, count in foreseen.items() if count}
        run.settle(name, *usages(provider, **counts), is_ambiguous=not used)


def bill(*rows: tuple[date, str, dict[str, int]], read_at: datetime = NOW, days: int = 9) -> None:
    """What OpenAI's report says, ElevenLabs' for `voice`; of the days around, nothing."""
    told: dict[tuple[str, date, str, str], int] = {}
    for provider in ("openai", "elevenlabs"):
        for number in range(-2, days):
            told[provider, DAY + timedelta(days=number), *ALL_REQUESTS] = 0
    for day, item, counts in rows:
        for unit, count in counts.items():
            told["elevenlabs" if item == "voice" else "openai", day, item, unit] = count
    with clock.replayed(read_at), connect() as db:
        bills.put(
            db,
            [
                Billed(provider=p, utc_day=d, item=i, unit=u, quantity=Decimal(n))
                for (p, d, i, u), n in told.items()
            ],
        )


def reconciled(days: int = 8) -> Reconciliation:
    with clock.replayed(NOW), connect() as db:
        return reconcile(db, DAY, DAY + timedelta(days=days))


def verdicts(found: Reconciliation) -> list[tuple[int, str, Decimal, str]]:
    """(day, unit, difference, verdict) of what does not agree."""
    return [
        ((line.utc_day - DAY).days, line.unit, line.difference, line.verdict)
        for line in found.lines
        if line.verdict != "agrees"
    ]


def rows(query: str) -> list[dict[str, Any]]:
    with connect() as db:
        return db.execute(query).fetchall()


def state_of(name: str) -> str:
    [row] = rows(f"select state from ops.intents where purchase = '{name}'")
    return str(row["state"])


def booked(unit: str, name: str = "") -> Decimal:
    [row] = rows(
        "select coalesce(sum(quantity), 0) as n from ops.ledger "
        f"where unit = '{unit}' and intent_id like '{name}%'"
    )
    return Decimal(row["n"])


def unbalanced() -> list[dict[str, Any]]:
    """Budgets whose spending is not the sum of the lines of their period: all of one house here."""
    return rows(
        """
        select budget.*, lines.usd from ops.budgets as budget, lateral (
            select coalesce(sum(line.amount_usd), 0) as usd from ops.ledger as line
            left join ops.ledger as corrected on corrected.line_id = line.corrects
            where budget.period = 'life'
               or date_trunc(budget.period, coalesce(corrected.booked_at, line.booked_at))
                  = budget.begins
              and (budget.scope <> 'provider' or line.provider like budget.name || '%')
        ) as lines
        where budget.unit = 'usd' and budget.spent <> lines.usd
        """
    )


def whole() -> bool:
    with connect() as db:
        return audit(db) == [] and unbalanced() == []


def test_what_was_billed_as_booked_agrees(run: stages.StageRun) -> None:
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


def test_differences_are_told_with_their_price_and_booked_by_nobody(run: stages.StageRun) -> None:
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


def test_what_no_report_tells_is_not_what_was_not_billed(run: stages.StageRun) -> None:
    asks(run, "a", at(time(9)), input_token=700)
    asks(run, "lost", at(time(9)))
    found = reconciled()
    assert {line.verdict for line in found.lines} == {"unread"} and not found.agrees
    assert state_of("lost") == "ambiguous"


def test_simulated_lines_never_count(run: stages.StageRun) -> None:
    asks(run, "a", at(time(9)), input_token=700)
    with connect() as db:
        db.execute("alter table ops.ledger disable trigger keep_line")
        db.execute("update ops.ledger set is_simulated = true")
        db.execute("alter table ops.ledger enable trigger keep_line")
    bill()
    assert reconciled().lines == ()


def test_a_call_that_was_not_billed_becomes_void_and_costs_nothing(run: stages.StageRun) -> None:
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


def test_a_call_that_was_billed_becomes_what_the_bill_says(run: stages.StageRun) -> None:
    asks(run, "a", at(time(9)), input_token=700, output_token=900)
    asks(run, "lost", at(time(12)))
    billed = {"input_token": 1_188, "cached_input_token": 512, "output_token": 1_411}
    bill((DAY, "gpt-5.1", billed))
    found = reconciled()
    assert found.agrees and state_of("lost") == "done" and whole()
    assert {unit: booked(unit) for unit in billed} == billed
    [resolved] = found.resolved
    assert resolved.billed_usd == Decimal("0.005784")  # 488 x 1.25, 512 x 0.125, 511 x 10


def test_twice_changes_nothing_the_second_time(run: stages.StageRun) -> None:
    asks(run, "lost", at(time(12)))
    bill((DAY, "gpt-5.1", {"input_token": 400, "output_token": 1_411}))
    assert len(reconciled().resolved) == 1
    tables = ("ledger", "budgets", "intents")
    before = [rows(f"select * from ops.{table} order by 1, 2, 3") for table in tables]
    again = reconciled()
    assert again.agrees and again.resolved == ()
    assert [rows(f"select * from ops.{table} order by 1, 2, 3") for table in tables] == before


def test_a_call_is_settled_once_whoever_comes_second(run: stages.StageRun) -> None:
    asks(run, "lost", at(time(12)))
    bill((DAY, "gpt-5.1", {"output_token": 1_411}))
    [resolved] = reconciled().resolved
    with connect() as db:
        assert correct(db, resolved.intent_id, {}) is None
    assert booked("output_token") == 1_411 and state_of("lost") == "done"


def test_a_report_that_is_read_again_replaces_what_it_said_of_its_days(
    run: stages.StageRun,
) -> None:
    bill((DAY, "gpt-5.1", {"output_token": 70}), (DAY, "gpt-9", {"output_token": 5}))
    bill((DAY, "gpt-5.1", {"output_token": 80}))
    assert verdicts(reconciled()) == [(0, "output_token", 80, "differs")]


def test_a_day_that_may_still_change_decides_nothing(run: stages.StageRun) -> None:
    asks(run, "a", at(time(9)), input_token=700)
    asks(run, "lost", at(time(12)))
    bill(read_at=at(time(23, 59), DAY + timedelta(days=2)))
    found = reconciled()
    assert {line.verdict for line in found.lines} == {"open"}
    assert found.agrees and state_of("lost") == "ambiguous"
    bill((DAY, "gpt-5.1", {"input_token": 700}), read_at=at(time(0), DAY + timedelta(days=3)))
    assert reconciled().agrees and state_of("lost") == "void"


def test_an_answered_call_that_was_sent_before_midnight_is_of_that_day(
    run: stages.StageRun,
) -> None:
    asks(run, "a", at(time(23, 59, 59)), input_token=700)
    bill((DAY, "gpt-5.1", {"input_token": 700}))
    assert reconciled().agrees
    assert reconciled(days=1).agrees


def test_clocks_that_differ_move_a_call_over_midnight(run: stages.StageRun) -> None:
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


@pytest.mark.parametrize("billed_on", [0, 1])
def test_an_unanswered_call_at_midnight_is_found_on_either_day(
    run: stages.StageRun, billed_on: int
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
    run: stages.StageRun,
) -> None:
    asks(run, "a", at(time(23, 59, 58)), input_token=700)
    asks(run, "lost", at(time(12), DAY + timedelta(days=1)))
    bill((DAY + timedelta(days=1), "gpt-5.1", {"input_token": 700}))
    found = reconciled()
    assert state_of("lost") == "void" and found.agrees and whole()
    assert {line.verdict for line in found.lines if line.difference} == {"moved"}


def test_what_is_billed_beyond_what_was_foreseen_is_not_put_on_an_unanswered_call(
    run: stages.StageRun,
) -> None:
    asks(run, "lost", at(time(12)))
    bill((DAY, "gpt-5.1", {"input_token": 900, "output_token": 50_000}))
    found = reconciled()
    assert verdicts(found) == [(0, "output_token", 42_000, "differs")]
    assert booked("output_token", "lost") == 8_000 and whole()


def test_some_characters_of_a_voice_are_resolved_in_its_day_s_ration_too(
    run: stages.StageRun,
) -> None:
    asks(run, "lost", at(time(12)), provider="elevenlabs")
    bill((DAY, "voice", {"character": 640}))
    assert reconciled().agrees and booked("character") == 640 and whole()
    [ration] = rows("select * from ops.budgets where unit = 'character'")
    assert (ration["begins"], ration["spent"]) == (DAY, 640)


def test_a_budget_that_opens_later_knows_of_which_period_a_correction_is(
    run: stages.StageRun,
) -> None:
    asks(run, "lost", at(time(12)))
    bill()
    reconciled()
    asks(run, "next", NOW + timedelta(minutes=1), input_token=1_000)
    assert unbalanced() == []


@pytest.mark.parametrize(("read", "written"), [(2_999, 11_111), (1, 0), (9_000, 90_000)])
def test_several_share_the_rest_of_a_day_exactly(
    run: stages.StageRun, read: int, written: int
) -> None:
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
