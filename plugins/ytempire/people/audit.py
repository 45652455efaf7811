"""The audit log: what people did or were refused, row by row, each digesting the one before it.

A deed has two rows: `tried`, before it, and what came of it, which names the first as `of_row`. So
no deed is without a row, whatever dies in between; one that stands as `tried` may have been done.

The chain shows an edited, inserted or missing row, and the head (`ops.audit_head`) rows that were
cut off the end. Whoever may alter both can write another history; keep a copy of the last digest
elsewhere (`ytempire audit` prints it) to hold against that. No secret belongs in a row, and no
words about a video: rows stay for good, and whoever is forgotten is not in them but for their id.
"""

from __future__ import annotations

import logging
import re
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
Outcome = Literal["tried", "done", "failed", "refused"]
log = logging.getLogger(__name__)
#: Characters kept of a text; what is longer was not written for a log.
LONGEST = 500
#: Details that are words about a video: the log says how long they were. They are kept with it.
WORDS = frozenset({"topic", "title", "note"})
#: Messages quote titles so.
_QUOTED = re.compile("“[^”]*”")


class Entry(Frozen):
    """A row of the log; `at` is UTC. `tried`: nobody knows what came of it."""

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
) -> int:
    """Write one row, in a transaction of its own; returns its number.

    Raises:
        NotConfigured, ServiceFailed: the warehouse is not known, or does not answer.
    """
    told = {name: _kept(name, value) for name, value in (details or {}).items()}
    with connect() as db:
        row = db.execute(
            "insert into ops.audit_log (actor, action, target, outcome, details) "
            "values (%s, %s, %s, %s, %s) returning audit_id",
            (_short(actor), action, _short(target), outcome, Jsonb(told)),
        ).fetchone()
    assert row is not None
    return int(row["audit_id"])


@contextmanager
def recorded(
    actor: str, action: str, target: str = "", details: Mapping[str, Any] | None = None
) -> Iterator[None]:
    """Rows about what the block does: that it is tried, and how it ended: done, or failed and why.

    While the log cannot be written the block is not begun.

    Raises:
        NotConfigured, ServiceFailed: the warehouse is not known, or does not answer.
    """
    tried = append(actor, action, target, "tried", details)
    told = {**(details or {}), "of_row": tried}
    try:
        yield
    except Exception as error:
        # Words of an error that was not written for people may hold anything.
        why = _unquoted(error.message, told) if isinstance(error, YTEmpireError) else ""
        why = why or type(error).__name__
        _conclude(actor, action, target, "failed", {**told, "error": why})
        raise
    _conclude(actor, action, target, "done", told)


def _conclude(
    actor: str, action: str, target: str, outcome: Outcome, told: Mapping[str, Any]
) -> None:
    """What came of a deed. It was done or not by now, so an error here would tell a wrong tale."""
    try:
        append(actor, action, target, outcome, told)
    except (YTEmpireError, psycopg.Error) as error:
        log.warning("Row %s of the audit log stays without an outcome: %s", told["of_row"], error)


def latest(db: Db, *, limit: int = 50, actor: str = "", action: str = "") -> list[Entry]:
    """The latest rows, newest first; only this actor's and this action's, where given.

    A deed is one of them: what came of it or, where nobody knows, that it was tried.
    """
    rows = db.execute(
        f"""
        select audit_id, at, actor, action, target, outcome, details - 'of_row' as details
        {_DEEDS} order by audit_id desc limit %(limit)s
        """.encode(),
        {"limit": limit, "actor": actor, "action": action},
    )
    return [Entry(**row) for row in rows]


def count(db: Db, *, actor: str = "", action: str = "") -> int:
    """How many rows `latest` has without a limit."""
    row = db.execute(
        f"select count(*) as n {_DEEDS}".encode(), {"actor": actor, "action": action}
    ).fetchone()
    assert row is not None
    return int(row["n"])


#: A deed is told by what came of it; that it was tried, where nobody knows.
_DEEDS = """
    from ops.audit_log as entry
    where %(actor)s in ('', actor) and %(action)s in ('', action)
        and (outcome <> 'tried' or not exists (
            select from ops.audit_log as later
            where later.details ? 'of_row'
                and later.details -> 'of_row' = to_jsonb(entry.audit_id)))
"""


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


def _kept(name: str, value: Any) -> Any:
    if name in WORDS and isinstance(value, str) and value:
        return f"{len(value)} characters"
    return _short(value)


def _unquoted(message: str, details: Mapping[str, Any]) -> str:
    """A message without the words about a video that it may repeat."""
    for name in WORDS & details.keys():
        if words := str(details[name] or "").strip():
            message = message.replace(words, "…")
    return _QUOTED.sub("“…”", message)


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
