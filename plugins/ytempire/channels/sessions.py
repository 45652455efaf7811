"""The upload session of each video, as a row: stored, closed and abandoned by compare-and-set, so
that two workers, each believing itself alone, never feed two sessions.

`closing_at` is written before the last bytes travel, and only while the row still holds the
worker's own session: a session that was abandoned can no longer be finished.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import psycopg

from ytempire.channels.metadata import marker_of
from ytempire.channels.placing import Placed
from ytempire.domain import Frozen
from ytempire.errors import InvalidInput
from ytempire.warehouse.database import connect

#: How long a video whose session was forgotten after its last bytes travelled is looked for.
LOOK_FOR = timedelta(hours=1)
LOOK_EVERY = timedelta(minutes=15)


class Upload(Frozen):
    """A row of `ops.uploads`.

    Attributes:
        state: `opened`, `sent`, `dressed`, `handed` to a person, or `rejected` by YouTube.
        sha256: of the file that its session is for.
        publish_at: when YouTube makes it public; None: at once, or it stays as it is.
        closing_at: when the last bytes began to travel: the video may exist since.
        lost_at: when its session was found forgotten after that.
    """

    video_id: str
    channel_id: str
    marker: str
    state: str
    session_uri: str | None
    bytes: int
    sha256: str | None
    youtube_video_id: str | None
    opened_at: datetime
    publish_at: datetime | None
    closing_at: datetime | None
    lost_at: datetime | None
    is_manual: bool


_COLUMNS = ", ".join(Upload.model_fields)


class Refusal(Frozen):
    """An upload that YouTube took and would not have, for `reason`."""

    youtube_video_id: str
    sha256: str | None
    reason: str


class Superseded(Exception):
    """Another worker holds this video's upload now; what it stored is followed."""


def of(video_id: str) -> Upload | None:
    """The upload of a video, if one has begun."""
    with connect() as db:
        return _read(db, video_id)


def store(placed: Placed, uri: str, size: int, sha256: str) -> Upload | None:
    """Write down the session that was opened; returns the upload that counts, which is another
    worker's when that came first. None: the video was given to another channel meanwhile."""
    with connect() as db:
        # Its row is locked, so that no decision about its channel falls in between.
        video = db.execute(
            "select channel_id, publish_at from ops.videos where video_id = %s for update",
            (placed.video_id,),
        ).fetchone()
        assert video is not None
        if (video["channel_id"], video["publish_at"]) == (placed.channel_id, placed.publish_at):
            db.execute(
                """
                insert into ops.uploads
                    (video_id, channel_id, marker, state, session_uri, bytes, sha256, publish_at)
                values (%s, %s, %s, 'opened', %s, %s, %s, %s)
                on conflict (video_id) do nothing
                """,
                (
                    placed.video_id,
                    placed.channel_id,
                    marker_of(placed.video_id),
                    uri,
                    size,
                    sha256,
                    placed.publish_at,
                ),
            )
        return _read(db, placed.video_id)


def close(upload: Upload) -> None:
    """Note that the last bytes are about to travel.

    Raises:
        Superseded: the session is not this video's any more, and must not be finished.
    """
    with connect() as db:
        row = db.execute(
            """
            update ops.uploads set closing_at = coalesce(closing_at, ops.now())
            where video_id = %s and state = 'opened' and session_uri = %s
            returning video_id
            """,
            (upload.video_id, upload.session_uri),
        ).fetchone()
    if row is None:
        raise Superseded


def lose(upload: Upload) -> datetime | None:
    """Note that a session is forgotten although its last bytes have travelled.

    Returns:
        When to look for the video again; None: it was looked for long enough.
    """
    with connect() as db:
        row = db.execute(
            """
            update ops.uploads set lost_at = coalesce(lost_at, ops.now())
            where video_id = %s and state = 'opened' and session_uri = %s
            returning lost_at, ops.now() as now
            """,
            (upload.video_id, upload.session_uri),
        ).fetchone()
    if row is None:
        raise Superseded
    now: datetime = row["now"]
    return None if now >= row["lost_at"] + LOOK_FOR else now + LOOK_EVERY


def abandon(upload: Upload, *, is_lost: bool = False) -> bool:
    """Give an upload up, if no byte of it can have become a video that stays; False: it may have,
    or another worker has moved it on.

    Args:
        is_lost: it may have, but was looked for long enough (`lose`).
    """
    with connect() as db:
        row = db.execute(
            """
            delete from ops.uploads
            where video_id = %s and session_uri = %s
              and (state = 'rejected' or state = 'opened'
                   and (closing_at is null or (%s and lost_at is not null)))
            returning video_id
            """,
            (upload.video_id, upload.session_uri, is_lost),
        ).fetchone()
    return row is not None


def sent(upload: Upload, youtube_video_id: str) -> Upload:
    """Write down that YouTube has the video; returns the upload as it is kept: what was written
    first stays. An upload that was given up meanwhile is taken back."""
    values = upload.model_dump() | {"youtube_video_id": youtube_video_id}
    with connect() as db:
        db.execute(
            """
            insert into ops.uploads as upload
                (video_id, channel_id, marker, state, session_uri, bytes, sha256, publish_at,
                 opened_at, closing_at, youtube_video_id, finished_at)
            values (%(video_id)s, %(channel_id)s, %(marker)s, 'sent', %(session_uri)s, %(bytes)s,
                    %(sha256)s, %(publish_at)s, %(opened_at)s, %(closing_at)s,
                    %(youtube_video_id)s, ops.now())
            on conflict (video_id) do update set
                state = 'sent', youtube_video_id = excluded.youtube_video_id,
                channel_id = excluded.channel_id, publish_at = excluded.publish_at,
                finished_at = ops.now()
                where upload.state = 'opened'
            """,
            values,
        )
        kept = _read(db, upload.video_id)
        assert kept is not None
        publish(db, kept, kept.publish_at)
    return kept


def hand(video_id: str, size: int) -> Upload:
    """Note that a person uploads the video; returns the upload as it is kept: one of ours that has
    begun stays."""
    with connect() as db:
        db.execute(
            """
            insert into ops.uploads (video_id, channel_id, marker, state, bytes, is_manual)
            select video_id, channel_id, %(marker)s, 'handed', %(size)s, true
            from ops.videos where video_id = %(video)s
            on conflict (video_id) do nothing
            """,
            {"video": video_id, "marker": marker_of(video_id), "size": size},
        )
        db.execute(
            "update ops.videos set publish_at = null where video_id = %s and state <> 'published'",
            (video_id,),
        )
        kept = _read(db, video_id)
    assert kept is not None
    return kept


def take_in(video_id: str, youtube_video_id: str, published_at: datetime | None) -> Upload | None:
    """Note what a person's upload became; None: none of that video was handed over.

    Raises:
        InvalidInput: another video has that id.
    """
    with connect() as db:
        taken = db.execute(
            """
            select video_id from ops.videos
            where youtube_video_id = %(id)s and video_id <> %(video)s
            union
            select video_id from ops.uploads
            where youtube_video_id = %(id)s and video_id <> %(video)s
            """,
            {"id": youtube_video_id, "video": video_id},
        ).fetchone()
        if taken is not None:
            raise InvalidInput(
                f"{youtube_video_id} is the id of another video: {taken['video_id']}.",
                "Copy the id of this one from YouTube Studio.",
            )
        row = db.execute(
            """
            update ops.uploads set state = 'dressed', youtube_video_id = %s, finished_at = ops.now()
            where video_id = %s and is_manual and state = 'handed' returning video_id
            """,
            (youtube_video_id, video_id),
        ).fetchone()
        kept = _read(db, video_id)
        if row is not None and kept is not None:
            publish(db, kept, published_at)
    return kept


def refuse(upload: Upload, youtube_video_id: str, reason: str) -> None:
    """Note that YouTube will not have this upload: another cut may be sent, and its posting slot is
    free for others."""
    with connect() as db:
        db.execute(
            """
            insert into ops.refusals (youtube_video_id, video_id, sha256, reason)
            values (%s, %s, %s, %s)
            on conflict (youtube_video_id) do nothing
            """,
            (youtube_video_id, upload.video_id, upload.sha256, reason),
        )
        db.execute(
            """
            update ops.uploads set state = 'rejected', finished_at = ops.now()
            where video_id = %s and state = 'opened' and session_uri = %s
            """,
            (upload.video_id, upload.session_uri),
        )
        db.execute(
            "update ops.videos set publish_at = null where video_id = %s", (upload.video_id,)
        )


def refusals(video_id: str) -> tuple[Refusal, ...]:
    """The uploads of a video that YouTube would not have."""
    with connect() as db:
        rows = db.execute(
            "select youtube_video_id, sha256, reason from ops.refusals where video_id = %s",
            (video_id,),
        ).fetchall()
    return tuple(Refusal.model_validate(row) for row in rows)


def publish(
    db: psycopg.Connection[dict[str, Any]], upload: Upload, published_at: datetime | None
) -> None:
    """Mark a video and its request as published: at its slot, or now."""
    db.execute(
        """
        update ops.videos set youtube_video_id = %s, state = 'published', waits_until = null,
               published_at = coalesce(%s, ops.now())
        where video_id = %s and state not in ('published', 'removed')
        """,
        (upload.youtube_video_id, published_at, upload.video_id),
    )
    db.execute(
        """
        update ops.requests set state = 'published'
        where request_id = (select request_id from ops.videos where video_id = %s)
        """,
        (upload.video_id,),
    )


def dressed(video_id: str) -> None:
    """Note that a video has its thumbnail: its publication is done."""
    with connect() as db:
        db.execute(
            """
            with done as (
                update ops.uploads set state = 'dressed' where video_id = %(video)s
            )
            update ops.videos set waits_until = null where video_id = %(video)s
            """,
            {"video": video_id},
        )


def _read(db: psycopg.Connection[dict[str, Any]], video_id: str) -> Upload | None:
    row = db.execute(
        f"select {_COLUMNS} from ops.uploads where video_id = %s",  # noqa: S608 (constant columns)
        (video_id,),
    ).fetchone()
    return Upload.model_validate(row) if row else None
