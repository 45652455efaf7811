"""Two simulated years of Stripe, pulled and modelled: the marts keep every invariant."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import pytest
from ytempire.analytics import rates, stripe_books
from ytempire.config import settings
from ytempire.emulators.stripe.world import World
from ytempire.warehouse import transform

from .local_stripe import KEY, landed, local_stripe

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_the_marts_of_a_simulated_business_hold(
    warehouse: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with local_stripe() as local:
        monkeypatch.setenv("YTEMPIRE_STRIPE__API_KEY", KEY)
        monkeypatch.setenv("YTEMPIRE_STRIPE__ENDPOINT", local.emulated.address)
        settings.cache_clear()
        with local.at():
            stripe_books.pull("first")
            rates.pull("first")
            transform.build()
    monkeypatch.undo()
    settings.cache_clear()

    read = landed("select title, late_at > looked_at as is_told from marts.dim_sources order by 1")
    assert read == [
        {"title": "Exchange rates", "is_told": True},
        {"title": "Stripe", "is_told": True},
    ]
    movements = landed("select movement, count(*) as n from marts.fct_mrr_movements group by 1")
    assert {row["movement"] for row in movements} == {
        *("new", "expansion", "contraction", "churn", "reactivation"),
    }
    measured = landed(
        "select months.customer_id, months.mrr_usd from marts.fct_customer_months as months "
        "join (select distinct customer_id, currency from raw.stripe_subscriptions) as paid "
        "using (customer_id) where months.mrr_usd > 0 and paid.currency = 'usd' and "
        "months.month = (select max(month) from marts.fct_customer_months)"
    )
    assert {row["customer_id"]: row["mrr_usd"] for row in measured} == expected(local.world)
    [taxed] = {
        invoice["customer"]
        for invoice in local.world.journal().listed("invoices", local.world.now())
        for line in invoice["lines"]
        if any(tax["tax_behavior"] == "inclusive" for tax in line["taxes"])
    }
    assert landed(
        "select distinct mrr from intermediate.int_customer_months_measured "
        "where customer_id = %s and mrr > 0",
        taxed,
    ) == [{"mrr": Decimal("77.31")}], "92 euros with 19 % in them"


def expected(world: World) -> dict[str, Decimal]:
    """What customers in dollars pay a month, by what they are subscribed to and not by invoices."""
    monthly: dict[str, Decimal] = defaultdict(Decimal)
    for each in world.journal().listed("subscriptions", world.now()):
        if each["status"] not in ("active", "past_due") or each["pause_collection"]:
            continue
        off = 20 if each["discounts"] else 0  # the other coupon is over for all but the newest
        for item in each["items"]:
            if each["currency"] == "usd" and item["quantity"]:
                months = 12 if item["price"]["recurring"]["interval"] == "year" else 1
                cents = Decimal(item["price"]["unit_amount"]) * item["quantity"] * (100 - off) / 100
                monthly[each["customer"]] += cents / 100 / months
    return {customer: round(amount, 2) for customer, amount in monthly.items()}
