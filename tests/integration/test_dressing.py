"""The day's spare quota dresses the best videos, once: real client, real server."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from googleapiclient.http import MediaFileUpload
from ytempire.channels import quota
from ytempire.channels.account import Account
from ytempire.channels.dressing import dress
from ytempire.domain import Format
from ytempire.runs import artifacts, queue
from ytempire.warehouse.database import connect

pytestmark = pytest.mark.slow


@pytest.fixture
def published(youtube, tmp_path: Path):
    """Publishes a video without captions; gives its id. `pace`: its views, an hour after it."""
    file = tmp_path / "cut.mp4"
    file.write_bytes(b"\x00\x00\x00\x18ftypmp42" + hashlib.shake_256(b"v").digest(5_000))
    captions = tmp_path / "captions.srt"
    captions.write_text("1\n00:00:00,000 --> 00:00:02,000\nThe sea rises.\n")
    account = Account("tidewise", "test")

    def publish(name: str, views: int) -> str:
        request_id = queue.put(
            queue.Request(request_id=name, channel_id="tidewise", topic=name, format=Format.SHORT)
        )
        assert request_id
        video_id = queue.accept(request_id)
        artifacts.save(video_id, "captions", captions)
        insertion = account.data.videos().insert(
            part="snippet,status",
            body={"snippet": {"title": name}, "status": {"privacyStatus": "public"}},
            media_body=MediaFileUpload(str(file), mimetype="video/mp4", resumable=True),
        )
        sent = account.write(insertion)
        with connect() as db:
            db.execute(
                "update ops.videos set state = 'published', youtube_video_id = %s, "
                "published_at = ops.now() - interval '2 hours' where video_id = %s",
                (sent["id"], video_id),
            )
            db.execute(
                "insert into ops.uploads (video_id, channel_id, marker, state, session_uri, bytes, "
                "youtube_video_id) values (%s, 'tidewise', %s, 'dressed', 'x', 1, %s)",
                (video_id, f"m-{video_id}", sent["id"]),
            )
            db.execute(
                "insert into raw.youtube_video_counts (run_id, fetched_at, youtube_video_id, "
                "views) values ('r', now(), %s, %s)",
                (sent["id"], views),
            )
        return video_id

    return publish


def captioned(youtube) -> list[str]:
    return [each["body"]["snippet"]["title"] for each in youtube.videos() if each["captions"]]


def leave(units: int) -> None:
    """Let the day's default bucket have so many units left, at no pace."""
    limit = quota.limits()["default"]
    with connect() as db:
        db.execute("delete from ops.quota_hours")
        db.execute(
            "insert into ops.quota (project, bucket, pacific_day, used, quota_limit) "
            "values ('default', 'default', ops.pacific_day(ops.now()), %(used)s, %(limit)s) "
            "on conflict (project, bucket, pacific_day) do update set used = %(used)s",
            {"used": limit - units, "limit": limit},
        )


def test_what_is_left_goes_to_the_best_video_first(youtube, published) -> None:
    published("slow", 40)
    published("fast", 4_000)
    leave(quota.CAPTION + 100)
    done = dress()
    assert captioned(youtube) == ["fast"]
    assert (len(done.given), done.waiting) == (1, 1)
    leave(9_000)
    dress()
    assert captioned(youtube) == ["slow", "fast"]
    assert dress().given == ()


def test_units_that_coming_videos_need_are_not_spent(youtube, published) -> None:
    published("fast", 4_000)
    request_id = queue.put(
        queue.Request(request_id="next", channel_id="tidewise", topic="next", format=Format.SHORT)
    )
    assert request_id
    queue.accept(request_id)
    leave(quota.CAPTION + quota.THUMBNAIL - 1)
    assert dress().given == ()
    leave(quota.CAPTION + quota.THUMBNAIL)
    assert len(dress().given) == 1


def test_captions_whose_answer_was_lost_are_found_not_doubled(youtube, published) -> None:
    published("fast", 4_000)
    leave(9_000)
    youtube.fault(method="youtube.captions.insert", kind="truncated", count=1)
    assert len(dress().failed) == 1
    leave(9_000)  # the first try's units are the pace of a day that has just begun
    assert len(dress().given) == 1
    [video] = youtube.videos()
    assert len(video["captions"]) == 1


def test_a_video_enters_its_channels_playlist_once(youtube, published) -> None:
    account = Account("tidewise", "test")
    made = account.write(
        account.data.playlists().insert(part="snippet", body={"snippet": {"title": "Tides"}})
    )
    with connect() as db:
        db.execute(
            "update ops.channels set wording = jsonb_build_object('playlist', %s::text)",
            (made["id"],),
        )
    published("fast", 4_000)
    leave(100)
    youtube.fault(method="youtube.playlistItems.insert", kind="truncated", count=1)
    assert len(dress().failed) == 1
    leave(100)
    assert len(dress().given) == 1
    [video] = youtube.videos()
    assert len(video["playlist_items"]) == 1
