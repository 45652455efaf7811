"""Trend signals from a local YouTube, and the ideas they become."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from ytempire.analytics import trends
from ytempire.channels import accounts, quota
from ytempire.planning import ideas, requests
from ytempire.runs import queue
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

pytestmark = pytest.mark.slow


def signals(source: str) -> list[dict]:
    with connect() as db:
        return db.execute(
            "select * from raw.trend_signals where source = %s order by youtube_video_id",
            (source,),
        ).fetchall()


def test_watched_channels_and_a_search_are_held_against_their_own_median(youtube) -> None:
    looked = trends.pull_trends("tidewise", "run-1")
    assert looked.skipped == ()
    watched, found = signals("watched"), signals("search")
    assert len(watched) == 6 * trends.NEWEST
    assert found
    assert all(row["query"] == "ocean science" for row in found)
    baselines = {row["channel_title"]: row["baseline_per_hour"] for row in watched}
    assert len(baselines) == len(set(baselines.values())) == 6
    oldest = datetime.now(UTC) - timedelta(days=trends.SEARCH_DAYS, hours=1)
    assert all(row["published_at"] > oldest for row in found)
    mine = accounts.channel("tidewise").title
    assert all(row["channel_title"] != mine for row in [*watched, *found])


def test_a_niche_is_searched_once_in_six_hours(youtube) -> None:
    trends.pull_trends("tidewise", "run-1")
    trends.pull_trends("tidewise", "run-2")
    assert len(youtube.calls("youtube.search.list")) == 1
    with clock.replayed(datetime.now(UTC) + trends.SEARCHED_FOR + timedelta(minutes=1)):
        trends.pull_trends("tidewise", "run-3")
    assert len(youtube.calls("youtube.search.list")) == 2


def test_without_searches_left_the_look_says_so_and_lands_the_rest(youtube) -> None:
    quota.close("search")
    looked = trends.pull_trends("tidewise", "run-1")
    assert looked.skipped == ("search 'ocean science': the day's searches are spent",)
    assert signals("watched")
    assert signals("search") == []


def test_a_cleared_look_replaces_its_first_try(youtube) -> None:
    first = trends.pull_trends("tidewise", "run-1").rows
    with clock.replayed(datetime.now(UTC) + trends.SEARCHED_FOR):
        trends.pull_trends("tidewise", "run-1")
    with connect() as db:
        row = db.execute("select count(*) as n from raw.trend_signals").fetchone()
    assert row and row["n"] <= first + 1


def test_our_own_videos_are_signals_once_their_first_week_is_told(youtube) -> None:
    now = datetime.now(UTC)
    with connect() as db:
        for number in range(6):
            published = now - timedelta(days=20 + number)
            name = f"own{number:08}"
            db.execute(
                "insert into ops.requests (request_id, channel_id, topic, format, source) "
                "values (%s, 'tidewise', %s, 'short', 'history')",
                (name, f"topic {number}"),
            )
            db.execute(
                "insert into ops.videos (video_id, request_id, channel_id, title, format, tier, "
                "state, youtube_video_id, published_at) values (%(n)s, %(n)s, 'tidewise', %(n)s, "
                "'short', 'standard', 'published', %(n)s, %(at)s)",
                {"n": name, "at": published},
            )
            days = 6 if number == 5 else 7  # the last one's week is not told whole
            db.execute(
                "insert into raw.youtube_video_days (run_id, fetched_at, channel_id, "
                "youtube_video_id, day, views) select 'r', now(), 'tidewise', %s, "
                "ops.pacific_day(%s) + n, %s from generate_series(0, %s) as n",
                (name, published, 100 * (number + 1), days - 1),
            )
    trends.pull_trends("tidewise", "run-1")
    own = signals("own")
    assert [row["topic"] for row in own] == [f"topic {n}" for n in range(5)]
    assert [row["views"] for row in own] == [700 * (n + 1) for n in range(5)]
    assert {row["baseline_per_hour"] for row in own} == {own[2]["views_per_hour"]}


def test_the_trend_feed_fills_each_slot_once_with_its_evidence(youtube) -> None:
    for channel in ("tidewise", "ledger-lore", "quiet-orbit"):
        trends.pull_trends(channel, "run-1")
    morning = clock.pacific_midnight(clock.pacific_day(clock.now())) + timedelta(hours=5)
    asked = ideas.plan(morning)
    assert len(asked) == 3
    assert ideas.plan(morning) == []
    assert len(ideas.plan(morning + timedelta(hours=12))) == 3
    runs = requests.runs_to_start()
    assert {run["conf"]["request_id"] for run in runs} == {run["trigger_run_id"] for run in runs}
    assert len(runs) == 6
    evidence = queue.get(asked[0]).evidence
    assert evidence["is_simulated"] is True
    assert len(evidence["signals"]) == 8
    assert evidence["because"]
    assert evidence["score"] == pytest.approx(sum(evidence["parts"].values()), abs=0.01)
