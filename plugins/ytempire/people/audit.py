"""The audit log: what people did or were refused, row by row, each digesting the one before it.

The chain shows an edited, inserted or missing row, and the head (`ops.audit_head`) rows that were
cut off the end. Whoever may alter both can write another history; keep a copy of the last digest
elsewhere (`ytempire audit` prints it) to hold against that. No secret belongs in a row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal

import psycopg
from psycopg.types.json import Jsonb

from ytempire.domain import Frozen
from ytempire.errors import YTEmpireError
from ytempire.warehouse.database import connect

Db = psycopg.Connection[dict[str, Any]]
Outcome = Literal["done", "failed", "refused"]
#: Characters kept of a text; what is longer was not written for a log.
LONGEST = 500


class Entry(Frozen):
    """A row of the log; `at` is UTC."""

    audit_id: int
    at: datetime
    actor: str
    action: str
    target: str
    outcome: Outcome
    details: dict[str, Any]


class Chain(Frozen):
    """How the chain was found.

    Attributes:
        rows: rows that are there.
        misfit: the first number at which it breaks; None: it is whole.
        last: the digest that it should end with, in hex; empty without a row.
    """

    rows: int
    misfit: int | None
    last: str


def append(
    actor: str,
    action: str,
    target: str = "",
    outcome: Outcome = "done",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write one row, in a transaction of its own.

    Raises:
        NotConfigured, ServiceFailed: the warehouse is not known, or does not answer.
    """
    told = {name: _short(value) for name, value in (details or {}).items()}
    with connect() as db:
        db.execute(
            "insert into ops.audit_log (actor, action, target, outcome, details) "
            "values (%s, %s, %s, %s, %s)",
            (_short(actor), action, _short(target), outcome, Jsonb(told)),
        )


@contextmanager
def recorded(
    actor: str, action: str, target: str = "", details: Mapping[str, Any] | None = None
) -> Iterator[None]:
    """A row about what the block does, written when it has ended: done, or failed and why.

    While the log cannot be written the block is not begun.

    Raises:
        NotConfigured, ServiceFailed: the warehouse is not known, or does not answer.
    """
    with connect() as db:
        db.execute("select from ops.audit_log limit 0")
    try:
        yield
    except Exception as error:
        # Words of an error that was not written for people may hold anything.
        why = error.message if isinstance(error, YTEmpireError) else type(error).__name__
        append(actor, action, target, "failed", {**(details or {}), "error": why})
        raise
    append(actor, action, target, "done", details)


def latest(db: Db, *, limit: int = 50, actor: str = "", action: str = "") -> list[Entry]:
    """The latest rows, newest first; only this actor's and this action's, where given."""
    rows = db.execute(
        """
        select audit_id, at, actor, action, target, outcome, details from ops.audit_log
        where %(actor)s in ('', actor) and %(action)s in ('', action)
        order by audit_id desc limit %(limit)s
        """,
        {"limit": limit, "actor": actor, "action": action},
    )
    return [Entry(**row) for row in rows]


def named(db: Db) -> tuple[list[str], list[str]]:
    """Every actor and every action that the log names, each in order."""
    row = db.execute(
        "select coalesce(array_agg(distinct actor order by actor), '{}') as actors, "
        "coalesce(array_agg(distinct action order by action), '{}') as actions "
        "from ops.audit_log"
    ).fetchone()
    assert row is not None
    return row["actors"], row["actions"]


def verify(db: Db) -> Chain:
    """Digests the whole log anew: where it first does not fit, if anywhere."""
    row = db.execute(_VERIFY).fetchone()
    assert row is not None
    return Chain(rows=row["rows"], misfit=row["misfit"], last=(row["last"] or b"").hex())


def _short(value: Any) -> Any:
    return value[:LONGEST].replace("\0", "") if isinstance(value, str) else value


#: A row fits when it has the number after the one before it, and digests itself and that one.
_VERIFY = """
    with head as (
        select coalesce(max(rows), 0) as rows, max(encode(chain, 'hex')) as chain
        from ops.audit_head
    ), linked as (
        select audit_id, chain, ops.chained(entry, coalesce(lag(chain) over numbered, '')) as fits,
               row_number() over numbered as place
        from ops.audit_log as entry window numbered as (order by audit_id)
    ), summed as (
        select count(*) as rows, (array_agg(chain order by audit_id desc))[1] as chain,
               min(place) filter (where audit_id <> place or chain <> fits) as misfit
        from linked
    )
    select summed.rows, decode(head.chain, 'hex') as last, coalesce(
        misfit,
        case when summed.rows <> head.rows then least(summed.rows, head.rows) + 1
             when encode(summed.chain, 'hex') is distinct from head.chain then summed.rows end
    ) as misfit
    from summed, head
"""
