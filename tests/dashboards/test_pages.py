"""What the pages say, run by Streamlit's own test runner over real marts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest
import streamlit as st
from pydantic import SecretStr
from streamlit.testing.v1 import AppTest
from ytempire.config import Settings, settings
from ytempire.warehouse.database import connect

from dashboards import formats
from tests.dashboards import marts, watched
from tests.dashboards.conftest import NOW, REPOSITORY
from tests.dashboards.insert import altered
from tests.dashboards.pages import figures, markup, page, tiles, words

pytestmark = pytest.mark.slow
SCRIPT = str(REPOSITORY / "dashboards" / "main.py")
TILES = ["Revenue", "Loaded cost", "Margin", "Cost per video", "Views", "MRR"]


@pytest.fixture(autouse=True)
def _fresh_answers(configuration: Settings) -> None:
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def no_database(configuration: Settings) -> Iterator[None]:
    """A configured warehouse at whose address nothing listens."""
    with _away(configuration):
        yield


@contextmanager
def _away(configuration: Settings) -> Iterator[None]:
    before = configuration.warehouse.dashboard_url
    configuration.warehouse.dashboard_url = SecretStr("postgresql://dashboard@127.0.0.1:1/x")
    yield
    configuration.warehouse.dashboard_url = before


def _overview(**address: str) -> AppTest:
    app = AppTest.from_file(SCRIPT, default_timeout=60)
    app.query_params.update(address)
    app.run()
    assert not app.exception
    return app


def _video(video_id: str) -> AppTest:
    return page("videos", video=video_id)


def test_the_first_page_speaks_of_28_complete_days() -> None:
    app = _overview()
    last = NOW.date() - timedelta(days=4)
    assert formats.days(last - timedelta(days=27), last) in words(app)
    assert list(figures(app)) == TILES


def test_the_tiles_show_what_the_marts_hold(configuration: Settings) -> None:
    last = NOW.date() - timedelta(days=4)
    with connect() as db:
        row = db.execute(
            "select sum(revenue_usd) as revenue, sum(cost_usd) as cost, "
            "sum(published_cost_usd) / sum(videos_made) as per_video, sum(views) as views "
            "from marts.rpt_executive_days where day between %s and %s",
            (last - timedelta(days=27), last),
        ).fetchone()
    assert row
    shown = figures(_overview())
    assert shown["Revenue"] == formats.money(row["revenue"])
    assert shown["Loaded cost"] == formats.money(row["cost"])
    assert shown["Margin"] == formats.money(row["revenue"] - row["cost"])
    assert shown["Cost per video"] == formats.money(row["per_video"])
    assert shown["Views"] == formats.count(row["views"])


def test_each_tile_is_defined_and_compared() -> None:
    for tile in tiles(_overview()):
        assert len(tile.meaning) > 40
        assert tile.change


def test_a_rise_of_cost_is_not_good_news() -> None:
    shown = tiles(_overview())
    assert shown
    for tile in shown:
        is_cost = tile.label in {"Loaded cost", "Cost per video"}
        if tile.change != "no change":
            assert tile.mood == ("good" if tile.change.startswith("+") != is_cost else "bad")


def test_a_link_holds_the_range() -> None:
    last = NOW.date() - timedelta(days=4)
    assert formats.days(last - timedelta(days=6), last) in words(_overview(range="7 days"))


def test_a_range_longer_than_the_marts_is_not_compared() -> None:
    app = _overview(range="Year")
    assert [tile.change for tile in tiles(app)] == [""] * len(TILES)
    assert "not compared: the marts hold" in words(app)
    assert "not compared, the marts hold" in tiles(app)[0].meaning


def test_a_range_of_nonsense_in_the_address_falls_back() -> None:
    assert "28 days before" in words(_overview(range="-1"))


def test_part_simulated_is_said_before_any_figure_and_by_channel() -> None:
    body = markup(_overview())
    assert "PARTLY SIMULATED" in body
    assert "1 of 3 channels" in body
    assert re.search(r"Orbital Notes<span class=\"yt-simulated\">SIMULATED", body)
    assert not re.search(r"Tidewise<span class=\"yt-simulated\"", body)


def test_provisional_days_are_named_and_not_counted() -> None:
    first = NOW.date() - timedelta(days=3)
    assert f"Not counted: {formats.days(first, NOW.date())}, still provisional" in words(
        _overview()
    )


def test_every_source_says_how_old_it_is() -> None:
    said = words(_overview())
    for source in ("YouTube: days and revenue", "Own records", "Marts"):
        assert source in said
    assert said.count("ago") + said.count("just now") >= 5


def test_a_source_that_told_nothing_for_long_or_was_never_read_is_late() -> None:
    told = NOW.date() - timedelta(days=10)
    with altered("dim_sources", "update marts.dim_sources set looked_at = null, late_at = null "
                 "where source = 'stripe'"):  # fmt: skip
        table = words(_overview()).split("When each source was last read")[1]
    assert re.search(r"Stripe\s+not read yet\s+Late\s+never", table)
    assert re.search(
        rf"Ad spend, files\s+[^,]+, last read, tells of days until {formats.day(told)}\s+Late",
        table,
    )


def test_alerts_of_the_week_are_told_the_gravest_first() -> None:
    said = words(_overview())
    assert said.index("OpenAI has reached its budget") < said.index("views 61% of what it should")
    assert "An old one" not in said


def test_alerts_that_the_card_has_no_room_for_are_one_click_away() -> None:
    more = """
        insert into marts.fct_alerts (cause, kind, severity, title, body, raised_at)
        select 'c' || n, 'burn_rate', 'info', 'Alert number ' || n, 'It is so.', max(raised_at)
        from marts.fct_alerts, generate_series(1, 28) as n group by n
    """
    with altered("fct_alerts", more):
        app = _overview()
    assert "the gravest first: 30" in words(app)
    assert [each.label for each in app.expander] == ["The other 22"]
    assert all(f"Alert number {n}<" in markup(app) for n in range(1, 29))


def test_the_margins_change_is_told_in_words() -> None:
    said = words(_overview())
    assert re.search(r"The margin (rose|fell) by \$[\d.]+", said)
    body = markup(_overview())
    reasons = re.search(r'<ul class="yt-why">(.*?)</ul>', body)
    assert reasons
    assert 3 <= reasons[1].count("<li>") <= 4
    assert re.search(r"Orbital Notes|Tidewise|Ledgerly", reasons[1])


def test_without_days_to_compare_no_change_is_told() -> None:
    assert "What changed and why" not in words(_overview(range="Year"))


def test_savings_found_are_those_of_the_latest_look() -> None:
    said = words(page("costs"))
    assert "Half price for 3 scripts" in said
    assert "Half price for 2 scripts" not in said
    assert "$4.20" in said


def test_a_title_is_text_and_never_markup() -> None:
    body = markup(_video("v0003"))
    assert "<script" not in body
    assert "<img" not in body
    assert "&lt;script&gt;" in body


def test_a_video_shows_its_ledger_to_the_line_and_its_sum() -> None:
    said = words(_video("v0005"))
    with connect() as db:
        lines = db.execute(
            "select amount_usd from marts.fct_cost_lines where video_id = 'v0005'"
        ).fetchall()
    assert len(lines) == 6
    amounts = [line["amount_usd"] for line in lines]
    for amount in [*amounts, sum(amounts, Decimal(0))]:
        assert formats.money(amount, 6) in said


def test_lines_that_do_not_add_up_are_told() -> None:
    with connect() as db:
        db.execute(
            "update marts.fct_video_economics set loaded_cost_usd = loaded_cost_usd + 1 "
            "where video_id = 'v0006'"
        )
    assert "The lines do not add up" in words(_video("v0006"))


def test_a_video_that_is_not_there_is_told() -> None:
    assert "There is no such video" in words(_video("' or 1=1 --"))


def test_unbuilt_marts_say_what_to_do(no_marts: None) -> None:
    said = words(_overview())
    assert "No figures yet" in said
    assert "refresh_warehouse" in said
    assert "Sign out" in said


def test_a_database_that_is_down_says_what_to_do(no_database: None) -> None:
    app = _overview()
    assert "The warehouse cannot be read" in words(app)
    assert "make up" in words(app)
    assert app.button[0].label == "Try again"


def test_the_last_figures_stay_with_their_age_while_the_database_is_down(
    configuration: Settings,
) -> None:
    before = _overview()
    with _away(configuration):
        during = _overview()
        unseen = _overview(range="7 days")
    assert figures(during) == figures(before)
    said = words(during)
    assert "The warehouse does not answer" in said
    assert re.search(r"was built (\d+\s(min|h) ago|just now)", said)
    assert "make up" in said
    assert "The warehouse cannot be read" in words(unseen)
    assert "The warehouse does not answer" not in words(_overview())


def test_a_session_that_was_ended_is_opened_anew(
    configuration: Settings,
) -> None:
    before = _overview()
    with psycopg.connect(configuration.dashboard_url()) as db:
        ended = db.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where usename = 'dashboard' and pid <> pg_backend_pid()"
        ).fetchall()
    assert (True,) in ended
    assert figures(_overview()) == figures(before)


def test_answers_are_kept_until_a_build_of_the_marts_has_ended() -> None:
    built = "update marts.rpt_executive_days set built_at = built_at + interval '1 second'"
    ended = (
        "insert into ops.builds (ended_at) values (clock_timestamp()) "
        "on conflict (only_row) do update set ended_at = excluded.ended_at"
    )
    try:
        with connect() as db:
            db.execute(ended)
        before = figures(_overview())["Revenue"]
        with connect() as db:
            db.execute("update marts.rpt_executive_days set revenue_usd = revenue_usd + 1")
            db.execute(built)
        assert figures(_overview())["Revenue"] == before, "other marts are still the old ones"
        with connect() as db:
            db.execute(ended)
        assert figures(_overview())["Revenue"] != before
    finally:  # other tests read the same marts
        with connect() as db:
            db.execute("update marts.rpt_executive_days set revenue_usd = revenue_usd - 1")
            db.execute(built)
            db.execute("delete from ops.builds")


def test_videos_are_ranked_by_the_figure_and_order_of_the_address() -> None:
    best = words(page("videos", range="90 days"))
    worst = words(page("videos", range="90 days", order="Lowest first", metric="Margin"))
    with connect() as db:
        rows = db.execute(
            "select contribution_margin_usd as usd from marts.fct_video_economics "
            "where published_date between %s and %s order by 1",
            (NOW.date() - timedelta(days=93), NOW.date() - timedelta(days=4)),
        ).fetchall()
    low, high = formats.money(rows[0]["usd"]), formats.money(rows[-1]["usd"])
    assert high in best
    assert low in worst
    assert "The 12 highest" in best
    assert "The 12 lowest" in worst


def test_a_video_unlike_its_channel_s_others_is_told_with_how_many_times() -> None:
    said = words(page("videos", range="90 days"))
    with connect() as db:
        title = db.execute(
            "select title from marts.dim_videos where video_id = %s", (watched.UNUSUAL,)
        ).fetchone()
    assert title
    told = said[said.index("Unlike their channel") :]
    assert title["title"] in told
    assert re.search(r"\d+\.\d×", told)


def test_a_video_tells_its_pace_and_where_viewers_leave() -> None:
    said = words(_video("v0005"))
    assert re.search(r"Views: [\d.]+\sK after 24 h, [\d.]+\sK after 72 h", said)
    assert re.search(r"\d+% see the middle, \d+% the end", said)
    assert "YouTube ranks it 0.62 on average" in said
    assert "/dags/produce_video/runs/" in markup(_video("v0005"))


def test_views_of_an_hour_that_nobody_counted_are_not_told() -> None:
    gap = "delete from marts.fct_video_counts where age_h between 3 and 25"
    with altered("fct_video_counts", gap):
        said = words(_video("v0005"))
    assert "after 24 h" not in said
    assert "after 72 h" in said


def test_a_young_video_without_counts_says_so() -> None:
    said = words(_video("v0040"))
    assert "No count of its first days is known." in said
    assert "it has told nothing yet" in said


def test_the_hostile_title_is_in_the_marts(configuration: Settings) -> None:
    assert settings() is configuration
    with connect() as db:
        row = db.execute("select title from marts.dim_videos where video_id = 'v0003'").fetchone()
    assert row
    assert row["title"] == marts.HOSTILE_TITLE
