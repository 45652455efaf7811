"""The dashboards read marts and nothing else, and every query answers on the contracts' columns."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from ytempire.config import Settings
from ytempire.warehouse import database
from ytempire.warehouse.database import connect

from dashboards.data import QUERIES
from dashboards.periods import months_before
from tests.dashboards import marts
from tests.dashboards.conftest import NOW
from tests.dashboards.insert import altered

NAMES = sorted(path.stem for path in QUERIES.glob("*.sql"))
LAST = NOW.date() - timedelta(days=4)
PARAMETERS: dict[str, Any] = {
    "first": LAST - timedelta(days=27),
    "last": LAST,
    "before_first": LAST - timedelta(days=55),
    "settled": LAST,
    "with_newest": True,
    "limit": 10,
    "video_id": "v0003",
    "source": "all",
    "by": "kind",
    "bucket": "month",
    "month": NOW.date().replace(day=1),
    "channel_id": "tidewise",
    "metric": "revenue",
    "order": "highest",
    "times": 3,
    "least": 8,
    "alert_days": 7,
    "state": "",
}
#: Those of queries that speak of months.
MONTHS: dict[str, Any] = {
    "first": months_before(NOW.date(), 12),
    "last": months_before(NOW.date(), 1),
}
NOBODY = {"channel_id": "", "video_id": ""}
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
def test_a_query_names_only_marts_or_the_desk(name: str) -> None:
    relations = _relations((QUERIES / f"{name}.sql").read_text())
    schema = "desk." if name.startswith("desk_") else "marts."
    if name == "version":
        relations -= {"desk.builds"}  # the marts do not say of themselves that all are through
    assert relations
    assert all(relation.startswith(schema) for relation in relations), relations


def test_the_check_of_names_sees_another_schema() -> None:
    assert _relations("with a as (select 1 from raw.pulls) select * from a") == {"raw.pulls"}


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_query_answers_for_the_dashboards_role(configuration: Settings, name: str) -> None:
    rows = _ask(configuration, name, **NOBODY if name == "cost_lines" else {})
    assert rows or name.startswith("desk_")  # nothing is under way here


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
    assert len(days) == 28
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
def test_a_channel_without_revenue_has_the_margin_of_its_cost(configuration: Settings) -> None:
    unpaid = "update marts.fct_channel_days set revenue_usd = null where channel_id = 'orbital'"
    with altered("fct_channel_days", unpaid):
        rows = _ask(configuration, "channels_compared")
    orbital = next(row for row in rows if row["channel_id"] == "orbital")
    assert orbital["margin_usd"] == -orbital["loaded_cost_usd"] < 0
    assert rows.index(orbital) == len(rows) - 1
    revenue, cost = (sum(row[c] or 0 for row in rows) for c in ("revenue_usd", "loaded_cost_usd"))
    assert sum(row["margin_usd"] for row in rows) == revenue - cost


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


ALL_DAYS = {"first": NOW.date() - timedelta(days=200), "last": NOW.date(), "limit": 100_000}


@pytest.mark.slow
def test_each_level_of_the_ledger_adds_up_to_the_one_above(configuration: Settings) -> None:
    months = _ask(configuration, "cost_months", **ALL_DAYS)
    for month in months:
        channels = _ask(configuration, "cost_channels", month=month["cost_month"])
        for column in ("total_usd", "direct_usd", "failed_usd", "shared_usd", "unallocated_usd"):
            assert sum(row[column] for row in channels) == month[column], column
    place = {"month": months[0]["cost_month"], "limit": 100_000}
    for channel in _ask(configuration, "cost_channels", **place):
        place["channel_id"] = channel["channel_id"] or ""
        videos = _ask(configuration, "cost_videos", **place)
        assert sum(row["total_usd"] for row in videos) == channel["total_usd"]
        for video in videos:
            lines = _ask(configuration, "cost_lines", **place, video_id=video["video_id"] or "")
            assert sum(row["amount_usd"] for row in lines) == video["total_usd"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["cost_videos", "cost_lines"])
def test_a_sum_is_of_the_rows_beyond_the_limit_too(configuration: Settings, name: str) -> None:
    place = {"channel_id": "tidewise", "month": LAST.replace(day=1)}
    with connect() as db:
        video = db.execute(
            "select video_id from marts.fct_cost_lines where cost_month = %(month)s "
            "and channel_id = %(channel_id)s limit 1",
            place,
        ).fetchone()
    assert video
    every = _ask(configuration, name, **place | video, limit=1000)
    cut = _ask(configuration, name, **place | video, limit=2)
    assert len(every) > len(cut) == 2
    assert {row["all_rows"] for row in cut} == {len(every)}
    assert cut[0]["all_usd"] == sum(row.get("amount_usd", row.get("total_usd")) for row in every)


@pytest.mark.slow
def test_what_no_video_bears_is_no_share_of_anothers(configuration: Settings) -> None:
    of_a_failed_one = (
        "update marts.fct_cost_lines set source_video_id = 'v0001' where video_id is null"
    )
    with altered("fct_cost_lines", of_a_failed_one):
        rows = _ask(configuration, "cost_lines", channel_id="", video_id="")
    assert [row["is_allocated_share"] for row in rows] == [False]


@pytest.mark.slow
@pytest.mark.parametrize("by", ["kind", "provider", "type"])
@pytest.mark.parametrize("bucket", ["day", "week", "month"])
def test_costs_over_time_are_all_costs(configuration: Settings, by: str, bucket: str) -> None:
    rows = _ask(configuration, "cost_days", **ALL_DAYS, by=by, bucket=bucket)
    totals = _ask(configuration, "cost_totals", before_first=ALL_DAYS["first"], **ALL_DAYS)[0]
    assert sum(row["amount_usd"] for row in rows) == totals["total_usd"]
    assert len({row["name"] for row in rows}) <= 7


@pytest.mark.slow
def test_what_no_video_bears_is_shown(configuration: Settings) -> None:
    totals = _ask(configuration, "cost_totals", before_first=ALL_DAYS["first"], **ALL_DAYS)[0]
    assert totals["unallocated_usd"] == Decimal("0.75")
    parts = ("direct_usd", "failed_usd", "shared_usd")
    assert sum(totals[part] for part in parts) == totals["total_usd"]


@pytest.mark.slow
def test_the_contributions_are_the_whole_change_of_the_margin(configuration: Settings) -> None:
    totals = {row["period"]: row for row in _ask(configuration, "overview_totals")}
    change = totals["now"]["margin_usd"] - totals["before"]["margin_usd"]
    rows = _ask(configuration, "margin_changes", limit=1000)
    assert sum(row["change_usd"] for row in rows) == change == rows[0]["all_usd"]
    sizes = [abs(row["change_usd"]) for row in rows]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.slow
def test_revenue_is_laid_beside_as_many_days_before(configuration: Settings) -> None:
    days = _ask(configuration, "revenue_days", with_newest=False)
    totals = {row["period"]: row for row in _ask(configuration, "revenue_totals")}
    assert sum(row["revenue_usd"] for row in days) == totals["now"]["revenue_usd"]
    assert sum(row["before_usd"] for row in days) == totals["before"]["revenue_usd"]
    channels = _ask(configuration, "revenue_channels")
    assert sum(row["revenue_usd"] for row in channels) == totals["now"]["revenue_usd"]
    assert sum(row["before_usd"] for row in channels) == totals["before"]["revenue_usd"]


@pytest.mark.slow
def test_views_that_cannot_earn_are_in_no_rpm(configuration: Settings) -> None:
    barred = "update marts.fct_channel_days set revenue_usd = null where channel_id = 'orbital'"
    with altered("fct_channel_days", barred):
        totals = {row["period"]: row for row in _ask(configuration, "revenue_totals")}
        earning = [
            row for row in _ask(configuration, "revenue_channels") if row["revenue_usd"] is not None
        ]
    revenue = sum(row["revenue_usd"] for row in earning)
    assert totals["now"]["rpm_usd"] == revenue * 1000 / sum(row["views"] for row in earning)
    assert totals["now"]["views"] > sum(row["views"] for row in earning)


@pytest.mark.slow
def test_a_provisional_day_is_in_no_average(configuration: Settings) -> None:
    newest = {"first": LAST, "last": LAST + timedelta(days=2), "before_first": LAST}
    totals = _ask(configuration, "revenue_totals", **newest)[0]
    final = _ask(configuration, "revenue_days", **newest, with_newest=False)[0]
    assert totals["revenue_a_day_usd"] == final["revenue_usd"]


@pytest.mark.slow
@pytest.mark.parametrize("metric", ["revenue", "views", "watch", "subscribers"])
def test_a_channels_figure_is_the_sum_of_its_days(configuration: Settings, metric: str) -> None:
    for row in _ask(configuration, "channels_health", metric=metric):
        days = _ask(
            configuration,
            "channel_days",
            metric=metric,
            with_newest=False,
            channel_id=row["channel_id"],
        )
        assert sum(day["value"] for day in days) == row["value"]


@pytest.mark.slow
def test_quota_is_of_the_newest_day(configuration: Settings) -> None:
    rows = _ask(configuration, "quota")
    assert {row["day"] for row in rows} == {NOW.date()}
    assert rows[0]["bucket"] == "uploads", "the one with least left comes first"


@pytest.mark.slow
def test_the_lower_bound_of_a_negative_ltv_is_the_lower_one(configuration: Settings) -> None:
    change = "update marts.fct_customer_months set gross_margin_usd = -10"
    with altered("fct_customer_months", change):
        worth = _ask(configuration, "acquisition_by_source", **MONTHS)
    bounds = [(row["ltv_low_usd"], row["ltv_usd"], row["ltv_high_usd"]) for row in worth]
    whole = [each for each in bounds if None not in each]
    assert whole
    assert all(low <= usd <= high < 0 for low, usd, high in whole)
