"""What the marts say of a business that can be reckoned by hand, and that no rule can be broken
without a word."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from ytempire.config import REPOSITORY, settings
from ytempire.errors import BadData
from ytempire.warehouse import clock, transform
from ytempire.warehouse.database import connect

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

INVARIANTS = sorted(path.stem for path in (REPOSITORY / "dbt" / "tests").glob("*.sql"))
TAMPERING = Path(__file__).parents[1] / "fixtures" / "tampered_marts.sql"


def rows(query: str, url: str | None = None) -> list[dict[str, Any]]:
    with connect(url) as db:
        return db.execute(query).fetchall()


def row(query: str) -> dict[str, Any]:
    (only,) = rows(query)
    return only


def test_an_empty_warehouse_builds_as_of_the_house_s_time(warehouse: None) -> None:
    with clock.replayed(datetime(2027, 3, 14, 7, 30, tzinfo=UTC)):
        assert transform.build().models > 25
    report = row("select * from marts.rpt_executive_days")  # that day
    assert report["day"] == date(2027, 3, 13), "the Pacific one"
    assert report["revenue_usd"] is None
    assert report["cost_usd"] == 0
    assert report["is_provisional"]


def test_the_business_passes_every_test(marts: transform.TransformResult) -> None:
    assert marts.tests > 60
    told = row("select ended_at - started_at as later from ops.builds, staging.builds as begun")
    assert told["later"] > timedelta(0), "readers are told at the end"


@pytest.mark.usefixtures("marts")
class TestFigures:
    def test_each_line_is_borne_in_proportion_to_direct_cost(self) -> None:
        borne = rows(
            "select line_id, video_id, cost_type, amount_usd from marts.fct_cost_lines "
            "where cost_type <> 'direct' order by line_id, video_id"
        )
        assert [
            (r["line_id"], r["video_id"], r["cost_type"], str(r["amount_usd"])) for r in borne
        ] == [
            (3, "v1", "failed", "0.066667"),
            (3, "v2", "failed", "0.033333"),
            (4, "v1", "failed", "0.033333"),
            (4, "v2", "failed", "0.016667"),
            (7, None, "shared", "0.030000"),
            (8, "v1", "shared", "0.000001"),
            (8, "v2", "shared", "0.000000"),
        ]

    def test_a_video_knows_what_it_cost_earned_and_when_it_broke_even(self) -> None:
        v1 = row("select * from marts.fct_video_economics where video_id = 'v1'")
        assert v1["loaded_cost_usd"] == Decimal("0.300001")
        assert v1["revenue_usd"] == Decimal("0.32")  # the latest versions: 0.22 + 0.10
        assert v1["contribution_margin_usd"] == Decimal("0.019999")
        assert v1["break_even_date"] == date(2026, 10, 4)
        assert v1["title"] == "Why tides rise"
        assert not v1["is_final"]  # its last day is provisional, its month is open

    def test_an_average_leaves_out_days_that_are_not_final(self) -> None:
        # 0.32 USD over 120 + 100 final views, not over the 60 of the 7th.
        v1 = row("select rpm_usd from marts.fct_video_economics where video_id = 'v1'")
        assert v1["rpm_usd"] == Decimal("1.454545")

    def test_a_video_without_reported_revenue_stands_at_minus_its_cost(self) -> None:
        v4 = row("select * from marts.fct_video_economics where video_id = 'v4'")
        assert v4["revenue_usd"] is None
        assert v4["contribution_margin_usd"] == Decimal("-0.07")

    def test_only_videos_made_here_that_did_not_fail_have_economics(self) -> None:
        known = rows("select video_id from marts.fct_video_economics order by video_id")
        assert [r["video_id"] for r in known] == ["v1", "v2", "v4", "v5"]
        found = row("select * from marts.dim_videos where video_id = 'yt9'")
        assert (found["made_here"], found["format"], found["state"]) == (False, None, "found")

    def test_a_removed_video_keeps_its_days(self) -> None:
        v2 = row("select * from marts.dim_videos where video_id = 'v2'")
        assert v2["removed_at"] is not None
        assert row("select views from marts.fct_video_days where video_id = 'v2'") == {"views": 200}

    def test_a_video_is_gone_when_our_own_looks_say_so_too(self) -> None:
        gone = rows("select video_id from marts.dim_videos where removed_at is not null order by 1")
        assert [r["video_id"] for r in gone] == ["v2", "yt9"]

    def test_a_video_that_was_only_listed_is_known_by_its_id(self) -> None:
        listed = row("select * from marts.dim_videos where video_id = 'yt10'")
        assert (listed["title"], listed["privacy_status"]) == ("yt10", None)
        assert listed["is_simulated"], "as its channel is"

    def test_reach_is_of_the_latest_report_and_what_nobody_has_of_it_is_shown(self) -> None:
        day = "where channel_id = 'tidewise' and day = '2026-10-03'"
        video = row(f"select impressions, ctr from marts.fct_video_days {day}")
        assert video == {"impressions": 900, "ctr": Decimal("0.06")}
        channel = row(
            f"select impressions, ctr, unattributed_impressions from marts.fct_channel_days {day}"
        )
        assert channel == {
            "impressions": 1200,
            "ctr": Decimal("0.05"),  # 54 + 6 clicks, not the mean of 0.06 and 0.02
            "unattributed_impressions": 300,
        }

    def test_retention_is_the_latest_answer_and_as_fresh_as_the_last_question(self) -> None:
        told = rows(
            "select elapsed_ratio, watch_ratio, as_of from marts.fct_video_retention order by 1"
        )
        assert [(r["elapsed_ratio"], r["watch_ratio"]) for r in told] == [
            (Decimal("0.01"), Decimal("1.10")),
            (Decimal("0.50"), Decimal("0.45")),
        ]
        assert {r["as_of"].day for r in told} == {9}

    def test_a_young_video_s_counts_are_kept_with_its_age(self) -> None:
        counts = rows(
            "select age_h, views from marts.fct_video_counts where video_id = 'v1' order by 1"
        )
        assert counts == [
            {"age_h": Decimal("184.000"), "views": 400},
            {"age_h": Decimal("186.000"), "views": 450},
        ]

    def test_a_launch_is_the_first_seven_days_and_open_until_the_last_is_settled(self) -> None:
        launch = row("select * from marts.fct_video_launches where video_id = 'v1'")
        assert launch["published_date"] == date(2026, 10, 2)
        assert (launch["views"], launch["engaged_views"]) == (280, 215)
        assert not launch["is_final"]

    def test_what_is_held_is_not_left(self) -> None:
        uploads = row("select * from marts.fct_quota_days where bucket = 'uploads'")
        assert (uploads["used"], uploads["held"], uploads["headroom"]) == (1, 2, 97)
        assert uploads["forecast_exhausted_at"] is None, "its day is over"

    def test_a_fallen_counter_gives_no_negative_views_per_hour(self) -> None:
        per_hour = rows(
            "select video_id, views_per_hour from marts.dim_videos "
            "where total_views is not null order by video_id"
        )
        assert [(r["video_id"], r["views_per_hour"]) for r in per_hour] == [
            ("v1", Decimal("25.000")),
            ("v2", None),
            ("v5", None),
        ]

    def test_pacific_days_decide_when_something_happened(self) -> None:
        v5 = row("select published_date from marts.dim_videos where video_id = 'v5'")
        assert v5["published_date"] == date(2026, 9, 30)  # 06:59 UTC on the first

    def test_what_no_video_explains_is_shown(self) -> None:
        day = row(
            "select * from marts.fct_channel_days "
            "where channel_id = 'tidewise' and day = '2026-10-03'"
        )
        assert day["unattributed_views"] == 10
        assert day["unattributed_revenue_usd"] == Decimal("0.01")

    def test_the_newest_days_are_null_and_not_zero(self) -> None:
        newest = row("select * from marts.rpt_executive_days where day = '2026-10-09'")
        assert newest["views"] is None
        assert newest["margin_usd"] is None
        assert newest["is_provisional"]

    def test_the_executive_day_adds_up_and_says_what_is_simulated(self) -> None:
        day = row("select * from marts.rpt_executive_days where day = '2026-10-04'")
        assert (day["views"], day["revenue_usd"]) == (300, Decimal("0.11"))
        assert (day["cost_usd"], day["margin_usd"]) == (Decimal("0.07"), Decimal("0.04"))
        assert (day["is_simulated"], day["simulated_share"]) == (True, 1)
        real = row("select * from marts.rpt_executive_days where day = '2026-10-01'")
        assert (real["is_simulated"], real["simulated_share"]) == (False, 0)

    def test_the_analyst_sees_what_dbt_built(self) -> None:
        seen = rows("select count(*) as n from marts.dim_channels", settings().analyst_url())
        assert seen == [{"n": 2}]


@pytest.mark.usefixtures("marts")
class TestTampering:
    """The last to run: it spoils the marts."""

    def test_every_invariant_speaks_up_and_shows_rows(self) -> None:
        with connect() as db:
            db.execute(TAMPERING.read_text())
        with pytest.raises(BadData) as caught:
            transform.run("test", "--select", "test_type:singular")
        told = caught.value.message
        assert [name for name in INVARIANTS if f"test {name}:" not in told] == []
        assert "line_id=1, ledger_usd=0.200000, brought_home_usd=0.200001" in told

    def test_a_dbt_that_cannot_start_says_why(self) -> None:
        with pytest.raises(transform.BuildFailed, match="No such command"):
            transform.run("bild")
