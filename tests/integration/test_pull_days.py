"""Days: the channel's first, the videos' where those moved, each again once a day; money apart."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from typer.testing import CliRunner
from ytempire.analytics import youtube as pulls
from ytempire.channels import accounts
from ytempire.cli import app
from ytempire.errors import InvalidInput, SomeFailed
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

from tests.integration.test_pull_videos import CHANNEL, later, one

pytestmark = pytest.mark.slow

REPORT = "youtubeAnalytics.reports.query"


def test_an_hour_in_which_no_day_moved_asks_only_for_the_videos_of_the_hour(youtube) -> None:
    pulls.pull_channel(CHANNEL, "run-1")
    before = answered(youtube)
    pulls.pull_channel(CHANNEL, "run-2")
    assert answered(youtube) - before == 2, "the channel's days and their money"


def answered(youtube) -> int:
    return len([call for call in youtube.calls(REPORT) if call["status"] == 200])


def test_after_any_hour_the_days_of_the_videos_are_those_that_youtube_tells(youtube) -> None:
    pulls.pull_channel(CHANNEL, "run-1")
    for hour in (7, 20, 26, 33):
        with later(youtube, hour):
            pulls.pull_channel(CHANNEL, f"run-{hour}")
            fresh = latest()
            with connect() as db:
                db.execute("delete from raw.youtube_video_days")
                db.execute("delete from raw.youtube_channel_days")
                first = one("select min(published_at) as at from ops.video_polls")["at"]
            pulls.pull_channel(
                CHANNEL, f"all-{hour}", start=clock.pacific_day(first) - timedelta(days=1)
            )
            assert latest() == fresh


def latest() -> list[tuple]:
    with connect() as db:
        rows = db.execute(
            """
            select distinct on (youtube_video_id, day)
                   youtube_video_id, day, views, watch_minutes, revenue_usd
            from raw.youtube_video_days order by 1, 2, fetched_at desc
            """
        ).fetchall()
    return [tuple(row.values()) for row in rows]


def test_every_video_is_asked_for_its_days_once_a_day_though_none_moved(youtube) -> None:
    pulls.pull_channel(CHANNEL, "run-0")
    before = one("select max(days_asked_at) as at from ops.video_polls")["at"]
    for hour in range(1, 25):
        with later(youtube, 1):
            pulls.pull_channel(CHANNEL, f"run-{hour}")
    assert one("select min(days_asked_at) as at from ops.video_polls")["at"] > before


def test_views_that_moved_between_videos_are_found_in_both_at_once(youtube) -> None:
    pulls.pull_channel(CHANNEL, "run-0")
    told = latest()
    with connect() as db:
        day = one(
            "select day from raw.youtube_video_days where views > 5 "
            "group by day having count(*) > 10 order by day limit 1 offset 50"
        )["day"]
        db.execute(
            """
            with two as (select youtube_video_id, row_number() over () as n
                         from raw.youtube_video_days where day = %(day)s and views > 5 limit 2)
            update raw.youtube_video_days as had
            set views = views + case n when 1 then 5 else -5 end
            from two where had.youtube_video_id = two.youtube_video_id and had.day = %(day)s
            """,
            {"day": day},
        )
    assert latest() != told
    for hour in range(1, 25):
        with later(youtube, 1):
            pulls.pull_channel(CHANNEL, f"run-{hour}")
        wrong = set(told) - set(row for row in latest() if row[1] == day)
        assert len([row for row in wrong if row[1] == day]) in (0, 2)
    assert [row for row in latest() if row[1] == day] == [row for row in told if row[1] == day]


def test_an_old_video_that_turns_up_late_brings_all_its_days(youtube) -> None:
    pulls.pull_channel(CHANNEL, "run-0")
    told = latest()
    name = one("select youtube_video_id as id from ops.video_polls order by published_at")["id"]
    with connect() as db:
        db.execute("delete from ops.video_polls where youtube_video_id = %s", (name,))
        db.execute("delete from raw.youtube_video_days where youtube_video_id = %s", (name,))
        db.execute("delete from raw.pulls where source = 'youtube_listing'")
    pulls.pull_channel(CHANNEL, "run-1")
    assert latest() == told


def test_known_money_outlives_an_answer_without_it(youtube) -> None:
    pulls.pull_channel(CHANNEL, "run-1")
    before = paid_days()
    assert before["video_days"] > 0
    youtube.fault(method=REPORT, kind="no_revenue", probability=1.0)
    with later(youtube, 26):
        pulls.pull_channel(CHANNEL, "run-2")
    row = one(
        "select count(*) as restated from raw.youtube_video_days where run_id = 'run-2' "
        "and revenue_usd is not null"
    )
    assert row["restated"] > 0, "a day must have been restated for this to say anything"
    assert paid_days() == before


def paid_days() -> dict:
    return one(
        """
        select (select count(*) from (
                    select distinct on (youtube_video_id, day) revenue_usd
                    from raw.youtube_video_days order by youtube_video_id, day, fetched_at desc
                ) as latest where revenue_usd is not null) as video_days,
               (select count(*) from (
                    select distinct on (day) revenue_usd
                    from raw.youtube_channel_days order by day, fetched_at desc
                ) as latest where revenue_usd is not null) as channel_days
        """
    )


def test_a_backfill_asks_for_a_range_again_and_twice_is_as_once(youtube) -> None:
    pulls.pull_channel(CHANNEL, "run-1")
    whole = latest()
    today = clock.pacific_day(clock.now())
    start, end = today - timedelta(days=70), today - timedelta(days=11)
    with connect() as db:
        db.execute("delete from raw.youtube_video_days where day between %s and %s", (start, end))
    filled = pulls.pull_channel(CHANNEL, "fill", start=start, end=end)
    assert filled.rows["youtube_video_days"] > 0
    assert latest() == whole
    assert pulls.pull_channel(CHANNEL, "fill", start=start, end=end).calls == 0
    again = pulls.pull_channel(CHANNEL, "fill again", start=start, end=end)
    assert again.rows["youtube_video_days"] == again.rows["youtube_channel_days"] == 0


def test_a_backfill_makes_no_day_but_its_own_look_asked_for(youtube) -> None:
    pulls.pull_channel(CHANNEL, "run-1")
    asked = looks()
    with later(youtube, 80) as at:
        today = clock.pacific_day(at)
        old, new = (today - timedelta(days=60), today - timedelta(days=40)), (today, None)
        for start, end in (old, new, (old[0], None)):
            pulls.pull_channel(CHANNEL, f"fill-{start}-{end}", start=start, end=end)
        assert looks() == asked
        assert pulls.pull_channel(CHANNEL, "run-2").rows["youtube_channel_days"] == 0
    assert [row["source"] for row in looks()] == [row["source"] for row in asked]
    assert all(now["at"] > before["at"] for now, before in zip(looks(), asked, strict=True))


def looks() -> list[dict]:
    """When the channel's newest days, its last 45 and its videos' were asked for."""
    with connect() as db:
        return db.execute(
            """
            select source, max(fetched_at) as at from raw.pulls
            where source in ('youtube', 'youtube_days') group by source
            union all
            select 'sweep', max(days_asked_at) from ops.video_polls order by source
            """
        ).fetchall()


def test_a_backfill_of_a_channel_that_was_never_pulled_lists_its_videos_first(youtube) -> None:
    today = clock.pacific_day(clock.now())
    filled = pulls.pull_channel(CHANNEL, "fill", start=today - timedelta(days=30))
    assert filled.rows["youtube_video_days"] > 0
    pulled = pulls.pull_channel(CHANNEL, "run-1")
    assert pulled.rows["youtube_channel_days"] > 0, "it still asks for all there is"


def test_a_backfill_without_a_first_day_is_refused() -> None:
    with pytest.raises(InvalidInput):
        pulls.pull_channel(CHANNEL, "fill", end=clock.pacific_day(clock.now()))


def test_a_person_can_pull_and_backfill(youtube) -> None:
    told = CliRunner().invoke(app, ["pull", "--channel", CHANNEL])
    assert told.exit_code == 0, told.output
    assert "youtube_video_days" in told.output
    today = clock.pacific_day(clock.now())
    told = CliRunner().invoke(
        app, ["pull", "--channel", CHANNEL, "--from", f"{today - timedelta(days=20)}"]
    )
    assert "nothing new" in told.output


def test_a_person_s_pull_of_all_goes_on_after_those_that_fail_and_names_them(youtube) -> None:
    dead, ill, *well = accounts.ids(connected=True)
    youtube.fault(method="oauth.token", kind="grant_revoked", count=1)
    there = accounts.channel(ill).youtube_channel_id
    youtube.fault(method="youtube.channels.list", kind="malformed", channel=there, count=20)
    told = CliRunner().invoke(app, ["pull"])
    assert told.exit_code == 1
    assert isinstance(told.exception, SomeFailed)
    assert not told.exception.is_transient, "one of them needs a person"
    said, *reasons = told.exception.message.splitlines()
    assert said == f"2 of {2 + len(well)} channels failed."
    assert [reason.split(":")[0].strip() for reason in reasons] == [dead, ill]
    assert "Connect the channel again." in reasons[0]
    landed = one("select array_agg(channel_id order by 1) as ids from raw.youtube_channels")["ids"]
    assert landed == sorted(well)
    assert all(f"{each}: " in told.output for each in well)


@pytest.mark.parametrize("day", ["2027-03-14", "2027-11-07"])  # 23 and 25 hours long
def test_a_day_of_another_length_is_landed_as_youtube_tells_it(youtube, day: str) -> None:
    now = datetime.fromisoformat(youtube.admin("clock")["now"])
    midnight = clock.pacific_midnight(date.fromisoformat(day))
    youtube.admin("advance", "POST", json={"hours": (midnight - now) / timedelta(hours=1) - 30})
    for number, hours in enumerate((0, 30, 1, 23, 1, 48, 48)):
        with later(youtube, hours):
            pulls.pull_channel(CHANNEL, f"run-{number}")
    with later(youtube, 0) as at:
        assert_as_told(at.date())
    row = one("select count(*) as known from raw.youtube_channel_days where day = %s", day)
    assert row["known"] > 0


def test_a_clock_that_ran_an_hour_ahead_loses_and_doubles_nothing(youtube) -> None:
    pulls.pull_channel(CHANNEL, "run-1")
    with later(youtube, 6) as at, clock.replayed(at + timedelta(hours=1)):
        pulls.pull_channel(CHANNEL, "ahead")
    with later(youtube, 0):
        again = pulls.pull_channel(CHANNEL, "right again").rows
    assert again["youtube_video_counts"] > 0, "looks from the future are not believed"
    assert again["youtube_video_days"] == 0
    with later(youtube, 24) as at:
        pulls.pull_channel(CHANNEL, "run-2")
        assert_as_told(at.date())


def assert_as_told(today: date) -> None:
    """What is known of the last 40 days is what asking for all of them anew tells."""
    known = [row for row in latest() if row[1] >= today - timedelta(days=40)]
    with connect() as db:
        db.execute("truncate raw.youtube_video_days, raw.youtube_channel_days")
    pulls.pull_channel(CHANNEL, "anew", start=today - timedelta(days=40))
    assert known == latest()
