"""What the budgets will have spent when the month ends, with an interval.

The days that are left are drawn, a thousand times, from the last four weeks' whole days: so a house
that pauses on Sundays, or whose days differ much, gets the interval that it deserves.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import psycopg

from ytempire.config import settings
from ytempire.costs.prices import MICRO
from ytempire.domain import Frozen
from ytempire.warehouse import clock

Db = psycopg.Connection[dict[str, Any]]
#: Whole days that are looked back on; with fewer than the least nothing is foretold.
LOOKED_BACK, LEAST_DAYS = 28, 7
_DRAWS, _SEED = 1000, 7


class MonthEnd(Frozen):
    """USD of a month; the three last are None while too few days are known.

    Attributes:
        scope, name: as of `budgets.Budget`; a provider's month is the sum of its days.
        cap: what the month may cost; None: no bound is set.
    """

    scope: str
    name: str
    spent_usd: Decimal
    cap: Decimal | None
    low_usd: Decimal | None = None
    likely_usd: Decimal | None = None
    high_usd: Decimal | None = None


def month_ends(db: Db) -> list[MonthEnd]:
    """The month's end for the house and for each channel, customer and provider that was spent on
    in the last four weeks; the dearest first."""
    now = clock.now().astimezone(UTC)
    today = now.date()
    spending = _by_day(db, min(today.replace(day=1), today - timedelta(days=LOOKED_BACK)))
    known = _whole_days(db, today)
    found = [
        _foretold(key, days, now, known, _cap(key[0]))
        for key, days in spending.items()
        if any(days.values())
    ]
    return sorted(found, key=lambda each: each.spent_usd, reverse=True)


def _foretold(
    key: tuple[str, str],
    days: dict[date, Decimal],
    now: datetime,
    known: int,
    cap: Decimal | None,
) -> MonthEnd:
    today, last = now.date(), calendar.monthrange(now.year, now.month)[1]
    spent = sum((usd for day, usd in days.items() if day >= today.replace(day=1)), Decimal(0))
    told = MonthEnd(scope=key[0], name=key[1], spent_usd=spent, cap=cap)
    if known < LEAST_DAYS:
        return told
    earlier = [float(days.get(today - timedelta(days=n), 0)) for n in range(1, known + 1)]
    draws = np.random.default_rng(_SEED).choice(earlier, size=(_DRAWS, last - today.day + 1))
    of_today = 1 - (now - datetime.combine(today, datetime.min.time(), UTC)) / timedelta(days=1)
    draws[:, 0] *= of_today
    low, likely, high = (
        (spent + Decimal(repr(float(usd)))).quantize(MICRO)
        for usd in np.quantile(draws.sum(axis=1), (0.1, 0.5, 0.9))
    )
    return told.model_copy(update={"low_usd": low, "likely_usd": likely, "high_usd": high})


def _by_day(db: Db, since: date) -> dict[tuple[str, str], dict[date, Decimal]]:
    rows = db.execute(
        """
        select (line.booked_at at time zone 'UTC')::date as day,
               coalesce(line.channel_id, '') as channel, coalesce(channel.owner, '') as customer,
               regexp_replace(line.provider, '(-batch)?(/.*)?$', '') as provider,
               sum(line.amount_usd) as usd
        from ops.ledger as line left join ops.channels as channel using (channel_id)
        where line.booked_at >= %s::date::timestamp at time zone 'UTC' and not line.is_simulated
        group by 1, 2, 3, 4
        """,
        (since,),
    ).fetchall()
    sums: dict[tuple[str, str], dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in rows:
        named = ((scope, row[scope]) for scope in ("channel", "customer", "provider"))
        for key in (("house", ""), *(key for key in named if key[1])):
            sums[key][row["day"]] += row["usd"]
    return sums


def _whole_days(db: Db, today: date) -> int:
    """Days before today, at most four weeks, since the ledger has begun."""
    row = db.execute(
        """
        select (booked_at at time zone 'UTC')::date as day from ops.ledger
        where not is_simulated order by booked_at limit 1
        """
    ).fetchone()
    return 0 if row is None else min((today - row["day"]).days, LOOKED_BACK)


def _cap(scope: str) -> Decimal | None:
    given = settings().budgets
    return {
        "house": given.house_usd_per_month,
        "channel": given.channel_usd_per_month,
        "customer": given.customer_usd_per_month,
    }.get(scope)
