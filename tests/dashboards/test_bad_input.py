"""What nobody should give a page: ranges of nothing and of ten years, endless and hostile names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import streamlit as st
from playwright.sync_api import Browser, expect
from ytempire.channels.accounts import Channel, add
from ytempire.config import Settings
from ytempire.domain import Format
from ytempire.runs import queue
from ytempire.warehouse.database import connect

from dashboards import formats
from tests.dashboards.browsing import IN_CHROMIUM, PATIENCE, keep, sign_in, visiting
from tests.dashboards.conftest import NOW
from tests.dashboards.pages import page, words

pytestmark = pytest.mark.slow
DAYS = ("overview", "revenue", "costs", "channels", "videos")
#: The marts of these tests hold a hundred days; this one is within.
DAY = NOW.date() - timedelta(days=30)
LONG, HEBREW = "Q" * 300, "גאות ושפל \N{RIGHT-TO-LEFT OVERRIDE}gnp.exe"
TURN = "\N{RIGHT-TO-LEFT OVERRIDE}"


@pytest.fixture(autouse=True)
def _fresh_answers(configuration: Settings) -> None:
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("name", DAYS)
def test_a_range_of_one_day_is_that_day(name: str, count: int) -> None:
    said = words(page(name, range="Other", between=[f"{DAY}"] * count))
    beside = "" if name == "videos" else ", compared with the day before"
    assert f"{formats.days(DAY, DAY)}{beside}" in said


@pytest.mark.parametrize("name", DAYS)
def test_a_range_that_is_named_backwards_is_that_range(name: str) -> None:
    first = DAY - timedelta(days=9)
    said = words(page(name, range="Other", between=[f"{DAY}", f"{first}"]))
    assert formats.days(first, DAY) in said


@pytest.mark.parametrize(
    "between",
    [
        [],
        [f"{DAY - timedelta(days=3650)}", f"{DAY}"],
        [f"{DAY}", f"{DAY + timedelta(days=3650)}"],
        ["0000-00-00", "9999-99-99"],
        ["'; drop schema marts; --", "<script>"],
    ],
    ids=["none", "ten years", "ten years on", "no days", "hostile"],
)
@pytest.mark.parametrize("name", DAYS)
def test_a_range_that_cannot_be_shows_one_that_can(name: str, between: list[str]) -> None:
    app = page(name, range="Other", between=between)
    last = NOW.date() - timedelta(days=0 if name == "costs" else 4)
    assert formats.days(last - timedelta(days=27), last) in words(app)
    assert app.get("vega_lite_chart") or "<table" in "".join(b.proto.body for b in app.get("html"))


@pytest.fixture
def hard_names(filled_marts: None, warehouse: None) -> Iterator[None]:
    """A title of 300 letters without a break, and names that read from the right."""
    with connect() as db:
        titles = db.execute("select video_id, title from marts.dim_videos").fetchall()
        names = db.execute("select channel_id, title from marts.dim_channels").fetchall()
        db.execute("update marts.dim_videos set title = %s", (LONG,))
        db.execute("update marts.dim_channels set title = %s", (HEBREW,))
    add(Channel(channel_id="tidewise", youtube_channel_id=None, title=HEBREW, niche=LONG[:100]))
    for number, topic in enumerate((LONG[:200], HEBREW)):
        queue.put(
            queue.Request(
                request_id=f"r{number}", channel_id="tidewise", topic=topic, format=Format.SHORT
            )
        )
    queue.entitle(queue.accept("r0"), LONG)
    yield
    with connect() as db, db.cursor() as cursor:
        cursor.executemany(
            "update marts.dim_videos set title = %(title)s where video_id = %(video_id)s", titles
        )
        cursor.executemany(
            "update marts.dim_channels set title = %(title)s where channel_id = %(channel_id)s",
            names,
        )


@IN_CHROMIUM
def test_endless_and_right_to_left_names_widen_no_page(
    hard_names: None, browser: Browser, server: str, password: str
) -> None:
    """`keep` fails where a page becomes wider than its screen. No name turns what follows it."""
    with visiting(browser) as context:
        shown = context.new_page()
        sign_in(shown, f"{server}/operations", password)
        for name, path in {
            "operations": "/operations",
            "overview": "/",
            "videos": "/videos?range=90 days",
            "video": "/videos?video=v0003",
            "costs": "/costs?range=90 days",
            "channels": "/channels?range=90 days",
        }.items():
            shown.goto(f"{server}{path}")
            expect(shown.locator(".yt-footer")).to_be_visible(timeout=PATIENCE)
            said = shown.locator(".stMain").inner_text()
            assert LONG[:100] in said or HEBREW.replace(TURN, "") in said, name
            ours = shown.locator(".yt-table, .yt-h1, .yt-about, .yt-banner").all_inner_texts()
            assert ours
            assert not any(TURN in each for each in ours), name
            keep(shown, f"{name}-names-light")
