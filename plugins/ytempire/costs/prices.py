"""The price book: what a unit of anything costs, and from which day.

`price_book.yaml` beside this file is edited by people and reviewed like code. Machine time has no
provider's price: it costs what `YTEMPIRE_COSTS__MACHINE_USD_PER_HOUR` says, and on a card what
`YTEMPIRE_COSTS__GPU_USD_PER_HOUR` says.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import Field, ValidationError

from ytempire.config import settings
from ytempire.domain import Frozen, Usage
from ytempire.errors import InvalidInput, NotConfigured

BOOK = Path(__file__).with_name("price_book.yaml")
#: The ledger's smallest amount.
MICRO = Decimal("0.000001")


class Price(Frozen):
    """USD for one unit, from `since` on; 0 is a price, of what its provider bills nothing for."""

    provider: str
    kind: str
    unit: str
    usd: Decimal = Field(ge=0)
    since: date

    @property
    def version(self) -> str:
        return f"{self.provider}/{self.kind}@{self.since.isoformat()}"


def read_book(text: str) -> tuple[Price, ...]:
    """The prices of a price book.

    Raises:
        InvalidInput: an entry is none: no amount in `usd` (it knows no other currency), a negative
            one, no day, or two prices of one thing from the same day on.
    """
    prices: dict[tuple[str, str, str, date], Price] = {}
    for number, entry in enumerate(yaml.safe_load(text) or (), start=1):
        try:
            price = Price.model_validate(entry)
        except ValidationError as error:
            wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
            raise InvalidInput(
                f"Entry {number} of the price book is no price ({wrong}): {entry}",
                "An entry has provider, kind, unit, usd and since; convert other currencies.",
            ) from error
        key = (price.provider, price.kind, price.unit, price.since)
        if key in prices:
            raise InvalidInput(
                f"The price book has two prices of {price.version}, {price.unit}.",
                "Remove one, or give it the day from which it holds.",
            )
        prices[key] = price
    return tuple(prices.values())


@lru_cache
def _book() -> tuple[Price, ...]:
    return read_book(BOOK.read_text(encoding="utf-8"))


def price_of(usage: Usage, on: date) -> tuple[Decimal, str]:
    """USD per unit of `usage` on a day, and the version of the price that applied.

    Raises:
        NotConfigured: the book has no price for it: a cost is never guessed, nor taken as zero.
    """
    if usage.unit == "second" and usage.device != "remote":
        costs = settings().costs
        name, per_hour = (
            ("machine", costs.machine_usd_per_hour)
            if usage.device == "cpu"
            else ("gpu", costs.gpu_usd_per_hour)
        )
        return per_hour / 3600, f"{name}@{per_hour}/h"
    prices = [
        price
        for price in _book()
        if (price.provider, price.kind, price.unit) == (usage.provider, usage.kind, usage.unit)
        and price.since <= on
    ]
    if not prices:
        raise NotConfigured(
            f"No price for a {usage.unit} of {usage.kind} by {usage.provider} on {on}.",
            f"Add it to {BOOK.name}.",
        )
    price = max(prices, key=lambda price: price.since)
    return price.usd, price.version


def amount_of(quantity: Decimal, unit_price: Decimal) -> Decimal:
    """USD to the millionth, half to even."""
    return (quantity * unit_price).quantize(MICRO, ROUND_HALF_EVEN)
