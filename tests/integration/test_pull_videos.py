"""Videos come, go and grow old; each is asked for as often as it needs, within the day's quota."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from ytempire.analytics import looks
from ytempire.analytics import youtube as pulls
from ytempire.channels import quota
from ytempire.channels.account import Account
from ytempire.emulators.youtube.catalog import Scale
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

pytestmark = pytest.mark.slow

CHANNEL = "tidewise"


@contextmanager
def later(youtube, hours: float) -> Iterator[datetime]:
    """Both clocks move on: the local YouTube's for good, the house's for the block."""
    youtube.admin("advance", "POST", json={"hours": hours})
    at = datetime.fromisoformat(youtube.admin("clock")["now"])
    with clock.replayed(at):
        yield at


def one(query: str, *values: object) -> dict:
    with connect() as db:
        row = db.execute(query, values).fetchone()
    assert row
    return row


def newest() -> str:
    row = one("select youtube_video_id as id from ops.video_polls order by published_at desc")
    return row["id"]


def test_videos_of_two_weeks_are_counted_every_three_hours_and_older_ones_are_not(youtube) -> None:
    first = pulls.pull_channel(CHANNEL, "run-1").rows["youtube_video_counts"]
    with later(youtube, 3) as now:
        again = pulls.pull_channel(CHANNEL, "run-2").rows["youtube_video_counts"]
        young = one(
            "select count(*) as videos from ops.video_polls where published_at > %s",
            now - timedelta(days=14),
        )["videos"]
    assert 0 < again == young < first


def test_a_late_run_counts_all_that_became_due_meanwhile(youtube) -> None:
    first = pulls.pull_channel(CHANNEL, "run-1").rows["youtube_video_counts"]
    with later(youtube, 30):
        assert pulls.pull_channel(CHANNEL, "run-2").rows["youtube_video_counts"] >= first


def test_the_list_is_read_whole_once_a_day_and_its_newest_page_every_hour(youtube) -> None:
    for hour in range(25):
        with later(youtube, 1):
            pulls.pull_channel(CHANNEL, f"run-{hour}")
    whole = one("select count(*) as times from raw.pulls where source = 'youtube_listing'")
    assert whole["times"] == 2
    assert len(youtube.calls("youtube.playlistItems.list")) <= 27


def test_a_deleted_video_is_missing_first_and_gone_an_hour_later_and_keeps_its_past(
    youtube,
) -> None:
    pulls.pull_channel(CHANNEL, "run-1")
    gone = newest()
    account = Account(CHANNEL, "test")
    account.data.videos().delete(id=gone).execute()
    before = one(
        "select count(*) as rows from raw.youtube_video_counts where youtube_video_id = %s", gone
    )
    with later(youtube, 6) as now:
        pulls.pull_channel(CHANNEL, "run-2")
        poll = one("select * from ops.video_polls where youtube_video_id = %s", gone)
        assert poll["missing_since"] == pytest.approx(now, abs=timedelta(minutes=1))
        assert poll["removed_at"] is None, "one look may be wrong"
    with later(youtube, 1):
        pulls.pull_channel(CHANNEL, "run-3")
    asked = one("select * from ops.video_polls where youtube_video_id = %s", gone)
    assert asked["removed_at"] == asked["missing_since"] == poll["missing_since"]
    with later(youtube, 30):
        pulls.pull_channel(CHANNEL, "run-4")
    after = one(
        "select count(*) as rows, min(views) > 0 as is_counted from raw.youtube_video_counts "
        "where youtube_video_id = %s",
        gone,
    )
    assert after["rows"] == before["rows"], "missing from an answer is not zero"


def test_a_video_that_comes_back_is_no_longer_missing(youtube) -> None:
    pulls.pull_channel(CHANNEL, "run-1")
    name = newest()
    with connect() as db:
        db.execute(
            "update ops.video_polls set missing_since = ops.now() where youtube_video_id = %s",
            (name,),
        )
    with later(youtube, 2):
        pulls.pull_channel(CHANNEL, "run-2")
    poll = one("select * from ops.video_polls where youtube_video_id = %s", name)
    assert (poll["missing_since"], poll["removed_at"]) == (None, None)


def test_a_video_that_is_back_is_asked_for_all_its_days(youtube) -> None:
    pulls.pull_channel(CHANNEL, "run-1")
    name = newest()
    days = "select count(*) as known from raw.youtube_video_days where youtube_video_id = %s"
    before = one(days, name)
    assert before["known"] > 0
    with connect() as db:
        db.execute("delete from raw.youtube_video_days where youtube_video_id = %s", (name,))
        db.execute(
            "update ops.video_polls set removed_at = ops.now() where youtube_video_id = %s", (name,)
        )
    pulls.pull_channel(CHANNEL, "run-2")
    assert one(days, name) == before


def test_a_video_of_whose_days_none_is_told_any_more_is_missing(youtube) -> None:
    pulls.pull_channel(CHANNEL, "run-1")
    gone = newest()
    asked = one("select days_asked_at as at from ops.video_polls where youtube_video_id = %s", gone)
    Account(CHANNEL, "test").data.videos().delete(id=gone).execute()
    with later(youtube, 25) as now:
        with connect() as db:  # neither its counters nor the list are due
            db.execute("update ops.video_polls set counted_at = %s, described_at = %s", (now, now))
            db.execute(
                "update raw.pulls set fetched_at = %s where source = 'youtube_listing'", (now,)
            )
        pulls.pull_channel(CHANNEL, "run-2")
    poll = one("select * from ops.video_polls where youtube_video_id = %s", gone)
    assert poll["missing_since"] is not None
    assert poll["days_asked_at"] == asked["at"], "what is known of it is as old as before"
    others = one(
        "select min(days_asked_at) > %s as are_asked, count(missing_since) as missing "
        "from ops.video_polls where youtube_video_id <> %s",
        asked["at"],
        gone,
    )
    assert others == {"are_asked": True, "missing": 0}


def test_what_the_quota_does_not_pay_for_is_said_and_asked_the_next_day(youtube) -> None:
    quota.spend("test", stats=quota.limits()["stats"])
    pulled = pulls.pull_channel(CHANNEL, "run-1")
    assert pulled.rows["youtube_video_counts"] == 0
    assert pulled.rows["youtube_channel_days"] > 0, "days have a quota of their own"
    assert "counters" in pulled.skipped[0]
    with later(youtube, 25):
        again = pulls.pull_channel(CHANNEL, "run-2")
    assert again.rows["youtube_video_counts"] >= 30
    assert not [words for words in again.skipped if "counters" in words]


@pytest.mark.parametrize("youtube", [Scale(channels=1, videos=130)], indirect=True)
def test_a_quota_that_is_short_goes_to_the_youngest(youtube) -> None:
    quota.spend("test", stats=quota.limits()["stats"] - 2)
    pulled = pulls.pull_channel(CHANNEL, "run-1")
    assert pulled.rows["youtube_video_counts"] == 2 * looks.IDS
    left = one("select count(*) as videos from ops.video_polls")["videos"] - 2 * looks.IDS
    assert 20 < left < looks.IDS
    assert f"counters of the {left} oldest videos" in pulled.skipped[0]
    row = one(
        "select min(published_at) filter (where counted_at is not null) "
        "> max(published_at) filter (where counted_at is null) as is_so from ops.video_polls"
    )
    assert row["is_so"]


def test_a_pull_takes_its_units_at_once_and_never_more_than_it_sends(youtube) -> None:
    pulls.pull_channel(CHANNEL, "run-1")
    used = {bucket: each.used for bucket, each in quota.forecast().items()}
    counted = {bucket: each["used"] for bucket, each in youtube.admin("quota").items()}
    assert used == counted
    assert used["stats"] == 1
