"""What the page of the customers says, over real marts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import streamlit as st
from ytempire.config import Settings
from ytempire.warehouse.database import connect

from dashboards import formats
from dashboards.pages.customers import ltv_in_words
from tests.dashboards.conftest import NOW
from tests.dashboards.pages import figures, page, words

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _fresh_answers(configuration: Settings) -> None:
    st.cache_data.clear()


def test_the_tiles_are_the_last_closed_month_as_reported() -> None:
    with connect() as db:
        row = db.execute(
            "select * from marts.rpt_mrr_months where is_closed order by month desc limit 1"
        ).fetchone()
    assert row
    shown = figures(page("customers"))
    assert shown == {
        "MRR": formats.money(row["closing_mrr_usd"]),
        "Customers": str(row["customers"]),
        "ARPA": formats.money(row["arpa_usd"]),
        "NRR": formats.percent(row["nrr"]),
        "GRR": formats.percent(row["grr"]),
        "Churn": formats.percent(row["churn_rate"]),
    }


def test_a_link_holds_source_and_months() -> None:
    app = page("customers", source="organic", months="6 months")
    assert "customers from organic" in words(app)
    assert figures(app)["MRR"] != figures(page("customers"))["MRR"]


def test_a_source_of_nonsense_in_the_address_shows_the_house() -> None:
    assert figures(page("customers", source="' or 1=1 --")) == figures(page("customers"))


def test_the_months_are_compared_with_as_many_before() -> None:
    assert "in the 12 before it rose by" in words(page("customers"))


def test_customers_are_labelled_simulated() -> None:
    assert "SIMULATED" in words(page("customers"))


def test_without_customers_the_page_says_what_to_do() -> None:
    with connect() as db:
        db.execute("alter table marts.rpt_mrr_months rename to kept_aside")
        db.execute("create table marts.rpt_mrr_months (like marts.kept_aside)")
        db.execute("grant select on marts.rpt_mrr_months to public")
    try:
        shown = words(page("customers"))
    finally:
        with connect() as db:
            db.execute("drop table marts.rpt_mrr_months")
            db.execute("alter table marts.kept_aside rename to rpt_mrr_months")
    assert "No customer yet" in shown
    assert "pull_business" in shown


LTV = {
    "ltv_usd": Decimal(1620),
    "ltv_low_usd": Decimal(405),
    "ltv_high_usd": Decimal(8100),
    "is_churn_free": False,
    "is_small_sample": True,
}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "$1,620<small>few customers: $405 to $8,100</small>"),
        ({"ltv_high_usd": None}, "$1,620<small>few customers: $405 or more</small>"),
        ({"is_small_sample": False}, "$1,620"),
        (
            {"ltv_usd": None, "is_churn_free": True},
            "at least $405<small>nobody has left yet</small>",
        ),
        ({"ltv_usd": None, "ltv_low_usd": None}, "–"),
    ],
)
def test_ltv_says_how_little_stands_behind_it(changes: dict[str, object], said: str) -> None:
    assert ltv_in_words({**LTV, **changes}) == said


def test_the_running_month_is_not_shown_as_if_it_were_over() -> None:
    running = date(NOW.year, NOW.month, 1)
    shown = words(page("customers"))
    assert f"Tiles are of {formats.month(running)}" not in shown
