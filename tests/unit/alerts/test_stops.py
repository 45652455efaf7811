"""A budget that refuses calls is told once a period, however many it stops."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from ytempire.alerts.notes import latest, raise_alert
from ytempire.domain import Usage
from ytempire.errors import OverBudget
from ytempire.runs import orders
from ytempire.runs.stages import StageRun
from ytempire.warehouse.database import connect

pytestmark = pytest.mark.slow
Begins = Callable[[str], StageRun]


def words(dollars: str) -> Usage:
    return Usage(
        provider="openai/gpt-5.1",
        kind="script",
        unit="output_token",
        quantity=Decimal(dollars) * 100_000,
        device="remote",
    )


def is_refused(run: StageRun) -> bool:
    try:
        run.intend(f"script of {run.video_id}", words("0.2"))
    except OverBudget:
        return True
    return False


def test_a_storm_at_one_spent_budget_is_one_alert(
    begun: Begins, given: Callable[..., None]
) -> None:
    given(BUDGETS__PROVIDER_USD_PER_DAY='{"openai": 0.5}')
    runs = [begun(f"n{number}") for number in range(24)]
    with ThreadPoolExecutor(12) as threads:
        refused = list(threads.map(is_refused, runs))
    assert refused.count(True) == 22, "two scripts of $0.20 fit"
    with connect() as db:
        [alert] = latest(db, 1)
        [day] = db.execute("select (ops.now() at time zone 'UTC')::date as day").fetchall()
    assert alert["cause"] == f"budget-stop/provider/openai/day/{day['day']}"
    assert alert["severity"] == "critical"
    assert "0.5 usd today" in alert["body"]
    assert "YTEMPIRE_BUDGETS__PROVIDER_USD_PER_DAY" in alert["body"], "what lets it go on"


def test_each_video_that_is_stopped_is_told_and_one_that_goes_on_is_not(
    begun: Begins, given: Callable[..., None]
) -> None:
    given(BUDGETS__VIDEO_USD="0.3")
    dear, cheap = begun("dear"), begun("cheap")
    assert not is_refused(cheap)
    for purchase in ("a", "b"):
        with pytest.raises(OverBudget):
            dear.intend(purchase, words("0.4"))
    with connect() as db:
        assert [alert["cause"] for alert in latest(db, 1)] == [f"budget-stop/video/{dear.video_id}"]


def test_a_script_that_is_not_ordered_ahead_is_told_of_too(
    begun: Begins, given: Callable[..., None]
) -> None:
    given(BUDGETS__HOUSE_USD_PER_MONTH="0.1")
    begun("one")
    with pytest.raises(OverBudget):
        orders.Ordering("one").intend("order of one", words("0.2"))
    with connect() as db:
        [alert] = latest(db, 1)
    assert alert["cause"].startswith("budget-stop/house/month/")
    assert alert["title"] == "The budget of house stopped a call"


def test_of_many_who_raise_one_cause_it_is_new_to_one(warehouse: None) -> None:
    def raises(_: int) -> bool:
        with connect() as db:
            return raise_alert(db, "bill/openai/2026-11", "bill_differs", "info", "T", "B")

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(raises, range(16))).count(True) == 1
