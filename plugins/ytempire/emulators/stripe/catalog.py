"""What the simulated house sells: three plans by month and year in three currencies, and extras."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ytempire.emulators.stripe.ids import identifier
from ytempire.emulators.stripe.journal import Journal

#: A month of a plan in the smallest unit of a currency; a year costs ten of them.
PLANS = {
    "starter": {"usd": 2900, "eur": 2700, "jpy": 4400},
    "growth": {"usd": 9900, "eur": 9200, "jpy": 14800},
    "studio": {"usd": 29900, "eur": 27900, "jpy": 44800},
}
#: A plan of the first days, a month of it: nobody gets it any more, who has it keeps it.
FOUNDER = 1900
#: A minute rendered beyond the plan, billed afterwards by what was used.
MINUTE = {"usd": 2, "eur": 2, "jpy": 3}
#: A session with a person, once.
ONBOARDING = {"usd": 15000, "eur": 14000, "jpy": 22000}
CURRENCIES = ("usd", "eur", "jpy")
NAMES = {
    "starter": "Starter",
    "growth": "Growth",
    "studio": "Studio",
    "founder": "Founder",
    "minutes": "Render minutes",
    "onboarding": "Onboarding session",
}
#: When prices are retired: a month before the clock began.
_RETIRED_S = 690 * 86400


@dataclass(frozen=True)
class Coupon:
    """A discount; `months` None: forever."""

    name: str
    percent: int
    months: int | None


COUPONS = {"loyal": Coupon("LOYAL20", 20, None), "launch": Coupon("LAUNCH50", 50, 3)}


class Catalog:
    """Products and prices as the API tells them, by plan, interval and currency."""

    def __init__(self, seed: int, origin: int) -> None:
        self._seed, self._origin = seed, origin
        self.products = {name: self._product(name) for name in NAMES}
        self.prices: dict[tuple[str, str, str], dict[str, Any]] = {}
        for plan, amounts in PLANS.items():
            for currency, amount in amounts.items():
                self._add(plan, "month", currency, amount)
                self._add(plan, "year", currency, amount * 10)
        self._add("founder", "month", "usd", FOUNDER)
        for currency in CURRENCIES:
            self._add("minutes", "metered", currency, MINUTE[currency])
            self._add("onboarding", "once", currency, ONBOARDING[currency])

    def price(self, plan: str, interval: str, currency: str) -> dict[str, Any]:
        """A price; intervals are `month`, `year`, `metered` and `once`."""
        return self.prices[plan, interval, currency]

    def inline(self, key: str, price: dict[str, Any], amount: int, at: int) -> dict[str, Any]:
        """A price like another, made for one subscription in its own request: Stripe sells it to
        nobody else, and tells it by its id alone."""
        return price | {
            "id": identifier("price", self._seed, key),
            "active": False,
            "created": at,
            "lookup_key": None,
            "unit_amount": amount,
            "unit_amount_decimal": str(amount),
        }

    def tell(self, journal: Journal) -> None:
        """What became of the catalog: all of it is there from the first day; later the founders'
        price and the metered one of the yen are retired."""
        for product in self.products.values():
            journal.tell(self._origin, "product.created", "products", product)
        for price in self.prices.values():
            journal.tell(self._origin, "price.created", "prices", price)
        for name in (("founder", "month", "usd"), ("minutes", "metered", "jpy")):
            retired = self.price(*name) | {"active": False}
            journal.tell(self._origin + _RETIRED_S, "price.updated", "prices", retired)

    def _product(self, name: str) -> dict[str, Any]:
        return {
            "id": identifier("prod", self._seed, name),
            "object": "product",
            "active": True,
            "created": self._origin,
            "default_price": None,
            "description": None,
            "images": [],
            "livemode": False,
            "marketing_features": [],
            "metadata": {},
            "name": NAMES[name],
            "tax_code": None,
            "type": "service",
            "updated": self._origin,
            "url": None,
        }

    def _add(self, plan: str, interval: str, currency: str, amount: int) -> None:
        self.prices[plan, interval, currency] = {
            "id": identifier("price", self._seed, plan, interval, currency),
            "object": "price",
            "active": True,
            "billing_scheme": "per_unit",
            "created": self._origin,
            "currency": currency,
            "livemode": False,
            "lookup_key": f"{plan}-{interval}-{currency}",
            "metadata": {},
            "nickname": None,
            "product": self.products[plan]["id"],
            "recurring": _recurring(self._seed, interval),
            "tax_behavior": "exclusive",
            "tiers_mode": None,
            "transform_quantity": None,
            "type": "one_time" if interval == "once" else "recurring",
            "unit_amount": amount,
            "unit_amount_decimal": str(amount),
        }


def _recurring(seed: int, interval: str) -> dict[str, Any] | None:
    if interval == "once":
        return None
    is_metered = interval == "metered"
    return {
        "interval": "month" if is_metered else interval,
        "interval_count": 1,
        "meter": identifier("mtr", seed, "minutes") if is_metered else None,
        "trial_period_days": None,
        "usage_type": "metered" if is_metered else "licensed",
    }
