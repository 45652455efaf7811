"""What the pages of revenue, costs and channels say, over real marts."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import streamlit as st
from ytempire.config import Settings
from ytempire.warehouse.database import connect

from dashboards import cost_drill, formats
from tests.dashboards.conftest import NOW
from tests.dashboards.pages import figures, markup, page, tiles, words

pytestmark = pytest.mark.slow
LAST = NOW.date() - timedelta(days=4)
FIRST = LAST - timedelta(days=27)


@pytest.fixture(autouse=True)
def _fresh_answers(configuration: Settings) -> None:
    st.cache_data.clear()


def _row(query: str, *parameters: Any) -> dict[str, Any]:
    with connect() as db:
        row = db.execute(query.encode(), parameters).fetchone()
    assert row
    return row


def test_the_revenue_tiles_are_the_report() -> None:
    row = _row(
        "select sum(revenue_usd) as revenue, sum(revenue_usd) * 1000 / sum(views) as rpm "
        "from marts.rpt_executive_days where day between %s and %s and not is_provisional",
        FIRST,
        LAST,
    )
    shown = figures(page("revenue"))
    assert shown["Revenue"] == formats.money(row["revenue"])
    assert shown["RPM"] == formats.money(row["rpm"])


def test_days_that_youtube_may_restate_are_drawn_and_not_counted() -> None:
    first = NOW.date() - timedelta(days=3)
    assert f"Drawn, not counted: {formats.days(first, NOW.date())}" in words(page("revenue"))


def test_revenue_without_days_to_compare_has_no_change_of_a_channel() -> None:
    assert ">Change<" in markup(page("revenue"))
    assert ">Change<" not in markup(page("revenue", range="Year"))


def test_the_cost_tiles_are_the_ledger() -> None:
    row = _row(
        "select sum(amount_usd) as total, sum(amount_usd) filter (where cost_type = 'failed') "
        "as failed from marts.fct_cost_lines where booked_date between %s and %s",
        NOW.date() - timedelta(days=27),
        NOW.date(),
    )
    app = page("costs")
    shown = figures(app)
    assert shown["Loaded cost"] == formats.money(row["total"])
    assert shown["Failed attempts"] == formats.money(row["failed"])
    assert all(tile.change for tile in tiles(app) if tile.label == "Loaded cost")
    said = words(app)
    assert formats.days(NOW.date() - timedelta(days=27), NOW.date()) in said
    assert f"{formats.day(NOW.date())} may not be over: of it is counted what was booked" in said


def test_costs_of_days_that_are_over_say_nothing_of_today() -> None:
    said = words(page("costs", range="Other", between=[f"{FIRST}", f"{LAST}"]))
    assert formats.days(FIRST, LAST) in said
    assert "may not be over" not in said


def test_unallocated_cost_is_reached_by_the_address() -> None:
    month = NOW.date().replace(day=1).isoformat()
    said = words(page("costs", month=month, channel="none", video="none"))
    assert "borne by no video" in said
    assert "$0.750000" in said


def test_a_table_that_is_cut_says_so_and_sums_up_all(monkeypatch: pytest.MonkeyPatch) -> None:
    month = LAST.replace(day=1)
    row = _row(
        "select sum(amount_usd) as total, count(distinct video_id) as videos "
        "from marts.fct_cost_lines where cost_month = %s and channel_id = 'tidewise'",
        month,
    )
    address = {"month": month.isoformat(), "channel": "tidewise"}
    assert "the CSV holds all" not in words(page("costs", **address))
    monkeypatch.setattr(cost_drill, "LIMIT", 2)
    said = words(page("costs", **address))
    assert f"The first 2 of {row['videos']}, the sum is of all; the CSV holds all." in said
    assert formats.money(row["total"]) in said


@pytest.mark.parametrize(
    "address",
    [
        {"month": "' or 1=1 --"},
        {"month": "2026-13-01"},
        {"by": "nonsense", "range": "-1"},
    ],
)
def test_nonsense_in_the_address_of_costs_shows_the_months(address: dict[str, str]) -> None:
    assert "Whole Pacific months" in words(page("costs", **address))


def test_a_month_without_lines_says_so() -> None:
    assert "Nothing was booked here" in words(page("costs", month="1999-01-01"))


def test_a_hostile_title_in_the_drill_is_text() -> None:
    with connect() as db:
        row = db.execute(
            "select channel_id, cost_month from marts.fct_cost_lines where video_id = 'v0003'"
        ).fetchone()
    assert row
    body = markup(page("costs", month=row["cost_month"].isoformat(), channel=row["channel_id"]))
    assert "<script" not in body
    assert "&lt;script&gt;" in body


def test_links_of_the_drill_keep_what_was_chosen() -> None:
    body = markup(page("costs", range="90 days", by="Provider"))
    link = re.search(r'href="(/costs\?[^"]*month=[^"]*)"', body)
    assert link
    assert "range=90+days" in link[1]
    assert "by=Provider" in link[1]


def test_channels_show_state_and_age() -> None:
    said = words(page("channels"))
    for word in ("Tidewise", "Active", "read", "1.20"):
        assert word in said
    assert not re.search(r"Sign-in needed|Paused", said)


def test_a_channel_that_lost_its_grant_is_told_with_the_remedy() -> None:
    with connect() as db:
        db.execute(
            "update marts.dim_channels set state = 'reauth_required' where title = 'Tidewise'"
        )
    try:
        said = words(page("channels"))
    finally:
        with connect() as db:
            db.execute("update marts.dim_channels set state = 'active' where title = 'Tidewise'")
    assert "YouTube wants a new sign-in" in said
    assert "ytempire channel connect" in said


def test_one_channel_is_shown_by_its_address() -> None:
    said = words(page("channels", channel="tidewise", metric="Views"))
    assert "Tidewise" in said
    assert "Ledgerly" not in said
    assert "All channels" in said


def test_a_channel_that_was_removed_while_open_is_told() -> None:
    assert "There is no such channel" in words(page("channels", channel="gone"))


def test_quota_says_what_is_left_and_how_long_it_lasts() -> None:
    said = words(page("channels"))
    assert re.search(r"uploads\s+yt-one\s+86", said)
    assert f"until {NOW:%H:%M} UTC" in said
    assert "until midnight" in said
