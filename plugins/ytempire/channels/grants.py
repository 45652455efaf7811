"""The channels' grants: stored, read, sealed anew while they are in use, given back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ytempire.channels import states, totals, vault
from ytempire.channels.events import Connection, note, note_on
from ytempire.domain import Frozen
from ytempire.errors import GrantRevoked, GrantUnreadable, NotConfigured
from ytempire.providers.youtube.client import Grant
from ytempire.warehouse.database import connect


def connect_grant(channel_id: str, grant: Grant, expires_at: datetime | None = None) -> None:
    """Store a channel's grant, encrypted; the channel becomes what it was before it lost one.

    Args:
        expires_at: when Google lets it die by itself; None: it lasts.
    """
    with connect() as db:
        _known(db, channel_id)
        before = db.execute(
            "select token, key_id from ops.grants where channel_id = %s for update", (channel_id,)
        ).fetchone()
        is_new = before is None or _token_of(before) != grant.refresh_token
        db.execute(
            """
            insert into ops.grants as stored
                (channel_id, token, key_id, scopes, granted_at, checked_at, expires_at)
            values (%(channel_id)s, %(token)s, %(key_id)s, %(scopes)s, ops.now(), ops.now(),
                    %(expires_at)s)
            on conflict (channel_id) do update
                set token = excluded.token, key_id = excluded.key_id, scopes = excluded.scopes,
                    granted_at = case when %(is_new)s then excluded.granted_at
                                      else stored.granted_at end,
                    expires_at = excluded.expires_at, checked_at = excluded.checked_at,
                    updated_at = ops.now()
            """,
            {
                "channel_id": channel_id,
                "token": vault.seal(grant),
                "key_id": vault.key_id(),
                "scopes": list(grant.scopes),
                "expires_at": expires_at,
                "is_new": is_new,
            },
        )
        states.regain(db, channel_id)
        if is_new:
            note_on(db, channel_id, "connected", "info", "It was connected.")
            _withdraw(db, channel_id)
            totals.take_back(db, channel_id)


def grant_of(channel_id: str) -> Grant:
    """A channel's grant.

    Raises:
        NotConfigured: it was never connected. GrantRevoked: it waits for a person.
        GrantUnreadable: its key is gone, or it is damaged; the other channels are not touched.
    """
    return grant_and_date(channel_id)[0]


def grant_and_date(channel_id: str) -> tuple[Grant, datetime]:
    """`grant_of`, and when it was given: a newer one is not lost for an older one's death."""
    with connect() as db:
        row = _known(db, channel_id)
    remedy = f"Run `ytempire channel connect {channel_id}`."
    if row["token"] is None:
        raise NotConfigured(f"Channel {channel_id} is not connected.", remedy)
    if row["state"] == "reauth_required":
        raise GrantRevoked(f"Channel {channel_id} lost its grant. {row['state_reason']}", remedy)
    try:
        grant = vault.unseal(bytes(row["token"]), row["key_id"])
    except GrantUnreadable as error:
        raise _unreadable(channel_id, row, error) from None
    if row["told"] == "grant_unreadable":
        cause = f"grant_readable/{channel_id}/{row['told_id']}"
        note(channel_id, "grant_readable", "info", "Its grant can be read again.", cause=cause)
    return grant, row["granted_at"]


class Rotation(Frozen):
    """What `rotate` found: grants sealed anew, sealed so already, and not readable; by channel."""

    resealed: tuple[str, ...] = ()
    fresh: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()


def rotate() -> Rotation:
    """Seal every grant with the newest key, each in a transaction of its own.

    Safe while pulls run (old and new are readable throughout) and while a grant is replaced (what
    changed meanwhile is left as it is); broken off, it goes on where it was.
    """
    newest, done = vault.key_id(), Rotation()
    with connect() as db:
        names = db.execute("select channel_id from ops.grants order by channel_id").fetchall()
        rows = {each["channel_id"]: _known(db, each["channel_id"]) for each in names}
    for name, row in rows.items():
        outcome = "fresh" if row["key_id"] == newest else _reseal(name, row, newest)
        done = done.model_copy(update={outcome: (*getattr(done, outcome), name)})
    return done


def remove(channel_id: str) -> bool:
    """Forget a channel's grant; False when there was none."""
    with connect() as db:
        _known(db, channel_id)
        gone = db.execute("delete from ops.grants where channel_id = %s", (channel_id,))
    return gone.rowcount > 0


def _reseal(channel_id: str, row: dict[str, Any], newest: str) -> str:
    try:
        token = vault.reseal(bytes(row["token"]), row["key_id"])
    except GrantUnreadable as error:
        _unreadable(channel_id, row, error)
        return "unreadable"
    with connect() as db:
        changed = db.execute(
            """
            update ops.grants set token = %s, key_id = %s, updated_at = ops.now()
            where channel_id = %s and token = %s
            """,
            (token, newest, channel_id, row["token"]),
        )
    # One that was replaced meanwhile was sealed with the newest key when it was stored.
    return "resealed" if changed.rowcount else "fresh"


def _known(db: Connection, channel_id: str) -> dict[str, Any]:
    row = db.execute(
        """
        select channel.state, channel.state_reason, token, key_id, granted_at,
               told.kind as told, coalesce(told.event_id, 0) as told_id
        from ops.channels as channel
        left join ops.grants using (channel_id)
        left join lateral (
            select kind, event_id from ops.channel_events as event
            where event.channel_id = channel.channel_id
              and kind in ('grant_unreadable', 'grant_readable', 'connected')
            order by event_id desc limit 1
        ) as told on true
        where channel_id = %s
        """,
        (channel_id,),
    ).fetchone()
    if row is None:
        raise states.unknown(channel_id, states.names(db))
    return row


def _token_of(row: dict[str, Any]) -> str | None:
    try:
        return vault.unseal(bytes(row["token"]), row["key_id"]).refresh_token
    except GrantUnreadable:
        return None


def _unreadable(channel_id: str, row: dict[str, Any], error: GrantUnreadable) -> GrantUnreadable:
    """Tell of it once; a damaged grant cannot come back, a lost key can."""
    message = f"The grant of channel {channel_id} cannot be read: {error.message}"
    if isinstance(error, vault.Damaged):
        states.lose_grant(channel_id, message, row["granted_at"])
        return GrantUnreadable(message, f"Run `ytempire channel connect {channel_id}`.")
    if row["told"] != "grant_unreadable":
        cause = f"grant_unreadable/{channel_id}/{row['told_id']}"
        note(channel_id, "grant_unreadable", "critical", message, cause=cause)
    return GrantUnreadable(message, error.remedy)


def _withdraw(db: Connection, channel_id: str) -> None:
    """A new consent: what was to go because the old one had ended may stay. A request stands."""
    row = db.execute(
        """
        delete from ops.deletions
        where channel_id = %s and carried_out_at is null and reason <> 'request'
        returning due_at
        """,
        (channel_id,),
    ).fetchone()
    if row is not None:
        detail = f"Withdrawn, since it was connected again (it was due {row['due_at']:%Y-%m-%d})."
        note_on(db, channel_id, "deletion_withdrawn", "info", detail)
