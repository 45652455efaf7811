"""Reporting jobs and files by Google's own client, and that they agree with the other reports."""

from __future__ import annotations

import csv
import gzip
import json
from datetime import date, datetime, timedelta
from typing import Any

import httpx
import pytest
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build_from_document
from googleapiclient.errors import HttpError
from ytempire.emulators.youtube.pacific import day_of
from ytempire.emulators.youtube.reach import COLUMNS

from tests.unit.emulators.conftest import _document

TYPE = "channel_reach_basic_a1"


def reporting(youtube: Any, key: str = "tidewise") -> Any:
    document = json.loads(_document("youtubereporting.v1.json"))
    document["rootUrl"] = document["baseUrl"] = youtube.address + "/"
    document.pop("mtlsRootUrl", None)
    grant = youtube.grant(key)
    given = ("refresh_token", "client_id", "client_secret", "token_uri")
    credentials = Credentials(None, **{name: grant[name] for name in given})
    return build_from_document(document, credentials=credentials)


def job_of(service: Any) -> str:
    body = {"reportTypeId": TYPE, "name": "reach"}
    return str(service.jobs().create(body=body).execute()["id"])


def reports(service: Any, job: str, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    listing = service.jobs().reports()
    request = listing.list(jobId=job, **query)
    while request is not None:
        answer = request.execute()
        found += answer.get("reports", [])
        request = listing.list_next(request, answer)
    return found


def rows(youtube: Any, report: dict[str, Any]) -> list[dict[str, str]]:
    answer = httpx.get(report["downloadUrl"], headers=youtube.headers()).raise_for_status()
    return list(csv.DictReader(answer.text.splitlines()))


def test_files_come_two_days_after_their_job_with_a_month_of_the_past(youtube: Any) -> None:
    service = reporting(youtube)
    job = job_of(service)
    assert reports(service, job) == []
    youtube.set("advance", hours=47)
    assert reports(service, job) == []
    youtube.set("advance", hours=2)
    found = reports(service, job)
    began = day_of(datetime.fromisoformat(youtube.admin("clock")["t0"]))
    first = min(datetime.fromisoformat(each["startTime"]) for each in found)
    assert day_of(first) == began - timedelta(days=30)
    assert 27 <= len(found) <= 31


def test_a_restated_day_is_a_later_file_and_files_are_not_kept_for_ever(youtube: Any) -> None:
    service = reporting(youtube)
    job = job_of(service)
    youtube.set("advance", hours=24 * 12)
    found = reports(service, job)
    by_day: dict[str, list[str]] = {}
    for each in found:
        by_day.setdefault(each["startTime"], []).append(each["createTime"])
    assert max(len(times) for times in by_day.values()) == 2
    latest = max(each["createTime"] for each in found)
    assert reports(service, job, createdAfter=latest) == []
    youtube.set("advance", hours=24 * 31)
    kept = {each["startTime"] for each in reports(service, job)}
    began = day_of(datetime.fromisoformat(youtube.admin("clock")["t0"]))
    assert min(day_of(datetime.fromisoformat(each)) for each in kept) >= began


def test_reach_agrees_with_the_views_of_the_same_day(youtube: Any) -> None:
    service = reporting(youtube)
    job = job_of(service)
    youtube.set("advance", hours=50)
    report = sorted(reports(service, job), key=lambda each: each["startTime"])[5]
    told = rows(youtube, report)
    assert tuple(told[0]) == COLUMNS
    day = day_of(datetime.fromisoformat(report["startTime"]))
    assert {row["date"] for row in told} == {f"{day:%Y%m%d}"}
    views = views_of(youtube, day, [row["video_id"] for row in told if row["video_id"]])
    for row in told:
        clicks = int(row[COLUMNS[3]]) * float(row[COLUMNS[4]])
        assert 0 < float(row[COLUMNS[4]]) < 0.2
        if row["video_id"]:
            assert clicks <= views[row["video_id"]] + 1


def views_of(youtube: Any, day: date, ids: list[str]) -> dict[str, int]:
    answer = youtube.analytics().reports().query(
        ids="channel==MINE",
        startDate=day.isoformat(),
        endDate=day.isoformat(),
        metrics="views",
        dimensions="video,day",
        filters=f"video=={','.join(ids)}",
    )  # fmt: skip
    return {video: views for video, _, views in answer.execute()["rows"]}


def test_a_file_is_zipped_for_whoever_takes_that_and_needs_a_token(youtube: Any) -> None:
    service = reporting(youtube)
    job = job_of(service)
    youtube.set("advance", hours=50)
    url = reports(service, job)[0]["downloadUrl"]
    assert httpx.get(url).status_code == 401
    headers = youtube.headers() | {"Accept-Encoding": "gzip"}
    with httpx.stream("GET", url, headers=headers) as answer:
        raw = b"".join(answer.iter_raw())
    assert gzip.decompress(raw).startswith(b"date,channel_id,video_id,")


def test_a_type_that_is_not_there_any_more_is_refused(youtube: Any) -> None:
    service = reporting(youtube)
    types = service.reportTypes().list().execute()["reportTypes"]
    assert TYPE in {each["id"] for each in types}
    for wrong in ("channel_basic_a2", "", TYPE):
        job = {"reportTypeId": wrong, "name": "n"}
        if wrong == TYPE:
            service.jobs().create(body=job).execute()
        with pytest.raises(HttpError):
            service.jobs().create(body=job).execute()


def test_a_job_can_be_found_again_and_given_up(youtube: Any) -> None:
    service = reporting(youtube)
    job = job_of(service)
    assert [each["id"] for each in service.jobs().list().execute()["jobs"]] == [job]
    assert service.jobs().get(jobId=job).execute()["reportTypeId"] == TYPE
    service.jobs().delete(jobId=job).execute()
    assert service.jobs().list().execute()["jobs"] == []
    assert reporting(youtube, "quiet-orbit").jobs().list().execute()["jobs"] == []


def test_a_column_can_be_renamed_on_demand(youtube: Any) -> None:
    service = reporting(youtube)
    job = job_of(service)
    youtube.set("advance", hours=50)
    youtube.set("faults", kind="renamed_column", method="youtubereporting.media.download")
    [report, *_] = reports(service, job)
    assert COLUMNS[3] not in rows(youtube, report)[0]
    assert COLUMNS[3] in rows(youtube, report)[0]


def test_retention_falls_and_its_mean_is_the_average_view(youtube: Any) -> None:
    uploads = "UU" + youtube.grant()["channel_id"][2:]
    items = youtube.data().playlistItems().list(
        playlistId=uploads, part="contentDetails", maxResults=50
    )  # fmt: skip
    video = items.execute()["items"][-1]["contentDetails"]["videoId"]
    query = {"ids": "channel==MINE", "startDate": "2020-01-01", "filters": f"video=={video}"}
    query["endDate"] = day_of(datetime.fromisoformat(youtube.admin("clock")["now"])).isoformat()
    ask = youtube.analytics().reports().query
    curve = ask(
        **query, dimensions="elapsedVideoTimeRatio",
        metrics="audienceWatchRatio,relativeRetentionPerformance",
    ).execute()["rows"]  # fmt: skip
    watched = [row[1] for row in curve]
    assert [row[0] for row in curve] == [number / 100 for number in range(1, 101)]
    assert watched == sorted(watched, reverse=True)
    [[percentage]] = ask(**query, metrics="averageViewPercentage").execute()["rows"]
    assert sum(watched) == pytest.approx(percentage, abs=1.5)


@pytest.mark.parametrize(
    "wrong",
    [
        {"filters": "video==a,b"},
        {"filters": ""},
        {"metrics": "views"},
        {"metrics": "audienceWatchRatio", "dimensions": "day"},
    ],
)
def test_retention_is_asked_of_one_video_alone(youtube: Any, wrong: dict[str, str]) -> None:
    given = {
        "ids": "channel==MINE",
        "startDate": "2026-01-01",
        "endDate": "2026-02-01",
        "metrics": "audienceWatchRatio",
        "dimensions": "elapsedVideoTimeRatio",
        "filters": "video==a",
    }
    with pytest.raises(HttpError, match="400"):
        youtube.analytics().reports().query(**(given | wrong)).execute()
