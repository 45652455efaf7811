"""The ledger beside the providers' usage reports: sums by provider, UTC day, item and unit.

A call counts on the day on which it was sent, whenever it was booked. Simulated lines never count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import psycopg

from ytempire.domain import ALL_REQUESTS

Db = psycopg.Connection[dict[str, Any]]
#: Two clocks differ by less: what is moved over midnight was sent so near to it.
CLOCKS_DIFFER = timedelta(minutes=10)
#: How long after its end a day's report is taken for whole. Reports lag by minutes to hours, and
#: the day after must be told as well: a call at midnight may stand there.
FINAL_AFTER = timedelta(hours=48)
_SNAPSHOT = re.compile(r"-\d{4}-\d{2}-\d{2}$")


class Key(NamedTuple):
    """What is compared with one figure of a report."""

    provider: str
    utc_day: date
    item: str
    unit: str

    def moved(self, days: int) -> Key:
        """The same on another day."""
        return self._replace(utc_day=self.utc_day + timedelta(days=days))


@dataclass
class Sum:
    """What is known of a key.

    Attributes:
        sure: booked of calls that were answered.
        unsure: booked of calls of which it is not known whether they were billed.
        early, late: of both, what was sent near the day's first and last midnight.
        price: USD a unit that was booked; None: nothing was.
    """

    billed: Decimal = Decimal(0)
    sure: Decimal = Decimal(0)
    unsure: Decimal = Decimal(0)
    early: Decimal = Decimal(0)
    late: Decimal = Decimal(0)
    price: Decimal | None = None

    @property
    def difference(self) -> Decimal:
        """Billed and not booked; negative: booked and not billed."""
        return self.billed - self.sure - self.unsure


@dataclass(frozen=True)
class Sums:
    """Bills and ledger of some days.

    Attributes:
        read: the days that a provider's report was asked for; True: when the day was final.
    """

    by_key: dict[Key, Sum] = field(default_factory=dict)
    read: dict[tuple[str, date], bool] = field(default_factory=dict)

    def is_final(self, key: Key) -> bool:
        return self.read.get((key.provider, key.utc_day), False)

    def unexplained(self, key: Key) -> Decimal:
        """The difference of a day that was read and on which no call is unsure; else nothing."""
        found = self.by_key.get(key)
        if found is None or found.unsure or (key.provider, key.utc_day) not in self.read:
            return Decimal(0)
        return found.difference


def item_of(provider: str) -> tuple[str, str] | None:
    """Who bills a provider of the ledger, and how its report calls the item; None: nobody does."""
    family, _, model = provider.partition("/")
    if provider == "elevenlabs":
        return provider, "voice"
    if family in ("openai", "openai-batch") and model:
        batch = " batch" if family == "openai-batch" else ""
        return "openai", _SNAPSHOT.sub("", model) + batch
    return None


def sums(db: Db, since: date, until: date) -> Sums:
    """Bills and ledger of the UTC days from `since` on, before `until`."""
    found = Sums()
    days = {
        "since": since,
        "until": until,
        "begins": datetime(since.year, since.month, since.day, tzinfo=UTC),
        "ends": datetime(until.year, until.month, until.day, tzinfo=UTC),
        "near": CLOCKS_DIFFER,
        "final": FINAL_AFTER,
    }
    for row in db.execute(_BILLS, days):
        at = Key(row["provider"], row["utc_day"], row["item"], row["unit"])
        if (at.item, at.unit) == ALL_REQUESTS:
            found.read[at.provider, at.utc_day] = row["is_final"]
        else:
            found.by_key.setdefault(at, Sum()).billed = row["quantity"]
    for at, row in _booked(db, days):
        to = found.by_key.setdefault(at, Sum())
        for name in ("sure", "unsure", "early", "late"):
            setattr(to, name, getattr(to, name) + row[name])
        to.price = row["price"]
    return found


def _booked(db: Db, days: dict[str, Any]) -> Iterator[tuple[Key, dict[str, Any]]]:
    for row in db.execute(_BOOKED, days):
        named = item_of(row["provider"])
        if named is not None:
            provider, item = named
            yield Key(provider, row["utc_day"], item, row["unit"]), row


_BILLS = """
    select provider, utc_day, item, unit, quantity,
           fetched_at >= (utc_day + 1)::timestamp at time zone 'UTC' + %(final)s as is_final
    from ops.bills where utc_day >= %(since)s and utc_day < %(until)s
"""
#: Lines booked in these days, and of calls sent in them those that were booked later.
_BOOKED = r"""
    with calls as (
        select intent_id, sent_at, state = 'ambiguous' as is_unsure, settled_at
        from ops.intents where sent_at >= %(begins)s and sent_at < %(ends)s
    ), lines as (
        select line.provider, line.unit, line.quantity, line.unit_price_usd,
               coalesce(calls.is_unsure, false) as is_unsure,
               coalesce(calls.sent_at, line.booked_at) at time zone 'UTC' as at
        from ops.ledger as line left join calls using (intent_id)
        where line.booked_at >= %(begins)s and line.booked_at < %(ends)s and not line.is_simulated
          and (line.intent_id is null or calls.intent_id is not null)
          and line.provider ~ '^(openai(-batch)?/|elevenlabs$)'
        union all
        select line.provider, line.unit, line.quantity, line.unit_price_usd, calls.is_unsure,
               calls.sent_at at time zone 'UTC'
        from calls join ops.ledger as line using (intent_id)
        where calls.settled_at >= %(ends)s and line.booked_at >= %(ends)s and not line.is_simulated
          and line.provider ~ '^(openai(-batch)?/|elevenlabs$)'
    )
    select provider, unit, at::date as utc_day,
           coalesce(sum(quantity) filter (where not is_unsure), 0) as sure,
           coalesce(sum(quantity) filter (where is_unsure), 0) as unsure,
           coalesce(sum(quantity) filter (where at < at::date + %(near)s), 0) as early,
           coalesce(sum(quantity) filter (where at >= at::date + 1 - %(near)s), 0) as late,
           max(unit_price_usd) as price
    from lines group by 1, 2, 3
"""
