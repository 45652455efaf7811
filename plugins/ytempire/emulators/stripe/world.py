"""The simulated house's customers and their money, from two years ago on.

All of it follows from the seed and the first moment: who looks later sees the same past, and more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ytempire.emulators.stripe.catalog import Catalog
from ytempire.emulators.stripe.ids import dice, identifier
from ytempire.emulators.stripe.invoices import Collector
from ytempire.emulators.stripe.journal import Body, Journal
from ytempire.emulators.stripe.ledger import DAY, Ledger
from ytempire.emulators.stripe.lives import House, Subscription
from ytempire.emulators.stripe.plots import COUNTRIES, Plot, plot_of, returned
from ytempire.emulators.youtube.clock import Clock

PAST_S = 730 * DAY
#: The world is told so far ahead, and anew when the clock gets there.
AHEAD_S = 45 * DAY
#: Sign-ups so far grow with the passed time to the power of this, inverted.
_GROWTH = 0.7
#: Whose channels the first customer's are: the house's own, so that one has a cost to serve.
FIRST_OWNER = "house"
_FIRST = ("Amber", "Harbor", "Juniper", "Lantern", "Meridian", "North", "Paper", "Quiet", "Tall")
_LAST = ("Atlas", "Films", "Works", "Studio", "Media", "Stories", "Signal", "Lab", "Press")


@dataclass(frozen=True)
class Scale:
    """How many customers had signed up when the clock began."""

    customers: int = 240


class World:
    """What the API tells, at the moment that the clock shows."""

    def __init__(self, seed: int, clock: Clock, scale: Scale) -> None:
        self.seed, self.clock, self.scale = seed, clock, scale
        self.origin = int(clock.t0.timestamp()) - PAST_S
        self._told_until = 0
        self._journal = Journal()

    def now(self) -> int:
        """Emulated epoch seconds."""
        return int(self.clock.seconds())

    def journal(self) -> Journal:
        """All that was told, and somewhat beyond now."""
        if self.now() >= self._told_until:
            self._told_until = self.now() + AHEAD_S
            self._journal = self._written(self._told_until)
        return self._journal

    def balance(self) -> Body:
        """What is held now, by currency: what has arrived, and what has not yet."""
        available: dict[str, int] = {}
        pending: dict[str, int] = {}
        for movement in self.journal().listed("balance_transactions", self.now()):
            held = pending if movement["status"] == "pending" else available
            held[movement["currency"]] = held.get(movement["currency"], 0) + movement["net"]
        currencies = sorted(available | pending)
        return {
            "object": "balance",
            "available": [_amount(each, available.get(each, 0)) for each in currencies],
            "livemode": False,
            "pending": [_amount(each, pending.get(each, 0)) for each in currencies],
        }

    def _written(self, until: int) -> Journal:
        journal = Journal()
        ledger = Ledger(self.seed, journal)
        catalog = Catalog(self.seed, self.origin)
        catalog.tell(journal)
        house = House(self.seed, journal, catalog, Collector(journal, ledger))
        number = 0
        while (start := self._sign_up(number)) <= until:
            self._live(house, number, start, until)
            number += 1
        ledger.pay_out(self.origin, until)
        return journal.close()

    def _sign_up(self, number: int) -> int:
        """When a customer comes; the house wins them faster with time."""
        share = (number / self.scale.customers) ** _GROWTH
        hours = dice(self.seed, "sign-up", number).random()
        return self.origin + int(share * (PAST_S - DAY) + hours * DAY)

    def _live(self, house: House, number: int, start: int, until: int) -> None:
        plot = plot_of(self.seed, number)
        customer = _customer(self.seed, number, plot, start)
        name = str(customer["id"])
        house.journal.tell(start, "customer.created", "customers", customer)
        if plot.second is not None:
            Subscription(house, name, plot.second, start + 30 * DAY, 1).live(until)
        ended = Subscription(house, name, plot, start + 60, 0).live(until)
        if ended is None:
            return
        if plot.is_deleted:
            gone = ended + 30 * DAY
            house.journal.tell(gone, "customer.deleted", "customers", customer, gone=True)
        if plot.returns_after_days is not None:
            again = ended + plot.returns_after_days * DAY
            Subscription(house, name, returned(plot), again, 2).live(until)


def _customer(seed: int, number: int, plot: Plot, start: int) -> dict[str, Any]:
    rng = dice(seed, "customer", number)
    called = f"{rng.choice(_FIRST)} {rng.choice(_LAST)}"
    owner = f"{called.lower().replace(' ', '-')}-{number}" if rng.random() < 0.7 else None
    if number == 0:
        owner = FIRST_OWNER
    country = rng.choice(COUNTRIES[plot.currency])
    return {
        "id": identifier("cus", seed, number),
        "object": "customer",
        "address": {
            "city": None,
            "country": country,
            "line1": None,
            "line2": None,
            "postal_code": None,
            "state": None,
        },
        "balance": 0,
        "created": start,
        "currency": plot.currency,
        "default_source": None,
        "delinquent": False,
        "description": "SIMULATED",
        "email": f"customer-{number}@example.com",
        "livemode": False,
        "metadata": {"owner": owner} if owner else {},
        "name": called,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
    }


def _amount(currency: str, amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": currency, "source_types": {"card": amount}}
