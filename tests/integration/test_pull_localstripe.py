"""The same pull against localstripe, a server that we did not write.

Left out, since it has them not: a clock (so: a second day), `created` filters but on charges,
events, disputes, prices, and a balance in the API's shape. Two fields that it does not tell are
added (`LACKING`). Its subscriptions and invoices are in the shapes of an older version of the API;
that they are refused as a contract broken is a test here.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest
import stripe
from ytempire.analytics import stripe_landing
from ytempire.analytics.stripe_pull import Pull
from ytempire.errors import ContractBroken, KeyRejected
from ytempire.providers.stripe.client import Stripe

from .local_stripe import count, landed

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]
KEY = "sk_test_localstripe"
#: On loopback alone, and without the file in which it keeps what it was told.
SERVE = """
import sys
from aiohttp import web
from localstripe import resources, server
resources.Store.dump_to_disk = lambda self: None
web.run_app(server.app, host="127.0.0.1", port=int(sys.argv[1]), print=None)
"""
#: What it has in the shapes of the API.
KINDS = ("products", "customers", "charges", "refunds", "balance_transactions")

LACKING = {"charges": {"disputed": False}, "refunds": {"reason": None}}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-c", SERVE, str(port)])
    try:
        address = f"http://127.0.0.1:{port}"
        until = time.monotonic() + 60
        while True:
            try:
                httpx.get(address, trust_env=False)
                break
            except httpx.TransportError:
                assert server.poll() is None and time.monotonic() < until, "it does not answer"
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="module")
def books(address: str) -> dict[str, list[str]]:
    """Some business made in it by the official client: ids by what they are of."""
    sdk = stripe.StripeClient(KEY, base_addresses={"api": address})
    made: dict[str, list[str]] = {"customers": [], "charges": [], "refunds": []}
    made["products"] = [
        sdk.v1.products.create({"name": name, "type": "service"}).id
        for name in ("Growth", "Studio")
    ]
    sdk.v1.plans.create(
        {"id": "growth", "product": made["products"][0], "interval": "month", "currency": "usd",
         "amount": 9900}
    )  # fmt: skip
    card = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"}
    for number in range(12):
        customer = sdk.v1.customers.create(
            {"name": f"Customer {number}", "metadata": {"owner": f"owner-{number}"}}
        )
        method = sdk.v1.payment_methods.create({"type": "card", "card": card})
        sdk.v1.payment_methods.attach(method.id, {"customer": customer.id})
        charge = sdk.v1.charges.create(
            {"amount": 1000 + number, "currency": "eur", "customer": customer.id,
             "source": method.id}
        )  # fmt: skip
        made["customers"].append(customer.id)
        made["charges"].append(charge.id)
        if number == 0:
            sdk.v1.customers.update(
                customer.id, {"invoice_settings": {"default_payment_method": method.id}}
            )
            sdk.v1.subscriptions.create({"customer": customer.id, "items": [{"plan": "growth"}]})
    refund = sdk.v1.refunds.create({"charge": made["charges"][0], "amount": 400})
    made["refunds"].append(refund.id)
    return made


def read(made: Pull, **params: int) -> None:
    for kind in KINDS:
        lacking = LACKING.get(kind, {})
        made.read_all(kind, [lacking | each for each in made.stripe.list(kind, **params)])


def pull_of(address: str, run_id: str, key: str = KEY) -> Pull:
    return Pull(Stripe(key, address, deadline_s=20, retries=0), run_id)


def test_what_it_has_in_the_api_s_shapes_lands(
    warehouse: None, address: str, books: dict[str, list[str]]
) -> None:
    made = pull_of(address, "first")
    read(made, limit=5)
    written = stripe_landing.land(made, {"stripe": made.fetched_at})

    assert made.rejects == []
    assert made.is_simulated, "a server of test mode tells of no real money"
    assert written["stripe_customers"] == len(books["customers"])
    owners = landed("select owner from raw.stripe_customers order by owner")
    assert [row["owner"] for row in owners] == sorted(f"owner-{n}" for n in range(12))
    charges = landed("select * from raw.stripe_charges order by amount_minor")
    assert [row["charge_id"] for row in charges[:-1]] == books["charges"]
    assert charges[-1]["amount_minor"] == 9900, "the subscription's first month"
    assert (charges[0]["amount_refunded_minor"], charges[1]["amount_refunded_minor"]) == (400, 0)
    [moved] = landed("select sum(net_minor) as net from raw.stripe_balance_transactions")
    assert moved["net"] == sum(1000 + number for number in range(12)) - 400 + 9900


def test_the_same_again_lands_nothing(
    warehouse: None, address: str, books: dict[str, list[str]]
) -> None:
    for run_id in ("first", "second"):
        made = pull_of(address, run_id)
        read(made)
        written = stripe_landing.land(made, {"stripe": made.fetched_at})
    assert sum(written.values()) == 0


@pytest.mark.parametrize(
    ("kind", "params", "about"),
    [
        ("subscriptions", {"status": "all"}, "items.data.0.*Field required"),
        ("invoices", {}, "total_taxes: Field required"),
    ],
)
def test_shapes_of_another_version_are_a_contract_broken(
    warehouse: None, address: str, books: dict[str, list[str]], kind: str, params: dict, about: str
) -> None:
    made = pull_of(address, "first")
    with pytest.raises(ContractBroken, match=f"Stripe's {kind}.*{about}"):
        made.read_all(kind, made.stripe.list(kind, **params))
    assert count("stripe_subscriptions") == count("stripe_invoices") == 0


def test_a_key_that_it_does_not_take_is_told(warehouse: None, address: str) -> None:
    with pytest.raises(KeyRejected, match="STRIPE__API_KEY"):
        pull_of(address, "first", key="other")
