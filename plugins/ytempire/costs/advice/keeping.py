"""Recommendations kept day by day, for the dashboards and to be held against what came."""

from __future__ import annotations

from ytempire.costs.advice import advice
from ytempire.warehouse.database import connect

DAYS = 30


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
