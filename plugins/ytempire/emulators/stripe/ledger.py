"""The money of the local Stripe: charges, refunds, disputes, and the balance that they move.

Euros and dollars are kept as they come; yen are changed into dollars on arrival.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ytempire.emulators.stripe.ids import identifier
from ytempire.emulators.stripe.journal import Journal

DAY, HOUR, WEEK = 86400, 3600, 7 * 86400
#: What Stripe keeps of a payment: a share, and a fixed part in the currency that it arrives in.
FEES = {"usd": (Decimal("0.029"), 30), "eur": (Decimal("0.015"), 25)}
DISPUTE_FEE = {"usd": 1500, "eur": 2000}
#: Currencies that are not kept: what they are changed into, and smallest units of it for one of
#: theirs.
CHANGED = {"jpy": ("usd", Decimal("0.67"))}
#: Days until a payment can be paid out.
ARRIVES = {"usd": 2, "eur": 3}
#: A Monday, midnight UTC: payouts are made each week.
_MONDAY = 4 * DAY


def rounded(amount: Decimal) -> int:
    """Halves away from zero."""
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


class Ledger:
    """Moves money and tells the journal of it; a method per thing that happens."""

    def __init__(self, seed: int, journal: Journal) -> None:
        self._seed, self._journal = seed, journal
        self._moved: list[dict[str, Any]] = []

    def charge(
        self, at: int, name: str, customer: str, currency: str, amount: int, failure: str | None
    ) -> dict[str, Any]:
        """A payment, or a try of it that the card's bank declined."""
        charge: dict[str, Any] = {
            "id": identifier("ch", self._seed, name, at),
            "object": "charge",
            "amount": amount,
            "amount_captured": 0 if failure else amount,
            "amount_refunded": 0,
            "balance_transaction": None,
            "billing_details": {"address": None, "email": None, "name": None, "phone": None},
            "captured": failure is None,
            "created": at,
            "currency": currency,
            "customer": customer,
            "description": "Subscription update",
            "disputed": False,
            "failure_balance_transaction": None,
            "failure_code": failure,
            "failure_message": "Your card was declined." if failure else None,
            "fraud_details": {},
            "livemode": False,
            "metadata": {},
            "paid": failure is None,
            "payment_intent": identifier("pi", self._seed, name),
            "payment_method": identifier("pm", self._seed, customer),
            "refunded": False,
            "status": "failed" if failure else "succeeded",
        }
        if failure is None:
            charge["balance_transaction"] = self._move(
                at, "charge", "charge", charge["id"], currency, amount, self._fee(currency, amount)
            )
        self._journal.tell(
            at, "charge.failed" if failure else "charge.succeeded", "charges", charge
        )
        return charge

    def refund(self, at: int, charge: dict[str, Any], amount: int, reason: str | None) -> None:
        """Some or all of a payment goes back; Stripe keeps its fee."""
        refund: dict[str, Any] = {
            "id": identifier("re", self._seed, charge["id"], at),
            "object": "refund",
            "amount": amount,
            "balance_transaction": None,
            "charge": charge["id"],
            "created": at,
            "currency": charge["currency"],
            "metadata": {},
            "payment_intent": charge["payment_intent"],
            "reason": reason,
            "receipt_number": None,
            "source_transfer_reversal": None,
            "status": "succeeded",
            "transfer_reversal": None,
        }
        refund["balance_transaction"] = self._move(
            at, "refund", "refund", refund["id"], charge["currency"], -amount, 0
        )
        self._journal.tell(at, "refund.created", "refunds", refund)
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        self._journal.tell(at, "charge.refunded", "charges", charge)

    def dispute(self, at: int, charge: dict[str, Any], *, is_won: bool) -> None:
        """The card's holder takes a payment back; two weeks later it is settled."""
        currency, amount = charge["currency"], charge["amount"]
        dispute: dict[str, Any] = {
            "id": identifier("dp", self._seed, charge["id"]),
            "object": "dispute",
            "amount": amount,
            "balance_transactions": [],
            "charge": charge["id"],
            "created": at,
            "currency": currency,
            "enhanced_eligibility_types": [],
            "evidence_details": {"due_by": at + 9 * DAY, "has_evidence": is_won},
            "is_charge_refundable": False,
            "livemode": False,
            "metadata": {},
            "payment_intent": charge["payment_intent"],
            "reason": "product_not_received" if is_won else "fraudulent",
            "status": "needs_response",
        }
        fee = DISPUTE_FEE[self._kept(currency)]
        self._move(at, "adjustment", "dispute", dispute["id"], currency, -amount, fee)
        dispute["balance_transactions"] = [self._moved[-1]]
        charge["disputed"] = True
        self._journal.tell(at, "charge.dispute.created", "disputes", dispute)
        self._journal.tell(at, "charge.updated", "charges", charge)
        closed = at + 14 * DAY
        dispute["status"] = "won" if is_won else "lost"
        if is_won:
            self._move(closed, "adjustment", "dispute_reversal", dispute["id"], currency, amount, 0)
            dispute["balance_transactions"] = [*dispute["balance_transactions"], self._moved[-1]]
        self._journal.tell(closed, "charge.dispute.closed", "disputes", dispute)

    def pay_out(self, since: int, until: int) -> None:
        """Each Monday what has arrived goes to the house's bank, a payout per currency."""
        monday = since - (since - _MONDAY) % WEEK + WEEK
        waiting = sorted(self._moved, key=lambda each: each["available_on"])
        held: dict[str, int] = defaultdict(int)
        while monday <= until:
            while waiting and waiting[0]["available_on"] <= monday:
                arrived = waiting.pop(0)
                held[arrived["currency"]] += arrived["net"]
            for currency, amount in sorted(held.items()):
                if amount > 0:
                    self._pay_out(monday, currency, amount)
                    held[currency] = 0
            monday += WEEK

    def _pay_out(self, at: int, currency: str, amount: int) -> None:
        payout: dict[str, Any] = {
            "id": identifier("po", self._seed, currency, at),
            "object": "payout",
            "amount": amount,
            "arrival_date": at + 2 * DAY,
            "automatic": True,
            "balance_transaction": None,
            "created": at,
            "currency": currency,
            "description": "STRIPE PAYOUT",
            "failure_code": None,
            "livemode": False,
            "metadata": {},
            "method": "standard",
            "reconciliation_status": "completed",
            "source_type": "card",
            "status": "in_transit",
            "type": "bank_account",
        }
        payout["balance_transaction"] = self._move(
            at, "payout", "payout", payout["id"], currency, -amount, 0
        )
        self._journal.tell(at, "payout.created", "payouts", payout)
        payout["status"] = "paid"
        self._journal.tell(at + 2 * DAY, "payout.paid", "payouts", payout)

    def _move(
        self, at: int, kind: str, category: str, source: str, currency: str, amount: int, fee: int
    ) -> str:
        """A movement of the balance, in the currency that is kept; its id."""
        kept, rate = CHANGED.get(currency, (currency, None))
        moved = rounded(amount * rate) if rate else amount
        arrives = at if kind != "charge" else at - at % DAY + (ARRIVES[kept] + 1) * DAY
        movement: dict[str, Any] = {
            "id": identifier("txn", self._seed, source, category),
            "object": "balance_transaction",
            "amount": moved,
            "available_on": arrives,
            "balance_type": "payments",
            "created": at,
            "currency": kept,
            "description": None,
            # Of the whole units of both: a yen is no hundredth of anything.
            "exchange_rate": float(rate / 100) if rate else None,
            "fee": fee,
            "fee_details": [_fee_detail(fee, kept)] if fee else [],
            "net": moved - fee,
            "reporting_category": category,
            "source": source,
            "status": "pending" if arrives > at else "available",
            "type": kind,
        }
        self._moved.append(movement)
        self._journal.tell(at, None, "balance_transactions", movement)
        if arrives > at:
            # Stripe tells nobody that money has arrived.
            arrived = movement | {"status": "available"}
            self._journal.tell(arrives, None, "balance_transactions", arrived)
        return str(movement["id"])

    def _kept(self, currency: str) -> str:
        return CHANGED.get(currency, (currency, None))[0]

    def _fee(self, currency: str, amount: int) -> int:
        kept, rate = CHANGED.get(currency, (currency, Decimal(1)))
        share, fixed = FEES[kept]
        return rounded(rounded(amount * rate) * share) + fixed


def _fee_detail(fee: int, currency: str) -> dict[str, Any]:
    return {
        "amount": fee,
        "application": None,
        "currency": currency,
        "description": "Stripe processing fees",
        "type": "stripe_fee",
    }
