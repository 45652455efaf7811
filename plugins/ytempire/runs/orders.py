"""Scripts that are ordered ahead: which batch writes the script of which request.

An order is written down, with what it may cost reserved in the budgets of channel, customer,
provider and house, before it is handed in: a worker that dies in between leaves one without a
batch, which is looked for at the provider.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from ytempire.alerts import stops
from ytempire.costs import budgets, ledger
from ytempire.costs.prices import price_of
from ytempire.domain import Frozen, Usage
from ytempire.errors import InvalidInput
from ytempire.journal import Notes
from ytempire.warehouse.database import connect


class Order(Frozen):
    """An open order.

    Attributes:
        batch_id: None: nobody has noted which batch it became.
        is_fresh: so young that a worker may be handing it in at this moment.
    """

    request_id: str
    batch_id: str | None
    is_fresh: bool
    is_overdue: bool


class Recall(Enum):
    """What became of an order that had been handed in, when its request was called off. What is
    written is paid for by the channel."""

    OVER = auto()  #: it writes no more, and what it had written is booked
    TOLD = auto()  #: it was told to stop, which takes some ten minutes
    UNREACHED = auto()  #: nobody answers: it may write on until a later plan tells it


class Ordering(Notes):
    """The journal of an order: what is asked of it is reserved for its request."""

    def __init__(self, request_id: str) -> None:
        super().__init__()
        self._request_id = request_id

    def intend(self, purchase: str, *expected: Usage, can_look_up: bool = False) -> bool:
        """See `Journal.intend`. What is billed is booked by the video's own stage.

        Raises:
            InvalidInput: it was ordered before, and is over; or the request was called off.
        """
        with stops.noted(), connect() as db:
            _require_wanted(db, self._request_id)
            begun = db.execute(
                """
                insert into ops.script_orders (request_id) values (%s)
                on conflict (request_id) do update set ordered_at = script_orders.ordered_at
                returning xmax <> 0 as is_begun, taken_at
                """,
                (self._request_id,),
            ).fetchone()
            assert begun is not None
            if begun["taken_at"] is not None:
                raise InvalidInput(
                    f"The script of request {self._request_id} was ordered and taken before.",
                    "Nothing is to be done: its video is written on demand.",
                )
            if begun["is_begun"]:
                return True
            whose = _whose(db, self._request_id)
            priced = [(usage, price_of(usage, whose.day)[0]) for usage in expected]
            reservations = budgets.reserve(db, budgets.borne(whose, priced))
            db.execute(
                "update ops.script_orders set reservations = %s where request_id = %s",
                (Jsonb(reservations), self._request_id),
            )
        return False


def put(request_id: str, batch_id: str) -> bool:
    """Note the batch that an order has become; False: its request was called off meanwhile."""
    with connect() as db:
        db.execute(
            "update ops.script_orders set batch_id = %s where request_id = %s and batch_id is null",
            (batch_id, request_id),
        )
        row = db.execute(
            "select state <> 'cancelled' as is_wanted from ops.requests where request_id = %s",
            (request_id,),
        ).fetchone()
    return row is None or bool(row["is_wanted"])


def unwanted() -> list[str]:
    """Requests whose order is still open and that nobody will take any more: they were called off,
    or their videos failed or were rejected and a day has passed in which one could mend them."""
    with connect() as db:
        rows = db.execute(
            """
            select request_id
            from ops.script_orders as placed join ops.requests as request using (request_id)
            where taken_at is null and (
                request.state = 'cancelled'
                or placed.ordered_at < now() - interval '25 hours' and exists (
                    select from ops.videos as video
                    where video.request_id = request.request_id
                      and video.state in ('failed', 'rejected')))
            order by ordered_at
            """
        ).fetchall()
    return [row["request_id"] for row in rows]


def of(request_id: str) -> Order | None:
    """The open order of a request's script. It is overdue after a day: by then its batch has ended
    or never will."""
    with connect() as db:
        row = db.execute(
            """
            select request_id, batch_id, ordered_at < now() - interval '25 hours' as is_overdue,
                   ordered_at > now() - interval '10 minutes' as is_fresh
            from ops.script_orders where request_id = %s and taken_at is null
            """,
            (request_id,),
        ).fetchone()
    return Order.model_validate(row) if row else None


def take(request_id: str, written: Sequence[Usage] = ()) -> None:
    """Note that what was ordered has arrived and is booked, or that nothing will; its reservation
    is given back.

    Args:
        written: what was billed for a request that has no video: its channel bears it.
    """
    with connect() as db:
        row = db.execute(
            """
            update ops.script_orders as mine set taken_at = now(), reservations = '[]'
            from (select request_id, reservations from ops.script_orders
                  where request_id = %s and taken_at is null for update) as was
            where mine.request_id = was.request_id
            returning was.reservations
            """,
            (request_id,),
        ).fetchone()
        if row is None:
            return
        if written:
            ledger.book(db, written, stage_run_id=None, buyer=_whose(db, request_id))
        budgets.settle(db, (), row["reservations"])


def _require_wanted(db: psycopg.Connection[dict[str, Any]], request_id: str) -> None:
    """Locks the request: whoever calls it off finds the order, or this finds it called off."""
    row = db.execute(
        "select state from ops.requests where request_id = %s for share", (request_id,)
    ).fetchone()
    if row is not None and row["state"] == "cancelled":
        raise InvalidInput(
            f"Request {request_id} was called off.", "Nothing is to be done: it is not made."
        )


def _whose(db: psycopg.Connection[dict[str, Any]], request_id: str) -> budgets.Whose:
    row = db.execute(
        """
        select null as video_id, channel_id, owner as customer, ops.period_begins('day') as day
        from ops.requests join ops.channels using (channel_id) where request_id = %s
        """,
        (request_id,),
    ).fetchone()
    return budgets.Whose.model_validate(row)
