"""Things of forgotten customers: what Stripe tells of them later lands under their other names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ytempire.analytics.stripe_rows import ITEMS, LINES

#: Table -> its columns with ids of a customer's things, its own first, in an order in which each
#: table leads on to the next.
IDS: dict[str, tuple[str, ...]] = {
    "stripe_customers": ("customer_id",),
    "stripe_subscriptions": ("subscription_id", "customer_id"),
    "stripe_invoices": ("invoice_id", "customer_id", "subscription_id"),
    "stripe_charges": ("charge_id", "customer_id", "balance_transaction_id"),
    "stripe_refunds": ("refund_id", "charge_id", "balance_transaction_id"),
    "stripe_disputes": ("dispute_id", "charge_id"),
    "stripe_balance_transactions": ("balance_transaction_id", "source_id"),
    ITEMS: ("subscription_item_id", "subscription_id"),
    LINES: ("invoice_line_id", "invoice_id", "subscription_id", "subscription_item_id"),
}
PART = "customer_part"


def name_of(name: str) -> str:
    """As `ops.forgotten_name` has it."""
    return f"forgotten-{hashlib.sha256(name.encode()).hexdigest()[:16]}"


class Forgotten:
    """The names that are known, and those of things that came since."""

    def __init__(self, db: Any) -> None:
        rows = db.execute("select name from ops.forgotten where what <> 'video'").fetchall()
        self._names = {row["name"] for row in rows}
        self._new: set[str] = set()

    def told(self, name: str) -> str:
        """A thing's name here."""
        other = name_of(name)
        return other if other in self._names else name

    def hidden(
        self, table: str, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]
    ) -> Iterable[tuple[Any, ...]]:
        """Rows to land, those of the forgotten under their names; of themselves nothing new."""
        if not self._names or table not in IDS:
            return rows
        return self._hidden(table, [columns.index(each) for each in IDS[table]], rows)

    def _hidden(
        self, table: str, places: list[int], rows: Iterable[tuple[Any, ...]]
    ) -> Iterator[tuple[Any, ...]]:
        for row in rows:
            ids = {place: name_of(row[place]) for place in places if row[place] is not None}
            if self._names.isdisjoint(ids.values()):
                yield row
            elif table != "stripe_customers":
                self._new |= set(ids.values()) - self._names
                self._names |= self._new
                yield tuple(ids.get(place, value) for place, value in enumerate(row))

    def concerns(self, body: Mapping[str, Any]) -> bool:
        """Whether an answer is of one of them."""
        return any(isinstance(each, str) and name_of(each) in self._names for each in body.values())

    def keep(self, db: Any) -> None:
        """Write the new names down."""
        db.execute(
            "insert into ops.forgotten (name, what) select unnest(%s::text[]), %s "
            "on conflict (name) do nothing",
            (sorted(self._new), PART),
        )
