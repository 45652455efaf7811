"""A video is published exactly once, whatever happens on the way: real client, real server."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from ytempire.channels import accounts, publish
from ytempire.channels.account import Account
from ytempire.config import settings
from ytempire.domain import Format, Scene, Script
from ytempire.errors import (
    ChannelResting,
    GrantRevoked,
    ProviderUnavailable,
    QuotaExhausted,
    UploadRejected,
)
from ytempire.runs import queue
from ytempire.warehouse.database import connect

pytestmark = pytest.mark.slow

CHUNK = 256 * 1024
SCRIPT = Script(
    title="Why the sea <rises> twice a day",
    description="The Moon pulls, the Earth turns.",
    scenes=(Scene(narration="The sea rises twice a day."),),
    tags=("tides", "moon"),
)


def silent(fraction: float, note: str) -> None:
    """Progress that nobody watches."""


@pytest.fixture
def video(youtube, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A video ready to be published, in chunks small enough to be broken off between."""
    monkeypatch.setenv("YTEMPIRE_YOUTUBE__CHUNK_BYTES", str(CHUNK))
    settings.cache_clear()
    file, thumbnail = tmp_path / "cut.mp4", tmp_path / "thumbnail.jpg"
    file.write_bytes(b"\x00\x00\x00\x18ftypmp42" + hashlib.shake_256(b"v").digest(3 * CHUNK + 77))
    Image.new("RGB", (1280, 720), "navy").save(thumbnail)
    request_id = queue.put(
        queue.Request(request_id="r1", channel_id="tidewise", topic="The sea", format=Format.SHORT)
    )
    assert request_id
    video_id = queue.accept(request_id)

    def run() -> str:
        return publish.publish(video_id, "tidewise", SCRIPT, file, thumbnail, silent)

    run.video_id, run.file, run.thumbnail = video_id, file, thumbnail
    return run


def uploads() -> list[dict]:
    with connect() as db:
        return db.execute("select * from ops.uploads").fetchall()


def test_the_file_arrives_whole_with_every_field_and_its_thumbnail(video, youtube) -> None:
    youtube_id = video()
    [stored] = youtube.videos()
    assert stored["video_id"] == youtube_id
    assert stored["sha256"] == hashlib.sha256(video.file.read_bytes()).hexdigest()
    assert len(stored["thumbnails"]) == 1
    [row] = uploads()
    assert (row["state"], row["youtube_video_id"]) == ("dressed", youtube_id)
    account = Account("tidewise", "test")
    [item] = account.read(
        account.data.videos().list(part="snippet,status", id=youtube_id), default=1
    )["items"]
    assert item["snippet"]["title"] == "Why the sea ‹rises› twice a day"
    assert item["snippet"]["tags"] == [f"yte-{video.video_id}", "tides", "moon"]
    assert item["status"]["privacyStatus"] == "public"
    assert item["status"]["selfDeclaredMadeForKids"] is False
    assert item["status"]["containsSyntheticMedia"] is True


def test_a_second_run_finds_the_same_video_and_sends_nothing(video, youtube) -> None:
    first = video()
    sent = len(youtube.admin("requests"))
    assert video() == first
    assert len(youtube.videos()) == 1
    assert len(youtube.admin("requests")) == sent


def test_the_session_is_written_down_before_the_first_byte(video, youtube) -> None:
    youtube.fault(method="youtube.videos.insert#chunk", kind="dropped", count=50)
    with pytest.raises(ProviderUnavailable):
        video()
    [row] = uploads()
    assert row["state"] == "opened"
    assert row["session_uri"].startswith(youtube.address)


@pytest.mark.parametrize("kind", ["503", "dropped"])
def test_a_broken_upload_goes_on_where_it_was(video, youtube, kind: str) -> None:
    youtube.fault(method="youtube.videos.insert#chunk", kind=kind, count=1)
    video()
    [stored] = youtube.videos()
    assert stored["sha256"] == hashlib.sha256(video.file.read_bytes()).hexdigest()


def test_killed_after_the_upload_the_restart_asks_the_session(
    video, youtube, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = video()
    with connect() as db:  # as if the answer had never been written down
        db.execute("update ops.uploads set state = 'opened', youtube_video_id = null")
        db.execute("update ops.videos set state = 'checked', youtube_video_id = null")
    assert video() == first
    assert len(youtube.videos()) == 1


def test_a_forgotten_session_is_not_a_reason_to_upload_twice(video, youtube) -> None:
    first = video()
    with connect() as db:
        db.execute(
            "update ops.uploads set state = 'opened', youtube_video_id = null, "
            "session_uri = session_uri || 'gone'"
        )
        db.execute("update ops.videos set state = 'checked', youtube_video_id = null")
    assert video() == first
    assert len(youtube.videos()) == 1


def test_a_forgotten_session_without_a_video_starts_over(video, youtube) -> None:
    youtube.fault(method="youtube.videos.insert#chunk", kind="dropped", count=50)
    with pytest.raises(ProviderUnavailable):
        video()
    youtube.admin("faults", "DELETE")
    with connect() as db:
        db.execute("update ops.uploads set session_uri = session_uri || 'gone'")
    video()
    assert len(youtube.videos()) == 1


PUBLISH = """
import sys
from pathlib import Path
from ytempire.channels.publish import publish
from ytempire.domain import Script
from ytempire.runs.stages import only_one

video_id, script, file, thumbnail = sys.argv[1:]
with only_one(video_id, "publish"):
    publish(video_id, "tidewise", Script.model_validate_json(script), Path(file),
            Path(thumbnail), lambda fraction, note: None)
"""


def test_two_triggers_at_once_publish_once(video, youtube) -> None:
    arguments = (video.video_id, SCRIPT.model_dump_json(), str(video.file), str(video.thumbnail))
    both = [subprocess.Popen([sys.executable, "-c", PUBLISH, *arguments]) for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]
    assert len(youtube.videos()) == 1


def test_spent_quota_stops_before_anything_is_opened(video, youtube) -> None:
    with connect() as db:
        db.execute(
            "insert into ops.quota values ('default', 'uploads', "
            "(now() at time zone 'America/Los_Angeles')::date, 100, 100)"
        )
    with pytest.raises(QuotaExhausted, match="midnight Pacific"):
        video()
    assert uploads() == []
    with connect() as db:  # all or none: the thumbnail's units were not taken either
        assert db.execute("select used from ops.quota where bucket = 'default'").fetchone() in (
            None,
            {"used": 0},
        )


def test_googles_word_that_the_quota_is_spent_closes_the_bucket(video, youtube) -> None:
    youtube.admin("quota", "POST", json={"bucket": "uploads", "used": 100})
    with pytest.raises(QuotaExhausted):
        video()
    with connect() as db:
        row = db.execute("select used from ops.quota where bucket = 'uploads'").fetchone()
    assert row == {"used": 100}


def test_a_channel_at_its_cap_rests(video, youtube) -> None:
    youtube.fault(method="youtube.videos.insert", kind="upload_limit", count=1)
    with pytest.raises(ChannelResting):
        video()
    assert accounts.channel("tidewise").state == "resting"


def test_a_revoked_grant_pauses_that_channel_alone(video, youtube) -> None:
    youtube.admin(
        "grants",
        "POST",
        json={
            "channel_id": accounts.channel("tidewise").youtube_channel_id,
            "revoked": True,
        },
    )
    with pytest.raises(GrantRevoked):
        video()
    states = {each.channel_id: each.state for each in accounts.all_channels()}
    assert states == {
        "tidewise": "reauth_required",
        "ledger-lore": "active",
        "quiet-orbit": "active",
    }


def test_a_refused_thumbnail_leaves_the_video_found_not_doubled(video, youtube) -> None:
    good = video.thumbnail.read_bytes()
    video.thumbnail.write_bytes(b"not a picture")
    with pytest.raises(UploadRejected):
        video()
    video.thumbnail.write_bytes(good)
    video()
    [stored] = youtube.videos()
    assert len(stored["thumbnails"]) == 1
