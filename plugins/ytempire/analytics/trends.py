"""What moves in a niche, from three sides, into `raw.trend_signals`.

- `watched`: the newest videos of the channels that a channel watches, and how fast they gather
  views;
- `search`: the most viewed videos of the week that YouTube finds for the niche (100 calls a day);
- `own`: which topics of the channel's own videos did better or worse than its others.

`chart=mostPopular` covers only music, films and games since July 2025, so it is no source. Titles
are other people's words: stored as they are, treated as untrusted wherever they are used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from ytempire.analytics.own_topics import own_signals
from ytempire.channels import quota
from ytempire.channels.account import Account
from ytempire.domain import Frozen
from ytempire.errors import ContractBroken, QuotaExhausted
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect
from ytempire.warehouse.load import append

#: Newest videos looked at per watched channel: enough to know its usual pace.
NEWEST = 10
#: A video younger than this is measured as if it were this old: an hour's views tell little.
YOUNGEST_H = 3.0
#: How far back a search looks, and for how long the same search is not asked again.
SEARCH_DAYS, SEARCHED_FOR = 7, timedelta(hours=6)
#: Ids of one call.
IDS = 50


class Looked(Frozen):
    """What one look has landed.

    Attributes:
        skipped: what was not asked, and why; it is asked by the next look.
    """

    rows: int
    skipped: tuple[str, ...] = ()


def pull_trends(channel_id: str, run_id: str) -> Looked:
    """Land the trend signals of a channel's niche.

    One unit for each watched channel and each 50 videos, one search; a cleared task looks again and
    its rows replace those of its first try.

    Raises:
        ContractBroken: YouTube's answer lacks what the protocol promises.
    """
    account = Account(channel_id, "trends")
    now = clock.now()
    skipped: list[str] = []
    try:
        rows = [*_watched(account, now, skipped), *_searched(account, now, skipped)]
    except (KeyError, TypeError, ValueError) as error:
        raise ContractBroken(
            f"YouTube's answer about the niche of {channel_id} lacks a field: {error!r}.",
            "Nothing of this look was stored.",
        ) from error
    rows += own_signals(account.channel, now)
    marks = {
        "run_id": run_id,
        "fetched_at": now,
        "niche": account.channel.niche,
        "channel_id": channel_id,
        "is_simulated": account.channel.is_simulated,
    }
    with connect() as db:
        db.execute(
            "delete from raw.trend_signals where run_id = %s and channel_id = %s",
            (run_id, channel_id),
        )
        count = append(db, "raw.trend_signals", COLUMNS, [marks | row for row in rows])
    return Looked(rows=count, skipped=tuple(skipped))


COLUMNS = (
    "run_id", "fetched_at", "niche", "channel_id", "is_simulated", "source", "query", "topic",
    "youtube_video_id", "title", "channel_title", "published_at", "views", "views_per_hour",
    "baseline_per_hour",
)  # fmt: skip


def pace(views: int, published_at: datetime, now: datetime) -> float:
    """Views an hour of a video's life so far."""
    hours = max((now - published_at).total_seconds() / 3600, YOUNGEST_H)
    return round(views / hours, 3)


def _watched(account: Account, now: datetime, skipped: list[str]) -> Iterator[dict[str, Any]]:
    ids: list[str] = []
    for watched in account.channel.watches:
        try:
            ids += _newest(account, watched)
        except QuotaExhausted:
            skipped.append(f"watched channel {watched}: the day's units are spent")
    by_channel: dict[str, list[dict[str, Any]]] = {}
    for row, youtube_channel_id in _described(account, ids, now):
        by_channel.setdefault(youtube_channel_id, []).append(row)
    for rows in by_channel.values():
        yield from _against_their_median(rows, {"source": "watched", "query": None})


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


def _searched(account: Account, now: datetime, skipped: list[str]) -> list[dict[str, Any]]:
    """One search for the niche, unless another channel of it has asked lately."""
    query = account.channel.niche
    if _is_searched(query, now):
        return []
    since = (now - timedelta(days=SEARCH_DAYS)).strftime("%Y-%m-%dT%H:%M:%SZ")
    request = account.data.search().list(
        part="id",
        q=query,
        type="video",
        order="viewCount",
        publishedAfter=since,
        relevanceLanguage=account.channel.language[:2],
        maxResults=IDS,
    )
    try:
        answer = account.read(request, search=1)
    except QuotaExhausted:
        skipped.append(f"search {query!r}: the day's searches are spent")
        return []
    ids = [item["id"]["videoId"] for item in answer.get("items", [])]
    rows = [row for row, _ in _described(account, ids, now)]
    return list(_against_their_median(rows, {"source": "search", "query": query}))


def _is_searched(query: str, now: datetime) -> bool:
    with connect() as db:
        row = db.execute(
            "select 1 from raw.trend_signals where source = 'search' and query = %s "
            "and fetched_at > %s limit 1",
            (query, now - SEARCHED_FOR),
        ).fetchone()
    return row is not None


def _described(
    account: Account, ids: list[str], now: datetime
) -> Iterator[tuple[dict[str, Any], str]]:
    """Rows of other people's videos, each with its channel's id; hidden counters tell no pace."""
    mine = account.channel.youtube_channel_id
    unique = list(dict.fromkeys(ids))
    for start in range(0, len(unique), IDS):
        answer = account.read(
            account.data.videos().list(
                part="snippet,statistics", id=",".join(unique[start : start + IDS])
            ),
            default=quota.LIST,
        )
        for video in answer.get("items", []):
            snippet, counts = video["snippet"], video["statistics"]
            if "viewCount" not in counts or snippet["channelId"] == mine:
                continue
            published_at = datetime.fromisoformat(snippet["publishedAt"])
            views = int(counts["viewCount"])
            row = {
                "topic": snippet["title"],
                "youtube_video_id": video["id"],
                "title": snippet["title"],
                "channel_title": snippet["channelTitle"],
                "published_at": published_at,
                "views": views,
                "views_per_hour": pace(views, published_at, now),
            }
            yield row, snippet["channelId"]


def _against_their_median(
    rows: list[dict[str, Any]], marks: dict[str, Any]
) -> Iterable[dict[str, Any]]:
    if not rows:
        return []
    usual = median(row["views_per_hour"] for row in rows)
    return [row | marks | {"baseline_per_hour": usual} for row in rows]
