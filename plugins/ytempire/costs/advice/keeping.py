"""Recommendations kept day by day, for the dashboards and to be held against what came."""

from __future__ import annotations

from ytempire.costs.advice import advice
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

DAYS = 30
#: Of the looks in `raw.pulls`: a look that finds nothing leaves no recommendation to know it by.
SOURCE = "savings"


def watch() -> str:
    """Keep the recommendations once a UTC day, and say for a log what came of it."""
    now = clock.now()
    with connect() as db:
        # Of two that look at once the second waits here for the first one's row.
        is_new = db.execute(
            """
            insert into raw.pulls (source, channel_id, run_id, fetched_at, watermark, rows_landed)
            values (%s, '', %s, %s, %s, 0) on conflict do nothing
            """,
            (SOURCE, f"savings__{now:%Y-%m-%d}", now, now),
        ).rowcount
        return f"{keep()} found" if is_new else "not due"


def keep() -> int:
    """Look for what could be saved, and keep it as today's; what an earlier look of the same UTC
    day has found is replaced. Returns how many were found.
    """
    with connect() as db:
        found = advice(db, DAYS)
        db.execute("delete from ops.savings where found_on = ops.period_begins('day')")
        db.cursor().executemany(
            """
            insert into ops.savings (found_on, rule, found, to_do, window_days, usd, usd_a_month)
            values (ops.period_begins('day'), %(rule)s, %(found)s, %(to_do)s, %(days)s, %(usd)s,
                    %(usd_a_month)s)
            on conflict do nothing
            """,
            [each.model_dump() | {"days": DAYS} for each in found],
        )
    return len(found)
