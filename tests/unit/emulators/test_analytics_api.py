from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from googleapiclient.errors import HttpError
from ytempire.emulators.youtube.pacific import day_of

VIEWS = "views,engagedViews,estimatedMinutesWatched,likes,comments,subscribersGained"
MONEY = "estimatedRevenue,grossRevenue,adImpressions,monetizedPlaybacks"


def today(youtube: Any) -> date:
    return day_of(datetime.fromisoformat(youtube.admin("clock")["now"]))


def report(youtube: Any, key: str = "tidewise", days: int = 30, **query: Any) -> list[list[Any]]:
    end = today(youtube)
    given = {
        "ids": "channel==MINE",
        "startDate": (end - timedelta(days=days)).isoformat(),
        "endDate": end.isoformat(),
        "metrics": VIEWS,
    }
    answer = youtube.analytics(key).reports().query(**(given | query)).execute()
    names = [header["name"] for header in answer["columnHeaders"]]
    asked = (given | query).get("dimensions", "").split(",") if query.get("dimensions") else []
    assert names == [*asked, *(given | query)["metrics"].split(",")]
    rows: list[list[Any]] = answer.get("rows", [])
    return rows


def ids_of(youtube: Any, key: str = "tidewise") -> list[str]:
    uploads = "UU" + youtube.grant(key)["channel_id"][2:]
    page = youtube.data(key).playlistItems()
    items = page.list(playlistId=uploads, part="contentDetails", maxResults=50).execute()["items"]
    return [item["contentDetails"]["videoId"] for item in items]


def test_the_newest_days_are_absent_and_come_with_time(youtube: Any) -> None:
    rows = report(youtube, dimensions="day")
    absent = (today(youtube) - date.fromisoformat(rows[-1][0])).days
    assert 3 <= absent <= 5
    youtube.set("advance", hours=48)  # one day comes after 48 hours, the next after 72 at most
    later = report(youtube, dimensions="day", days=32)
    assert date.fromisoformat(later[-1][0]) > date.fromisoformat(rows[-1][0])


def test_days_are_restated_until_they_are_final(youtube: Any) -> None:
    newest = report(youtube, dimensions="day")[-1]
    told = [newest]
    for _ in range(5):
        youtube.set("advance", hours=24)
        told += [row for row in report(youtube, dimensions="day") if row[0] == newest[0]]
    views = [row[1] for row in told]
    assert len(set(views[:2])) == 2
    assert views[-1] == views[-2] == views[-3]
    assert all(abs(number - views[-1]) <= 0.05 * views[-1] + 42 for number in views)


def test_money_ends_a_day_before_views_and_cuts_what_is_asked_with_it(youtube: Any) -> None:
    views = report(youtube, dimensions="day")[-1][0]
    money = report(youtube, dimensions="day", metrics=MONEY)[-1][0]
    both = report(youtube, dimensions="day", metrics="views,estimatedRevenue")[-1][0]
    assert money == both < views


def test_video_days_and_the_removed_add_up_to_the_channel_days(youtube: Any) -> None:
    metrics = f"{VIEWS},{MONEY}"
    channel = report(youtube, dimensions="day", metrics=metrics, days=89)
    filters = "video==" + ",".join(ids_of(youtube))
    videos = report(youtube, dimensions="video,day", filters=filters, metrics=metrics, days=89)
    unattributed = 0
    for day, *totals in channel:
        parts = [row[2:] for row in videos if row[1] == day]
        for total, *numbers in zip(totals, *parts, strict=True):
            assert total >= sum(numbers) - 1e-6
        unattributed += totals[0] - sum(numbers[0] for numbers in parts)
    assert 0 < unattributed < 0.2 * sum(row[1] for row in channel)


def test_all_shapes_tell_the_same_total(youtube: Any) -> None:
    days = report(youtube, dimensions="day")
    (total,) = report(youtube)
    countries = report(youtube, dimensions="country", metrics="views")
    assert total[0] == sum(row[1] for row in days) == sum(row[1] for row in countries)
    ids = ids_of(youtube)
    ranking = report(
        youtube, dimensions="video", filters="video==" + ",".join(ids), sort="-views",
        maxResults=200,
    )  # fmt: skip
    (named,) = report(youtube, filters="video==" + ",".join(ids))
    assert sum(row[1] for row in ranking) == named[0]
    assert [row[1] for row in ranking] == sorted((row[1] for row in ranking), reverse=True)


def test_months_add_up_their_days(youtube: Any) -> None:
    start, end = (today(youtube) - timedelta(days=70)).replace(day=1), today(youtube).replace(day=1)
    months = report(
        youtube, dimensions="month", startDate=start.isoformat(), endDate=end.isoformat()
    )
    days = report(youtube, dimensions="day", startDate=start.isoformat())
    first = months[0]
    assert first[1] == sum(row[1] for row in days if row[0].startswith(first[0]))


def test_rates_follow_from_their_parts(youtube: Any) -> None:
    metrics = "estimatedMinutesWatched,views,averageViewDuration,averageViewPercentage"
    for _, minutes, views, seconds, percent in report(youtube, dimensions="day", metrics=metrics):
        assert seconds == round(minutes * 60 / views)
        assert 20 < percent < 110
    for _, gross, impressions, cpm in report(
        youtube, dimensions="day", metrics="grossRevenue,adImpressions,cpm"
    ):
        assert cpm == pytest.approx(gross / impressions * 1000, abs=0.002)


def test_analytics_settle_to_the_public_counters(youtube: Any) -> None:
    video = ids_of(youtube)[20]
    youtube.set("advance", hours=24 * 9)
    days = report(
        youtube, dimensions="video,day", filters=f"video=={video}", days=110, metrics="views"
    )
    counter = youtube.data().videos().batchGetStats(id=video, part="statistics").execute()
    views = int(counter["items"][0]["statistics"]["viewCount"])
    assert 0.9 * views < sum(row[2] for row in days) <= views


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"metrics": "videoThumbnailImpressions"}, "not supported"),
        ({"metrics": "views,applause"}, "Unknown identifier"),
        ({"dimensions": "video,day"}, "not supported"),
        ({"dimensions": "hour"}, "not supported"),
        ({"dimensions": "video", "sort": "-views", "maxResults": 500}, "not supported"),
        ({"dimensions": "video", "sort": "views", "maxResults": 5}, "not supported"),
        ({"dimensions": "day", "sort": "likes", "metrics": "views"}, "A sort names"),
        ({"startDate": "yesterday"}, "YYYY-MM-DD"),
        ({"endDate": "2001-01-01"}, "before startDate"),
        ({"filters": "channel==x"}, "not supported"),
    ],
)
def test_a_query_outside_the_supported_reports_is_refused(
    youtube: Any, query: dict[str, Any], says: str
) -> None:
    with pytest.raises(HttpError, match=says) as refused:
        report(youtube, **query)
    assert refused.value.status_code == 400


def test_another_channel_s_numbers_are_forbidden(youtube: Any) -> None:
    other = youtube.grant("ledger-lore")["channel_id"]
    with pytest.raises(HttpError) as refused:
        report(youtube, ids=f"channel=={other}")
    assert refused.value.status_code == 403


def test_videos_of_others_have_no_rows(youtube: Any) -> None:
    theirs = ids_of(youtube, "ledger-lore")[0]
    assert report(youtube, dimensions="video,day", filters=f"video=={theirs}") == []


def test_pages_of_a_report_join(youtube: Any) -> None:
    whole = report(youtube, dimensions="day")
    first = report(youtube, dimensions="day", maxResults=10)
    second = report(youtube, dimensions="day", maxResults=100, startIndex=11)
    assert first + second == whole


def test_a_new_upload_enters_its_channel_s_days(youtube: Any, movie: Any) -> None:
    video = youtube.upload(movie)["id"]
    youtube.set("advance", hours=24 * 8)
    rows = report(youtube, dimensions="video,day", filters=f"video=={video}")
    assert len(rows) >= 4
    assert rows[1][2] > 0


def test_outside_the_partner_programme_money_is_forbidden_and_views_are_not(
    youtube: Any,
) -> None:
    youtube.set(
        "faults",
        kind="no_revenue",
        channel=youtube.grant()["channel_id"],
        count=None,
    )
    with pytest.raises(HttpError) as refused:
        report(youtube, metrics=MONEY, dimensions="day")
    assert refused.value.status_code == 403
    assert report(youtube, dimensions="day")
    assert report(youtube, "quiet-orbit", metrics=MONEY, dimensions="day")


def test_days_can_go_missing(youtube: Any, start: Callable[..., Any]) -> None:
    whole = report(youtube, dimensions="day")
    youtube.set("faults", kind="days_missing", days=3)
    assert len(report(youtube, dimensions="day")) == len(whole) - 3
    assert report(youtube, dimensions="day") == whole
