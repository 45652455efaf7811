"""The guard sees what became of grants, standings and videos, tells each once, and lets data go."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from ytempire.channels import accounts, deletion, guard, health
from ytempire.channels.account import Account
from ytempire.channels.upload import open_session, send
from ytempire.domain import Format
from ytempire.errors import MalformedAnswer, ProviderUnavailable
from ytempire.runs import queue
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

pytestmark = pytest.mark.slow

RESOURCE = {
    "snippet": {"title": "The sea", "categoryId": "27"},
    "status": {"privacyStatus": "public", "selfDeclaredMadeForKids": False},
}


def told(*kinds: str) -> list[tuple[str, str]]:
    """Channel and detail of the events of some kinds."""
    with connect() as db:
        rows = db.execute(
            "select channel_id, detail from ops.channel_events where kind = any(%s) "
            "order by event_id",
            (list(kinds),),
        )
        return [(row["channel_id"], row["detail"]) for row in rows]


def states() -> dict[str, str]:
    return {each.channel_id: each.state for each in accounts.all_channels()}


def video(youtube_id: str, name: str = "r1") -> str:
    """A video of tidewise that was published under an id."""
    wanted = queue.Request(
        request_id=name, channel_id="tidewise", topic="The sea", format=Format.SHORT
    )
    request_id = queue.put(wanted)
    assert request_id
    video_id = queue.accept(request_id)
    with connect() as db:
        db.execute(
            "update ops.videos set state = 'published', youtube_video_id = %s, "
            "published_at = ops.now() where video_id = %s",
            (youtube_id, video_id),
        )
    return video_id


def row(video_id: str) -> dict:
    with connect() as db:
        found = db.execute("select * from ops.videos where video_id = %s", (video_id,)).fetchone()
    assert found
    return found


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real video of one second."""
    import av
    import numpy as np

    path = tmp_path_factory.mktemp("movie") / "cut.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height = 72, 128
        for number in range(10):
            picture = np.full((128, 72, 3), number * 25, dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return path


@pytest.fixture
def uploaded(youtube, file: Path):
    """Uploads the video as tidewise; gives its id at YouTube."""

    def upload() -> str:
        service = Account("tidewise", "test").data
        uri = open_session(service, RESOURCE, file)
        return send(service, RESOURCE, file, uri, lambda fraction, note: None)["id"]

    return upload


def revoke(youtube) -> None:
    channel_id = accounts.channel("tidewise").youtube_channel_id
    youtube.admin("grants", "POST", json={"channel_id": channel_id, "revoked": True})


def test_a_channel_that_is_well_is_told_so_and_strikes_are_unknown_not_fine(youtube) -> None:
    found = guard.check("tidewise")
    assert found["grant"] == "good"
    assert found["standing"].startswith("unknown")
    assert told("grant_lost", "call_failed") == []


def test_a_dead_grant_stops_its_channel_alone_and_is_told_once(youtube) -> None:
    revoke(youtube)
    for name in ("tidewise", "ledger-lore", "tidewise", "quiet-orbit"):
        guard.check(name)
    assert states() == {
        "tidewise": "reauth_required",
        "ledger-lore": "active",
        "quiet-orbit": "active",
    }
    assert [channel for channel, _ in told("grant_lost")] == ["tidewise"]
    assert health.score("tidewise").total == 0


def test_a_token_endpoint_that_is_unwell_is_tried_again_and_kills_no_grant(youtube) -> None:
    youtube.fault(method="oauth.token", kind="503", count=1)
    with pytest.raises(ProviderUnavailable):
        guard.check("tidewise")
    assert states()["tidewise"] == "active"
    assert guard.check("tidewise")["grant"] == "good"


def test_the_end_of_the_quota_is_no_trouble_of_the_channels(youtube) -> None:
    youtube.fault(method="youtube.channels.list", kind="quota_exceeded", count=1)
    assert "quota is spent" in guard.check("tidewise")["rest"]
    assert health.score("tidewise").total == 100


def test_an_account_without_a_channel_is_not_a_dead_grant(youtube) -> None:
    youtube.fault(method="youtube.channels.list", kind="signup_required", count=9)
    assert "has no YouTube channel" in guard.check("tidewise")["grant"]
    assert states()["tidewise"] == "active"
    assert len(told("channel_missing")) == 1


@pytest.mark.parametrize(
    ("kind", "state", "says"),
    [
        ("processing_failed", "published", "could not process"),
        ("processing_rejected", "rejected", "rejected"),
    ],
)
def test_what_youtube_could_not_take_is_told_once_with_its_reason(
    youtube, uploaded, kind: str, state: str, says: str
) -> None:
    youtube.fault(method="youtube.videos.insert", kind=kind, count=1)
    video_id = video(uploaded())
    youtube.admin("advance", "POST", json={"hours": 1})
    for _ in range(2):
        guard.check("tidewise")
    assert row(video_id)["state"] == state
    [(_, detail)] = told("processing_failed", "video_rejected")
    assert says in detail
    assert "no reason" not in detail
    assert health.score("tidewise").worst.name == "processing"


def test_processing_that_does_not_end_is_told_after_a_day(youtube, uploaded) -> None:
    youtube.fault(method="youtube.videos.insert", kind="stuck_processing", count=1)
    video_id, now = video(uploaded()), clock.now()
    for hours, events in ((23, 0), (25, 1), (26, 1)):
        with clock.replayed(now + timedelta(hours=hours)):
            guard.check("tidewise")
        assert len(told("processing_stuck")) == events
    assert row(video_id)["state"] == "published"


def test_a_video_that_youtube_took_down_is_told_with_its_time(youtube, uploaded) -> None:
    youtube_id = uploaded()
    video_id, now = video(youtube_id), clock.now()
    youtube.admin("remove", "POST", json={"video_id": youtube_id})
    for minutes in (0, 61):
        with clock.replayed(now + timedelta(minutes=minutes)):
            guard.check("tidewise")
    assert (row(video_id)["state"], row(video_id)["removed_at"]) == ("removed", now)


def test_a_video_is_gone_only_at_a_second_look_an_hour_later(youtube) -> None:
    video_id, now = video("gone0000000"), clock.now()
    for minutes in (0, 59):
        with clock.replayed(now + timedelta(minutes=minutes)):
            guard.check("tidewise")
            assert row(video_id)["state"] == "published"
    with clock.replayed(now + timedelta(minutes=61)):
        guard.check("tidewise")
        guard.check("tidewise")
    assert (row(video_id)["state"], row(video_id)["removed_at"]) == ("removed", now)
    assert len(told("video_removed")) == 1


def test_a_video_that_was_only_missed_once_stays(youtube, uploaded) -> None:
    video_id, now = video(uploaded()), clock.now()
    with connect() as db:  # as a pull writes it down
        db.execute(
            "insert into ops.video_polls (youtube_video_id, channel_id, published_at, "
            "missing_since) values (%s, 'tidewise', ops.now(), ops.now())",
            (row(video_id)["youtube_video_id"],),
        )
    with clock.replayed(now + timedelta(hours=7)):
        guard.check("tidewise")
    assert row(video_id)["state"] == "published"
    with connect() as db:
        poll = db.execute("select missing_since from ops.video_polls").fetchone()
    assert poll == {"missing_since": None}


def test_a_removed_video_that_comes_back_is_published_again(youtube, uploaded) -> None:
    video_id = video(uploaded())
    with connect() as db:
        db.execute("update ops.videos set state = 'removed', removed_at = ops.now()")
    guard.check("tidewise")
    assert (row(video_id)["state"], row(video_id)["removed_at"]) == ("published", None)
    assert len(told("video_returned")) == 1


def test_a_garbled_list_of_videos_makes_none_of_them_gone(youtube) -> None:
    video_id, now = video("gone0000000"), clock.now()
    guard.check("tidewise")
    youtube.fault(method="youtube.videos.list", kind="malformed", count=9)
    with clock.replayed(now + timedelta(hours=2)), pytest.raises(MalformedAnswer):
        guard.check("tidewise")
    assert row(video_id)["state"] == "published"


def test_the_policy_is_rechecked_every_thirty_days(youtube) -> None:
    now = clock.now()
    due = []
    for days in (0, 1, 29, 30, 31, 60):
        with clock.replayed(now + timedelta(days=days)):
            due.append("policy" in guard.check("tidewise"))
    assert due == [True, False, False, True, False, True]


def test_data_go_thirty_days_after_a_grant_ended_and_are_counted(youtube) -> None:
    video("gone0000000")
    with connect() as db:
        for channel in ("tidewise", "quiet-orbit"):
            db.execute(
                "insert into raw.youtube_channels (run_id, fetched_at, channel_id, views) "
                "values ('r', ops.now(), %s, 5)",
                (channel,),
            )
    now = clock.now()
    revoke(youtube)
    assert "data go by" in guard.check("tidewise")["grant"]
    with clock.replayed(now + timedelta(days=29)):
        guard.check("tidewise")
        assert deletion.carry_out() == []
    with clock.replayed(now + timedelta(days=30)):
        [done] = deletion.carry_out()
        assert deletion.carry_out() == []
    assert done.removed == {"raw.youtube_channels": 1, "ops.grants": 1}
    with connect() as db:
        left = db.execute("select channel_id from raw.youtube_channels").fetchall()
        kept = db.execute("select count(*) as n from ops.videos").fetchone()
        noted = db.execute("select reason, removed, carried_out_at from ops.deletions").fetchone()
    assert left == [{"channel_id": "quiet-orbit"}]
    assert kept == {"n": 1}, "our own work is no data of YouTube's"
    assert noted
    assert (noted["reason"], noted["removed"]) == ("revoked_at_google", done.removed)
    assert noted["carried_out_at"] == now + timedelta(days=30)


def test_trends_of_others_are_kept_for_thirty_days(youtube) -> None:
    with connect() as db:
        db.execute(
            "insert into raw.trend_signals (run_id, fetched_at, niche) values "
            "('old', ops.now() - interval '31 days', 'sea'), "
            "('new', ops.now() - interval '29 days', 'sea')"
        )
    assert deletion.forget_trends() == 1
    with connect() as db:
        assert db.execute("select run_id from raw.trend_signals").fetchall() == [{"run_id": "new"}]
