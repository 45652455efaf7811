"""YouTube's data leave when they must, and that is recorded (Developer Policies III.E.4).

Within 7 days of a request or of a grant given back here, within 30 of one that ended at Google;
trend signals after 30 days. Our own work (scripts, files, costs) is no data of YouTube's, and
totals of the house's days stay (`channels.totals`).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from psycopg import sql
from psycopg.types.json import Jsonb

from ytempire.channels import states, totals
from ytempire.channels.events import Connection, note_on
from ytempire.domain import Frozen
from ytempire.warehouse.database import connect
from ytempire.warehouse.load import LANDING_LOCK

Reason = Literal["request", "revoked_here", "revoked_at_google", "expired"]
WITHIN: dict[Reason, timedelta] = {
    "request": timedelta(days=7),
    "revoked_here": timedelta(days=7),
    "revoked_at_google": timedelta(days=30),
    "expired": timedelta(days=30),
}
_WORDS: dict[Reason, str] = {
    "request": "a person asked for it",
    "revoked_here": "it was disconnected",
    "revoked_at_google": "its grant ended at Google",
    "expired": "its grant ran out",
}
#: How long what others' channels showed may be kept without being asked for again.
TRENDS_FOR = timedelta(days=30)


class Deletion(Frozen):
    """One channel's data that went: rows by table."""

    channel_id: str
    reason: str
    removed: dict[str, int]


def request(channel_id: str, reason: Reason, since: datetime | None = None) -> datetime:
    """Say that a channel's YouTube data must go; returns by when. The earliest of several counts.

    Args:
        since: when its cause arose, UTC; None: now.
    """
    with connect() as db:
        known = db.execute(
            "select youtube_channel_id, ops.now() as now from ops.channels where channel_id = %s",
            (channel_id,),
        ).fetchone()
        if known is None:
            raise states.unknown(channel_id, states.names(db))
        due_at = (since or known["now"]) + WITHIN[reason]
        row = db.execute(
            """
            insert into ops.deletions as open
                (channel_id, youtube_channel_id, reason, requested_at, due_at)
            values (%s, %s, %s, %s, %s)
            on conflict (channel_id) where carried_out_at is null do update
                set due_at = least(open.due_at, excluded.due_at),
                    reason = case when open.reason = 'request' then open.reason
                                  else excluded.reason end
            returning due_at, xmax = 0 as is_new
            """,
            (channel_id, known["youtube_channel_id"], reason, since or known["now"], due_at),
        ).fetchone()
        assert row is not None
        due: datetime = row["due_at"]
        if row["is_new"]:
            detail = f"Its YouTube data go by {due:%Y-%m-%d %H:%M} UTC: {_WORDS[reason]}."
            note_on(db, channel_id, "deletion_requested", "critical", detail)
    return due


def carry_out(*, now_for: str | None = None) -> list[Deletion]:
    """Remove the data of every request that is due; each channel in a transaction of its own.

    Args:
        now_for: also the open request of this channel, before it is due.
    """
    with connect() as db:
        rows = db.execute(
            """
            select deletion_id from ops.deletions
            where carried_out_at is null
              and (due_at <= ops.now() + interval '6 hours' or channel_id = %s)
            order by due_at
            """,
            (now_for,),
        ).fetchall()
    done = [_carry_out(row["deletion_id"]) for row in rows]
    return [each for each in done if each is not None]


def forget_trends() -> int:
    """Remove trend signals that are older than 30 days; returns how many."""
    with connect() as db:
        db.execute("select pg_advisory_xact_lock_shared(%s)", (LANDING_LOCK,))
        return db.execute(
            "delete from raw.trend_signals where fetched_at < ops.now() - %s", (TRENDS_FOR,)
        ).rowcount


def _carry_out(deletion_id: int) -> Deletion | None:
    with connect() as db:
        # Not while the models are built: they would see one table with the rows and one without.
        db.execute("select pg_advisory_xact_lock_shared(%s)", (LANDING_LOCK,))
        row = db.execute(
            """
            select channel_id, reason, requested_at from ops.deletions
            where deletion_id = %s and carried_out_at is null for update skip locked
            """,
            (deletion_id,),
        ).fetchone()
        if row is None:
            return None  # another one does it, or it was withdrawn
        channel_id = row["channel_id"]
        # A channel that is connected tells its days again.
        kept_as = None if _is_connected(db, row) else totals.keep(db, channel_id)
        removed = totals.forget_snapshots(db, channel_id, kept_as)
        for schema, table in (*_tables(db), ("ops", "video_polls")):
            statement = sql.SQL("delete from {} where channel_id = %s").format(
                sql.Identifier(schema, table)
            )
            removed[f"{schema}.{table}"] = db.execute(statement, (channel_id,)).rowcount
        # A grant that was given since is another consent.
        removed["ops.grants"] = db.execute(
            "delete from ops.grants where channel_id = %s and granted_at <= %s",
            (channel_id, row["requested_at"]),
        ).rowcount
        # Until the marts are built without it, nothing that they say is kept (`transform.run`).
        db.execute("insert into ops.rewrites (table_name) values ('deletions')")
        removed = {table: count for table, count in removed.items() if count}
        db.execute(
            "update ops.deletions set carried_out_at = ops.now(), removed = %s, kept_as = %s "
            "where deletion_id = %s",
            (Jsonb(removed), kept_as, deletion_id),
        )
        rows = sum(removed.values())
        detail = f"{rows} rows of YouTube's data were removed: {_WORDS[row['reason']]}."
        note_on(db, channel_id, "deletion_carried_out", "info", detail)
    return Deletion(channel_id=channel_id, reason=row["reason"], removed=removed)


def _is_connected(db: Connection, request: dict[str, Any]) -> bool:
    """Whether the channel was given another grant since its data had to go."""
    return (
        db.execute(
            "select from ops.grants where channel_id = %s and granted_at > %s",
            (request["channel_id"], request["requested_at"]),
        ).fetchone()
        is not None
    )


def _tables(db: Connection) -> list[tuple[str, str]]:
    """Every table of `raw` that says whose a row is; one that is added later is met too."""
    rows = db.execute(
        """
        select table_name from information_schema.columns join information_schema.tables
            using (table_schema, table_name)
        where table_schema = 'raw' and column_name = 'channel_id' and table_type = 'BASE TABLE'
        order by table_name
        """
    ).fetchall()
    return [("raw", row["table_name"]) for row in rows]
