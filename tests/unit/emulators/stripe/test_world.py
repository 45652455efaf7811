"""The simulated business: its books add up, all that can happen happens, and a seed decides it."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest
from ytempire.emulators.stripe.plots import SCRIPTED
from ytempire.emulators.stripe.world import World

from .conftest import world_of

DAY = 86400


def listed(world: World, kind: str) -> list[dict]:
    return world.journal().listed(kind, world.now())


def net(world: World, *categories: str) -> Counter[str]:
    held: Counter[str] = Counter()
    for each in listed(world, "balance_transactions"):
        if not categories or each["reporting_category"] in categories:
            held[each["currency"]] += each["net"]
    return held


@pytest.mark.parametrize("seed", [7, 8, 9])
def test_the_books_add_up(seed: int) -> None:
    world = world_of(seed)
    movements = {each["id"]: each for each in listed(world, "balance_transactions")}
    assert all(each["net"] == each["amount"] - each["fee"] for each in movements.values())

    # Charges - refunds - fees - disputes, told by the things themselves, in dollars and euros.
    told: dict[str, int] = defaultdict(int)
    for charge in listed(world, "charges"):
        if charge["status"] == "succeeded":
            movement = movements[charge["balance_transaction"]]
            told[movement["currency"]] += movement["amount"] - movement["fee"]
            if charge["currency"] == movement["currency"]:
                assert movement["amount"] == charge["amount"]
        else:
            assert charge["balance_transaction"] is None
    for refund in listed(world, "refunds"):
        movement = movements[refund["balance_transaction"]]
        told[movement["currency"]] += movement["amount"]
        assert movement["amount"] < 0 == movement["fee"]
    for dispute in listed(world, "disputes"):
        for movement in dispute["balance_transactions"]:
            told[movement["currency"]] += movement["net"]
    earned = net(world, "charge", "refund", "dispute", "dispute_reversal")
    assert dict(told) == dict(earned)

    # = payouts + what is still held.
    held = Counter()
    for state in ("available", "pending"):
        for each in world.balance()[state]:
            held[each["currency"]] += each["amount"]
    paid_out: Counter[str] = Counter()
    for payout in listed(world, "payouts"):
        paid_out[payout["currency"]] += payout["amount"]
    assert {each: earned[each] for each in earned} == {
        each: paid_out[each] + held[each] for each in earned
    }
    assert all(amount > 0 for amount in paid_out.values())


def test_an_invoice_is_the_sum_of_its_lines(world: World) -> None:
    kinds = Counter()
    for invoice in listed(world, "invoices"):
        lines = invoice["lines"]
        off = sum(each["amount"] for line in lines for each in line["discount_amounts"])
        taxes = [each for line in lines for each in line["taxes"]]
        tax = sum(each["amount"] for each in taxes)
        on_top = sum(each["amount"] for each in taxes if each["tax_behavior"] == "exclusive")
        assert invoice["subtotal"] == sum(line["amount"] for line in lines)
        assert invoice["total"] == invoice["subtotal"] - off + on_top >= 0
        assert invoice["total"] == invoice["total_excluding_tax"] + tax
        kinds["discounted"] += off > 0
        kinds["taxed"] += on_top > 0
        kinds["tax in it"] += tax > on_top
        kinds["in arrears"] += any(line["period"]["end"] <= invoice["created"] for line in lines)
        kinds["prorated"] += any(line["amount"] < 0 for line in lines)
    of_all = ("discounted", "taxed", "tax in it", "in arrears", "prorated")
    assert min(kinds[each] for each in of_all) > 0


def test_each_paid_invoice_was_paid_by_one_charge(world: World) -> None:
    paid = Counter(
        (each["customer"], each["created"], each["amount"])
        for each in listed(world, "charges")
        if each["status"] == "succeeded"
    )
    due = Counter(
        (each["customer"], each["status_transitions"]["paid_at"], each["total"])
        for each in listed(world, "invoices")
        if each["status"] == "paid" and each["total"] > 0
    )
    assert paid == due


def test_all_that_can_happen_to_a_subscription_has_happened(world: World) -> None:
    acts = {act for plot in SCRIPTED for act in plot.acts.values()}
    assert len(acts) >= 16
    subscriptions = listed(world, "subscriptions")
    reasons = {each["cancellation_details"]["reason"] for each in subscriptions}
    assert reasons == {None, "cancellation_requested", "payment_failed"}
    assert {each["status"] for each in subscriptions} >= {"active", "canceled", "unpaid"}
    assert {each["status"] for each in listed(world, "invoices")} >= {
        *("draft", "paid", "void", "uncollectible"),
    }
    assert {each["status"] for each in listed(world, "disputes")} >= {"won", "lost"}
    of = defaultdict(list)
    for each in subscriptions:
        of[each["customer"]].append(each)
    assert any(
        first["ended_at"] and first["ended_at"] + 30 * DAY < again["created"]
        for each in of.values()
        for first in each
        for again in each
    ), "nobody has come back after a gap"
    assert {each["currency"] for each in subscriptions} == {"usd", "eur", "jpy"}
    charges = {each["id"]: each for each in listed(world, "charges")}
    for refund in listed(world, "refunds"):
        assert refund["created"] - charges[refund["charge"]]["created"] > 31 * DAY


def test_the_same_seed_is_the_same_world_and_another_is_another() -> None:
    assert listed(world_of(7), "invoices") == listed(world_of(7), "invoices")
    assert listed(world_of(7), "charges") != listed(world_of(8), "charges")


def test_time_adds_and_leaves_the_past_alone() -> None:
    world = world_of()
    before = {kind: listed(world, kind) for kind in ("charges", "payouts", "customers")}
    moved, past = world.clock, world.now()
    moved.advance(24 * 90)  # further than the world was told ahead
    for kind, earlier in before.items():
        assert world.journal().listed(kind, past) == earlier
        assert len(listed(world, kind)) > len(earlier)


def test_a_payment_arrives_without_an_event(world: World) -> None:
    states = Counter(each["status"] for each in listed(world, "balance_transactions"))
    assert states["pending"] > 0 and states["available"] > 0
    pending = sum(each["amount"] for each in world.balance()["pending"])
    assert pending > 0
