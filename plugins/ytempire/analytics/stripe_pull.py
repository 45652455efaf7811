"""One pull of Stripe in the making: what was fetched, until all of it lands at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from ytempire.analytics.inbox import MARKS
from ytempire.analytics.spool import Spool
from ytempire.analytics.stripe_landing import lacking_prices, newest
from ytempire.analytics.stripe_rows import (
    ITEMS,
    KINDS,
    LINES,
    TABLES,
    is_of_shape,
    rows_of,
    without_people,
    words,
)
from ytempire.errors import ContractBroken, MalformedAnswer
from ytempire.providers.stripe.client import Body, Stripe
from ytempire.warehouse import clock

#: When so many answers were read of a kind and none has its shape, it is looked into at once.
ENOUGH = 100
#: So many things that landed earlier are asked for again, to learn whether their kind's shape
#: changed; more than one, since some are gone.
WITNESSES = 3
#: The balance is asked for again while money moves between two looks at it.
LOOKS = 5


class Pull:
    """The rows of one pull by table, and what became of what it read.

    Attributes:
        fetched_at: the version of its rows, by the house's clock.
        reach: how far Stripe's own times reach in what was read: the next watermark.
        items: subscriptions that were read -> their items as they are now.
        gone: kind -> ids of things that were deleted.
        balances: rows of `raw.stripe_balances`.
    """

    def __init__(self, stripe: Stripe, run_id: str) -> None:
        self.stripe = stripe
        self.run_id = run_id
        self.fetched_at = clock.now()
        self.reach: datetime | None = None
        self.is_simulated = not stripe.balance()["livemode"]
        self.tables = {name: Spool(columns) for name, (columns, _) in TABLES.items()}
        self.items: dict[str, set[str]] = {}
        self.gone: dict[str, set[str]] = defaultdict(set)
        self.rejects: list[dict[str, Any]] = []
        self.balances: list[tuple[Any, ...]] = []
        self._seen: dict[str, set[str]] = defaultdict(set)
        self._read: dict[str, int] = defaultdict(int)
        self._misshapen: dict[str, list[str]] = defaultdict(list)
        self._vouched: set[str] = set()
        self._prices: set[str] = set()

    @property
    def marks(self) -> tuple[str, datetime, bool]:
        """Run, version, and whether the money is simulated: what each row begins with."""
        return self.run_id, self.fetched_at, self.is_simulated

    def read_all(self, kind: str, bodies: Iterable[Body]) -> None:
        """Take answers of a kind, each thing once.

        Raises:
            ContractBroken: no answer of the kind has its shape, and what landed earlier neither.
        """
        for body in bodies:
            self.read(kind, body)
        self._look_into(kind)

    def read_one(self, kind: str, name: str) -> None:
        """Ask for a thing that has changed, unless it was read already."""
        if name in self._seen[kind]:
            return
        body = self.stripe.one(kind, name)
        if body is None or body.get("deleted"):
            self.gone[kind].add(name)
        else:
            self.read_all(kind, [body])

    def read_lacking_prices(self) -> None:
        """Ask by their ids for prices of lines and items that no list has: those made in line."""
        for name in lacking_prices(self._prices):
            self.read_one("prices", name)

    def read(self, kind: str, body: Body) -> None:
        """Take one answer: its rows, or the reason why it has none."""
        name = body.get("id")
        if isinstance(name, str):
            if name in self._seen[kind]:
                return
            self._seen[kind].add(name)
        self._read[kind] += 1
        try:
            rows = rows_of(KINDS[kind], self._whole(kind, body))
        except ValidationError as error:
            if is_of_shape(error):
                self._misshapen[kind].append(str(name))
            kept = without_people(KINDS[kind], body) | {"livemode": not self.is_simulated}
            self.rejects.append(
                {"table_name": KINDS[kind].table, "reason": words(error), "body": kept}
            )
            if self._read[kind] >= ENOUGH:
                self._look_into(kind)
            return
        self._keep(rows)

    def look_at_balance(self) -> None:
        """What is held now, once all of its movements are read: asked twice, until nothing moved
        between a look and the movements of the time since."""
        before = self.stripe.balance()
        for _ in range(LOOKS):
            since = int(self.fetched_at.timestamp()) - 60
            if self.reach is not None:
                since = min(since, int(self.reach.timestamp()))
            self.read_all(
                "balance_transactions",
                self.stripe.list("balance_transactions", created={"gte": since}),
            )
            after = self.stripe.balance()
            if _held(after) == _held(before):
                break
            before = after
        self.balances = [
            (self.run_id, clock.now(), self.is_simulated, currency, available, pending)
            for currency, (available, pending) in _held(before).items()
        ]

    def close(self) -> None:
        """Let go of what waits in files."""
        for spool in self.tables.values():
            spool.close()

    def _whole(self, kind: str, body: Body) -> Body:
        """What an answer carries only the first ones of, asked for whole."""
        inner = {"subscriptions": "items", "invoices": "lines"}.get(kind)
        held = body.get(inner) if inner else None
        if not isinstance(held, Mapping) or not held.get("has_more"):
            return body
        if not isinstance(body.get("id"), str):
            return body  # it is rejected
        if kind == "invoices":
            every = list(self.stripe.lines(body["id"]))
        else:
            every = list(self.stripe.list("subscription_items", subscription=body["id"]))
        return {**body, str(inner): {**held, "data": every}}

    def _keep(self, rows: Iterable[tuple[str, dict[str, Any]]]) -> None:
        for table, row in rows:
            spool = self.tables[table]
            spool.add((*self.marks, *map(row.get, spool.columns[len(MARKS) :])))
            if table == KINDS["subscriptions"].table:
                self.items[row["subscription_id"]] = set()
            elif table == ITEMS:
                self.items[row["subscription_id"]].add(row["subscription_item_id"])
            if table in (ITEMS, LINES) and row["price_id"]:
                self._prices.add(row["price_id"])
            created = row.get("created_at") if table not in (ITEMS, LINES) else None
            if created is not None and (self.reach is None or created > self.reach):
                self.reach = created

    def _look_into(self, kind: str) -> None:
        """Nothing of a kind has its shape: one bad thing, or the shape is another now?

        What landed earlier had it; if one of these has it still, the bad ones stay rejected.
        """
        if kind in self._vouched or not self._read[kind] == len(self._misshapen[kind]) > 0:
            return
        for name in newest(KINDS[kind], self._misshapen[kind], WITNESSES):
            body = self.stripe.one(kind, name)
            if body is not None and not body.get("deleted") and self._has_shape(kind, body):
                self._vouched.add(kind)
                return
        self._break(kind)

    def _has_shape(self, kind: str, body: Body) -> bool:
        try:
            rows_of(KINDS[kind], body)
        except ValidationError as error:
            return not is_of_shape(error)
        return True

    def _break(self, kind: str) -> None:
        about = [row["reason"] for row in self.rejects if row["table_name"] == KINDS[kind].table]
        raise ContractBroken(
            f"Stripe's {kind} are not what they were: {about[0]}.",
            "Nothing of this pull was stored. analytics/stripe_answers.py must follow.",
        )


def _held(balance: Body) -> dict[str, tuple[int, int]]:
    """Currency -> available and pending, in its smallest unit."""
    held: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    try:
        for place, state in enumerate(("available", "pending")):
            for each in balance[state]:
                held[each["currency"]][place] += each["amount"]
    except (KeyError, TypeError) as error:
        raise MalformedAnswer(f"Stripe's balance lacks or garbles a field: {error!r}.") from error
    return {currency: (available, pending) for currency, (available, pending) in held.items()}
