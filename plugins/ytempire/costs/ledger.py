"""The ledger: one line for every thing bought; lines are added, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import psycopg
from psycopg.types.json import Jsonb

from ytempire.costs import budgets
from ytempire.costs.prices import amount_of, price_of
from ytempire.domain import Usage

#: Begins a statement that also closes the paid call.
_CLOSED = """
    closed as (
        update ops.intents set state = %(state)s, settled_at = ops.now()
        where intent_id = %(intent)s
    ),
"""


class Settled(NamedTuple):
    """A paid call that ends: what it becomes, and what was reserved for it, given back."""

    intent_id: str
    state: str
    reservations: Sequence[budgets.Reservation]


def book(
    db: psycopg.Connection[dict[str, Any]],
    usages: Sequence[Usage],
    *,
    stage_run_id: str | None,
    is_failed: bool = False,
    settled: Settled | None = None,
    buyer: budgets.Whose | None = None,
) -> Decimal:
    """Add what a stage run used to the ledger and to its budgets, in the caller's transaction;
    returns the USD.

    Args:
        settled: the paid call that ends with it; each of its units is booked once.
        buyer: for whom the run works, where that is known already, or where there is no run.
    """
    if buyer is None:
        assert stage_run_id is not None, "nobody is named who bears the cost"
        buyer = whose(db, stage_run_id)
    priced = [(usage, *price_of(usage, buyer.day)) for usage in usages]
    spent = budgets.borne(buyer, [(usage, price) for usage, price, _ in priced])
    lines = [
        usage.model_dump(mode="json", include={"provider", "kind", "unit", "quantity"})
        | {"price": str(price), "amount": str(amount_of(usage.quantity, price)), "version": version}
        for usage, price, version in priced
    ]
    row = db.execute(
        f"""
        with {_CLOSED if settled else ""} moved as materialized (
            select count(*) as budgets from ({budgets.MOVED}) as moved
        ), booked as (
            insert into ops.ledger (stage_run_id, video_id, channel_id, provider, kind, unit,
                                    quantity, unit_price_usd, amount_usd, price_version, is_failed,
                                    intent_id)
            select %(run)s, %(video)s, %(channel)s, provider, kind, unit, quantity, price, amount,
                   version, %(is_failed)s, %(intent)s
            from moved, jsonb_to_recordset(%(lines)s) as line (
                provider text, kind text, unit text, quantity numeric, price numeric,
                amount numeric, version text)
            returning amount_usd
        )
        select coalesce(sum(amount_usd), 0) as usd, (select budgets from moved) from booked
        """,  # noqa: S608 (our own words)
        {
            "run": stage_run_id,
            "video": buyer.video_id,
            "channel": buyer.channel_id,
            "is_failed": is_failed,
            "intent": settled.intent_id if settled else None,
            "state": settled.state if settled else None,
            "lines": Jsonb(lines),
            "changes": Jsonb(budgets.settling(spent, settled.reservations if settled else ())),
        },
    ).fetchone()
    assert row is not None
    return Decimal(row["usd"])


def whose(db: psycopg.Connection[dict[str, Any]], stage_run_id: str) -> budgets.Whose:
    """For whom a stage run works, and on which UTC day by the database's clock."""
    row = db.execute("select * from ops.buyer_of(%s)", (stage_run_id,)).fetchone()
    assert row is not None, f"there is no stage run {stage_run_id}"
    return budgets.Whose.model_validate(row)


def lines_of(db: psycopg.Connection[dict[str, Any]], video_id: str) -> list[dict[str, Any]]:
    """The ledger lines of a video in the order of its stages, with stage and attempt."""
    return db.execute(
        """
        select run.stage, run.attempt, line.provider, line.kind, line.unit, line.quantity,
               line.unit_price_usd, line.amount_usd, line.price_version, line.is_failed,
               line.is_simulated, line.booked_at, line.corrects
        from ops.ledger as line left join ops.stage_runs as run using (stage_run_id)
        where line.video_id = %s
        order by line.line_id
        """,
        (video_id,),
    ).fetchall()


def spent_by_stage(db: psycopg.Connection[dict[str, Any]], video_id: str) -> dict[str, Decimal]:
    """USD of a video by stage, all attempts, in the order in which they came."""
    rows = db.execute(
        """
        select coalesce(run.stage, 'other') as stage, sum(line.amount_usd) as usd
        from ops.ledger as line left join ops.stage_runs as run using (stage_run_id)
        where line.video_id = %s group by 1 order by min(line.line_id)
        """,
        (video_id,),
    ).fetchall()
    return {row["stage"]: row["usd"] for row in rows}
