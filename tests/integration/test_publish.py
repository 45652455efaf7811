"""A video is published exactly once, whatever happens on the way: real client, real server."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import pytest
from ytempire.channels.account import Account
from ytempire.channels.metadata import marker_of
from ytempire.channels.upload import open_session, send
from ytempire.errors import ProviderUnavailable, UploadRejected
from ytempire.warehouse.database import connect

from tests.publications import SCRIPT, of, silent, told, unsaid, uploads
from tests.publications import video as video

pytestmark = pytest.mark.slow


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


def test_an_answer_that_cannot_be_read_is_asked_for_again_not_sent_again(video, youtube) -> None:
    youtube.fault(method="youtube.videos.insert#chunk", kind="malformed", count=20)
    youtube.fault(method="youtube.videos.insert#status", kind="malformed", count=1)
    youtube_id = video()
    assert [each["video_id"] for each in youtube.videos()] == [youtube_id]


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
    unsaid()
    assert video() == first
    assert len(youtube.videos()) == 1


def test_a_forgotten_session_is_not_a_reason_to_upload_twice(video, youtube) -> None:
    first = video()
    unsaid(session="gone")
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
    publish(video_id, Script.model_validate_json(script), Path(file), Path(thumbnail),
            lambda fraction, note: None)
"""


def test_two_triggers_at_once_publish_once(video, youtube) -> None:
    arguments = (video.video_id, SCRIPT.model_dump_json(), str(video.file), str(video.thumbnail))
    both = [subprocess.Popen([sys.executable, "-c", PUBLISH, *arguments]) for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]
    assert len(youtube.videos()) == 1


def test_a_file_that_youtube_refuses_is_refused_and_told_of_once(video, youtube) -> None:
    video()  # it is noise, which YouTube finds out when it has all of it
    unsaid(session="gone")
    youtube.admin("advance", "POST", json={"hours": 1})
    for _ in range(2):
        with pytest.raises(UploadRejected, match="invalidFile"):
            video()
    assert told() == ["processing_failed"]
    assert len(youtube.videos()) == 1


def test_a_refused_thumbnail_leaves_the_video_found_not_doubled(video, youtube) -> None:
    good = video.thumbnail.read_bytes()
    video.thumbnail.write_bytes(b"not a picture")
    with pytest.raises(UploadRejected):
        video()
    video.thumbnail.write_bytes(good)
    video()
    [stored] = youtube.videos()
    assert len(stored["thumbnails"]) == 1


def by_hand(video, count: int, *, tags: list[str]) -> list[str]:
    """Uploads to the channel that are not ours; their ids."""
    account, file = Account("tidewise", "test"), video.file.with_name("small.mp4")
    file.write_bytes(b"small")
    ids = []
    for number in range(count):
        snippet = {"title": f"By hand {number}", "categoryId": "27", "tags": tags}
        resource = {"snippet": snippet, "status": {"privacyStatus": "private"}}
        uri = open_session(account.data, resource, file)
        ids.append(str(send(account.data, resource, file, uri, silent)["id"]))
    return ids


def test_a_lost_video_is_found_behind_all_that_was_uploaded_since(video, youtube) -> None:
    first = video()
    unsaid(session="gone")
    by_hand(video, 55, tags=["another"])
    youtube.admin("quota", "POST", json={"bucket": "uploads", "used": 2})
    assert video() == first
    assert youtube.admin("quota")["uploads"]["used"] == 2


def test_a_doubled_video_is_told_of_and_left_to_a_person(video, youtube) -> None:
    first = video()
    unsaid(session="gone")
    youtube.admin("advance", "POST", json={"hours": 2 / 3600})
    [double] = by_hand(video, 1, tags=[marker_of(video.video_id)])
    assert video() == first
    assert video() == first
    assert told() == ["video_doubled"]
    [(severity, detail)] = [
        (severity, detail)
        for severity, detail in of("channel_events", "severity, detail")
        if double in detail
    ]
    assert severity == "critical"
    assert first in detail
    assert {each["video_id"] for each in youtube.videos()} == {first, double}


def test_what_we_count_is_what_the_server_counts(video, youtube) -> None:
    video()
    theirs = youtube.admin("quota")
    counted = [("default", theirs["default"]["used"], 0), ("uploads", theirs["uploads"]["used"], 0)]
    assert of("quota", "bucket, used, held") == counted == [("default", 50, 0), ("uploads", 1, 0)]
