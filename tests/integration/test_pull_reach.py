"""Reach, retention and garbled counters through whole pulls: real client, real server."""

from __future__ import annotations

from datetime import datetime

import pytest
from ytempire.analytics.youtube import pull_channel
from ytempire.errors import ContractBroken
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

pytestmark = pytest.mark.slow


def rows(query: str) -> list[dict]:
    with connect() as db:
        return db.execute(query).fetchall()


def later(youtube, hours: float) -> datetime:
    youtube.admin("advance", "POST", json={"hours": hours})
    return datetime.fromisoformat(youtube.admin("clock")["now"])


def test_reach_lands_once_a_file_and_agrees_with_the_days(youtube) -> None:
    assert not any("reach" in each for each in pull_channel("tidewise", "run-1").skipped)
    with clock.replayed(later(youtube, 50)):
        pull_channel("tidewise", "run-2")
        landed = rows("select * from raw.youtube_reach_days")
        files = rows("select * from raw.youtube_reports")
        assert len(files) >= 27
        assert len({row["report_id"] for row in landed}) == len(files)
    with clock.replayed(later(youtube, 7)):
        pull_channel("tidewise", "run-3")
    again = rows("select report_id, count(*) as n from raw.youtube_reports group by 1")
    assert {row["n"] for row in again} == {1}
    # A click is a view of that day; only what was restated meanwhile may differ, by 5 %.
    beyond = rows(
        """
        select reach.youtube_video_id, reach.day, reach.impressions * reach.ctr as clicks, day.views
        from raw.youtube_reach_days as reach
        join lateral (
            select views from raw.youtube_video_days as version
            where version.youtube_video_id = reach.youtube_video_id and version.day = reach.day
            order by fetched_at desc limit 1) as day on true
        where reach.impressions * reach.ctr > day.views * 1.1 + 1
        """
    )
    assert beyond == []
    assert len(youtube.calls("youtubereporting.jobs.create")) == 1


def test_a_renamed_column_of_a_file_lands_nothing_of_the_pull(youtube) -> None:
    pull_channel("tidewise", "run-1")
    youtube.fault(method="youtubereporting.media.download", kind="renamed_column", count=1)
    with clock.replayed(later(youtube, 50)):
        with pytest.raises(ContractBroken, match="video_thumbnail_impressions"):
            pull_channel("tidewise", "run-2")
        assert rows("select 1 from raw.pulls where run_id = 'run-2'") == []
        assert rows("select 1 from raw.youtube_reach_days") == []
        pull_channel("tidewise", "run-2")
    assert rows("select 1 from raw.youtube_reach_days limit 1")


def test_a_renamed_column_of_a_day_report_lands_nothing_of_the_pull(youtube) -> None:
    youtube.fault(method="youtubeAnalytics.reports.query", kind="renamed_column", count=1)
    with pytest.raises(ContractBroken):
        pull_channel("tidewise", "run-1")
    assert rows("select 1 from raw.pulls") == []


def test_young_videos_have_a_retention_curve_that_falls(youtube) -> None:
    pull_channel("tidewise", "run-1")
    curves = rows(
        """
        select youtube_video_id, count(*) as points,
               bool_and(watch_ratio <= before or before is null) as falls
        from (select *, lag(watch_ratio) over (
                  partition by youtube_video_id order by elapsed_ratio) as before
              from raw.youtube_retention) as curve
        group by 1
        """
    )
    assert curves
    assert all(row["points"] == 100 and row["falls"] for row in curves)


@pytest.mark.parametrize(
    ("kind", "reason"), [("negative_counter", "negative"), ("alien_id", "asked")]
)
def test_a_garbled_counter_is_put_aside_with_its_reason_and_the_rest_lands(
    youtube, kind: str, reason: str
) -> None:
    youtube.fault(method="youtube.videos.batchGetStats", kind=kind, count=1)
    pulled = pull_channel("tidewise", "run-1")
    [reject] = rows("select * from raw.rejects")
    assert reason in reject["reason"]
    assert pulled.rejected == 1
    assert pulled.rows["youtube_video_counts"] >= 35
    assert rows("select 1 from raw.youtube_video_counts where views < 0") == []
