"""People arrange what waits in the queue: its priority, its place, and what is called off.

A request can be arranged until a run has accepted it. Both sides lock its row, so whoever comes
second sees what the first one did.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import psycopg
from psycopg.rows import DictRow

from ytempire.domain import Tier
from ytempire.errors import InvalidInput
from ytempire.runs.orders import Recall
from ytempire.warehouse.database import connect

#: Requests that are arranged at once, at most.
MOST = 50
Db = psycopg.Connection[DictRow]


@dataclass(frozen=True)
class Arranged:
    """What became of a choice of requests.

    Attributes:
        done: ids that were arranged.
        missed: id -> its state: a run had accepted it, or somebody had called it off.
        sent: those of `done` whose scripts had been ordered, and what became of each.
    """

    done: tuple[str, ...] = ()
    missed: dict[str, str] = field(default_factory=dict)
    sent: dict[str, Recall] = field(default_factory=dict)


def prioritise(request_ids: Sequence[str], tier: Tier) -> Arranged:
    """Give waiting requests another tier; they are made among the requests of that tier.

    Raises:
        InvalidInput: none, more than `MOST`, or an unknown one is named; nothing was changed.
    """
    return _arrange(request_ids, lambda db, ids: _set(db, ids, "tier", str(tier)))


def to_front(request_ids: Sequence[str]) -> Arranged:
    """Have waiting requests made first among those of their tier, in the order given.

    Raises:
        InvalidInput: as `prioritise`.
    """
    return _arrange(request_ids, lambda db, ids: _place(db, ids, "min(place) - %(count)s"))


def to_back(request_ids: Sequence[str]) -> Arranged:
    """Have waiting requests made last among those of their tier, in the order given.

    Raises:
        InvalidInput: as `prioritise`.
    """
    return _arrange(request_ids, lambda db, ids: _place(db, ids, "max(place) + 1"))


def cancel(request_ids: Sequence[str]) -> Arranged:
    """Call waiting requests off; a publishing slot of theirs is not planned again.

    What was ordered ahead for them is taken back by `planning.calling_off`, which calls this.

    Raises:
        InvalidInput: as `prioritise`.
    """
    return _arrange(request_ids, lambda db, ids: _set(db, ids, "state", "cancelled"))


def _arrange(request_ids: Sequence[str], change: Callable[[Db, list[str]], None]) -> Arranged:
    wanted = list(dict.fromkeys(request_ids))
    if not 1 <= len(wanted) <= MOST:
        raise InvalidInput(
            f"{len(wanted)} requests are chosen; 1 to {MOST} can be arranged at once.",
            "Choose fewer, and do the others after them.",
        )
    with connect() as db:
        # Places are counted from all others' places: one person at a time.
        db.execute("select pg_advisory_xact_lock(hashtext('ops.requests.place'))")
        rows = db.execute(
            """
            select request_id, state from ops.requests where request_id = any(%s)
            order by request_id for update
            """,
            (wanted,),
        ).fetchall()
        states = {row["request_id"]: row["state"] for row in rows}
        unknown = [each for each in wanted if each not in states]
        if unknown:
            raise InvalidInput(
                f"There is no request {unknown[0]!r}.", "Look at the queue as it is now."
            )
        done = [each for each in wanted if states[each] == "queued"]
        if done:
            change(db, done)
    return Arranged(tuple(done), {each: states[each] for each in wanted if each not in done})


def _set(db: Db, request_ids: list[str], column: str, value: str) -> None:
    db.execute(
        f"update ops.requests set {column} = %s where request_id = any(%s)",  # noqa: S608 (constant)
        (value, request_ids),
    )


def _place(db: Db, request_ids: list[str], first: str) -> None:
    db.execute(
        f"""
        update ops.requests as request
        set place = others.first + chosen.number - 1
        from unnest(%(ids)s::text[]) with ordinality as chosen (request_id, number),
            (select coalesce({first}, 0) as first from ops.requests
             where state = 'queued' and request_id <> all(%(ids)s)) as others
        where request.request_id = chosen.request_id
        """,  # noqa: S608 (constant expressions)
        {"ids": request_ids, "count": len(request_ids)},
    )
