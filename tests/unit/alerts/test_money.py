"""Each cause of an alert about money: when it is told, and when it is not."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from ytempire.alerts import money, unusual
from ytempire.alerts.notes import Alert, latest
from ytempire.costs import ledger
from ytempire.domain import Usage
from ytempire.runs.stages import StageRun
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

pytestmark = pytest.mark.slow
Begins = Callable[[str], StageRun]
Given = Callable[..., None]
NOON = datetime(2026, 6, 17, 12, tzinfo=UTC)


def words(dollars: str | Decimal) -> Usage:
    return Usage(
        provider="openai/gpt-5.1",
        kind="script",
        unit="output_token",
        quantity=Decimal(dollars) * 100_000,
        device="remote",
    )


def spend(run: StageRun, dollars: str, at: datetime) -> None:
    with clock.replayed(at):
        run.settle(f"{run.video_id} {at}", words(dollars))


def found(look: Callable[..., list[Alert]], at: datetime | None = None) -> list[Alert]:
    with clock.replayed(at) if at else nullcontext(), connect() as db:
        return look(db)


def causes(look: Callable[..., list[Alert]], at: datetime | None = None) -> list[str]:
    return [alert.cause for alert in found(look, at)]


@pytest.mark.parametrize(("dollars", "is_told"), [("2.50", True), ("2.49", False)])
def test_a_video_is_told_of_from_its_warning_on(begun: Begins, dollars: str, is_told: bool) -> None:
    run = begun("one")
    run.intend("a", words(dollars))
    assert causes(money.near_caps) == [f"budget-warning/video/{run.video_id}"] * is_told
    if is_told:
        [alert] = found(money.near_caps)
        assert alert.title == f"video {run.video_id}: $2.50 of $3.00 spent or promised"
        assert f"ytempire costs {run.video_id}" in alert.body


def test_a_video_that_nobody_works_on_any_more_is_not_told_of(begun: Begins) -> None:
    spend(begun("one"), "2.60", NOON - timedelta(days=2))
    assert causes(money.near_caps, NOON) == []


@pytest.mark.parametrize(("dollars", "is_told"), [("0.80", True), ("0.79", False)])
def test_another_budget_is_told_of_from_its_share_on(
    begun: Begins, given: Given, dollars: str, is_told: bool
) -> None:
    given(BUDGETS__PROVIDER_USD_PER_DAY='{"openai": 1}')
    run = begun("one")
    with clock.replayed(NOON):
        run.intend("a", words(dollars))
    told = ["budget-warning/provider/openai/day/2026-06-17"] * is_told
    assert causes(money.near_caps, NOON) == told
    assert causes(money.near_caps, NOON + timedelta(days=1)) == [], "that day's budget is whole"


def test_characters_are_a_budget_too(begun: Begins, given: Given) -> None:
    given(ELEVENLABS__CHARACTERS_PER_DAY="1000")
    voice = words("1").model_copy(
        update={"provider": "elevenlabs", "kind": "voice", "unit": "character"}
    )
    with clock.replayed(NOON):
        begun("one").intend("a", voice.model_copy(update={"quantity": Decimal(900)}))
    [alert] = found(money.near_caps, NOON)
    assert alert.cause == "budget-warning/provider/elevenlabs/day/2026-06-17/character"
    assert "900 characters of 1,000 characters" in alert.title


def hourly(run: StageRun, hours: int, cap: str, given: Given) -> None:
    """A dollar in each of the last hours before noon, under a cap of the provider's day."""
    given(BUDGETS__PROVIDER_USD_PER_DAY=f'{{"openai": {cap}}}', BUDGETS__VIDEO_USD="100")
    for hour in range(hours):
        spend(run, "1", NOON - timedelta(hours=hour, minutes=30))
    with clock.replayed(NOON):
        run.intend("the cap is noted by a call", words("0.000001"))


def test_a_day_that_runs_into_its_cap_is_told_with_the_time(begun: Begins, given: Given) -> None:
    hourly(begun("one"), 7, "15", given)
    [alert] = found(money.burning, NOON)
    assert alert.cause == "burn-rate/provider/openai/day/2026-06-17"
    assert alert.title == ("provider openai reaches its cap at 2026-06-17 19:59 UTC at this pace")
    assert "$7.00 of $15.00" in alert.body
    assert "$1.00 an hour" in alert.body
    assert "$19.00 at the end" in alert.body


@pytest.mark.parametrize(("hours", "cap"), [(7, "20"), (3, "15")])
def test_a_day_that_ends_before_its_cap_or_has_only_begun_is_not(
    begun: Begins, given: Given, hours: int, cap: str
) -> None:
    hourly(begun("one"), hours, cap, given)
    assert found(money.burning, NOON) == []


def test_one_spike_is_no_pace(begun: Begins, given: Given) -> None:
    run = begun("one")
    spend(run, "9", NOON - timedelta(hours=1))
    hourly(run, 3, "15", given)
    assert found(money.burning, NOON) == []


def test_a_month_goes_by_the_pace_of_its_days(begun: Begins, given: Given) -> None:
    given(BUDGETS__CHANNEL_USD_PER_MONTH="40", BUDGETS__VIDEO_USD="100")
    run = begun("one")
    for day in range(10):
        spend(run, "2", NOON - timedelta(days=day, hours=1))
    with clock.replayed(NOON):
        run.intend("the cap is noted by a call", words("0.000001"))
    [alert] = found(money.burning, NOON)
    assert alert.cause == "burn-rate/channel/tidewise/month/2026-06-01"
    assert "2026-06-27" in alert.title
    assert "$2.00 a day" in alert.body


@pytest.mark.parametrize(
    ("past_days", "today", "is_told"),
    [(3, "3.50", True), (3, "2.90", False), (2, "3.50", False)],
)
def test_a_day_unlike_the_usual_ones_is_told(
    begun: Begins, past_days: int, today: str, is_told: bool
) -> None:
    run = begun("one")
    for day in range(past_days):
        spend(run, "1", NOON - timedelta(days=day + 1))
    spend(run, today, NOON)
    told = ["unusual-day/provider/openai/day/2026-06-17"] * is_told
    assert causes(unusual.days, NOON) == told
    if is_told:
        assert "$3.50 today, 3.5 times a usual day" in found(unusual.days, NOON)[0].title


def test_a_day_of_cents_is_never_unusual(begun: Begins) -> None:
    run = begun("one")
    for day in range(5):
        spend(run, "0.01", NOON - timedelta(days=day + 1))
    spend(run, "0.90", NOON)
    assert found(unusual.days, NOON) == []


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ("3.6", "4.5", "costs $0.00125, it was $0.001"),
        ("3.6", "0", "costs nothing, it was $0.001"),
        ("0", "3.6", "costs $0.001, it was $0"),
        ("3.6", "4.2", None),
        ("3.6", "3.6", None),
        ("0", "0", None),
    ],
)
def test_a_price_that_jumps_is_told(
    begun: Begins, given: Given, before: str, now: str, told: str | None
) -> None:
    run = begun("one")
    for per_hour, at in ((before, NOON - timedelta(days=2)), (now, NOON)):
        given(COSTS__MACHINE_USD_PER_HOUR=per_hour)
        with clock.replayed(at), connect() as db:
            ledger.book(db, [Usage.seconds("machine", "compute", 5)], stage_run_id=run.stage_run_id)
    titles = [alert.title for alert in found(unusual.prices, NOON)]
    assert titles == ([f"machine compute: a second {told}"] if told else [])


@pytest.mark.parametrize(("billed", "is_told"), [("0.20", True), ("0.10", False), ("0.05", False)])
def test_a_call_that_cost_more_than_was_foreseen_is_told(
    begun: Begins, billed: str, is_told: bool
) -> None:
    run = begun("one")
    with clock.replayed(NOON):
        run.intend("a", words("0.10"))
        run.settle("a", words(billed))
        run.settle("came by itself", words("0.50"))
    told = ["overbilled/openai/gpt-5.1/script/day/2026-06-17"] * is_told
    assert causes(unusual.bills, NOON) == told
    if is_told:
        assert "billed $0.20 where at most $0.10" in found(unusual.bills, NOON)[0].title


def test_a_cause_is_noted_once_and_again_in_its_next_period(begun: Begins, given: Given) -> None:
    given(BUDGETS__PROVIDER_USD_PER_DAY='{"openai": 1}')
    run = begun("one")
    looked = []
    for at in (NOON, NOON, NOON + timedelta(days=1)):
        with clock.replayed(at):
            run.intend(f"{at} {len(looked)}", words("0.81") if len(looked) != 1 else words("0"))
            looked.append(money.look())
    days = ["2026-06-17", "2026-06-18"]
    assert looked == [
        [f"budget-warning/provider/openai/day/{days[0]}"],
        [],
        [f"budget-warning/provider/openai/day/{days[1]}"],
    ]
    with clock.replayed(NOON + timedelta(days=1)), connect() as db:
        assert len(latest(db, 7)) == 2
