import hashlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaIoBaseUpload
from PIL import Image

HTTP = httpx.Client()

GRANULE = 256 * 1024
FIELDS = {
    "snippet": {"title": "Why the sea is not level", "tags": ["sea"], "categoryId": "27"},
    "status": {
        "privacyStatus": "public",
        "selfDeclaredMadeForKids": False,
        "containsSyntheticMedia": True,
    },
}


def open_session(youtube: Any, size: int, body: object = FIELDS) -> httpx.Response:
    return HTTP.post(
        f"{youtube.address}/upload/youtube/v3/videos",
        params={"uploadType": "resumable", "part": "snippet,status"},
        headers={
            **youtube.headers(),
            "X-Upload-Content-Length": str(size),
            "X-Upload-Content-Type": "video/mp4",
        },
        json=body,
    )


def put(session: str, content: bytes, content_range: str) -> httpx.Response:
    return HTTP.put(session, content=content, headers={"Content-Range": content_range})


def reason(answer: httpx.Response) -> str:
    return str(answer.json()["error"]["errors"][0]["reason"])


def test_google_s_client_uploads_in_chunks_and_every_field_is_kept(
    youtube: Any, movie: Path
) -> None:
    video = youtube.upload(movie)
    assert video["status"]["uploadStatus"] == "uploaded"
    (kept,) = youtube.admin("videos")
    assert kept["body"]["snippet"] == FIELDS["snippet"]
    assert kept["body"]["status"] == FIELDS["status"]
    assert kept["sha256"] == hashlib.sha256(movie.read_bytes()).hexdigest()
    assert (kept["bytes"], kept["width"], kept["height"]) == (movie.stat().st_size, 72, 128)
    assert kept["video_id"] == video["id"]
    chunks = youtube.admin("requests", method="youtube.videos.insert#chunk")
    assert [chunk["status"] for chunk in chunks] == [308, 308, 200]
    assert youtube.admin("quota")["uploads"]["used"] == 1


def test_an_upload_is_processed_then_watched_as_a_short_of_its_channel(
    youtube: Any, movie: Path
) -> None:
    service, video = youtube.data(), youtube.upload(movie)["id"]
    youtube.set("advance", hours=30)
    parts = "status,contentDetails,statistics,processingDetails"
    (item,) = service.videos().list(id=video, part=parts).execute()["items"]
    assert item["status"]["uploadStatus"] == "processed"
    assert item["processingDetails"]["processingStatus"] == "succeeded"
    assert item["contentDetails"]["duration"] == "PT2S"
    assert int(item["statistics"]["viewCount"]) > 100
    uploads = "UU" + youtube.grant()["channel_id"][2:]
    newest = service.playlistItems().list(playlistId=uploads, part="contentDetails").execute()
    assert newest["items"][0]["contentDetails"]["videoId"] == video
    assert newest["pageInfo"]["totalResults"] == 41


def test_a_finished_session_repeats_its_answer(youtube: Any, movie: Path) -> None:
    content = movie.read_bytes()
    session = open_session(youtube, len(content)).headers["Location"]
    whole = f"bytes 0-{len(content) - 1}/{len(content)}"
    first = put(session, content, whole)
    assert first.status_code == 200
    assert put(session, b"", f"bytes */{len(content)}").json() == first.json()
    assert put(session, content, whole).json() == first.json()
    assert len(youtube.admin("videos")) == 1


def test_a_status_query_tells_what_has_arrived(youtube: Any, movie: Path) -> None:
    content = movie.read_bytes()
    size = len(content)
    session = open_session(youtube, size).headers["Location"]
    empty = put(session, b"", f"bytes */{size}")
    assert (empty.status_code, empty.headers.get("Range")) == (308, None)
    sent = put(session, content[:GRANULE], f"bytes 0-{GRANULE - 1}/{size}")
    assert (sent.status_code, sent.headers["Range"]) == (308, f"bytes=0-{GRANULE - 1}")
    asked = put(session, b"", f"bytes */{size}")
    assert asked.headers["Range"] == f"bytes=0-{GRANULE - 1}"
    rest = put(session, content[GRANULE:], f"bytes {GRANULE}-{size - 1}/{size}")
    assert rest.status_code == 200
    assert youtube.admin("videos")[0]["sha256"] == hashlib.sha256(content).hexdigest()


def test_bytes_sent_twice_are_stored_once(youtube: Any, movie: Path) -> None:
    content = movie.read_bytes()
    size = len(content)
    session = open_session(youtube, size).headers["Location"]
    put(session, content[:GRANULE], f"bytes 0-{GRANULE - 1}/{size}")
    assert put(session, content, f"bytes 0-{size - 1}/{size}").status_code == 200
    assert youtube.admin("videos")[0]["sha256"] == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("sent", "content_range"),
    [
        (1000, "bytes 0-999/{size}"),  # no multiple of 256 KiB
        (GRANULE, "bytes 262144-524287/{size}"),  # a hole before it
        (GRANULE, "bytes 0-262143/5"),  # of another file
        (GRANULE, "bytes 0-/{size}"),
        (GRANULE, "bytes 5-262143/{size}"),  # fewer bytes announced than sent
    ],
)
def test_a_chunk_out_of_line_is_refused_and_nothing_is_stored(
    youtube: Any, movie: Path, sent: int, content_range: str
) -> None:
    size = movie.stat().st_size
    session = open_session(youtube, size).headers["Location"]
    answer = put(session, b"x" * sent, content_range.format(size=size))
    assert (answer.status_code, reason(answer)) == (400, "badRequest")
    assert "Range" not in put(session, b"", f"bytes */{size}").headers


def test_unknown_and_expired_sessions_are_gone(youtube: Any, movie: Path) -> None:
    size = movie.stat().st_size
    session = open_session(youtube, size).headers["Location"]
    assert put(session + "x", b"", f"bytes */{size}").status_code == 404
    youtube.set("advance", hours=24 * 8)
    assert put(session, b"", f"bytes */{size}").status_code == 404


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"snippet": {"title": "<b>"}}, "invalidTitle"),
        ({"snippet": {"titel": "x"}}, "badRequest"),
        ({"status": {"privacyStatus": "secret"}}, "badRequest"),
        ({"status": {"publishAt": "2027-01-01T00:00:00Z"}}, "invalidPublishAt"),
    ],
)
def test_metadata_is_checked_before_any_byte(
    youtube: Any, change: dict[str, Any], wanted: str
) -> None:
    answer = open_session(youtube, 10, {**FIELDS, **change})
    assert (answer.status_code, reason(answer)) == (400, wanted)
    assert youtube.admin("quota")["uploads"]["used"] == 1


def test_without_a_privacy_status_a_video_is_public(youtube: Any, movie: Path) -> None:
    content = movie.read_bytes()
    session = open_session(youtube, len(content), {"snippet": FIELDS["snippet"]})
    put(session.headers["Location"], content, f"bytes 0-{len(content) - 1}/{len(content)}")
    youtube.set("advance", hours=1)
    video = youtube.admin("videos")[0]["video_id"]
    stranger = youtube.data("ledger-lore").videos().list(id=video, part="status").execute()
    assert stranger["items"][0]["status"]["privacyStatus"] == "public"


def test_a_scheduled_video_is_private_until_its_time(youtube: Any, movie: Path) -> None:
    from datetime import datetime, timedelta

    now = datetime.fromisoformat(youtube.admin("clock")["now"])
    at = (now + timedelta(hours=5)).isoformat()
    video = youtube.upload(movie, privacyStatus="private", publishAt=at)["id"]
    stranger = youtube.data("ledger-lore")
    assert not stranger.videos().list(id=video, part="id").execute()["items"]
    youtube.set("advance", hours=20)
    (item,) = stranger.videos().list(id=video, part="status,statistics").execute()["items"]
    assert item["status"]["privacyStatus"] == "public"
    assert int(item["statistics"]["viewCount"]) > 0


def test_a_file_that_is_no_video_fails_in_processing(youtube: Any, tmp_path: Path) -> None:
    file = tmp_path / "not.mp4"
    file.write_bytes(b"This is a text.\n" * 30)
    video = youtube.upload(file)["id"]
    youtube.set("advance", hours=1)
    (item,) = youtube.data().videos().list(id=video, part="status").execute()["items"]
    assert item["status"]["uploadStatus"] == "failed"
    assert item["status"]["failureReason"] == "invalidFile"


def test_simple_uploads_of_videos_are_not_served(youtube: Any) -> None:
    answer = HTTP.post(
        f"{youtube.address}/upload/youtube/v3/videos?uploadType=media&part=snippet",
        headers=youtube.headers(),
        content=b"x",
    )
    assert answer.status_code == 501


def picture(kind: str) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (1280, 720), "teal").save(buffer, kind)
    return buffer.getvalue()


def media(content: bytes, kind: str, *, resumable: bool = False) -> MediaIoBaseUpload:
    return MediaIoBaseUpload(BytesIO(content), mimetype=kind, resumable=resumable)


@pytest.mark.parametrize("resumable", [False, True])
def test_a_thumbnail_is_set_and_served(youtube: Any, movie: Path, resumable: bool) -> None:
    service, video = youtube.data(), youtube.upload(movie)["id"]
    image = picture("JPEG")
    body = media(image, "image/jpeg", resumable=resumable)
    answer = service.thumbnails().set(videoId=video, media_body=body).execute()
    url = answer["items"][0]["maxres"]["url"]
    assert HTTP.get(url).content == image
    (kept,) = youtube.admin("videos")[0]["thumbnails"]
    assert kept["sha256"] == hashlib.sha256(image).hexdigest()
    assert youtube.admin("quota")["default"]["used"] == 50


@pytest.mark.parametrize(
    ("key", "content", "status"),
    [("tidewise", b"GIF89a", 400), ("ledger-lore", picture("PNG"), 403)],
)
def test_a_bad_or_foreign_thumbnail_is_refused(
    youtube: Any, movie: Path, key: str, content: bytes, status: int
) -> None:
    video = youtube.upload(movie)["id"]
    with pytest.raises(HttpError) as refused:
        youtube.data(key).thumbnails().set(
            videoId=video, media_body=media(content, "image/png")
        ).execute()
    assert refused.value.status_code == status
    assert youtube.admin("videos")[0]["thumbnails"] == []


@pytest.mark.parametrize("resumable", [False, True])
def test_captions_are_kept_once_per_language_and_name(
    youtube: Any, movie: Path, resumable: bool
) -> None:
    service, video = youtube.data(), youtube.upload(movie)["id"]
    words = b"1\n00:00:00,000 --> 00:00:02,000\nThe sea.\n"
    body = {"snippet": {"videoId": video, "language": "en", "name": "English"}}

    def insert() -> Any:
        track = media(words, "application/octet-stream", resumable=resumable)
        return service.captions().insert(part="snippet", body=body, media_body=track).execute()

    assert insert()["snippet"]["status"] == "serving"
    (kept,) = youtube.admin("videos")[0]["captions"]
    assert kept["sha256"] == hashlib.sha256(words).hexdigest()
    with pytest.raises(HttpError) as refused:
        insert()
    assert refused.value.status_code == 409


def test_an_upload_survives_a_restart_in_the_middle(
    start: Callable[..., Any], local: Callable[[str], Any], movie: Path
) -> None:
    content = movie.read_bytes()
    size = len(content)
    with start() as address:
        session = open_session(local(address), size).headers["Location"]
        put(session, content[:GRANULE], f"bytes 0-{GRANULE - 1}/{size}")
    with start() as address:
        moved = address + session.partition("/upload")[1] + session.partition("/upload")[2]
        assert put(moved, b"", f"bytes */{size}").headers["Range"] == f"bytes=0-{GRANULE - 1}"
        put(moved, content[GRANULE:], f"bytes {GRANULE}-{size - 1}/{size}")
        (kept,) = local(address).admin("videos")
    assert kept["sha256"] == hashlib.sha256(content).hexdigest()


def test_the_watch_page_plays_it_and_says_simulated(youtube: Any, movie: Path) -> None:
    video = youtube.upload(movie)["id"]
    page = HTTP.get(f"{youtube.address}/watch/{video}").text
    assert "SIMULATED" in page
    assert f'src="/media/{video}"' in page
    played = HTTP.get(f"{youtube.address}/media/{video}", headers={"Range": "bytes=0-99"})
    assert (played.status_code, played.content) == (206, movie.read_bytes()[:100])
