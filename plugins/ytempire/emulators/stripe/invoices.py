"""Invoices of the local Stripe: lines, discounts, tax, and how they are paid."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ytempire.emulators.stripe.ids import identifier
from ytempire.emulators.stripe.journal import Journal
from ytempire.emulators.stripe.ledger import DAY, HOUR, Ledger, rounded
from ytempire.emulators.stripe.plots import Tax

TAX = Decimal("0.19")
#: A renewal's invoice is a draft for an hour.
DRAFT_S = HOUR
#: When a declined card is tried again, after the first try.
RETRIES = (3 * DAY, 5 * DAY)
DECLINED = "card_declined"


@dataclass(frozen=True)
class Line:
    """One line before discounts and tax; `amount` in the smallest unit.

    Attributes:
        of: the subscription and its item; None: of neither.
        is_proration: for a part of a period, because something changed in it.
    """

    price: dict[str, Any]
    amount: int
    quantity: int
    start: int
    end: int
    of: tuple[str, str] | None = None
    is_proration: bool = False
    is_discountable: bool = True


@dataclass
class Billing:
    """Whom it is for, and what is taken off and put on top.

    Attributes:
        key: tells its invoices from those of the customer's other subscriptions.
        discounts: ids of the discounts that hold now, each with its percentage.
    """

    seed: int
    key: str
    customer: str
    currency: str
    tax: Tax | None
    discounts: list[tuple[str, int]] = field(default_factory=list)
    _made: int = 0

    def draft(
        self, at: int, lines: list[Line], reason: str, subscription: str | None
    ) -> dict[str, Any]:
        """An invoice as it is first; `settle` brings it to its end."""
        self._made += 1
        name = identifier("in", self.seed, self.key, self._made)
        told = [self._line(name, place, line) for place, line in enumerate(lines)]
        subtotal = sum(line.amount for line in lines)
        off = sum(each["amount"] for line in told for each in line["discount_amounts"])
        tax = sum(each["amount"] for line in told for each in line["taxes"])
        included = tax if self.tax == "inclusive" else 0
        due = subtotal - off + tax - included
        parent: dict[str, Any] = {
            "type": "subscription_details",
            "quote_details": None,
            "subscription_details": {"metadata": {}, "subscription": subscription},
        }
        return {
            "id": name,
            "object": "invoice",
            "amount_due": due,
            "amount_paid": 0,
            "amount_remaining": due,
            "attempt_count": 0,
            "attempted": False,
            "auto_advance": True,
            "billing_reason": reason,
            "collection_method": "charge_automatically",
            "created": at,
            "currency": self.currency,
            "customer": self.customer,
            "default_tax_rates": [],
            "description": None,
            "discounts": [discount for discount, _ in self.discounts],
            "lines": told,
            "livemode": False,
            "metadata": {},
            "number": None,
            "parent": parent if subscription else None,
            "period_end": at,
            "period_start": at,
            "starting_balance": 0,
            "status": "draft",
            "status_transitions": {
                "finalized_at": None,
                "marked_uncollectible_at": None,
                "paid_at": None,
                "voided_at": None,
            },
            "subtotal": subtotal,
            "subtotal_excluding_tax": subtotal - included,
            "total": due,
            "total_discount_amounts": [each for line in told for each in line["discount_amounts"]],
            "total_excluding_tax": due - tax,
            "total_taxes": [each for line in told for each in line["taxes"]],
        }

    def _line(self, invoice: str, place: int, line: Line) -> dict[str, Any]:
        left, off = line.amount, []
        for discount, percent in self.discounts if line.is_discountable else ():
            amount = rounded(Decimal(left * percent) / 100)
            left -= amount
            off.append({"amount": amount, "discount": discount})
        taxes = [_tax(self.seed, left, self.tax)] if self.tax else []
        name = identifier("il", self.seed, invoice, place)
        return {
            "id": name,
            "object": "line_item",
            "amount": line.amount,
            "currency": self.currency,
            "description": _words(line),
            "discount_amounts": off,
            "discountable": line.is_discountable,
            "discounts": [each["discount"] for each in off],
            "invoice": invoice,
            "livemode": False,
            "metadata": {},
            "parent": _parent(self.seed, name, line),
            "period": {"start": line.start, "end": line.end},
            "pretax_credit_amounts": [],
            "pricing": {
                "type": "price_details",
                "price_details": {"price": line.price["id"], "product": line.price["product"]},
                "unit_amount_decimal": line.price["unit_amount_decimal"],
            },
            "quantity": line.quantity,
            "subscription": line.of[0] if line.of else None,
            "subtotal": line.amount,
            "taxes": taxes,
        }


class Collector:
    """Brings invoices to their end, and tells the journal of each step."""

    def __init__(self, journal: Journal, ledger: Ledger) -> None:
        self._journal, self._ledger = journal, ledger

    def open(self, invoice: dict[str, Any], *, after: int) -> int:
        """Made known as a draft, and made final so many seconds later; when that is."""
        at = int(invoice["created"])
        self._journal.tell(at, "invoice.created", "invoices", invoice)
        final = at + after
        invoice["status"] = "open"
        invoice["number"] = f"{invoice['id'][-8:].upper()}-0001"
        invoice["status_transitions"]["finalized_at"] = final
        self._journal.tell(final, "invoice.finalized", "invoices", invoice)
        return final

    def pay(self, invoice: dict[str, Any], at: int) -> dict[str, Any] | None:
        """The charge that paid it; None: there was nothing to pay."""
        charge = self._try(invoice, at, None) if invoice["amount_due"] > 0 else None
        invoice["status"] = "paid"
        invoice["amount_paid"] = invoice["amount_due"]
        invoice["amount_remaining"] = 0
        invoice["auto_advance"] = False
        invoice["status_transitions"]["paid_at"] = at
        self._journal.tell(at, "invoice.paid", "invoices", invoice)
        return charge

    def fail(self, invoice: dict[str, Any], at: int) -> None:
        """A try that the bank declined."""
        self._try(invoice, at, DECLINED)
        self._journal.tell(at, "invoice.payment_failed", "invoices", invoice)

    def give_up(self, invoice: dict[str, Any], at: int) -> None:
        """Nobody will pay it any more."""
        invoice["status"] = "uncollectible"
        invoice["auto_advance"] = False
        invoice["status_transitions"]["marked_uncollectible_at"] = at
        self._journal.tell(at, "invoice.marked_uncollectible", "invoices", invoice)

    def void(self, invoice: dict[str, Any], at: int) -> None:
        """Nobody has to pay it."""
        invoice["status"] = "void"
        invoice["auto_advance"] = False
        invoice["amount_remaining"] = 0
        invoice["status_transitions"]["voided_at"] = at
        self._journal.tell(at, "invoice.voided", "invoices", invoice)

    def leave(self, invoice: dict[str, Any]) -> None:
        """A draft that stays one."""
        invoice["auto_advance"] = False
        self._journal.tell(invoice["created"], "invoice.created", "invoices", invoice)

    def refund(self, at: int, charge: dict[str, Any], amount: int) -> None:
        self._ledger.refund(at, charge, amount, "requested_by_customer")

    def dispute(self, at: int, charge: dict[str, Any], *, is_won: bool) -> None:
        self._ledger.dispute(at, charge, is_won=is_won)

    def _try(self, invoice: dict[str, Any], at: int, failure: str | None) -> dict[str, Any]:
        invoice["attempted"] = True
        invoice["attempt_count"] += 1
        return self._ledger.charge(
            *(at, invoice["id"], invoice["customer"], invoice["currency"]),
            invoice["amount_due"],
            failure,
        )


def _words(line: Line) -> str:
    if line.is_proration:
        return "Unused time" if line.amount < 0 else "Remaining time"
    return f"{line.quantity} × {line.price['lookup_key'] or 'a plan of their own'}"


def _parent(seed: int, name: str, line: Line) -> dict[str, Any]:
    item = identifier("ii", seed, name)
    if line.of is None:
        details = {"invoice_item": item, "proration": False, "proration_details": None}
        return {
            "type": "invoice_item_details",
            "invoice_item_details": details | {"subscription": None},
            "subscription_item_details": None,
        }
    subscription, subscription_item = line.of
    return {
        "type": "subscription_item_details",
        "invoice_item_details": None,
        "subscription_item_details": {
            "invoice_item": item if line.is_proration else None,
            "proration": line.is_proration,
            "proration_details": None,
            "subscription": subscription,
            "subscription_item": subscription_item,
        },
    }


def _tax(seed: int, amount: int, behavior: Tax) -> dict[str, Any]:
    untaxed = rounded(amount / (1 + TAX)) if behavior == "inclusive" else amount
    return {
        "amount": amount - untaxed if behavior == "inclusive" else rounded(amount * TAX),
        "tax_behavior": behavior,
        "tax_rate_details": {"tax_rate": identifier("txr", seed, "vat")},
        "taxability_reason": "standard_rated",
        "taxable_amount": untaxed,
        "type": "tax_rate_details",
    }
