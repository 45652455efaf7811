"""What moves in a niche: the newest videos of watched channels and how fast they gather views.

`chart=mostPopular` covers only music, films and games since July 2025, so it is no source.
Titles are other people's words: stored as they are, treated as untrusted wherever they are used.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ytempire.channels import quota
from ytempire.channels.account import Account
from ytempire.errors import MalformedAnswer
from ytempire.warehouse.database import connect
from ytempire.warehouse.load import append

#: Newest videos looked at per watched channel.
NEWEST = 5
#: A video younger than this is measured as if it were this old: an hour's views tell little.
YOUNGEST_H = 3.0


def pull_trends(channel_id: str, run_id: str) -> int:
    """Land the trend signals of a channel's niche; returns the number of rows.

    One unit per watched channel for its uploads playlist, one for each 50 videos.
    """
    account = Account(channel_id, "trends")
    try:
        rows = _signals(account, run_id, datetime.now(UTC))
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedAnswer(
            f"YouTube's answer about the niche of {channel_id} lacks a field: {error!r}."
        ) from error
    if not rows:
        return 0
    with connect() as db:
        # A cleared task looks again: its rows replace those of its first try.
        db.execute(
            "delete from raw.trend_signals where run_id = %s and youtube_video_id = any(%s)",
            (run_id, [row["youtube_video_id"] for row in rows]),
        )
        return append(db, "raw.trend_signals", tuple(rows[0]), rows)


def _signals(account: Account, run_id: str, now: datetime) -> list[dict[str, Any]]:
    ids = [video for watched in account.channel.watches for video in _newest(account, watched)]
    rows = []
    for start in range(0, len(ids), 50):
        some = ids[start : start + 50]
        answer = account.read(
            account.data.videos().list(part="snippet,statistics", id=",".join(some)),
            default=quota.LIST,
        )
        for video in answer.get("items", []):
            if "viewCount" not in video["statistics"]:
                continue  # hidden, or a premiere: it tells no pace
            snippet = video["snippet"]
            published_at = datetime.fromisoformat(snippet["publishedAt"])
            views = int(video["statistics"]["viewCount"])
            rows.append(
                {
                    "run_id": run_id,
                    "fetched_at": now,
                    "niche": account.channel.niche,
                    "topic": snippet["title"],
                    "youtube_video_id": video["id"],
                    "title": snippet["title"],
                    "channel_title": snippet["channelTitle"],
                    "published_at": published_at,
                    "views": views,
                    "views_per_hour": round(views / _age_h(published_at, now), 3),
                    "is_simulated": account.channel.is_simulated,
                }
            )
    return rows


def _age_h(published_at: datetime, now: datetime) -> float:
    return max((now - published_at).total_seconds() / 3600, YOUNGEST_H)


def _newest(account: Account, youtube_channel_id: str) -> list[str]:
    # The uploads playlist of UC… is UU…: it saves a call per channel.
    playlist = f"UU{youtube_channel_id[2:]}"
    answer = account.read(
        account.data.playlistItems().list(
            part="contentDetails", playlistId=playlist, maxResults=NEWEST
        ),
        default=quota.LIST,
    )
    return [item["contentDetails"]["videoId"] for item in answer.get("items", [])]
