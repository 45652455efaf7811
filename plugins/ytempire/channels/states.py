"""A channel's states, and how it moves between them; each move is an event with its reason.

active -> resting (its own cap is met) -> active, by itself
active -> paused (a person) -> active (a person)
any    -> reauth_required (its grant is dead) -> what it was, once it is connected again
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from ytempire.channels.events import Connection, Kind, Severity, note_on
from ytempire.errors import InvalidInput, UnknownChannel
from ytempire.warehouse.database import connect

State = Literal["active", "resting", "reauth_required", "paused"]
#: How long YouTube's own cap is waited for: it moves, and nobody says when it ends.
REST_HOURS = 24

_EVENTS: dict[str, tuple[Kind, Severity]] = {
    "active": ("resumed", "info"),
    "paused": ("paused", "info"),
    "resting": ("rested", "warning"),
    "reauth_required": ("grant_lost", "critical"),
}


def set_state(channel_id: str, state: str, reason: str = "") -> None:
    """Move a channel to `active`, `paused`, `reauth_required`, or `resting` for 24 hours.

    Raises:
        UnknownChannel, InvalidInput: nothing was changed.
    """
    if state not in _EVENTS:
        raise InvalidInput(
            f"A channel cannot be {state!r}.", "Active, paused, resting or reauth_required."
        )
    with connect() as db:
        if state == "resting":
            row = db.execute(
                "select ops.now() + make_interval(hours => %s) as until", (REST_HOURS,)
            ).fetchone()
            assert row is not None
            _rest(db, channel_id, row["until"], reason)
        else:
            _move(db, channel_id, state, reason or f"It was made {state}.")


def rest(channel_id: str, until: datetime, reason: str) -> None:
    """Let a channel rest until a moment, UTC; it becomes active by itself then.

    One that is paused or waits for its grant stays so, and rests on afterwards if it is not over.
    """
    with connect() as db:
        _rest(db, channel_id, until, reason)


def lose_grant(channel_id: str, reason: str, granted_at: datetime | None = None) -> None:
    """The channel's grant is dead: it waits for a person, and that is told once.

    Args:
        granted_at: when the dead grant was given; a newer one, stored meanwhile, stays.
    """
    with connect() as db:
        if granted_at is not None:
            # Waits for one who stores a new grant just now.
            stored = db.execute(
                "select granted_at from ops.grants where channel_id = %s for update", (channel_id,)
            ).fetchone()
            if stored is not None and stored["granted_at"] > granted_at:
                return
        _move(db, channel_id, "reauth_required", reason)


def disconnect(channel_id: str) -> None:
    """A person gave the grant back: the channel waits for another one."""
    with connect() as db:
        _locked(db, channel_id)
        reason = "It was disconnected."
        db.execute(
            """
            update ops.channels
            set state = 'reauth_required', state_reason = %s, state_since = ops.now()
            where channel_id = %s
            """,
            (reason, channel_id),
        )
        note_on(db, channel_id, "disconnected", "info", reason)


def regain(db: Connection, channel_id: str) -> None:
    """A new grant is there: the channel becomes what it was before it lost the old one."""
    db.execute(
        """
        update ops.channels as channel
        set state_since = ops.now(), state_reason = 'It was connected.',
            state = case
                when (select kind from ops.channel_events as event
                      where event.channel_id = channel.channel_id
                        and kind in ('paused', 'resumed')
                      order by event_id desc limit 1) = 'paused' then 'paused'
                when rest_until > ops.now() then 'resting'
                else 'active' end
        where channel_id = %s and state = 'reauth_required'
        """,
        (channel_id,),
    )


def wake_rested() -> list[str]:
    """Make channels whose rest is over active; returns them. Every read of channels does it."""
    with connect() as db:
        return wake_on(db)


def wake_on(db: Connection) -> list[str]:
    """`wake_rested` in a transaction of the caller's."""
    rows = db.execute(
        """
        update ops.channels
        set state = 'active', rest_until = null, state_since = ops.now(),
            state_reason = 'Its rest is over.'
        where state = 'resting' and rest_until <= ops.now()
        returning channel_id
        """
    ).fetchall()
    for row in rows:
        note_on(db, row["channel_id"], "returned", "info", "Its rest is over.")
    return [row["channel_id"] for row in rows]


def _move(db: Connection, channel_id: str, state: str, reason: str) -> None:
    known = _locked(db, channel_id)
    if known["state"] == state:
        return
    # Without a grant it can do nothing; what a person wants of it holds once it has one again.
    if known["state"] != "reauth_required":
        db.execute(
            """
            update ops.channels
            set state = %(state)s, state_reason = %(reason)s, state_since = ops.now(),
                rest_until = case when %(state)s = 'active' then null else rest_until end
            where channel_id = %(channel_id)s
            """,
            {"state": state, "reason": reason, "channel_id": channel_id},
        )
    note_on(db, channel_id, *_EVENTS[state], reason)


def _rest(db: Connection, channel_id: str, until: datetime, reason: str) -> None:
    known = _locked(db, channel_id)
    if known["rest_until"] is not None and known["rest_until"] >= until:
        return
    db.execute(
        """
        update ops.channels
        set rest_until = %(until)s,
            state_reason = case when state = 'active' then %(reason)s else state_reason end,
            state_since = case when state = 'active' then ops.now() else state_since end,
            state = case when state = 'active' then 'resting' else state end
        where channel_id = %(channel_id)s
        """,
        {"until": until, "reason": reason, "channel_id": channel_id},
    )
    if known["state"] == "active":
        detail = f"{reason} Until {until:%Y-%m-%d %H:%M} UTC."
        note_on(db, channel_id, *_EVENTS["resting"], detail.strip())


def _locked(db: Connection, channel_id: str) -> dict[str, Any]:
    row = db.execute(
        "select state, rest_until from ops.channels where channel_id = %s for update",
        (channel_id,),
    ).fetchone()
    if row is None:
        raise unknown(channel_id, names(db))
    return row


def names(db: Connection) -> list[str]:
    """Who is there."""
    rows = db.execute("select channel_id from ops.channels order by 1").fetchall()
    return [row["channel_id"] for row in rows]


def unknown(channel_id: str, known: list[str]) -> UnknownChannel:
    """Nobody has that name; the message lists who is there."""
    names = ", ".join(known) or "none yet; add one with `ytempire channel add`"
    return UnknownChannel(f"There is no channel {channel_id!r}.", f"Known channels: {names}.")
