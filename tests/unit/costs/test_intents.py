"""A paid call is reserved before it is sent and booked once, whoever dies in between."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from ytempire.channels import accounts
from ytempire.channels.accounts import Channel
from ytempire.config import settings
from ytempire.costs import budgets, intents
from ytempire.domain import Format, Usage
from ytempire.errors import NotConfigured, OverBudget
from ytempire.local.summary import budget_table
from ytempire.runs import queue, stages
from ytempire.warehouse.database import connect

from tests.purchases import characters, tokens

pytestmark = pytest.mark.slow


@pytest.fixture
def tidewise(warehouse: None) -> str:
    accounts.add(Channel(channel_id="tidewise", youtube_channel_id="UC1", title="T", niche="sea"))
    return "tidewise"


@pytest.fixture
def run(tidewise: str) -> stages.StageRun:
    """A stage of a video under way."""
    return begun("one")


def begun(name: str) -> stages.StageRun:
    request_id = queue.put(
        queue.Request(
            request_id=name, channel_id="tidewise", topic=f"The sea, {name}", format=Format.SHORT
        )
    )
    assert request_id
    return stages._begin(queue.accept(request_id), "write", "cpu")


@pytest.fixture
def caps(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets budgets: `caps(VIDEO_USD="1")`."""

    def sets(**values: str) -> None:
        for name, value in values.items():
            section = "ELEVENLABS" if name == "CHARACTERS_PER_DAY" else "BUDGETS"
            monkeypatch.setenv(f"YTEMPIRE_{section}__{name}", value)
        settings.cache_clear()

    yield sets
    monkeypatch.undo()
    settings.cache_clear()


def rows(query: str) -> list[tuple]:
    with connect() as db:
        return [tuple(row.values()) for row in db.execute(query)]


def states() -> list[tuple]:
    return rows("select purchase, number, state from ops.intents order by purchase, number")


def counted(scope: str = "video") -> tuple[Decimal, Decimal]:
    [found] = rows(
        f"select reserved, spent from ops.budgets where scope = '{scope}' and unit = 'usd' "
        "and (scope <> 'provider' or name = 'openai')"
    )
    return found


def booked() -> Decimal:
    [(usd,)] = rows("select coalesce(sum(amount_usd), 0) from ops.ledger")
    return usd


def test_a_call_is_reserved_then_settled_at_what_it_cost(run: stages.StageRun) -> None:
    run.intend("a", tokens(50_000))
    assert counted() == (Decimal("0.5"), 0)
    run.settle("a", tokens(20_000))
    assert states() == [("a", 1, "done")]
    for scope in ("video", "channel", "customer", "provider", "house"):
        assert counted(scope) == (0, Decimal("0.2"))
    assert booked() == Decimal("0.2")


def test_it_is_booked_once_however_often_it_is_said(run: stages.StageRun) -> None:
    run.intend("a", tokens(50_000))
    for _ in range(3):
        run.settle("a", tokens(20_000))
    assert booked() == counted()[1] == Decimal("0.2")


def test_two_settle_at_once_and_one_books(run: stages.StageRun) -> None:
    run.intend("a", tokens(50_000))
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: run.settle("a", tokens(20_000)), range(16)))
    assert booked() == Decimal("0.2")


def test_what_comes_by_itself_is_written_down_too(run: stages.StageRun) -> None:
    for _ in range(2):
        run.settle("ordered ahead", tokens(10_000))
    assert states() == [("ordered ahead", 1, "done")]
    assert booked() == Decimal("0.1")


def test_killed_after_it_was_sent_it_is_booked_as_foreseen_and_bought_once_more(
    run: stages.StageRun,
) -> None:
    run.intend("a", tokens(50_000))
    run.intend("a", tokens(50_000))
    assert states() == [("a", 1, "ambiguous"), ("a", 2, "sent")]
    assert counted() == (Decimal("0.5"), Decimal("0.5"))
    run.settle("a", tokens(20_000))
    assert booked() == Decimal("0.7")


def test_where_it_can_be_looked_up_nothing_is_booked_before(run: stages.StageRun) -> None:
    assert not run.intend("a", characters(900), can_look_up=True)
    assert run.intend("a", characters(900), can_look_up=True)
    assert counted() == (Decimal("0.09"), 0)
    assert states() == [("a", 1, "sent")]
    run.settle("a", characters(800))
    assert booked() == Decimal("0.08")


def test_a_refused_call_gives_everything_back_and_can_be_tried_again(
    run: stages.StageRun,
) -> None:
    run.intend("a", tokens(50_000))
    run.void("a")
    run.void("a")
    assert counted() == (0, 0)
    run.intend("a", tokens(50_000))
    assert states() == [("a", 1, "void"), ("a", 2, "sent")]


def test_the_same_thing_bought_again_after_it_was_thrown_away(run: stages.StageRun) -> None:
    for _ in range(2):
        run.intend("a", tokens(50_000))
        run.settle("a", tokens(10_000))
    assert states() == [("a", 1, "done"), ("a", 2, "done")]
    assert booked() == Decimal("0.2")


def test_a_budget_that_is_too_small_stops_before_anything_is_sent(
    run: stages.StageRun, caps: Callable[..., None]
) -> None:
    caps(VIDEO_USD="0.75")
    run.intend("a", tokens(50_000))
    run.settle("a", tokens(50_000))
    with pytest.raises(OverBudget, match=r"video .* is 0\.75 usd; 0\.5 are spent") as stop:
        run.intend("b", tokens(30_000))
    assert "YTEMPIRE_BUDGETS__VIDEO_USD to at least 0.8" in stop.value.remedy
    assert states() == [("a", 1, "done")]
    assert counted("house") == counted() == (0, Decimal("0.5"))
    run.intend("c", tokens(25_000))


@pytest.mark.parametrize(
    "name",
    ["CHANNEL_USD_PER_MONTH", "CUSTOMER_USD_PER_MONTH", "HOUSE_USD_PER_MONTH"],
)
def test_each_budget_holds_for_all_that_is_its_own(
    run: stages.StageRun, caps: Callable[..., None], name: str
) -> None:
    caps(**{name: "1"})
    run.intend("a", tokens(60_000))
    other = begun("two")
    with pytest.raises(OverBudget, match="comes back on the first of the month") as stop:
        other.intend("b", tokens(60_000))
    assert name in stop.value.remedy


def test_a_provider_s_day_is_rationed_in_money_and_in_its_own_unit(
    run: stages.StageRun, caps: Callable[..., None]
) -> None:
    caps(PROVIDER_USD_PER_DAY='{"openai": 1}', CHARACTERS_PER_DAY="1000")
    run.intend("a", tokens(60_000))
    with pytest.raises(OverBudget, match="provider openai is 1 usd today"):
        run.intend("b", tokens(60_000))
    run.intend("c", characters(600))
    with pytest.raises(OverBudget, match="provider elevenlabs is 1000 character today") as stop:
        run.intend("d", characters(600))
    assert "CHARACTERS_PER_DAY to at least 1200" in stop.value.remedy
    run.settle("c", characters(400))
    run.intend("d", characters(600))


def test_fifty_videos_at_a_shared_cap_never_pass_it(
    tidewise: str, caps: Callable[..., None]
) -> None:
    caps(CHANNEL_USD_PER_MONTH="5")
    runs = [begun(f"v{number}") for number in range(50)]

    def buy(number: int) -> bool:
        mine = runs[number % len(runs)]
        try:
            mine.intend(f"p{number}", tokens(7_000))
        except OverBudget:
            return False
        if number % 3:
            mine.settle(f"p{number}", tokens(7_000))
        return True

    with ThreadPoolExecutor(20) as threads:
        bought = sum(threads.map(buy, range(1000)))
    assert bought == 71  # of 7 cents each
    reserved, spent = counted("channel")
    assert reserved + spent == Decimal("4.97")


def test_a_provider_that_bills_more_than_it_said_is_booked_as_it_billed(
    run: stages.StageRun, caps: Callable[..., None]
) -> None:
    caps(VIDEO_USD="1")
    run.intend("a", tokens(90_000))
    run.settle("a", tokens(150_000))
    assert booked() == counted()[1] == Decimal("1.5")
    with pytest.raises(OverBudget):
        run.intend("b", tokens(1))


def test_a_cap_lowered_below_what_is_spent_stops_what_comes(
    run: stages.StageRun, caps: Callable[..., None]
) -> None:
    run.intend("a", tokens(90_000))
    run.settle("a", tokens(90_000))
    caps(VIDEO_USD="0.5")
    with pytest.raises(OverBudget, match=r"is 0\.5 usd; 0\.9 are spent"):
        run.intend("b", tokens(1))
    caps(VIDEO_USD="2")
    run.intend("b", tokens(1))


def test_a_budget_begins_with_what_the_ledger_holds_already(run: stages.StageRun) -> None:
    run.settle("a", tokens(30_000))
    with connect() as db:
        db.execute("delete from ops.budgets")
    run.intend("b", tokens(10_000))
    for scope in ("video", "channel", "customer", "provider", "house"):
        assert counted(scope) == (Decimal("0.1"), Decimal("0.3"))


def test_this_machine_s_time_counts_and_asks_nobody(run: stages.StageRun) -> None:
    with stages.stage(run.video_id, "paint") as painting:
        painting.used(Usage.seconds("painter", "picture", 3600.0))
    assert counted()[1] == booked() == Decimal("0.12")


@pytest.mark.parametrize("wrong", ["unpriced", "negative"])
def test_what_cannot_be_priced_is_not_bought(run: stages.StageRun, wrong: str) -> None:
    usage = tokens(10)
    if wrong == "unpriced":
        usage = usage.model_copy(update={"provider": "nobody"})
        with pytest.raises(NotConfigured):
            run.intend("a", usage)
    else:
        with pytest.raises(ValueError, match="greater than or equal to 0"):
            tokens(-1)
    assert states() == []


def test_what_dead_workers_left_is_booked_after_an_hour(run: stages.StageRun) -> None:
    run.intend("a", tokens(20_000))
    with connect() as db:
        assert intents.expire(db) == 0
        db.execute("update ops.intents set sent_at = ops.now() - interval '61 minutes'")
        assert intents.expire(db) == 0, "its worker may be at it"
        db.execute("update ops.stage_runs set state = 'failed'")
        assert intents.expire(db) == 1
        assert intents.expire(db) == 0
    assert states() == [("a", 1, "ambiguous")]
    assert counted() == (0, Decimal("0.2"))
    assert booked() == Decimal("0.2")


def test_the_budgets_of_now_are_told_the_fullest_first(
    run: stages.StageRun, caps: Callable[..., None]
) -> None:
    caps(CHARACTERS_PER_DAY="1000")
    run.intend("a", characters(900))
    run.settle("a", characters(800))
    with connect() as db:
        told = budgets.current(db)
    assert [(row["scope"], row["unit"], row["spent"]) for row in told][:3] == [
        ("provider", "character", 800),
        ("video", "usd", Decimal("0.08")),
        ("channel", "usd", Decimal("0.08")),
    ]
    assert budget_table(told).row_count == len(told) == 6


def test_whose_bill_a_provider_is_on() -> None:
    told = [budgets.family_of(each) for each in ("openai/gpt-5.1", "openai-batch/x", "elevenlabs")]
    assert told == ["openai", "openai", "elevenlabs"]
