"""What YouTube refuses is not sent again, and another cut of the video is."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from ytempire.channels import manual, stages
from ytempire.errors import MustWait, ProviderUnavailable, UploadRejected
from ytempire.warehouse import clock

from tests.made_videos import beside, made, playable
from tests.publications import of, told, unsaid, uploads
from tests.publications import video as video

pytestmark = pytest.mark.slow


@pytest.fixture
def good(tmp_path: Path) -> bytes:
    """A cut that YouTube can play."""
    return playable(tmp_path / "good.mp4").read_bytes()


def noise_is_found_out(youtube) -> None:
    """An upload's worker dies, its session is forgotten, and YouTube has had time to look at it."""
    unsaid(session="gone")
    youtube.admin("advance", "POST", json={"hours": 1})


@pytest.fixture
def refused(video, youtube):
    """A video whose cut was refused."""
    video()
    noise_is_found_out(youtube)
    with pytest.raises(UploadRejected, match="invalidFile"):
        video()
    return video


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_the_same_cut_is_not_sent_again(refused, youtube) -> None:
    asked = len(youtube.admin("requests"))
    with pytest.raises(UploadRejected, match="invalidFile"):
        refused()
    assert len(youtube.admin("requests")) == asked
    assert of("uploads", "state") == [("rejected",)]
    assert {held for (held,) in of("quota", "held")} == {0}
    assert told() == ["processing_failed"]


def test_another_cut_has_an_upload_of_its_own(refused, youtube, good: bytes) -> None:
    refused.file.write_bytes(good)
    youtube_id = refused()
    theirs = {each["video_id"]: each["sha256"] for each in youtube.videos()}
    assert len(theirs) == 2
    assert theirs[youtube_id] == digest(good)
    [row] = uploads()
    assert (row["state"], row["youtube_video_id"]) == ("dressed", youtube_id)
    assert of("videos", "state, youtube_video_id") == [("published", youtube_id)]


def test_another_cut_that_is_lost_is_not_taken_for_the_refused_one(
    refused, youtube, good: bytes
) -> None:
    refused.file.write_bytes(good)
    second = refused()
    unsaid(session="gone")
    assert refused() == second
    assert "video_doubled" not in told()


def test_another_cut_that_comes_before_the_refusal_is_known_is_sent_all_the_same(
    video, youtube, good: bytes
) -> None:
    video()
    noise_is_found_out(youtube)
    video.file.write_bytes(good)
    youtube_id = video()
    theirs = {each["video_id"]: each["sha256"] for each in youtube.videos()}
    assert theirs[youtube_id] == digest(good)
    assert told() == ["processing_failed"]


def broken_off(video, youtube) -> bytes:
    """An upload of which no byte arrived, and another cut of the same size."""
    youtube.fault(method="youtube.videos.insert#chunk", kind="dropped", count=50)
    with pytest.raises(ProviderUnavailable):
        video()
    youtube.admin("faults", "DELETE")
    other: bytes = video.file.read_bytes()[:-1] + b"!"
    video.file.write_bytes(other)
    return other


def test_a_cut_never_goes_on_in_the_session_of_another(video, youtube) -> None:
    other = broken_off(video, youtube)
    video()
    assert [each["sha256"] for each in youtube.videos()] == [digest(other)]
    assert youtube.calls("youtube.playlistItems.list") == [], "nothing could be found yet"


def test_a_cut_whose_last_bytes_may_have_travelled_is_looked_for_before_another_is_sent(
    video, youtube
) -> None:
    video.file.write_bytes(b"a single chunk is the last one")
    other, now = broken_off(video, youtube), clock.now()
    with pytest.raises(MustWait, match="looked for"):
        video()
    assert youtube.videos() == []
    with clock.replayed(now + timedelta(hours=2)):
        video()
    assert [each["sha256"] for each in youtube.videos()] == [digest(other)]


def test_a_refused_video_may_be_published_by_hand(video, youtube, tmp_path: Path) -> None:
    video_id = made("refused", beside(video.file, tmp_path))
    stages.publish(video_id)
    noise_is_found_out(youtube)
    with pytest.raises(UploadRejected):
        stages.publish(video_id)
    assert manual.hand_over(video_id, tmp_path / "handed").video_id == video_id


def test_a_refused_publication_names_its_video(video, youtube) -> None:
    video.thumbnail.write_bytes(b"not a picture")
    with pytest.raises(UploadRejected):
        video()
    assert of("channel_events", "kind, video_id")[-1] == ("publish_failed", video.video_id)
