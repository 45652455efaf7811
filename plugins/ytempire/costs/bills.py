"""Providers' usage reports as the warehouse keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg

from ytempire.domain import Billed

Db = psycopg.Connection[dict[str, Any]]


def put(db: Db, rows: Sequence[Billed]) -> None:
    """Keep what reports say; of their days it replaces what earlier reports said."""
    days = {(row.provider, row.utc_day) for row in rows}
    with db.cursor() as cursor:
        cursor.executemany(
            "update ops.bills set quantity = 0, fetched_at = ops.now() "
            "where provider = %s and utc_day = %s",
            sorted(days),
        )
        cursor.executemany(
            """
            insert into ops.bills (provider, utc_day, item, unit, quantity, fetched_at)
            values (%(provider)s, %(utc_day)s, %(item)s, %(unit)s, %(quantity)s, ops.now())
            on conflict (provider, utc_day, item, unit)
            do update set quantity = excluded.quantity, fetched_at = excluded.fetched_at
            """,
            [row.model_dump() for row in rows],
        )
