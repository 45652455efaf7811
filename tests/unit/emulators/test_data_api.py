from collections.abc import Callable
from typing import Any

import httpx
import pytest
from googleapiclient.errors import HttpError
from ytempire.emulators.youtube.quota import LIMITS

HTTP = httpx.Client()


def error_of(refused: pytest.ExceptionInfo[HttpError]) -> tuple[int, str, str]:
    details = refused.value.error_details
    assert isinstance(details, list)
    return refused.value.status_code, details[0]["domain"], details[0]["reason"]


def uploads_of(service: Any, channel_id: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    request = service.playlistItems().list(
        playlistId="UU" + channel_id[2:], part="snippet,contentDetails", maxResults=15
    )
    while request is not None:
        page = request.execute()
        items += page["items"]
        request = service.playlistItems().list_next(request, page)
    return items


def test_a_grant_leads_to_its_own_channel(youtube: Any) -> None:
    for key in ("tidewise", "ledger-lore", "quiet-orbit"):
        answer = youtube.data(key).channels().list(mine=True, part="id,snippet").execute()
        assert [item["id"] for item in answer["items"]] == [youtube.grant(key)["channel_id"]]
        description = answer["items"][0]["snippet"]["description"]
        assert description.startswith("SIMULATED channel of the local YouTube.")


def test_the_uploads_playlist_is_paged_to_its_end(youtube: Any) -> None:
    grant = youtube.grant()
    items = uploads_of(youtube.data(), grant["channel_id"])
    times = [item["snippet"]["publishedAt"] for item in items]
    assert len({item["contentDetails"]["videoId"] for item in items}) == 40
    assert times == sorted(times, reverse=True)
    assert [item["snippet"]["position"] for item in items] == list(range(40))


def test_light_statistics_agree_with_the_full_resource(youtube: Any) -> None:
    service = youtube.data()
    ids = [
        item["contentDetails"]["videoId"]
        for item in uploads_of(service, youtube.grant()["channel_id"])
    ]
    light = service.videos().batchGetStats(id=ids, part="statistics,contentDetails").execute()
    full = service.videos().list(id=",".join(ids), part="statistics").execute()
    assert [item["id"] for item in light["items"]] == ids
    views = [int(item["statistics"]["viewCount"]) for item in light["items"]]
    again = [int(item["statistics"]["viewCount"]) for item in full["items"]]
    assert all(0 <= late - early <= 50 for early, late in zip(views, again, strict=True))
    assert sum(views) > 100_000
    assert all(item["contentDetails"]["duration"].endswith("s") for item in light["items"])


def test_a_long_list_of_ids_travels_as_a_post(youtube: Any) -> None:
    service = youtube.data()
    real = uploads_of(service, youtube.grant()["channel_id"])[0]["contentDetails"]["videoId"]
    ids = [real] + [f"{n:0>48}" for n in range(49)]
    answer = service.videos().list(id=",".join(ids), part="id").execute()
    assert [item["id"] for item in answer["items"]] == [real]


def test_more_than_fifty_ids_are_refused(youtube: Any) -> None:
    with pytest.raises(HttpError) as refused:
        youtube.data().videos().batchGetStats(id=["x"] * 51, part="statistics").execute()
    assert error_of(refused) == (400, "youtube.parameter", "invalidFilters")


def test_watched_channels_are_found_by_search_newest_first(youtube: Any) -> None:
    watched = youtube.admin("watched")[0]
    answer = (
        youtube.data()
        .search()
        .list(channelId=watched["channel_id"], part="snippet", order="date", maxResults=10)
        .execute()
    )
    times = [item["snippet"]["publishedAt"] for item in answer["items"]]
    assert len(times) == 10
    assert times == sorted(times, reverse=True)
    assert {item["snippet"]["channelTitle"] for item in answer["items"]} == {watched["title"]}
    assert youtube.admin("quota")["search"]["used"] == 1


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        (
            lambda s: s.videos().list(id="x", part="snippets"),
            (400, "youtube.part", "unknownPart"),
        ),
        (
            lambda s: s.playlistItems().list(playlistId="UUnone", part="id"),
            (404, "youtube.playlistItem", "playlistNotFound"),
        ),
        (
            lambda s: s.playlists().list(mine=True, part="id", pageToken="~"),
            (400, "youtube.parameter", "invalidPageToken"),
        ),
        (lambda s: s.videos().list(part="id"), (400, "youtube.parameter", None)),
        (lambda s: s.members().list(part="snippet"), (501, "global", "notImplemented")),
        (lambda s: s.videos().delete(id="nothing"), (404, "youtube.video", "videoNotFound")),
    ],
)
def test_wrong_calls_are_answered_as_google_does(
    youtube: Any, call: Callable[[Any], Any], answer: tuple[int, str, str | None]
) -> None:
    with pytest.raises(HttpError) as refused:
        call(youtube.data()).execute()
    told = error_of(refused)
    assert told[:2] == answer[:2]
    assert answer[2] in (None, told[2])


def test_unknown_addresses_answer_404(youtube: Any) -> None:
    answer = HTTP.get(f"{youtube.address}/youtube/v3/nothing", headers=youtube.headers())
    assert (answer.status_code, answer.json()["error"]["errors"][0]["reason"]) == (404, "notFound")


def test_without_a_token_nothing_is_told(youtube: Any) -> None:
    answer = HTTP.get(f"{youtube.address}/youtube/v3/channels?part=id&mine=true")
    assert answer.status_code == 401
    assert answer.json()["error"]["errors"][0]["reason"] == "authError"


@pytest.mark.parametrize(
    ("bucket", "call", "answer"),
    [
        (
            "default",
            lambda s: s.channels().list(mine=True, part="id"),
            (403, "youtube.quota", "quotaExceeded"),
        ),
        (
            "stats",
            lambda s: s.videos().batchGetStats(id="x", part="statistics"),
            (403, "youtube.quota", "quotaExceeded"),
        ),
        (
            "search",
            lambda s: s.search().list(q="sea", part="snippet"),
            (403, "youtube.quota", "quotaExceeded"),
        ),
    ],
)
def test_a_spent_bucket_refuses_until_pacific_midnight(
    youtube: Any, bucket: str, call: Callable[[Any], Any], answer: tuple[int, str, str]
) -> None:
    service = youtube.data()
    youtube.set("quota", bucket=bucket, used=LIMITS[bucket] - 1)
    call(service).execute()
    with pytest.raises(HttpError) as refused:
        call(service).execute()
    assert error_of(refused) == answer
    youtube.set("advance", hours=24)
    call(service).execute()
    assert youtube.admin("quota")[bucket]["used"] == 1


def test_calls_cost_what_the_table_says_and_wrong_ones_cost_too(youtube: Any) -> None:
    service = youtube.data()
    service.channels().list(mine=True, part="id").execute()
    with pytest.raises(HttpError):
        service.videos().list(id="x", part="snippets").execute()
    playlist = {"snippet": {"title": "Tides"}}
    service.playlists().insert(part="snippet", body=playlist).execute()
    assert youtube.admin("quota")["default"]["used"] == 1 + 1 + 50


def test_a_playlist_keeps_its_items(youtube: Any) -> None:
    service = youtube.data()
    playlist = (
        service.playlists().insert(part="snippet", body={"snippet": {"title": "Tides"}}).execute()
    )
    video = uploads_of(service, youtube.grant()["channel_id"])[0]["contentDetails"]["videoId"]
    resource = {"kind": "youtube#video", "videoId": video}
    body = {"snippet": {"playlistId": playlist["id"], "resourceId": resource}}
    service.playlistItems().insert(part="snippet", body=body).execute()
    items = service.playlistItems().list(playlistId=playlist["id"], part="snippet").execute()
    assert [item["snippet"]["resourceId"]["videoId"] for item in items["items"]] == [video]
    with pytest.raises(HttpError) as refused:
        youtube.data("ledger-lore").playlistItems().insert(part="snippet", body=body).execute()
    assert error_of(refused)[0] == 404


def test_a_deleted_video_leaves_its_views_to_the_channel(youtube: Any) -> None:
    service, grant = youtube.data(), youtube.grant()
    video = uploads_of(service, grant["channel_id"])[5]["contentDetails"]["videoId"]
    views = _channel_views(service)
    service.videos().delete(id=video).execute()
    assert not service.videos().list(id=video, part="id").execute()["items"]
    assert len(uploads_of(service, grant["channel_id"])) == 39
    assert _channel_views(service) >= views


def _channel_views(service: Any) -> int:
    answer = service.channels().list(mine=True, part="statistics").execute()
    return int(answer["items"][0]["statistics"]["viewCount"])
