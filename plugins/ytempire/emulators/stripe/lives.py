"""The life of a subscription, cycle by cycle, as its plot has it."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ytempire.emulators.stripe.catalog import COUPONS, Catalog
from ytempire.emulators.stripe.ids import dice, identifier
from ytempire.emulators.stripe.invoices import DRAFT_S, RETRIES, Billing, Collector, Line
from ytempire.emulators.stripe.journal import Journal
from ytempire.emulators.stripe.ledger import DAY
from ytempire.emulators.stripe.plots import Act, Plot

_UP = {"starter": "growth", "growth": "studio", "studio": "studio"}
_DOWN = {"starter": "starter", "growth": "starter", "studio": "growth"}
#: Other plans by the one that there is, seats that come or go, and whether late in the cycle: a
#: step down is, so that its credit stays below the next bill.
_CHANGES: dict[Act, tuple[dict[str, str], int, bool]] = {
    "upgrade": (_UP, 0, False),
    "downgrade": (_DOWN, 0, True),
    "more_seats": ({}, 2, False),
    "fewer_seats": ({}, -1, True),
}
#: How far into its cycle an act falls.
_LATE, _EARLY = 0.8, 0.4


@dataclass(frozen=True)
class House:
    """What every life is written with."""

    seed: int
    journal: Journal
    catalog: Catalog
    collector: Collector


class Subscription:
    """One subscription from its start to its end, or until nobody looks any more.

    Args:
        number: the how manyth of its customer.
    """

    def __init__(self, house: House, customer: str, plot: Plot, start: int, number: int) -> None:
        self._house, self._plot = house, plot
        self._rng = dice(house.seed, customer, number)
        self._plan, self._seats = plot.plan, plot.seats
        self._pending: list[Line] = []
        self._paused_until: int | None = None
        self._id = identifier("sub", house.seed, customer, number)
        self._billing = Billing(house.seed, self._id, customer, plot.currency, plot.tax)
        self._anchor = start + plot.trial_days * DAY
        self._discount: tuple[str, int] | None = None
        self._body = self._first(customer, start)

    @property
    def _item(self) -> dict[str, Any]:
        item: dict[str, Any] = self._body["items"][0]
        return item

    def live(self, until: int) -> int | None:
        """Tell all of it; when it ended, None: it goes on."""
        if self._plot.trial_days and self._end_of_trial():
            return self._anchor
        months = 12 if self._plot.interval == "year" else 1
        cycle = 0
        while (at := _months_after(self._anchor, cycle * months)) <= until:
            end = _months_after(self._anchor, (cycle + 1) * months)
            act = self._plot.acts.get(cycle)
            ended = self._cycle(at, end, act, is_first=cycle == 0)
            if ended is not None:
                return ended
            cycle += 1
        return None

    def _cycle(self, at: int, end: int, act: Act | None, *, is_first: bool) -> int | None:
        is_new = is_first and not self._plot.trial_days
        self._renew(at, end, is_new=is_new)
        if self._body["status"] == "unpaid":
            self._house.collector.leave(self._invoice(at, end, is_first=is_new))
            return None
        ended = self._bill(at, end, act, is_new=is_new)
        if ended is None:
            ended = self._follow(act, at, end)
        if ended is None and self._body["cancel_at_period_end"]:
            return self._end(end, "cancellation_requested")
        return ended

    def _bill(self, at: int, end: int, act: Act | None, *, is_new: bool) -> int | None:
        """The cycle's invoice and what becomes of it; the end, where it is the last."""
        collector = self._house.collector
        invoice = self._invoice(at, end, is_first=is_new)
        final = collector.open(invoice, after=0 if is_new else DRAFT_S)
        if self._paused_until is not None and at < self._paused_until:
            collector.void(invoice, final)
            return None
        if act in ("fails_and_recovers", "fails_for_good", "stays_unpaid"):
            return self._dun(invoice, final, act)
        charge = collector.pay(invoice, final)
        if charge is not None:
            self._regret(act, charge, final)
        return None

    def _dun(self, invoice: dict[str, Any], final: int, act: Act) -> int | None:
        collector = self._house.collector
        collector.fail(invoice, final)
        self._body["status"] = "past_due"
        self._tell(final, "updated")
        collector.fail(invoice, final + RETRIES[0])
        last = final + RETRIES[1]
        if act == "fails_and_recovers":
            collector.pay(invoice, last)
            self._body["status"] = "active"
            self._tell(last, "updated")
            return None
        collector.fail(invoice, last)
        if act == "stays_unpaid":
            self._body["status"] = "unpaid"
            self._tell(last, "updated")
            return None
        collector.give_up(invoice, last)
        return self._end(last, "payment_failed")

    def _regret(self, act: Act | None, charge: dict[str, Any], paid: int) -> None:
        """What comes of a payment afterwards; a refund falls into another month."""
        collector = self._house.collector
        if act == "refund":
            collector.refund(paid + 33 * DAY, charge, charge["amount"])
        elif act == "refund_part":
            collector.refund(paid + 33 * DAY, charge, charge["amount"] // 3)
        elif act in ("dispute_lost", "dispute_won"):
            collector.dispute(paid + 20 * DAY, charge, is_won=act == "dispute_won")

    def _follow(self, act: Act | None, at: int, end: int) -> int | None:
        """What happens in the course of a paid cycle; its end, where that is one."""
        early, late = (at + int((end - at) * share) for share in (_EARLY, _LATE))
        if act in _CHANGES:
            plans, seats, is_late = _CHANGES[act]
            self._change(
                late if is_late else early,
                end,
                plan=plans.get(self._plan),
                seats=max(1, self._seats + seats),
            )
        elif act == "many_changes":
            for step in range(1, 7):
                self._change(at + (end - at) * step // 10, end, seats=self._seats + 1)
        elif act == "drops_minutes":
            self._drop_minutes(early)
        elif act == "pause":
            self._pause(early, end)
        elif act in ("one_off", "one_off_apart"):
            self._sell_once(early, apart=act == "one_off_apart")
        elif act == "cancel_at_period_end":
            self._cancel_at(end, told=early)
        elif act == "cancel_now":
            return self._end(early, "cancellation_requested")
        return None

    def _end_of_trial(self) -> bool:
        """The trial with its invoice of nothing; whether it was the end."""
        start, collector = int(self._body["created"]), self._house.collector
        self._tell(start, "created")
        line = Line(self._item["price"], 0, self._seats, start, self._anchor, self._of(self._item))
        invoice = self._billing.draft(start, [line], "subscription_create", self._id)
        collector.open(invoice, after=0)
        collector.pay(invoice, start)
        if self._plot.acts.get(-1) != "cancel_at_period_end":
            return False
        self._cancel_at(self._anchor, told=start + (self._anchor - start) // 2)
        self._end(self._anchor, "cancellation_requested")
        return True

    def _renew(self, at: int, end: int, *, is_new: bool) -> None:
        if self._paused_until is not None and at >= self._paused_until:
            self._paused_until = None
            self._body["pause_collection"] = None
        for item in self._body["items"]:
            item["current_period_start"], item["current_period_end"] = at, end
        if self._body["status"] == "trialing":
            self._body["status"] = "active"
        self._expire_discount(at)
        self._tell(at, "created" if is_new else "updated")

    def _invoice(self, at: int, end: int, *, is_first: bool) -> dict[str, Any]:
        lines, self._pending = self._pending, []
        before = _months_after(at, -1)
        for item in self._body["items"]:
            price = item["price"]
            if price["recurring"]["usage_type"] == "metered":
                if not is_first and self._plot.interval == "month":
                    used = self._rng.randrange(200, 2000)
                    amount = used * price["unit_amount"]
                    lines.append(Line(price, amount, used, before, at, self._of(item)))
                continue
            amount = price["unit_amount"] * item["quantity"]
            lines.append(Line(price, amount, item["quantity"], at, end, self._of(item)))
        reason = "subscription_create" if is_first else "subscription_cycle"
        return self._billing.draft(at, lines, reason, self._id)

    def _change(self, at: int, end: int, plan: str | None = None, seats: int | None = None) -> None:
        """Another plan or number of seats from now on; the difference is on the next invoice."""
        item = self._item
        if (plan or self._plan, seats or self._seats) == (self._plan, self._seats):
            return
        start = item["current_period_start"]
        share = (end - at) / (end - start)

        def part(sign: int) -> Line:
            amount = sign * round(item["price"]["unit_amount"] * item["quantity"] * share)
            of = self._of(item)
            return Line(item["price"], amount, item["quantity"], at, end, of, True, False)

        self._pending.append(part(-1))
        self._plan, self._seats = plan or self._plan, seats or self._seats
        price = self._house.catalog.price(self._plan, self._plot.interval, self._plot.currency)
        item["price"], item["quantity"] = price, self._seats
        self._pending.append(part(1))
        self._tell(at, "updated")
        if self._plot.interval == "year":  # nobody waits a year for the difference
            lines, self._pending = self._pending, []
            self._bill_now(at, lines, "subscription_update", self._id)

    def _drop_minutes(self, at: int) -> None:
        self._body["items"] = self._body["items"][:1]
        self._tell(at, "updated")

    def _pause(self, at: int, end: int) -> None:
        """The next two invoices are void."""
        self._paused_until = _months_after(end, 2)
        self._body["pause_collection"] = {"behavior": "void", "resumes_at": self._paused_until}
        self._tell(at, "updated")

    def _sell_once(self, at: int, *, apart: bool) -> None:
        price = self._house.catalog.price("onboarding", "once", self._plot.currency)
        line = Line(price, price["unit_amount"], 1, at, at)
        if not apart:
            self._pending.append(line)
            return
        self._bill_now(at, [line], "manual", None)

    def _bill_now(self, at: int, lines: list[Line], reason: str, subscription: str | None) -> None:
        invoice = self._billing.draft(at, lines, reason, subscription)
        self._house.collector.pay(invoice, self._house.collector.open(invoice, after=0))

    def _cancel_at(self, end: int, *, told: int) -> None:
        self._body |= {"cancel_at_period_end": True, "cancel_at": end, "canceled_at": told}
        self._body["cancellation_details"] = _cancelled("cancellation_requested")
        self._tell(told, "updated")

    def _end(self, at: int, why: str) -> int:
        self._body["status"] = "canceled"
        self._body["ended_at"] = at
        self._body["canceled_at"] = self._body["canceled_at"] or at
        self._body["cancellation_details"] = _cancelled(why)
        self._tell(at, "deleted")
        return at

    def _expire_discount(self, at: int) -> None:
        coupon = COUPONS[self._plot.coupon] if self._plot.coupon else None
        if coupon is None or coupon.months is None or self._discount is None:
            return
        if at >= _months_after(self._anchor, coupon.months):
            self._billing.discounts.remove(self._discount)
            self._discount = None
            self._body["discounts"] = []

    def _of(self, item: dict[str, Any]) -> tuple[str, str]:
        return self._id, item["id"]

    def _tell(self, at: int, what: str) -> None:
        kind = f"customer.subscription.{what}"
        self._house.journal.tell(at, kind, "subscriptions", self._body)

    def _first(self, customer: str, start: int) -> dict[str, Any]:
        plot, catalog = self._plot, self._house.catalog
        price = catalog.price(plot.plan, plot.interval, plot.currency)
        if plot.deal is not None:
            price = catalog.inline(self._id, price, plot.deal, start)
            self._house.journal.tell(start, None, "prices", price)
        prices: list[tuple[dict[str, Any], int | None]] = [(price, self._seats)]
        if plot.is_metered and plot.interval == "month":
            prices.append((catalog.price("minutes", "metered", plot.currency), None))
        if plot.coupon:
            name = identifier("di", self._house.seed, self._id)
            self._discount = (name, COUPONS[plot.coupon].percent)
            self._billing.discounts.append(self._discount)
        is_trial = plot.trial_days > 0
        return {
            "id": self._id,
            "object": "subscription",
            "billing_cycle_anchor": self._anchor,
            "billing_mode": {"type": "flexible"},
            "cancel_at": None,
            "cancel_at_period_end": False,
            "canceled_at": None,
            "cancellation_details": _cancelled(None),
            "collection_method": "charge_automatically",
            "created": start,
            "currency": plot.currency,
            "customer": customer,
            "days_until_due": None,
            "description": None,
            "discounts": [self._discount[0]] if self._discount else [],
            "ended_at": None,
            "items": [
                _item(self._house.seed, self._id, place, price, quantity, start, self._anchor)
                for place, (price, quantity) in enumerate(prices)
            ],
            "livemode": False,
            "metadata": {},
            "pause_collection": None,
            "start_date": start,
            "status": "trialing" if is_trial else "active",
            "trial_end": self._anchor if is_trial else None,
            "trial_start": start if is_trial else None,
        }


def _item(
    seed: int,
    subscription: str,
    place: int,
    price: dict[str, Any],
    quantity: int | None,
    start: int,
    end: int,
) -> dict[str, Any]:
    return {
        "id": identifier("si", seed, subscription, place),
        "object": "subscription_item",
        "created": start,
        "current_period_end": end,
        "current_period_start": start,
        "discounts": [],
        "metadata": {},
        "price": price,
        "quantity": quantity,
        "subscription": subscription,
        "tax_rates": [],
    }


def _cancelled(why: str | None) -> dict[str, Any]:
    return {"comment": None, "feedback": None, "reason": why}


def _months_after(moment: int, months: int) -> int:
    """The same day and hour so many months later; the last day where a month is shorter."""
    at = datetime.fromtimestamp(moment, UTC)
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    day = min(at.day, calendar.monthrange(year, month + 1)[1])
    return int(at.replace(year=year, month=month + 1, day=day).timestamp())
