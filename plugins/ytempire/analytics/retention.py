"""Retention: how much of a video its viewers see, asked at a few ages of each new video."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ytempire.analytics.days import check_columns, reason_against
from ytempire.analytics.polls import Poll
from ytempire.analytics.pull import Pull
from ytempire.errors import InvalidInput, NotConfigured
from ytempire.warehouse.clock import pacific_day

#: Ages at which a video is asked for. Before the first YouTube knows no day of it.
AGES = tuple(timedelta(days=days) for days in (3, 7, 14, 28))
#: A video that is older has missed its last look and is no longer new.
UNTIL = timedelta(days=42)
ELAPSED = "elapsedVideoTimeRatio"
METRICS = {
    "audienceWatchRatio": "watch_ratio",
    "relativeRetentionPerformance": "relative_performance",
}


def is_due(published_at: datetime, asked_at: datetime | None, now: datetime) -> bool:
    """Whether a video has come to one of the ages since it was last asked for; a look that was
    missed is made up for, once for all ages that have gone by."""
    age = now - published_at
    if age >= UNTIL:
        return False
    asked = timedelta() if asked_at is None or asked_at > now else asked_at - published_at
    return any(asked < each <= age for each in AGES)


def fetch_retention(pull: Pull) -> None:
    """Ask for the curve of each video that is due; one request is one video.

    A refusal ends it for this pull and is told in its `skipped`: what is left stays due.
    """
    due = [poll for poll in pull.polls.values() if _is_due(poll, pull.fetched_at)]
    reports = pull.account.analytics.reports()
    for done, poll in enumerate(due):
        try:
            _fetch(pull, reports, poll)
        except (NotConfigured, InvalidInput) as error:
            pull.skipped.append(f"retention of {len(due) - done} videos: {error.message}")
            return


def _is_due(poll: Poll, now: datetime) -> bool:
    if poll.missing_since is not None or poll.removed_at is not None:
        return False
    return is_due(poll.published_at, poll.retention_at, now)


def _fetch(pull: Pull, reports: Any, poll: Poll) -> None:
    name = poll.youtube_video_id
    request = reports.query(
        ids="channel==MINE",
        startDate=pacific_day(poll.published_at).isoformat(),
        endDate=pacific_day(pull.fetched_at).isoformat(),
        metrics=",".join(METRICS),
        dimensions=ELAPSED,
        filters=f"video=={name}",
    )
    answer = pull.read(request)
    headers = [header["name"] for header in answer["columnHeaders"]]
    check_columns(headers, (ELAPSED, *METRICS))
    for row in answer.get("rows", []):
        _add(pull, name, dict(zip(headers, row, strict=True)))
    # Also when it is too little watched to be told: the next age asks again.
    pull.touch(name, retention_at=pull.fetched_at)


def _add(pull: Pull, name: str, told: dict[str, Any]) -> None:
    # Compared with videos of its length, but only once enough of them were watched.
    optional = [name for name in ("relativeRetentionPerformance",) if told[name] is None]
    numbers = [name for name in (ELAPSED, *METRICS) if name not in optional]
    reason = reason_against(told, numbers)
    if reason:
        pull.reject("youtube_retention", reason, told | {"video": name})
        return
    pull.add(
        "youtube_retention",
        youtube_video_id=name,
        elapsed_ratio=told[ELAPSED],
        **{ours: told[theirs] for theirs, ours in METRICS.items()},
    )
