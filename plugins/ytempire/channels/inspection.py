"""A look at a channel's videos at YouTube: stuck, failed, rejected, or gone.

A video is gone when YouTube does not know it at two looks an hour apart while its account answers;
its history stays.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from ytempire.channels import quota
from ytempire.channels.account import Account
from ytempire.channels.events import Connection, note_on
from ytempire.domain import Frozen
from ytempire.errors import MalformedAnswer
from ytempire.warehouse.database import connect

#: Ids of one call: the limit of videos.list.
IDS = 50
#: How long a video counts as recent; older ones are looked at when a pull misses them, and all of
#: them once a month.
RECENT = timedelta(days=14)
STUCK_AFTER = timedelta(hours=24)
#: Between the two looks that make a video gone.
APART = timedelta(hours=1)

#: YouTube's words for why it would not process or keep a video (videos: status).
REASONS = {
    "codec": "a codec that YouTube cannot read",
    "conversion": "it could not be converted",
    "emptyFile": "an empty file",
    "invalidFile": "a file that is no video",
    "tooSmall": "a file that is too small",
    "uploadAborted": "the upload was broken off",
    "claim": "somebody's claim",
    "copyright": "a copyright infringement",
    "duplicate": "a duplicate",
    "inappropriate": "inappropriate content",
    "legal": "a legal complaint",
    "length": "it is too long",
    "termsOfUse": "a violation of the terms of use",
    "trademark": "a trademark infringement",
    "uploaderAccountClosed": "the account was closed",
    "uploaderAccountSuspended": "the account was suspended",
}

Finding = Literal["well", "processing", "stuck", "failed", "rejected", "absent"]


class Watched(Frozen):
    """A published video that is looked at.

    Attributes:
        sent_at: when its upload ended, UTC.
        missing_since: when it was first not found.
    """

    video_id: str
    youtube_video_id: str
    state: str
    sent_at: datetime
    missing_since: datetime | None = None


class Looked(Frozen):
    """What a look found: how many videos of each finding."""

    counts: dict[str, int]

    @property
    def words(self) -> str:
        total = sum(self.counts.values())
        rest = [f"{count} {name}" for name, count in self.counts.items() if name != "well"]
        well = f"{self.counts.get('well', 0)} of {total} videos are well"
        return f"{well}, {', '.join(rest)}" if rest else well


def finding_of(status: dict[str, Any] | None, sent_at: datetime, now: datetime) -> Finding:
    """What YouTube's `status` of a video means; None: it was not in the answer."""
    if status is None or status.get("uploadStatus") == "deleted":
        return "absent"
    upload = status.get("uploadStatus")
    if upload in ("failed", "rejected"):
        return upload  # type: ignore[no-any-return]
    if upload == "uploaded":
        return "stuck" if now - sent_at > STUCK_AFTER else "processing"
    return "well"


def look(account: Account, *, whole: bool = False) -> Looked:
    """Ask for the channel's recent and missing videos, and write down what became of them.

    Args:
        whole: all that were ever published, for the monthly recheck of their existence.

    Raises:
        YTEmpireError: YouTube cannot be asked; what was asked before it is written down.
    """
    videos, now = _watched(account.channel.channel_id, whole=whole)
    counts: dict[str, int] = {}
    for start in range(0, len(videos), IDS):
        some = videos[start : start + IDS]
        told = _ask(account, [each.youtube_video_id for each in some])
        with connect() as db:
            for each in some:
                status = told.get(each.youtube_video_id)
                found = finding_of(status, each.sent_at, now)
                _keep(db, account.channel.channel_id, each, found, status or {}, now)
                counts[found] = counts.get(found, 0) + 1
    return Looked(counts=counts)


def _ask(account: Account, ids: list[str]) -> dict[str, dict[str, Any]]:
    request = account.data.videos().list(part="id,status", id=",".join(ids), maxResults=IDS)
    answer = account.read(request, default=quota.LIST)
    try:
        return {item["id"]: item["status"] for item in answer["items"]}
    except (KeyError, TypeError) as error:
        # Else every video would pass for gone.
        raise MalformedAnswer(f"YouTube's list of videos lacks a field: {error!r}.") from error


def _watched(channel_id: str, *, whole: bool) -> tuple[list[Watched], datetime]:
    with connect() as db:
        rows = db.execute(
            _WATCHED, {"channel_id": channel_id, "recent": RECENT, "whole": whole}
        ).fetchall()
        now = db.execute("select ops.now() as now").fetchone()
    assert now is not None
    return [Watched.model_validate(row) for row in rows], now["now"]


#: A removed one is looked for a while longer: an appeal may bring it back.
_WATCHED = """
    select video.video_id, video.youtube_video_id, video.state, poll.missing_since,
           coalesce(upload.finished_at, video.published_at, video.created_at) as sent_at
    from ops.videos as video
    left join ops.uploads as upload using (video_id)
    left join ops.video_polls as poll on poll.youtube_video_id = video.youtube_video_id
    where video.channel_id = %(channel_id)s and video.youtube_video_id is not null
      and (video.state = 'published'
           or video.state = 'removed' and video.removed_at > ops.now() - %(recent)s)
      and (%(whole)s or poll.missing_since is not null or video.state = 'removed'
           or coalesce(upload.finished_at, video.published_at, video.created_at)
              > ops.now() - %(recent)s)
    order by sent_at desc, video.video_id
"""


def _keep(
    db: Connection,
    channel_id: str,
    video: Watched,
    found: Finding,
    status: dict[str, Any],
    now: datetime,
) -> None:
    if found == "absent":
        _keep_absent(db, channel_id, video, now)
        return
    if video.missing_since is not None:
        db.execute(
            "update ops.video_polls set missing_since = null, removed_at = null "
            "where youtube_video_id = %s",
            (video.youtube_video_id,),
        )
    if video.state == "removed" and found != "rejected":
        db.execute(
            "update ops.videos set state = 'published', removed_at = null where video_id = %s",
            (video.video_id,),
        )
        note_on(
            *(db, channel_id, "video_returned", "info", "YouTube shows it again."),
            video_id=video.video_id,
        )
    if found in ("stuck", "failed", "rejected"):
        _tell(db, channel_id, video, found, status)


def _keep_absent(db: Connection, channel_id: str, video: Watched, now: datetime) -> None:
    if video.state == "removed":
        return
    row = db.execute(
        """
        insert into ops.video_polls as poll
            (youtube_video_id, channel_id, published_at, missing_since)
        values (%s, %s, %s, ops.now())
        on conflict (youtube_video_id) do update
            set missing_since = coalesce(poll.missing_since, excluded.missing_since)
        returning missing_since
        """,
        (video.youtube_video_id, channel_id, video.sent_at),
    ).fetchone()
    assert row is not None
    if now - row["missing_since"] < APART:
        return
    db.execute(
        "update ops.video_polls set removed_at = coalesce(removed_at, missing_since) "
        "where youtube_video_id = %s",
        (video.youtube_video_id,),
    )
    db.execute(
        "update ops.videos set state = 'removed', removed_at = %s where video_id = %s",
        (row["missing_since"], video.video_id),
    )
    since = f"{row['missing_since']:%Y-%m-%d %H:%M} UTC"
    note_on(
        *(db, channel_id, "video_removed", "critical"),
        f"YouTube does not show {video.youtube_video_id} any more, first missed at {since}.",
        video_id=video.video_id,
        cause=f"video_removed/{video.video_id}/{row['missing_since'].isoformat()}",
    )


def _tell(
    db: Connection, channel_id: str, video: Watched, found: Finding, status: dict[str, Any]
) -> None:
    """Note a video that YouTube holds up or will not have; once for each."""
    name = video.youtube_video_id
    if found == "stuck":
        note_on(
            *(db, channel_id, "processing_stuck", "warning"),
            f"YouTube has been processing {name} for more than 24 hours.",
            video_id=video.video_id,
            cause=f"processing_stuck/{video.video_id}",
        )
    elif found == "failed":
        note_on(
            *(db, channel_id, "processing_failed", "critical"),
            f"YouTube could not process {name}: {_why(status, 'failureReason')}.",
            video_id=video.video_id,
            cause=f"processing_failed/{video.video_id}",
        )
    else:
        db.execute(
            "update ops.videos set state = 'rejected' where video_id = %s", (video.video_id,)
        )
        note_on(
            *(db, channel_id, "video_rejected", "critical"),
            f"YouTube rejected {name}: {_why(status, 'rejectionReason')}.",
            video_id=video.video_id,
            cause=f"video_rejected/{video.video_id}",
        )


def _why(status: dict[str, Any], field: str) -> str:
    reason = str(status.get(field) or "")
    return REASONS.get(reason, reason or "it gave no reason")
