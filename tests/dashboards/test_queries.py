"""The dashboards read marts and nothing else, and every query answers on the contracts' columns."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from ytempire.config import Settings
from ytempire.warehouse import database

from dashboards.data import QUERIES
from dashboards.periods import months_before
from tests.dashboards import marts
from tests.dashboards.conftest import NOW

NAMES = sorted(path.stem for path in QUERIES.glob("*.sql"))
LAST = NOW.date() - timedelta(days=4)
PARAMETERS: dict[str, Any] = {
    "first": LAST - timedelta(days=27),
    "last": LAST,
    "before_first": LAST - timedelta(days=55),
    "with_newest": True,
    "limit": 10,
    "video_id": "v0003",
    "source": "all",
}
#: Those of queries that speak of months.
MONTHS: dict[str, Any] = {
    "first": months_before(NOW.date(), 12),
    "last": months_before(NOW.date(), 1),
}
OF_MONTHS = {"mrr_months", "cohorts", "cohorts_retained", "acquisition_by_source"}


def _ask(configuration: Settings, name: str, **changes: Any) -> list[dict[str, Any]]:
    with database.connect(configuration.dashboard_url()) as db:
        statement = (QUERIES / f"{name}.sql").read_bytes()
        months = MONTHS if name in OF_MONTHS else {}
        return db.execute(statement, {**PARAMETERS, **months, **changes}).fetchall()


def _relations(statement: str) -> set[str]:
    """Every name that stands where a table may: after from, join, or a comma of a from list."""
    bare = re.sub(r"--[^\n]*", "", statement)
    bare = re.sub(r"distinct\s+from", "", bare, flags=re.I)
    named = set(re.findall(r"(\w+)\s+as\s*\(\s*select", bare, flags=re.I))
    found = set(re.findall(r"\b(?:from|join)\s+([\w.\"]+)", bare, flags=re.I))
    return found - named


@pytest.mark.parametrize("name", NAMES)
def test_a_query_names_only_marts(name: str) -> None:
    relations = _relations((QUERIES / f"{name}.sql").read_text())
    assert relations
    assert all(relation.startswith("marts.") for relation in relations), relations


def test_the_check_of_names_sees_another_schema() -> None:
    assert _relations("with a as (select 1 from raw.pulls) select * from a") == {"raw.pulls"}


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_query_answers_for_the_dashboards_role(configuration: Settings, name: str) -> None:
    assert _ask(configuration, name)


@pytest.mark.slow
@pytest.mark.parametrize("table", ["ops.channels", "ops.grants", "raw.pulls"])
def test_the_dashboards_role_cannot_read_behind_the_marts(
    configuration: Settings, table: str
) -> None:
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        database.connect(configuration.dashboard_url()) as db,
    ):
        db.execute(f"select * from {table}".encode())


@pytest.mark.slow
def test_the_tiles_are_the_sums_of_the_days(configuration: Settings) -> None:
    totals = {row["period"]: row for row in _ask(configuration, "overview_totals")}
    days = _ask(configuration, "overview_days", with_newest=False)
    assert totals["now"]["days"] == totals["before"]["days"] == len(days) == 28
    for column in ("revenue_usd", "loaded_cost_usd", "margin_usd", "views", "videos_published"):
        assert totals["now"][column] == sum(row[column] for row in days), column


@pytest.mark.slow
def test_the_channels_bear_what_the_tiles_show(configuration: Settings) -> None:
    """Whole-house cost that no channel bears has a row of its own, so nothing is lost."""
    changes = {"first": NOW.date() - timedelta(days=200), "last": NOW.date()}
    totals = _ask(configuration, "overview_totals", before_first=changes["first"], **changes)[0]
    channels = _ask(configuration, "channels_compared", **changes)
    assert "Whole house" in {row["title"] for row in channels}
    for column in ("revenue_usd", "loaded_cost_usd", "views"):
        assert sum(row[column] or 0 for row in channels) == totals[column], column


@pytest.mark.slow
def test_the_last_complete_day_is_the_last_final_one(configuration: Settings) -> None:
    assert _ask(configuration, "version")[0]["last_complete_day"] == LAST


@pytest.mark.slow
def test_newest_days_follow_only_when_asked_for(configuration: Settings) -> None:
    with_newest = _ask(configuration, "overview_days")
    assert [row["is_provisional"] for row in with_newest].count(True) == 4
    assert not any(row["is_provisional"] for row in _ask(configuration, "overview_days",
                                                         with_newest=False))  # fmt: skip


@pytest.mark.slow
def test_the_ledger_adds_up_to_the_loaded_cost(configuration: Settings) -> None:
    lines = _ask(configuration, "video_ledger")
    video = _ask(configuration, "video")[0]
    assert video["title"] == marts.HOSTILE_TITLE
    assert sum(line["amount_usd"] for line in lines) == video["loaded_cost_usd"]


MOVEMENTS = ("new_usd", "expansion_usd", "contraction_usd", "churn_usd", "reactivation_usd")


@pytest.mark.slow
def test_the_sources_together_are_the_house(configuration: Settings) -> None:
    """Each source is worked out of its customers, the house is read as reported."""
    whole = {row["month"]: row for row in _ask(configuration, "mrr_months")}
    assert len(whole) == 12
    sources = [row["source"] for row in _ask(configuration, "customer_sources")]
    each = [row for name in sources for row in _ask(configuration, "mrr_months", source=name)]
    for month, row in whole.items():
        for column in (*MOVEMENTS, "opening_mrr_usd", "closing_mrr_usd", "customers",
                       "new_customers", "churned_customers"):  # fmt: skip
            parts = sum(part[column] for part in each if part["month"] == month)
            assert parts == row[column], (month, column)


@pytest.mark.slow
def test_the_waterfall_of_a_source_closes(configuration: Settings) -> None:
    for row in _ask(configuration, "mrr_months", source="organic"):
        moved = sum(row[column] for column in MOVEMENTS)
        assert row["opening_mrr_usd"] + moved == row["closing_mrr_usd"], row["month"]
        assert row["grr"] <= min(row["nrr"], 1)


@pytest.mark.slow
def test_a_cohort_is_whole_in_its_first_month(configuration: Settings) -> None:
    cells = _ask(configuration, "cohorts_retained")
    firsts = [row for row in cells if row["age"] == 0]
    assert firsts
    assert all(row["customers_kept"] == row["mrr_kept"] == 1 for row in firsts)
    assert all(0 <= row["customers_kept"] <= 1 for row in cells)
    assert sum(row["customers"] for row in firsts) == sum(
        row["new_customers"] for row in _ask(configuration, "cohorts")
    )


@pytest.mark.slow
def test_a_platform_that_won_nobody_has_spent_and_has_no_cac(configuration: Settings) -> None:
    sources = {row["source"]: row for row in _ask(configuration, "acquisition_by_source")}
    idle = sources["idle_platform"]
    assert idle["spend_usd"] > 0
    assert idle["cac_usd"] is idle["ltv_usd"] is idle["payback_months"] is None
    paid = sources["google_ads"]
    assert paid["cac_usd"] * paid["new_customers"] == pytest.approx(paid["spend_usd"])
    assert paid["ltv_low_usd"] < paid["ltv_usd"] < paid["ltv_high_usd"]
    assert list(sources)[-1] == "all"
