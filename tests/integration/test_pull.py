"""A pull lands what YouTube says, whole or not at all, and keeps every version of a day."""

from __future__ import annotations

import pytest
from ytempire.analytics import youtube as pulls
from ytempire.errors import GrantRevoked, MalformedAnswer, ProviderUnavailable
from ytempire.local.simulated import write_past
from ytempire.warehouse.database import connect

pytestmark = pytest.mark.slow


def count(table: str) -> int:
    with connect() as db:
        row = db.execute(f"select count(*) as rows from {table}").fetchone()
    assert row
    return row["rows"]


def test_a_first_pull_lands_channel_videos_counters_and_their_days(youtube) -> None:
    pulled = pulls.pull_channel("tidewise", "run-1")
    assert pulled.rows["youtube_channels"] == 1
    assert pulled.rows["youtube_videos"] >= 30
    assert pulled.rows["youtube_video_counts"] == pulled.rows["youtube_videos"]
    with connect() as db:
        days = db.execute(
            """
            select min(day) < current_date - 80 as is_deep, max(day) < current_date - 1 as is_late,
                   bool_and(views >= engaged_views and engaged_views >= 0) as is_sane,
                   bool_and(is_simulated) as is_labelled,
                   count(revenue_usd) > count(*) * 0.9 as earns
            from raw.youtube_video_days
            """
        ).fetchone()
    assert days == {
        "is_deep": True,
        "is_late": True,
        "is_sane": True,
        "is_labelled": True,
        "earns": True,
    }


def test_the_same_run_again_lands_nothing_and_a_new_run_only_what_changed(youtube) -> None:
    pulls.pull_channel("tidewise", "run-1")
    before = count("raw.youtube_video_days")
    assert pulls.pull_channel("tidewise", "run-1").rows == {}
    again = pulls.pull_channel("tidewise", "run-2").rows
    assert again["youtube_video_days"] == 0
    assert again["youtube_videos"] == 0
    assert again["youtube_video_counts"] == 0, "nobody is asked twice within the hour"
    assert count("raw.youtube_video_days") == before


def test_a_restated_day_is_kept_beside_its_first_version(youtube) -> None:
    pulls.pull_channel("tidewise", "run-1")
    youtube.admin("advance", "POST", json={"hours": 24})
    pulls.pull_channel("tidewise", "run-2")
    with connect() as db:
        row = db.execute(
            """
            select count(*) as restated from (
                select youtube_video_id, day from raw.youtube_video_days
                group by 1, 2 having count(*) > 1) as several
            """
        ).fetchone()
    assert row and row["restated"] > 0


@pytest.mark.parametrize("kind", ["malformed", "truncated"])
def test_a_garbled_answer_lands_nothing_and_says_so(youtube, kind: str) -> None:
    youtube.fault(method="youtube.videos.list", kind=kind, count=20)
    with pytest.raises((MalformedAnswer, ProviderUnavailable)):
        pulls.pull_channel("tidewise", "run-1")
    assert count("raw.youtube_channels") == 0
    assert count("raw.pulls") == 0


def test_a_passing_fault_is_ridden_out(youtube) -> None:
    youtube.fault(method="youtube.videos.batchGetStats", kind="503", count=1)
    assert pulls.pull_channel("tidewise", "run-1").rows["youtube_video_counts"] > 0


def test_one_dead_grant_stops_one_channel(youtube) -> None:
    youtube.fault(method="oauth.token", kind="grant_revoked", count=1)
    with pytest.raises(GrantRevoked):
        pulls.pull_channel("tidewise", "run-1")
    assert pulls.pull_channel("quiet-orbit", "run-1").rows["youtube_videos"] > 0


def test_a_channel_outside_the_partner_programme_has_days_without_money(youtube) -> None:
    youtube.fault(method="youtubeAnalytics.reports.query", kind="no_revenue", probability=1.0)
    pulls.pull_channel("tidewise", "run-1")
    with connect() as db:
        row = db.execute(
            "select count(*) as days, count(revenue_usd) as paid from raw.youtube_channel_days"
        ).fetchone()
    assert row and row["days"] > 0
    assert row["paid"] == 0


def test_the_simulated_past_is_written_once_and_marked(youtube) -> None:
    new = write_past(youtube.address, seed=7)
    assert new >= 100
    assert write_past(youtube.address, seed=7) == 0
    with connect() as db:
        row = db.execute(
            """
            select bool_and(is_simulated) as is_marked, sum(amount_usd) > 10 as costs,
                   bool_or(is_failed) as fails from ops.ledger
            """
        ).fetchone()
    assert row == {"is_marked": True, "costs": True, "fails": True}
