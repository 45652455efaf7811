"""The ledger: one line for every thing bought; lines are added, never changed."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import psycopg

from ytempire.costs import budgets
from ytempire.costs.prices import MICRO, price_of, today
from ytempire.domain import Usage


def amount_of(quantity: Decimal, unit_price: Decimal) -> Decimal:
    """USD to the millionth, half to even."""
    return (quantity * unit_price).quantize(MICRO, ROUND_HALF_EVEN)


def book(
    db: psycopg.Connection[dict[str, Any]],
    usage: Usage,
    *,
    stage_run_id: str,
    is_failed: bool = False,
    intent_id: str | None = None,
) -> Decimal:
    """Add what a stage run used to the ledger and to its budgets, in the caller's transaction;
    returns the USD.

    Args:
        intent_id: the paid call that it is of; each of its units is booked once.
    """
    price, version = price_of(usage, today(db))
    amount = amount_of(usage.quantity, price)
    bearing = budgets.of_purchase(whose(db, stage_run_id), usage.provider, usage.unit)
    counted = [(b, amount if b.unit == budgets.USD else usage.quantity) for b in bearing]
    budgets.spend(db, counted)
    db.execute(
        """
        insert into ops.ledger (stage_run_id, video_id, channel_id, provider, kind, unit, quantity,
                                unit_price_usd, amount_usd, price_version, is_failed, intent_id)
        select run.stage_run_id, run.video_id, video.channel_id, %(provider)s, %(kind)s, %(unit)s,
               %(quantity)s, %(price)s, %(amount)s, %(version)s, %(is_failed)s, %(intent_id)s
        from ops.stage_runs as run join ops.videos as video using (video_id)
        where run.stage_run_id = %(stage_run_id)s
        """,
        {
            "provider": usage.provider,
            "kind": usage.kind,
            "unit": usage.unit,
            "quantity": usage.quantity,
            "price": price,
            "amount": amount,
            "version": version,
            "is_failed": is_failed,
            "intent_id": intent_id,
            "stage_run_id": stage_run_id,
        },
    )
    return amount


def whose(db: psycopg.Connection[dict[str, Any]], stage_run_id: str) -> budgets.Whose:
    """For whom a stage run works: its video, the video's channel, the channel's owner."""
    row = db.execute(
        """
        select run.video_id, video.channel_id, channel.owner as customer
        from ops.stage_runs as run
        join ops.videos as video using (video_id)
        join ops.channels as channel using (channel_id)
        where run.stage_run_id = %s
        """,
        (stage_run_id,),
    ).fetchone()
    assert row is not None, f"there is no stage run {stage_run_id}"
    return budgets.Whose.model_validate(row)


def lines_of(db: psycopg.Connection[dict[str, Any]], video_id: str) -> list[dict[str, Any]]:
    """The ledger lines of a video in the order of its stages, with stage and attempt."""
    return db.execute(
        """
        select run.stage, run.attempt, line.provider, line.kind, line.unit, line.quantity,
               line.unit_price_usd, line.amount_usd, line.price_version, line.is_failed,
               line.is_simulated, line.booked_at
        from ops.ledger as line left join ops.stage_runs as run using (stage_run_id)
        where line.video_id = %s
        order by line.line_id
        """,
        (video_id,),
    ).fetchall()
