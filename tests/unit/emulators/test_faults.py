import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from google.auth.exceptions import RefreshError
from googleapiclient.errors import HttpError

HTTP = httpx.Client()

CHANNELS = "youtube.channels.list"


def channels(youtube: Any, key: str = "tidewise") -> httpx.Response:
    return HTTP.get(
        f"{youtube.address}/youtube/v3/channels?part=id&mine=true", headers=youtube.headers(key)
    )


def reason(answer: httpx.Response) -> tuple[int, str, str]:
    error = answer.json()["error"]["errors"][0]
    return answer.status_code, error["domain"], error["reason"]


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("400", (400, "global", "badRequest")),
        ("401", (401, "global", "authError")),
        ("403", (403, "global", "forbidden")),
        ("429", (429, "global", "rateLimitExceeded")),
        ("500", (500, "global", "backendError")),
        ("503", (503, "global", "backendError")),
        ("quota_exceeded", (403, "youtube.quota", "quotaExceeded")),
        ("upload_quota", (429, "global", "rateLimitExceeded")),
        ("upload_limit", (400, "youtube.video", "uploadLimitExceeded")),
        ("signup_required", (401, "youtube.header", "youtubeSignupRequired")),
        ("thumbnail_throttle", (429, "youtube.thumbnail", "uploadRateLimitExceeded")),
        ("session404", (404, "global", "notFound")),
    ],
)
def test_a_refusing_fault_strikes_once_in_the_api_s_shape(
    youtube: Any, kind: str, answer: tuple[int, str, str]
) -> None:
    youtube.set("faults", kind=kind, method=CHANNELS)
    assert reason(channels(youtube)) == answer
    assert channels(youtube).status_code == 200


def test_a_fault_strikes_its_channel_alone_and_until_it_is_deleted(youtube: Any) -> None:
    theirs = youtube.grant("quiet-orbit")["channel_id"]
    youtube.set("faults", kind="503", channel=theirs, count=None)
    assert channels(youtube).status_code == 200
    assert [channels(youtube, "quiet-orbit").status_code for _ in range(3)] == [503] * 3
    HTTP.delete(f"{youtube.address}/admin/faults").raise_for_status()
    assert channels(youtube, "quiet-orbit").status_code == 200


def test_a_probable_fault_strikes_now_and_then(youtube: Any) -> None:
    youtube.set("faults", kind="503", method=CHANNELS, probability=0.5)
    token = youtube.headers()
    url = f"{youtube.address}/youtube/v3/channels?part=id&mine=true"
    statuses = [HTTP.get(url, headers=token).status_code for _ in range(40)]
    assert 8 < statuses.count(503) < 32


def test_the_upload_limit_meets_google_s_client(youtube: Any, movie: Path) -> None:
    youtube.set("faults", kind="upload_limit", method="youtube.videos.insert")
    with pytest.raises(HttpError, match="may upload") as refused:
        youtube.upload(movie)
    assert refused.value.error_details[0]["reason"] == "uploadLimitExceeded"
    assert youtube.upload(movie)["id"]


def test_the_hundred_and_first_upload_of_a_day_is_a_429(youtube: Any, movie: Path) -> None:
    youtube.set("quota", bucket="uploads", used=100)
    with pytest.raises(HttpError, match="Video Uploads per day") as refused:
        youtube.upload(movie)
    assert refused.value.status_code == 429


def test_a_dead_grant_is_an_invalid_grant_at_the_token_endpoint(youtube: Any) -> None:
    service = youtube.data()
    youtube.set("faults", kind="grant_revoked", method="oauth.token")
    with pytest.raises(RefreshError, match="invalid_grant"):
        service.channels().list(mine=True, part="id").execute()
    with pytest.raises(RefreshError, match="invalid_grant"):
        youtube.data().channels().list(mine=True, part="id").execute()
    assert channels(youtube, "quiet-orbit").status_code == 200
    youtube.set("grants", channel_id=youtube.grant()["channel_id"], revoked=False)
    assert channels(youtube).status_code == 200


def test_an_expired_token_is_renewed_by_the_client(youtube: Any) -> None:
    service = youtube.data()
    youtube.set("faults", kind="token_expired", method=CHANNELS)
    assert service.channels().list(mine=True, part="id").execute()["items"]
    assert [r["status"] for r in youtube.admin("requests", method=CHANNELS)] == [401, 200]
    assert len(youtube.admin("requests", method="oauth.token")) == 2


def test_a_slow_answer_comes_late_and_whole(youtube: Any) -> None:
    headers = youtube.headers()
    youtube.set("faults", kind="slow", method=CHANNELS, seconds=0.3)
    began = time.monotonic()
    url = f"{youtube.address}/youtube/v3/channels?part=id&mine=true"
    assert HTTP.get(url, headers=headers).json()["items"]
    assert time.monotonic() - began >= 0.3


def test_a_truncated_answer_breaks_off(youtube: Any) -> None:
    youtube.set("faults", kind="truncated", method=CHANNELS)
    with pytest.raises(httpx.RemoteProtocolError):
        channels(youtube)
    assert channels(youtube).status_code == 200


def test_a_malformed_answer_is_complete_but_no_json(youtube: Any) -> None:
    youtube.set("faults", kind="malformed", method=CHANNELS)
    answer = channels(youtube)
    assert answer.status_code == 200
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        answer.json()


def test_a_dropped_connection_answers_nothing(youtube: Any) -> None:
    youtube.set("faults", kind="dropped", method=CHANNELS)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        channels(youtube)
    assert channels(youtube).status_code == 200


def test_a_chunk_broken_in_the_middle_keeps_its_whole_granules(youtube: Any, movie: Path) -> None:
    size, granule = movie.stat().st_size, 256 * 1024
    session = HTTP.post(
        f"{youtube.address}/upload/youtube/v3/videos?uploadType=resumable&part=snippet",
        headers={**youtube.headers(), "X-Upload-Content-Length": str(size)},
        json={"snippet": {"title": "Tides"}},
    ).headers["Location"]
    youtube.set(
        "faults", kind="dropped", method="youtube.videos.insert#chunk", after_bytes=granule + 999
    )
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError)):
        HTTP.put(
            session,
            content=movie.read_bytes(),
            headers={"Content-Range": f"bytes 0-{size - 1}/{size}"},
        )
    asked = HTTP.put(session, headers={"Content-Range": f"bytes */{size}"})
    assert asked.headers["Range"] == f"bytes=0-{granule - 1}"
    rest = HTTP.put(
        session,
        content=movie.read_bytes()[granule:],
        headers={"Content-Range": f"bytes {granule}-{size - 1}/{size}"},
    )
    assert rest.status_code == 200


def test_google_s_client_resumes_after_a_503_between_chunks(youtube: Any, movie: Path) -> None:
    youtube.set("faults", kind="503", method="youtube.videos.insert#chunk")
    service = youtube.data()
    from googleapiclient.http import MediaFileUpload

    class Upload(MediaFileUpload):
        def has_stream(self) -> bool:
            return False

    media = Upload(str(movie), "video/mp4", chunksize=256 * 1024, resumable=True)
    request = service.videos().insert(
        part="snippet", body={"snippet": {"title": "Tides"}}, media_body=media
    )
    with pytest.raises(HttpError):
        request.next_chunk()
    answer = None
    while answer is None:
        _, answer = request.next_chunk()
    assert youtube.admin("videos")[0]["bytes"] == movie.stat().st_size


@pytest.mark.parametrize(
    ("kind", "status", "field", "why"),
    [
        ("processing_rejected", "rejected", "rejectionReason", "duplicate"),
        ("processing_failed", "failed", "failureReason", "codec"),
    ],
)
def test_processing_can_end_badly(
    youtube: Any, movie: Path, kind: str, status: str, field: str, why: str
) -> None:
    youtube.set("faults", kind=kind)
    video = youtube.upload(movie)["id"]
    youtube.set("advance", hours=1)
    (item,) = youtube.data().videos().list(id=video, part="status").execute()["items"]
    assert (item["status"]["uploadStatus"], item["status"][field]) == (status, why)


def test_an_unknown_fault_is_refused(youtube: Any) -> None:
    answer = HTTP.post(f"{youtube.address}/admin/faults", json={"kind": "gremlins"})
    assert answer.status_code == 422
    assert "kind" in answer.text


def test_requests_are_logged_with_what_they_cost(youtube: Any) -> None:
    youtube.set("faults", kind="503", method=CHANNELS)
    channels(youtube)
    channels(youtube)
    failed, served = youtube.admin("requests", method=CHANNELS)
    assert (failed["status"], failed["units"], failed["fault"]) == (503, 0, "503")
    assert (served["status"], served["units"], served["fault"]) == (200, 1, None)
    assert served["channel_id"] == youtube.grant()["channel_id"]


def test_a_channel_s_cap_is_of_the_last_day(youtube: Any, movie: Path) -> None:
    youtube.set("faults", kind="channel_cap", most=1, count=None)
    youtube.upload(movie)
    with pytest.raises(HttpError, match="may upload") as refused:
        youtube.upload(movie)
    assert refused.value.error_details[0]["reason"] == "uploadLimitExceeded"
    assert youtube.upload(movie, "quiet-orbit")["id"]
    youtube.set("advance", hours=24.1)
    assert youtube.upload(movie)["id"]


def test_lists_lag_behind_an_upload_that_is_there_by_its_id(youtube: Any, movie: Path) -> None:
    youtube.set("faults", kind="listing_lag", hours=2, count=None)
    video_id, data = youtube.upload(movie)["id"], youtube.data()
    uploads = "UU" + youtube.grant()["channel_id"][2:]

    def newest() -> tuple[str, str]:
        listed = data.playlistItems().list(playlistId=uploads, part="contentDetails").execute()
        found = data.search().list(
            part="id", forMine=True, type="video", order="date"
        ).execute()  # fmt: skip
        first = listed["items"][0]["contentDetails"]["videoId"]
        return first, found["items"][0]["id"]["videoId"]

    assert video_id not in newest()
    assert data.videos().list(id=video_id, part="id").execute()["items"]
    youtube.set("advance", hours=2.1)
    assert newest() == (video_id, video_id)


def test_processing_can_stay_stuck(youtube: Any, movie: Path) -> None:
    youtube.set("faults", kind="stuck_processing", method="youtube.videos.insert")
    video_id = youtube.upload(movie)["id"]
    youtube.set("advance", hours=48)
    parts = "status,processingDetails"
    (item,) = youtube.data().videos().list(id=video_id, part=parts).execute()["items"]
    assert item["status"]["uploadStatus"] == "uploaded"
    assert item["processingDetails"]["processingStatus"] == "processing"


def test_youtube_can_take_a_video_down(youtube: Any, movie: Path) -> None:
    video_id = youtube.upload(movie)["id"]
    youtube.set("remove", video_id=video_id)
    assert youtube.data().videos().list(id=video_id, part="id").execute()["items"] == []
    with pytest.raises(httpx.HTTPStatusError):
        youtube.set("remove", video_id=video_id)
