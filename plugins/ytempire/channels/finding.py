"""Looks for a video at YouTube by the tag that only it carries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from ytempire.channels import events, quota, sessions
from ytempire.channels.account import Account
from ytempire.channels.sessions import Upload

#: Clocks differ, theirs from ours: uploads are looked through from this long before the opening.
SLACK = timedelta(days=1)
_PAGE = 50


def find(account: Account, upload: Upload) -> dict[str, Any] | None:
    """The channel's video that carries the upload's marker, in whatever state YouTube has it, or
    None. Two of them are told of, never deleted: the earlier one is the answer. Earlier uploads
    that were refused are passed over.

    Spends a unit for the channel and two for each 50 uploads since the session was opened.
    """
    refused = {each.youtube_video_id for each in sessions.refusals(upload.video_id)}
    found = [
        video
        for page in _pages(account, upload.opened_at - SLACK)
        for video in _videos(account, page)
        if upload.marker in video["snippet"].get("tags", ()) and video["id"] not in refused
    ]
    if not found:
        return None
    found.sort(key=lambda video: (video["snippet"].get("publishedAt", ""), video["id"]))
    for double in found[1:]:
        tell_double(upload, str(found[0]["id"]), str(double["id"]))
    return found[0]


def tell_double(upload: Upload, kept: str, other: str) -> None:
    """Tell that a video is at YouTube twice: a person decides which one goes."""
    events.note(
        upload.channel_id,
        "video_doubled",
        "critical",
        f"{upload.video_id} is at YouTube twice: {kept} and {other}. Delete one in YouTube Studio.",
        video_id=upload.video_id,
        cause=f"doubled/{'/'.join(sorted((kept, other)))}",
    )


def _pages(account: Account, since: datetime) -> Iterator[list[str]]:
    """The ids of the channel's uploads, newest first, page by page, until one is too old."""
    data = account.data
    mine = account.read(data.channels().list(part="contentDetails", mine=True), default=quota.LIST)
    playlist = mine["items"][0]["contentDetails"]["relatedPlaylists"]["uploads"]
    token = None
    while True:
        page = account.read(
            data.playlistItems().list(
                part="snippet,contentDetails",
                playlistId=playlist,
                maxResults=_PAGE,
                pageToken=token,
            ),
            default=quota.LIST,
        )
        items = page.get("items", [])
        yield [item["contentDetails"]["videoId"] for item in items]
        token = page.get("nextPageToken")
        if token is None or not items or _listed_at(items[-1]) < since:
            return


def _listed_at(item: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(item["snippet"]["publishedAt"].replace("Z", "+00:00"))


def _videos(account: Account, ids: list[str]) -> list[dict[str, Any]]:
    if not ids:
        return []
    request = account.data.videos().list(part="snippet,status", id=",".join(ids))
    return list(account.read(request, default=quota.LIST).get("items", []))
