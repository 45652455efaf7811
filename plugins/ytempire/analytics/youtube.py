"""One pull of one channel: everything is fetched first, then landed in one transaction.

Counters come from `videos.batchGetStats`, days from the Analytics API. Days arrive 48 to 72 hours
late and are restated, so each pull asks for a trailing window again and keeps every changed
answer as a version (`fetched_at`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from ytempire.analytics import landing
from ytempire.analytics.windows import window_of
from ytempire.channels import quota
from ytempire.channels.account import Account
from ytempire.errors import MalformedAnswer, NotConfigured

#: Ids of one call: the limit of videos.list and batchGetStats.
IDS = 50
#: Videos of one report: `video,day` answers at most videos x days rows.
REPORT_VIDEOS = 25
METRICS = {
    "views": "views",
    "engagedViews": "engaged_views",
    "estimatedMinutesWatched": "watch_minutes",
    "likes": "likes",
    "comments": "comments",
    "shares": "shares",
    "subscribersGained": "subscribers_gained",
    "subscribersLost": "subscribers_lost",
}
#: Asked apart: a report ends on the last day that has all of its metrics, and revenue is later.
MONEY = {
    "estimatedRevenue": "revenue_usd",
    "adImpressions": "ad_impressions",
    "monetizedPlaybacks": "monetized_playbacks",
}


class Pulled(BaseModel):
    """What one pull landed: rows by table, none of them unchanged ones."""

    model_config = ConfigDict(frozen=True)

    channel_id: str
    rows: dict[str, int]
    calls: int


def pull_channel(channel_id: str, run_id: str) -> Pulled:
    """Fetch one channel's videos, counters and days, and land what changed.

    Raises:
        YTEmpireError: what YouTube's refusal means; nothing of this pull is landed then.
        MalformedAnswer: an answer lacks what the protocol promises; it names the field.
    """
    pull = _Pull(Account(channel_id, "pull"), run_id)
    try:
        pull.fetch()
    except (KeyError, TypeError, IndexError, ValueError, ValidationError) as error:
        raise MalformedAnswer(
            f"YouTube's answer about channel {channel_id} lacks or garbles a field: {error!r}.",
            "Nothing of this pull was stored; the next pull asks again.",
        ) from error
    return Pulled(channel_id=channel_id, rows=pull.land(), calls=pull.calls)


class _Pull:
    """The rows of one pull, by table."""

    def __init__(self, account: Account, run_id: str) -> None:
        self.account = account
        self.channel = account.channel
        self.run_id = run_id
        self.fetched_at = datetime.now(UTC)
        self.calls = 0
        self.tables: dict[str, list[dict[str, Any]]] = {name: [] for name in landing.KEYS}

    def fetch(self) -> None:
        playlist = self._fetch_channel()
        ids = list(self._uploads(playlist))
        published: list[date] = []
        for some in _chunks(ids, IDS):
            published += self._fetch_videos(some)
            self._fetch_counts(some)
        start, end = window_of(self.channel.channel_id, min(published, default=None))
        self._fetch_days("youtube_channel_days", start, end)
        for some in _chunks(ids, REPORT_VIDEOS):
            self._fetch_days("youtube_video_days", start, end, videos=some)

    def land(self) -> dict[str, int]:
        return landing.land(self.channel.channel_id, self.run_id, self.fetched_at, self.tables)

    def _read(self, request: Any, **units: int) -> dict[str, Any]:
        self.calls += 1
        return self.account.read(request, **units)

    def _add(self, table: str, **values: Any) -> None:
        self.tables[table].append(
            {
                "run_id": self.run_id,
                "fetched_at": self.fetched_at,
                "channel_id": self.channel.channel_id,
                "is_simulated": self.channel.is_simulated,
            }
            | values
        )

    def _fetch_channel(self) -> str:
        answer = self._read(
            self.account.data.channels().list(part="snippet,statistics,contentDetails", mine=True),
            default=quota.LIST,
        )
        if not answer.get("items"):
            raise NotConfigured(f"The account of {self.channel.channel_id} has no channel.")
        mine = answer["items"][0]
        counts = mine["statistics"]
        self._add(
            "youtube_channels",
            youtube_channel_id=mine["id"],
            title=mine["snippet"]["title"],
            subscribers=_optional(counts.get("subscriberCount")),
            views=int(counts["viewCount"]),
            videos=int(counts["videoCount"]),
        )
        return str(mine["contentDetails"]["relatedPlaylists"]["uploads"])

    def _uploads(self, playlist: str) -> Iterator[str]:
        items = self.account.data.playlistItems()
        request = items.list(part="contentDetails", playlistId=playlist, maxResults=IDS)
        while request is not None:
            answer = self._read(request, default=quota.LIST)
            for item in answer.get("items", []):
                yield item["contentDetails"]["videoId"]
            request = items.list_next(request, answer)

    def _fetch_videos(self, ids: list[str]) -> list[date]:
        answer = self._read(
            self.account.data.videos().list(part="snippet,status,contentDetails", id=",".join(ids)),
            default=quota.LIST,
        )
        published = []
        for video in answer.get("items", []):
            snippet, status = video["snippet"], video["status"]
            at = datetime.fromisoformat(snippet["publishedAt"])
            published.append(at.date())
            self._add(
                "youtube_videos",
                youtube_video_id=video["id"],
                title=snippet["title"],
                published_at=at,
                seconds=landing.seconds_of(video["contentDetails"].get("duration")),
                privacy_status=status["privacyStatus"],
                upload_status=status["uploadStatus"],
            )
        return published

    def _fetch_counts(self, ids: list[str]) -> None:
        answer = self._read(
            self.account.data.videos().batchGetStats(part="snippet,statistics", id=ids),
            stats=1,
        )
        for video in answer.get("items", []):
            counts = video["statistics"]
            if "viewCount" not in counts:
                continue  # a premiere that has not begun
            self._add(
                "youtube_video_counts",
                youtube_video_id=video["id"],
                views=int(counts["viewCount"]),
                likes=_optional(counts.get("likeCount")),
                comments=_optional(counts.get("commentCount")),
            )

    def _fetch_days(
        self, table: str, start: date, end: date, videos: list[str] | None = None
    ) -> None:
        days: dict[tuple[Any, ...], dict[str, Any]] = {}
        for metrics in (METRICS, MONEY):
            for key, values in self._report(metrics, start, end, videos):
                # Revenue of a day that has no views yet is not a day: wait for both.
                if metrics is METRICS:
                    days[key] = values
                elif key in days:
                    days[key] |= values
        for key, values in days.items():
            names = ("youtube_video_id", "day") if videos else ("day",)
            self._add(table, **dict(zip(names, key, strict=True)), **values)

    def _report(
        self, metrics: dict[str, str], start: date, end: date, videos: list[str] | None
    ) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
        """Rows of a day report as (key, our columns); none when the channel earns no money."""
        wanted = {"dimensions": "video,day" if videos else "day", "sort": "day"}
        if videos:
            wanted["filters"] = f"video=={','.join(videos)}"
        try:
            answer = self._read(
                self.account.analytics.reports().query(
                    ids="channel==MINE",
                    startDate=start.isoformat(),
                    endDate=end.isoformat(),
                    metrics=",".join(metrics),
                    **wanted,
                )
            )
        except NotConfigured:
            if metrics is MONEY:
                return  # outside the partner programme: no revenue is not an error
            raise
        headers = [header["name"] for header in answer["columnHeaders"]]
        for row in answer.get("rows", []):
            values = dict(zip(headers, row, strict=True))
            day = date.fromisoformat(values["day"])
            key = (values["video"], day) if videos else (day,)
            yield key, {ours: values[theirs] for theirs, ours in metrics.items()}


def _optional(count: str | None) -> int | None:
    """A counter that its owner may hide, such as likes, or comments that are off."""
    return None if count is None else int(count)


def _chunks(ids: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
