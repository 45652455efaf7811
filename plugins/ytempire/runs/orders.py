"""Scripts that were ordered ahead: which batch writes the script of which request."""

from __future__ import annotations

from ytempire.warehouse.database import connect


def put(batch_id: str, request_id: str) -> None:
    """Note an order."""
    with connect() as db:
        db.execute(
            """
            insert into ops.script_orders (batch_id, request_id) values (%s, %s)
            on conflict do nothing
            """,
            (batch_id, request_id),
        )


def of(request_id: str) -> str | None:
    """The batch that writes a request's script, if it was ordered and not taken yet."""
    with connect() as db:
        row = db.execute(
            "select batch_id from ops.script_orders where request_id = %s and taken_at is null",
            (request_id,),
        ).fetchone()
    return row["batch_id"] if row else None


def is_overdue(batch_id: str) -> bool:
    """Whether a batch was ordered more than a day ago: by then it has ended or never will."""
    with connect() as db:
        row = db.execute(
            """
            select ordered_at < now() - interval '25 hours' as overdue
            from ops.script_orders where batch_id = %s
            """,
            (batch_id,),
        ).fetchone()
    return bool(row and row["overdue"])


def take(batch_id: str) -> None:
    """Note that what the batch wrote has arrived, or that it wrote nothing."""
    with connect() as db:
        db.execute("update ops.script_orders set taken_at = now() where batch_id = %s", (batch_id,))
