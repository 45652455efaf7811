"""What happened to a channel, written down once; its health and what people are told rest on it."""

from __future__ import annotations

from typing import Any, Literal, get_args

import psycopg

from ytempire.errors import InvalidInput
from ytempire.warehouse.database import connect

Connection = psycopg.Connection[dict[str, Any]]
Severity = Literal["info", "warning", "critical"]

Kind = Literal[
    # a person, or time, moved it
    "connected", "disconnected", "paused", "resumed", "rested", "returned",
    # its grant
    "grant_lost", "grant_expiring", "scope_missing", "grant_unreadable", "grant_readable",
    "channel_missing", "authorisation_checked",
    # what YouTube answered
    "call_failed", "cap_met", "quota_spent", "thumbnail_throttled",
    # its videos
    "publish_failed", "failed_over", "video_doubled", "processing_stuck", "processing_failed",
    "video_rejected", "video_removed", "video_returned",
    # its standing at YouTube
    "strike", "strike_over", "standing_unknown",
    # its data
    "deletion_requested", "deletion_withdrawn", "deletion_carried_out",
]  # fmt: skip
KINDS: tuple[str, ...] = get_args(Kind)


def note(
    channel_id: str,
    kind: Kind,
    severity: Severity,
    detail: str,
    *,
    video_id: str | None = None,
    cause: str | None = None,
) -> bool:
    """Write an event down.

    Args:
        detail: what happened, in a sentence for a person; never a token.
        video_id: the video that met it, as the house knows it.
        cause: names the cause, such as `quota/default/uploads/2026-11-25`: one cause is told once,
            however many videos or tries meet it.

    Returns:
        False when the cause is known already, and nothing was written.
    """
    with connect() as db:
        return note_on(db, channel_id, kind, severity, detail, video_id=video_id, cause=cause)


def note_on(
    db: Connection,
    channel_id: str,
    kind: Kind,
    severity: Severity,
    detail: str,
    *,
    video_id: str | None = None,
    cause: str | None = None,
) -> bool:
    """`note` in a transaction of the caller's."""
    if kind not in KINDS:
        raise InvalidInput(f"There is no event of the kind {kind!r}.", f"Kinds: {', '.join(KINDS)}")
    row = db.execute(
        """
        insert into ops.channel_events (channel_id, kind, severity, video_id, detail, cause)
        values (%s, %s, %s, %s, %s, %s)
        on conflict (cause) do nothing returning event_id
        """,
        (channel_id, kind, severity, video_id, detail, cause),
    ).fetchone()
    return row is not None
