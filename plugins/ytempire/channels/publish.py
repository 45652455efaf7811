"""Publishing a video exactly once.

The session URI is stored before the first byte, so a restart asks the same session instead of
opening another; a video that was sent but not written down is found again by its marker.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from ytempire.channels import quota
from ytempire.channels.account import Account
from ytempire.channels.metadata import marker_of, resource_of
from ytempire.channels.upload import SessionExpired, open_session, send
from ytempire.domain import Script
from ytempire.errors import ProviderUnavailable, UploadRejected
from ytempire.warehouse.database import connect

Progress = Callable[[float, str], None]


def publish(
    video_id: str, channel_id: str, script: Script, file: Path, thumbnail: Path, progress: Progress
) -> str:
    """Upload a checked file with its thumbnail; returns YouTube's id. Calling it again returns
    the same id and sends nothing.

    The caller holds the lock of this video's publishing (`runs.stages.only_one`).

    Raises:
        QuotaExhausted, ChannelResting, GrantRevoked, ProviderUnavailable: nothing is lost; call
            again when the cause is gone.
        UploadRejected: YouTube will not have this video.
    """
    account = Account(channel_id, "publish")
    upload = _row(video_id)
    if upload is None:
        # The whole bundle is reserved before anything is opened: a video never lies undressed
        # for want of quota.
        upload = _open(video_id, account, script, file, default=quota.THUMBNAIL)
    if upload["state"] == "opened":
        upload = _send(video_id, account, script, file, progress)
    if upload["state"] == "sent":
        progress(0.97, "setting the thumbnail")
        _dress(video_id, account, upload["youtube_video_id"], thumbnail)
    return str(upload["youtube_video_id"])


def _row(video_id: str) -> dict[str, Any] | None:
    with connect() as db:
        return db.execute("select * from ops.uploads where video_id = %s", (video_id,)).fetchone()


def _open(
    video_id: str, account: Account, script: Script, file: Path, **bundle: int
) -> dict[str, Any]:
    uri = account.acting_on_errors(
        lambda resource: {"uri": open_session(account.data, resource, file)},
        resource_of(script, video_id, account.channel),
        uploads=1,
        **bundle,
    )["uri"]
    with connect() as db:
        row = db.execute(
            """
            insert into ops.uploads (video_id, channel_id, marker, state, session_uri, bytes)
            values (%s, %s, %s, 'opened', %s, %s)
            on conflict (video_id) do update
                set session_uri = excluded.session_uri, bytes = excluded.bytes, opened_at = now()
            returning *
            """,
            (video_id, account.channel.channel_id, marker_of(video_id), uri, file.stat().st_size),
        ).fetchone()
    assert row is not None
    return row


def _send(
    video_id: str,
    account: Account,
    script: Script,
    file: Path,
    progress: Progress,
    *,
    is_reopened: bool = False,
) -> dict[str, Any]:
    upload = _row(video_id)
    assert upload is not None
    resource = resource_of(script, video_id, account.channel)
    try:
        sent = account.acting_on_errors(
            lambda uri: send(account.data, resource, file, uri, progress), upload["session_uri"]
        )
    except SessionExpired:
        # The session is gone: either it had finished and nobody wrote it down, or it never did.
        found = _find_marked(account, marker_of(video_id))
        if found is not None:
            return _sent(video_id, found)
        if is_reopened:
            raise ProviderUnavailable("YouTube forgets every upload session.") from None
        _open(video_id, account, script, file)
        return _send(video_id, account, script, file, progress, is_reopened=True)
    return _sent(video_id, sent)


def _sent(video_id: str, answer: dict[str, Any]) -> dict[str, Any]:
    status = answer.get("status", {})
    if status.get("uploadStatus") in ("failed", "rejected"):
        reason = status.get("failureReason") or status.get("rejectionReason") or "no reason given"
        raise UploadRejected(f"YouTube took the file of {video_id} and refused it: {reason}.")
    with connect() as db:
        row = db.execute(
            """
            update ops.uploads set state = 'sent', youtube_video_id = %s, finished_at = now()
            where video_id = %s returning *
            """,
            (answer["id"], video_id),
        ).fetchone()
        db.execute(
            """
            update ops.videos set youtube_video_id = %s, state = 'published', published_at = now()
            where video_id = %s and state <> 'published'
            """,
            (answer["id"], video_id),
        )
        _mark_request(db, video_id)
    assert row is not None
    return row


def _mark_request(db: psycopg.Connection[dict[str, Any]], video_id: str) -> None:
    db.execute(
        """
        update ops.requests set state = 'published'
        where request_id = (select request_id from ops.videos where video_id = %s)
        """,
        (video_id,),
    )


def _find_marked(account: Account, marker: str) -> dict[str, Any] | None:
    """The newest upload of the channel that carries our marker, or None."""
    mine = account.read(account.data.channels().list(part="contentDetails", mine=True), default=1)
    playlist = mine["items"][0]["contentDetails"]["relatedPlaylists"]["uploads"]
    page = account.read(
        account.data.playlistItems().list(
            part="contentDetails", playlistId=playlist, maxResults=50
        ),
        default=1,
    )
    ids = [item["contentDetails"]["videoId"] for item in page.get("items", [])]
    if not ids:
        return None
    videos = account.read(
        account.data.videos().list(part="snippet,status", id=",".join(ids)), default=1
    )
    for video in videos.get("items", []):
        if marker in video["snippet"].get("tags", ()):
            return dict(video)
    return None


def _dress(video_id: str, account: Account, youtube_video_id: str, thumbnail: Path) -> None:
    from googleapiclient.http import MediaFileUpload

    media = MediaFileUpload(str(thumbnail), mimetype="image/jpeg", resumable=False)
    # Its units were reserved with the upload.
    account.write(account.data.thumbnails().set(videoId=youtube_video_id, media_body=media))
    with connect() as db:
        db.execute("update ops.uploads set state = 'dressed' where video_id = %s", (video_id,))
