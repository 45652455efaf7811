"""What may not be compared is compared on no page, and the page says why."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import streamlit as st
from ytempire.config import Settings

from dashboards import comparison
from dashboards.comparison import Comparison
from dashboards.data import marts
from dashboards.periods import Period, ending
from tests.dashboards.conftest import NOW
from tests.dashboards.insert import altered
from tests.dashboards.pages import markup, page, tiles, words

pytestmark = pytest.mark.slow
LAST = NOW.date() - timedelta(days=4)
FIRST = LAST - timedelta(days=27)
#: Before the last two weeks: in the range of 28 days, and in those before.
LOST = LAST - timedelta(days=14)
GRANT_LOST = (
    f"update marts.dim_channels set state = 'reauth_required', as_of = '{LOST}' "
    "where title = 'Tidewise'"
)
NOT_TOLD = f"delete from marts.fct_channel_days where channel_id = 'tidewise' and day >= '{LOST}'"


@pytest.fixture(autouse=True)
def _fresh_answers(configuration: Settings) -> None:
    st.cache_data.clear()
    st.cache_resource.clear()


def _judged(period: Period) -> Comparison:
    return comparison.of_youtube(marts(), period)


def test_final_days_of_the_same_channels_are_compared() -> None:
    compared = _judged(ending(LAST, 28))
    assert compared.against == compared.against_views == compared.remark == ""
    assert compared.about.endswith(", compared with the 28 days before")


def test_days_that_may_be_restated_are_not_compared() -> None:
    compared = _judged(Period(LAST - timedelta(days=2), LAST + timedelta(days=4)))
    assert compared.against == "4 of these days are provisional"
    assert "Days without reported revenue: 2" in compared.remark
    with altered(
        "rpt_executive_days",
        f"update marts.rpt_executive_days set is_provisional = true where day = '{FIRST}'",
    ):
        assert _judged(ending(LAST, 14)).against == "1 of the days before is provisional"


def test_days_of_which_youtube_has_told_nothing_are_no_zeros() -> None:
    with altered(
        "rpt_executive_days",
        f"update marts.rpt_executive_days set views = null where day = '{LOST}'",
    ):
        assert _judged(ending(LAST, 28)).against == "1 of these days is not told by YouTube yet"
        assert _judged(ending(LAST, 7)).against == ""


def test_a_channel_that_lost_its_grant_has_not_earned_nothing() -> None:
    with altered("dim_channels", GRANT_LOST), altered("fct_channel_days", NOT_TOLD):
        compared = _judged(ending(LAST, 28))
        app = page("overview")
        each = {name: words(page(name)) for name in ("channels", "revenue")}
        total = {tile.change for tile in tiles(page("revenue"))}
    assert compared.about.endswith("sums are not compared: not the same channels are in both")
    assert compared.apart == {"tidewise"}
    assert total == {""}
    for said in each.values():  # the other channels are compared, each with itself
        table = said.split("Change")[1]
        assert re.search(r"Ledgerly.*?[+−][\d.]+%", table, re.S)
        assert not re.search(
            r"[+−][\d.]+%", re.split("Ledgerly|Orbital", table.split("Tidewise")[1])[0]
        )
    assert "Not in these figures: Tidewise since" in compared.remark
    assert {tile.change for tile in tiles(app)} == {""}
    assert "Tidewise earned" not in words(app)


def test_a_channel_that_is_in_neither_range_stands_in_no_comparison_s_way() -> None:
    with altered("dim_channels", GRANT_LOST), altered("fct_channel_days", NOT_TOLD):
        compared = _judged(ending(LAST, 7))
    assert compared.against == ""
    assert "Tidewise since" in compared.remark


def test_a_paused_channel_that_is_still_asked_is_there() -> None:
    quiet = f"delete from marts.fct_channel_days where channel_id = 'orbital' and day >= '{LAST}'"
    paused = "update marts.dim_channels set state = 'paused' where channel_id = 'orbital'"
    with altered("dim_channels", paused), altered("fct_channel_days", quiet):
        compared = _judged(ending(LAST, 28))
    assert compared.against == compared.remark == ""


def test_views_that_are_counted_in_two_ways_are_not_compared() -> None:
    before = f"update marts.fct_channel_days set view_method = 'x' where day < '{FIRST}'"
    with altered("fct_channel_days", before):
        overview = {tile.label: tile for tile in tiles(page("overview"))}
        revenue = {tile.label: tile for tile in tiles(page("revenue"))}
        views = markup(page("channels", metric="Views"))
        watched = markup(page("channels", metric="Watch hours"))
        reasons = words(page("overview"))
    assert overview["Views"].change == revenue["Views"].change == revenue["RPM"].change == ""
    assert "in two ways" in overview["Views"].meaning
    assert overview["Revenue"].change
    assert revenue["Watch hours"].change
    assert ">Change<" not in views
    assert ">Change<" in watched
    assert "(views" not in reasons


def test_of_other_channels_each_is_read_and_no_sum() -> None:
    compared = Comparison(ending(LAST, 7), "", against_sums="so it is", apart=frozenset({"x"}))
    assert compared.days("views", of_each=True)["before_first"] == compared.period.before.first
    assert compared.days("views")["before_first"] == compared.period.first
    assert compared.totals(marts(), "overview_totals")[1] == {}


def test_what_may_not_be_compared_is_not_read() -> None:
    refused = Comparison(ending(LAST, 7), "", against="so it is")
    assert refused.days()["before_first"] == refused.period.first
    assert refused.totals(marts(), "overview_totals")[1] == {}
    of_views = Comparison(ending(LAST, 7), "", against_views="so it is")
    assert of_views.days("views")["before_first"] == of_views.period.first
    assert of_views.days("revenue")["before_first"] == of_views.period.before.first
    assert "views" not in of_views.totals(marts(), "overview_totals")[1]
