"""What it costs to keep what was made: a line a channel and UTC day, shared by its videos."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import psycopg

from ytempire.costs import budgets
from ytempire.costs.prices import amount_of, price_of
from ytempire.domain import Usage

Db = psycopg.Connection[dict[str, Any]]
_GIGABYTE = Decimal(10**9)


def book_day(db: Db) -> Decimal:
    """Book what is stored today, once however often it is asked for; returns the USD."""
    db.execute("select pg_advisory_xact_lock(hashtextextended('ops.ledger/storage', 0))")
    rows = db.execute(
        """
        select channel_id, channel.owner as customer, ops.period_begins('day') as day,
               sum(artifact.bytes) as bytes
        from ops.artifacts as artifact
        join ops.videos as video using (video_id) join ops.channels as channel using (channel_id)
        where not video.is_simulated and not exists (
            select 1 from ops.ledger as line
            where line.channel_id = video.channel_id and line.provider = 'storage'
              and line.booked_at >= ops.period_begins('day')::timestamp at time zone 'UTC')
        group by 1, 2 order by 1
        """
    ).fetchall()
    return sum((_booked(db, row) for row in rows), Decimal(0))


def _booked(db: Db, row: dict[str, Any]) -> Decimal:
    usage = Usage(
        provider="storage",
        kind="storage",
        unit="gigabyte_day",
        quantity=(row.pop("bytes") / _GIGABYTE).quantize(Decimal("0.000001")),
        device="remote",
    )
    whose = budgets.Whose(video_id=None, **row)
    price, version = price_of(usage, whose.day)
    amount = amount_of(usage.quantity, price)
    budgets.settle(db, budgets.borne(whose, [(usage, price)]))
    db.execute(
        """
        insert into ops.ledger (channel_id, provider, kind, unit, quantity, unit_price_usd,
                                amount_usd, price_version)
        values (%s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (whose.channel_id, usage.provider, usage.kind, usage.unit, usage.quantity, price, amount,
         version),
    )  # fmt: skip
    return amount
