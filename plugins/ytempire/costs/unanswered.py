"""Calls that were sent and never answered: the ledger's ambiguous lines."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date
from decimal import Decimal
from typing import Any

import psycopg

from ytempire.costs.comparison import Key, item_of

Db = psycopg.Connection[dict[str, Any]]
#: What comes from the provider's cache was foreseen as any token that is read.
_READ = ("input_token", "cached_input_token")


@dataclass(frozen=True)
class Call:
    """One of them.

    Attributes:
        asked_for: what was foreseen when it was sent, by unit.
        lines: what was booked of it.
    """

    intent_id: str
    asked_for: dict[str, Decimal]
    lines: list[dict[str, Any]]

    @property
    def booked(self) -> dict[str, Decimal]:
        """What the ledger holds of it, by unit."""
        found: dict[str, Decimal] = defaultdict(Decimal)
        for line in self.lines:
            found[line["unit"]] += line["quantity"]
        return dict(found)

    def foreseen(self, unit: str) -> Decimal:
        """The most of a unit that it can have used; of what is read, all together."""
        units = _READ if unit in _READ else (unit,)
        return max(
            sum((counted.get(each, Decimal(0)) for each in units), Decimal(0))
            for counted in (self.asked_for, self.booked)
        )

    def line(self, unit: str) -> dict[str, Any]:
        """Its line of a unit, or its first one where it has none."""
        return next((line for line in self.lines if line["unit"] == unit), self.lines[0])


def calls(db: Db, since: date, until: date) -> dict[Key, list[Call]]:
    """Those that were sent on the UTC days from `since` on, before `until`, by item and day (of no
    unit). Simulated ones are left alone.
    """
    lines = db.execute(
        """
        select line.*, intent.sent_at, intent.foreseen
        from ops.intents as intent join ops.ledger as line using (intent_id)
        where intent.state = 'ambiguous' and not line.is_simulated
          and intent.sent_at >= %(since)s::timestamp at time zone 'UTC'
          and intent.sent_at < %(until)s::timestamp at time zone 'UTC'
        order by intent.sent_at, intent.intent_id, line.line_id
        """,
        {"since": since, "until": until},
    ).fetchall()
    by_intent: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in lines:
        by_intent[line["intent_id"]].append(line)
    found: dict[Key, list[Call]] = defaultdict(list)
    for intent_id, its in by_intent.items():
        named = item_of(its[0]["provider"])
        if named is not None:
            foreseen = {usage["unit"]: Decimal(usage["quantity"]) for usage in its[0]["foreseen"]}
            day = its[0]["sent_at"].astimezone(UTC).date()
            found[Key(named[0], day, named[1], "")].append(Call(intent_id, foreseen, its))
    return dict(found)
