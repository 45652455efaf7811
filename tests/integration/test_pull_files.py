"""When reach files and retention are asked for, and what a refusal of them costs: nothing else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from ytempire.analytics import youtube as pulls
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

from tests.integration.test_pull_videos import CHANNEL, later, one

pytestmark = pytest.mark.slow

REPORTS = "youtubereporting.jobs.reports.list"


@pytest.fixture
def reported(youtube):
    """A channel whose job was made two days ago and more: its first files lie ready."""
    pulls.pull_channel(CHANNEL, "run-0")
    youtube.admin("advance", "POST", json={"hours": 72})
    return youtube


def test_no_new_files_are_asked_for_within_six_hours(youtube) -> None:
    pulls.pull_channel(CHANNEL, "run-0")
    for hour in range(5):
        with later(youtube, 1):
            pulls.pull_channel(CHANNEL, f"again-{hour}")
    assert len(youtube.calls(REPORTS)) == 1
    with later(youtube, 1):
        pulls.pull_channel(CHANNEL, "run-6")
    assert len(youtube.calls(REPORTS)) == 2


def test_a_day_told_anew_is_another_report_and_both_are_kept(youtube) -> None:
    for number in range(10):
        with later(youtube, 24):
            pulls.pull_channel(CHANNEL, f"run-{number}")
    row = one(
        """
        select count(*) as told_anew, bool_and(reports > 1 and made = reports) as are_distinct
        from (select day, count(*) as reports, count(distinct reported_at) as made
              from raw.youtube_reports group by day having count(*) > 1) as days
        """
    )
    assert row["told_anew"] > 0
    assert row["are_distinct"]


def test_two_pulls_at_once_land_a_file_once(reported) -> None:
    with later(reported, 0), ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda run: pulls.pull_channel(CHANNEL, run), ("hourly", "by hand")))
    row = one(
        "select count(*) as rows, count(distinct (report_id, youtube_video_id)) as distinct_rows "
        "from raw.youtube_reach_days"
    )
    assert row["rows"] == row["distinct_rows"] > 0


def test_a_project_without_the_reporting_api_has_no_reach_and_says_so(youtube) -> None:
    youtube.fault(method="youtubereporting.jobs.list", kind="403", count=1)
    pulled = pulls.pull_channel(CHANNEL, "run-0")
    assert any(words.startswith("reach: ") for words in pulled.skipped)
    assert pulled.rows["youtube_video_days"] > 0
    with later(youtube, 1):
        assert not pulls.pull_channel(CHANNEL, "run-1").skipped, "it is asked again at once"


def test_new_videos_have_a_falling_curve_of_a_hundred_points(youtube) -> None:
    assert pulls.pull_channel(CHANNEL, "run-0").rows["youtube_retention"] > 0
    row = one(
        """
        select bool_and(points = 100) as are_whole, bool_and(begins > ends) as fall,
               bool_and(is_new) as are_new
        from (select count(*) as points, max(watch_ratio) as begins,
                     min(published_at) > %s as is_new,
                     (array_agg(watch_ratio order by elapsed_ratio desc))[1] as ends
              from raw.youtube_retention join ops.video_polls using (youtube_video_id)
              group by youtube_video_id) as curves
        """,
        clock.now() - timedelta(days=42),
    )
    assert row == {"are_whole": True, "fall": True, "are_new": True}


def test_a_curve_is_asked_for_again_at_the_next_age_only(youtube) -> None:
    pulls.pull_channel(CHANNEL, "run-0")
    with connect() as db:
        db.execute("update ops.video_polls set retention_at = ops.now() where retention_at is null")
    asked = "select count(*) as videos from ops.video_polls where retention_at > %s"
    with later(youtube, 1) as now:
        pulls.pull_channel(CHANNEL, "run-1")
        soon = one(asked, now - timedelta(minutes=30))["videos"]
    with later(youtube, 24 * 7) as now:
        pulls.pull_channel(CHANNEL, "run-2")
        week = one(asked, now - timedelta(minutes=30))["videos"]
    assert soon <= 1 < week
