"""Looks at videos: their counters and their metadata, each as often as its age asks for.

A video that an answer lacks is missing, never a zero; it is gone when two looks an hour apart do
not find it. Its history stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from ytempire.analytics import landing
from ytempire.analytics.polling import described_every, is_due, polled_every
from ytempire.analytics.polls import Poll
from ytempire.analytics.pull import Pull

#: Ids of one call: the limit of videos.list and batchGetStats.
IDS = 50
#: Between the two looks that make a video gone.
APART = timedelta(hours=1)


def look(pull: Pull, unlisted: set[str]) -> None:
    """Ask for what is due of every video.

    Args:
        unlisted: known videos that the list of uploads lacks.
    """
    lacking = unlisted | _fetch_counts(pull)
    for name in lacking:
        pull.miss(name)
    _fetch_descriptions(pull, lacking)


def _fetch_counts(pull: Pull) -> set[str]:
    """Counters of those that are due; returns the videos that the answers lack."""

    def due(poll: Poll) -> bool:
        every = polled_every(pull.fetched_at - poll.published_at)
        return poll.missing_since is not None or is_due(poll.counted_at, every, pull.fetched_at)

    lacking: set[str] = set()
    videos = pull.account.data.videos()
    for ids in _paid(pull, due, "stats", "counters"):
        request = videos.batchGetStats(part="statistics", id=ids)
        told = _by_id(pull, "youtube_video_counts", ids, pull.read(request, stats=0))
        lacking |= set(ids) - told.keys()
        for name, video in told.items():
            _add_counts(pull, name, video["statistics"])
        for name in told:
            pull.touch(name, counted_at=pull.fetched_at)
    return lacking


def _add_counts(pull: Pull, name: str, told: dict[str, Any]) -> None:
    if "viewCount" not in told:
        return  # a premiere that has not begun
    counts = counts_of(told)
    negative = [column for column, count in counts.items() if count is not None and count < 0]
    if negative:
        reason = f"a negative counter: {', '.join(negative)}"
        pull.reject("youtube_video_counts", reason, {"id": name, "statistics": told})
        return
    pull.add("youtube_video_counts", youtube_video_id=name, **counts)


def counts_of(told: dict[str, Any]) -> dict[str, int | None]:
    """Our columns of YouTube's `statistics`; None: its owner hides it, or comments are off."""
    return {
        "views": int(told["viewCount"]),
        "likes": optional(told.get("likeCount")),
        "comments": optional(told.get("commentCount")),
    }


def _fetch_descriptions(pull: Pull, lacking: set[str]) -> None:
    """Metadata of those that are due, and a second look at those that another answer lacks."""

    def due(poll: Poll) -> bool:
        every = described_every(pull.fetched_at - poll.published_at)
        return (
            poll.youtube_video_id in lacking
            or poll.missing_since is not None
            or is_due(poll.described_at, every, pull.fetched_at)
        )

    videos = pull.account.data.videos()
    for ids in _paid(pull, due, "default", "metadata"):
        request = videos.list(
            part="snippet,status,contentDetails", id=",".join(ids), maxResults=IDS
        )
        told = _by_id(pull, "youtube_videos", ids, pull.read(request, default=0))
        for name in ids:
            if name not in told:
                pull.miss(name)
                _remove_if_long_missing(pull, name)
                continue
            _add_description(pull, name, told[name])
            if name not in lacking:
                pull.touch(name, missing_since=None)


def _add_description(pull: Pull, name: str, video: dict[str, Any]) -> None:
    snippet, status = video["snippet"], video["status"]
    at = datetime.fromisoformat(snippet["publishedAt"])
    pull.add(
        "youtube_videos",
        youtube_video_id=name,
        title=snippet["title"],
        published_at=at,
        seconds=landing.seconds_of(video["contentDetails"].get("duration")),
        privacy_status=status["privacyStatus"],
        upload_status=status["uploadStatus"],
    )
    pull.touch(name, described_at=pull.fetched_at, published_at=at)


def _remove_if_long_missing(pull: Pull, name: str) -> None:
    """Also `videos.list` lacks it, and something did an hour ago: it is gone since then."""
    since = pull.polls[name].missing_since
    if since is not None and pull.fetched_at - since >= APART:
        pull.touch(name, removed_at=since)


def _paid(pull: Pull, due: Any, bucket: str, what: str) -> Iterator[list[str]]:
    """Those that are due, 50 at a time, as many as the day's quota pays: the youngest first."""
    polls = [poll for poll in pull.polls.values() if poll.removed_at is None and due(poll)]
    polls.sort(key=lambda poll: poll.published_at, reverse=True)
    calls = -(-len(polls) // IDS)
    paid = pull.take(bucket, calls)
    if paid < calls:
        left = len(polls) - paid * IDS
        pull.skipped.append(f"{what} of the {left} oldest videos due: today's {bucket} are spent")
    for start in range(0, min(len(polls), paid * IDS), IDS):
        yield [poll.youtube_video_id for poll in polls[start : start + IDS]]


def _by_id(
    pull: Pull, table: str, ids: list[str], answer: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    """The videos of an answer by id; those that nobody asked for are rejected."""
    told: dict[str, dict[str, Any]] = {}
    asked = set(ids)
    # An answer without its list is no answer: else every video would pass for gone.
    for video in answer["items"]:
        if video["id"] in asked:
            told[video["id"]] = video
        else:
            pull.reject(table, "an id that was not asked for", video)
    return told


def optional(count: str | None) -> int | None:
    """A counter that its owner may hide, such as likes, or comments that are off."""
    return None if count is None else int(count)
