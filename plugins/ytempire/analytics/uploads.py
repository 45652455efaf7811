"""Which videos a channel has: the newest pages of its uploads, and once a day all of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ytempire.analytics.pull import Pull
from ytempire.analytics.windows import is_due_today, slot_of
from ytempire.channels import quota
from ytempire.errors import QuotaExhausted
from ytempire.warehouse.database import connect

#: Videos of a page: the limit of playlistItems.list.
PAGE = 50
#: The whole list's own watermark in `raw.pulls`.
WHOLE = "youtube_listing"


def fetch_uploads(pull: Pull, playlist: str) -> set[str]:
    """Learn of new videos; returns those that a whole listing lacks though they were known.

    36,500 videos listed every hour would need 17,640 of the day's 10,000 units: the newest page
    tells of new ones, and the whole list, once a Pacific day at the channel's own hour, of gone
    ones.
    """
    is_whole = _is_whole_due(pull)
    listed: set[str] = set()
    try:
        for page in _pages(pull, playlist):
            new = [each for each in page if each not in pull.polls]
            for youtube_video_id, published_at in page.items():
                _learn(pull, youtube_video_id, published_at)
            listed |= page.keys()
            if not is_whole and not new:
                break
    except QuotaExhausted as error:
        pull.skipped.append(f"the list of uploads beyond {len(listed)} videos: {error.message}")
        return set()
    if not is_whole:
        return set()
    pull.mark(WHOLE, len(listed))
    known = {name for name, poll in pull.polls.items() if poll.removed_at is None}
    return known - listed


def _learn(pull: Pull, youtube_video_id: str, published_at: datetime) -> None:
    poll = pull.polls.get(youtube_video_id)
    if poll is None:
        pull.touch(youtube_video_id, published_at=published_at)
    elif poll.removed_at is not None:
        # It is back: everything is asked of it again.
        pull.touch(
            youtube_video_id,
            removed_at=None,
            missing_since=None,
            described_at=None,
            counted_at=None,
            days_asked_at=None,
        )


def _pages(pull: Pull, playlist: str) -> Iterator[dict[str, datetime]]:
    """Ids with the moment of publication as far as the list tells it, page by page."""
    items = pull.account.data.playlistItems()
    request: Any = items.list(part="contentDetails", playlistId=playlist, maxResults=PAGE)
    while request is not None:
        answer = pull.read(request, default=quota.LIST)
        page = {}
        for item in answer["items"]:
            told = item["contentDetails"]
            at = told.get("videoPublishedAt")
            page[told["videoId"]] = datetime.fromisoformat(at) if at else pull.fetched_at
        yield page
        request = items.list_next(request, answer)


def _is_whole_due(pull: Pull) -> bool:
    channel_id = pull.channel.channel_id
    with connect() as db:
        row = db.execute(
            "select max(fetched_at) as last from raw.pulls where source = %s and channel_id = %s",
            (WHOLE, channel_id),
        ).fetchone()
    assert row is not None
    return is_due_today(row["last"], pull.fetched_at, slot_of(channel_id))
