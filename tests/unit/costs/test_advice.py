"""Recommendations say what they would have saved, to the cent, and are silent where nothing is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from rich.console import Console
from typer.testing import CliRunner
from ytempire.channels import accounts
from ytempire.channels.accounts import Channel
from ytempire.cli import app
from ytempire.costs.advice import Advice, advice
from ytempire.costs.advice.keeping import keep, watch
from ytempire.costs.ledger import book
from ytempire.domain import Format, Tier, Usage
from ytempire.local.advised import show
from ytempire.runs import orders, queue, stages
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

pytestmark = pytest.mark.slow

#: A hundred thousand tokens of output: 1.00 USD of the large model, 0.20 of the small one.
MANY = 100_000


@pytest.fixture(autouse=True)
def _channel(warehouse: None) -> Iterator[None]:
    accounts.add(Channel(channel_id="sea", youtube_channel_id=None, title="S", niche="sea"))
    yield


def tokens(provider: str, kind: str = "script", **units: int) -> list[Usage]:
    return [
        Usage(provider=provider, kind=kind, unit=unit, quantity=Decimal(n), device="remote")
        for unit, n in units.items()
    ]


def kept() -> list[tuple[str, Decimal]]:
    """What is kept after a look, by rule."""
    keep()
    with connect() as db:
        rows = db.execute("select rule, usd from ops.savings order by rule").fetchall()
    return [(row["rule"], row["usd"]) for row in rows]


def begun(name: str, stage: str = "write", **request: object) -> stages.StageRun:
    """A stage under way, of a person's standard short unless another is asked for."""
    about = {"channel_id": "sea", "topic": name, "format": Format.SHORT, "source": "person"}
    queue.put(queue.Request.model_validate({"request_id": name, **about, **request}))
    return stages._begin(queue.accept(name), stage, "cpu")


def bought(run: stages.StageRun, *usages: Usage, name: str = "") -> None:
    """An answer that was paid for."""
    run.settle(f"{run.stage_run_id}{name}", *usages)


def change(sql: str, *values: object) -> None:
    with connect() as db:
        db.execute(sql, values)


def told(days: int = 30) -> dict[str, Advice]:
    with connect() as db:
        return {each.rule: each for each in advice(db, days)}


def test_an_empty_ledger_says_nothing() -> None:
    assert not told()
    console = Console(record=True, width=100)
    show(console, [], 30)
    assert "Nothing in the last 30 days" in console.export_text()


def test_planned_scripts_that_nobody_ordered() -> None:
    for name in ("one", "two"):
        bought(begun(name, source="plan"), *tokens("openai/gpt-5.1", output_token=MANY))
    found = told()
    assert set(found) == {"ordered ahead"}
    one = found["ordered ahead"]
    assert one.usd == Decimal("1.00") and one.found.startswith("2 planned scripts")
    assert one.usd_a_month == Decimal("30.00")  # the ledger is of a day
    assert "plan_content" in one.to_do


def test_a_persons_script_and_one_that_was_ordered_could_not_be_cheaper() -> None:
    bought(begun("person"), *tokens("openai/gpt-5.1", output_token=MANY))
    run = begun("ordered", source="plan")
    orders.Ordering("ordered").intend("it", *tokens("openai-batch/gpt-5.1", output_token=1))
    orders.put("ordered", "batch_1")
    bought(run, *tokens("openai-batch/gpt-5.1", output_token=MANY))
    assert not told()
    bought(run, *tokens("openai/gpt-5.1", output_token=MANY), name="sent back")
    assert set(told()) == {"asked again"}


def test_what_is_found_is_kept_as_the_day_s_and_a_later_look_replaces_it() -> None:
    assert kept() == []
    planned = begun("planned", source="plan")
    bought(planned, *tokens("openai/gpt-5.1", output_token=MANY))
    assert kept() == [(rule, each.usd) for rule, each in sorted(told().items())]
    bought(planned, *tokens("openai/gpt-5.1", output_token=MANY), name="again")
    assert kept() == [(rule, each.usd) for rule, each in sorted(told().items())]


def test_a_day_is_looked_at_once_whether_or_not_anything_was_found() -> None:
    now = clock.now()
    assert watch() == "0 found"
    bought(begun("planned", source="plan"), *tokens("openai/gpt-5.1", output_token=MANY))
    with clock.replayed(now.replace(hour=23, minute=59)):
        assert watch() == "not due"
    with clock.replayed(now + timedelta(days=1)):
        assert watch() == "1 found"


def test_simulated_history_is_nobodys_spending() -> None:
    run = begun("one", source="plan")
    change(
        """
        insert into ops.ledger (stage_run_id, video_id, provider, kind, unit, quantity,
                                unit_price_usd, amount_usd, price_version, is_simulated)
        values (%s, %s, 'openai/gpt-5.1', 'script', 'output_token', 100000, 0.00001, 1, 'p', true)
        """,
        run.stage_run_id, run.video_id,
    )  # fmt: skip
    assert not told()


def rated(number: int, model: str, score: float, tier: Tier = Tier.STANDARD) -> None:
    run = begun(f"{model}-{number}", tier=tier)
    bought(run, *tokens(f"openai/{model}", output_token=MANY))
    change(
        "insert into ops.ratings (video_id, content, part, score, confidence, method) "
        "values (%s, 'c', 'hook', %s, 1, 'judged')",
        run.video_id, score,
    )  # fmt: skip


def test_a_large_model_that_is_liked_no_better() -> None:
    for number in range(10):
        rated(number, "gpt-5.1", 82)
        rated(number, "gpt-5-mini", 80)
    one = told()["smaller model"]
    assert one.usd == Decimal("8.00") and "82 of 100 points, those by gpt-5-mini 80" in one.found


@pytest.mark.parametrize(("count", "large"), [(9, 82.0), (10, 83.0)])
def test_few_ratings_and_better_ones_speak_for_no_other_model(count: int, large: float) -> None:
    for number in range(count):
        rated(number, "gpt-5.1", large)
        rated(number, "gpt-5-mini", 80)
    assert "smaller model" not in told()


def test_premium_is_not_talked_down() -> None:
    for number in range(10):
        rated(number, "gpt-5.1", 80, Tier.PREMIUM)
        rated(number, "gpt-5-mini", 80)
    assert "smaller model" not in told()


def test_prompts_that_could_have_been_read_from_the_cache() -> None:
    run = begun("one")
    for n in range(20):
        bought(run, *tokens("openai/gpt-5.1", "judge", input_token=1_500), name=str(n))
    one = told()["reused judge prompts"]
    assert one.usd == Decimal(20 * 1_024) * Decimal("0.000001125") and "0% of what" in one.found
    assert "judges.py" in one.to_do


def test_short_prompts_and_those_that_were_reused_need_nothing() -> None:
    run = begun("one")
    for n in range(5):
        bought(run, *tokens("openai/gpt-5.1", "judge", input_token=1_023), name=f"short{n}")
        reused = tokens("openai/gpt-5.1", "judge", input_token=900, cached_input_token=1_024)
        bought(run, *reused, name=f"reused{n}")
    assert not told()


def test_scripts_that_were_asked_for_again() -> None:
    run = begun("one")
    for name, count in (("first", 3 * MANY), ("again", MANY)):
        bought(run, *tokens("openai/gpt-5.1", output_token=count), name=name)
    one = told()["asked again"]
    assert one.usd == Decimal("1.00") and "by 1 answers more" in one.found


def second(kind: str, hours: int) -> Usage:
    return Usage.seconds("ffmpeg" if kind == "render" else "machine", kind, 3_600.0 * hours)


def test_what_failed_attempts_cost_by_stage() -> None:
    run = begun("one", "narrate")
    with connect() as db:
        book(db, [second("compute", 10)], stage_run_id=run.stage_run_id, is_failed=True)
    change("update ops.stage_runs set error = 'QuotaExhausted: none left', state = 'failed'")
    with connect() as db:
        again = stages._begin(run.video_id, "narrate", "cpu")
        book(db, [second("compute", 30)], stage_run_id=again.stage_run_id)
    found = told()
    assert set(found) == {"failed narrate"}
    one = found["failed narrate"]
    assert one.usd == Decimal("1.20")
    assert one.found.startswith("25% of what `narrate` cost went into 1 failed attempts")
    assert "QuotaExhausted" in one.found


def test_calls_that_were_never_answered_until_they_are_corrected() -> None:
    run = begun("one")
    usages = tokens("openai/gpt-5-mini", output_token=MANY)
    run.settle("lost", *usages, is_ambiguous=True)
    one = told()["unanswered calls"]
    assert one.usd == Decimal("0.20") and one.to_do == "ytempire costs --reconcile"
    change(
        """
        insert into ops.ledger (stage_run_id, video_id, channel_id, provider, kind, unit, quantity,
                                unit_price_usd, amount_usd, price_version, intent_id, corrects)
        select stage_run_id, video_id, channel_id, provider, kind, unit, -quantity, unit_price_usd,
               -amount_usd, price_version, intent_id, line_id from ops.ledger
        """
    )
    assert not told()


def test_videos_that_were_made_and_rejected() -> None:
    run = begun("one")
    bought(run, *tokens("openai/gpt-5.1", output_token=MANY))
    assert not told()
    change("update ops.videos set state = 'rejected'")
    assert told()["rejected videos"].usd == Decimal("1.00")


def test_rendering_where_it_is_the_largest_part() -> None:
    run = begun("one", "assemble")
    with connect() as db:
        book(db, [second("render", 30), second("check", 10)], stage_run_id=run.stage_run_id)
    one = told()["rendering"]
    assert one.usd == Decimal("3.60") and "75% of it" in one.found
    with connect() as db:
        book(db, [second("picture", 31)], stage_run_id=run.stage_run_id)
    assert "rendering" not in told()


def test_the_most_money_comes_first() -> None:
    bought(begun("planned", source="plan"), *tokens("openai/gpt-5.1", output_token=MANY))
    bought(begun("bad"), *tokens("openai/gpt-5.1", output_token=2 * MANY))
    change("update ops.videos set state = 'rejected' where request_id = 'bad'")
    assert list(told()) == ["rejected videos", "ordered ahead"]
    console = Console(record=True, width=120)
    with connect() as db:
        show(console, advice(db), 30)
    printed = console.export_text()
    assert "60.00" in printed and "do not add up" in printed


def test_what_is_too_old_is_not_seen_and_a_month_is_reckoned_from_the_days_there_are() -> None:
    with clock.replayed(datetime.now(UTC) - timedelta(days=6)):
        bought(begun("planned", source="plan"), *tokens("openai/gpt-5.1", output_token=MANY))
    assert not told(5)
    for found in (told(7)["ordered ahead"], told(30)["ordered ahead"]):
        assert found.usd == Decimal("0.50") and round(found.usd_a_month, 2) == Decimal("2.50")


@pytest.mark.parametrize(("count", "is_told"), [(668, True), (664, False)])
def test_below_ten_cents_a_month_nobody_need_read_it(count: int, is_told: bool) -> None:
    bought(begun("one", source="plan"), *tokens("openai/gpt-5.1", output_token=count))
    assert bool(told()) is is_told


def test_the_command_prints_them() -> None:
    bought(begun("one", source="plan"), *tokens("openai/gpt-5.1", output_token=MANY))
    said = CliRunner().invoke(app, ["savings", "--days", "7"], env={"COLUMNS": "160"})
    assert said.exit_code == 0 and "15.00" in said.output and "plan_content" in said.output
    assert CliRunner().invoke(app, ["savings", "--days", "0"]).exit_code == 2
