"""The local Stripe, by the official client: lists, pages, filters, refusals, and its shapes."""

from __future__ import annotations

import httpx
import pytest
import stripe
from ytempire.emulators.serving import Emulated
from ytempire.emulators.stripe import API_VERSION, KEY
from ytempire.emulators.stripe.world import World

from .conftest import client

KINDS = (
    *("customers", "products", "prices", "subscriptions", "invoices", "charges", "refunds"),
    *("disputes", "balance_transactions", "payouts", "events"),
)


def listed(sdk: stripe.StripeClient, kind: str, **params: object) -> list:
    if kind == "subscriptions":
        params = {"status": "all", **params}
    first = getattr(sdk.v1, kind).list({"limit": 100, **params})
    return list(first.auto_paging_iter())


def test_it_speaks_the_version_of_the_client_that_we_use() -> None:
    assert stripe.api_version == API_VERSION, (
        "The SDK speaks another version now: look at what changed in the shapes, then say so here."
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_is_paged_whole_newest_first_and_each_once(
    sdk: stripe.StripeClient, world: World, kind: str
) -> None:
    found = listed(sdk, kind)
    ids = [each.id for each in found]
    assert len(ids) == len(set(ids)) > 0
    assert [each.created for each in found] == sorted((e.created for e in found), reverse=True)
    few = getattr(sdk.v1, kind).list({"limit": 3})
    assert len(few.data) == min(3, len(ids))


def test_pages_can_be_turned_back(sdk: stripe.StripeClient) -> None:
    first = sdk.v1.charges.list({"limit": 5})
    second = first.next_page()
    assert second.has_more
    back = sdk.v1.charges.list({"limit": 5, "ending_before": second.data[0].id})
    assert [each.id for each in back.data] == [each.id for each in first.data]
    assert not back.has_more


@pytest.mark.parametrize("kind", KINDS)
def test_a_thing_is_found_by_its_id_as_the_list_has_it(sdk: stripe.StripeClient, kind: str) -> None:
    one = listed(sdk, kind)[0]
    found = getattr(sdk.v1, kind).retrieve(one.id)
    assert found.to_dict() == one.to_dict()


def test_created_bounds_are_kept(sdk: stripe.StripeClient) -> None:
    every = listed(sdk, "charges")
    low, high = every[40].created, every[10].created
    assert [each.id for each in listed(sdk, "charges", created={"gte": low, "lt": high})] == [
        each.id for each in every if low <= each.created < high
    ]
    assert [each.id for each in listed(sdk, "charges", created={"gt": low, "lte": high})] == [
        each.id for each in every if low < each.created <= high
    ]
    assert {each.created for each in listed(sdk, "charges", created=low)} == {low}


def test_subscriptions_that_ended_are_told_when_they_are_asked_for(
    sdk: stripe.StripeClient,
) -> None:
    living = list(sdk.v1.subscriptions.list({"limit": 100}).auto_paging_iter())
    every = listed(sdk, "subscriptions")
    assert {each.status for each in living}.isdisjoint({"canceled"})
    assert "canceled" in {each.status for each in every}
    assert len(living) < len(every)


def test_prices_sold_no_more_are_told_when_asked_for_and_those_made_in_line_by_their_id(
    sdk: stripe.StripeClient,
) -> None:
    sold, retired = listed(sdk, "prices"), listed(sdk, "prices", active=False)
    assert all(each.active for each in sold)
    assert [each.active for each in retired] == [False, False]
    known = {each.id for each in (*sold, *retired)}
    [inline] = {
        item.price.id
        for each in listed(sdk, "subscriptions")
        for item in each["items"]
        if item.price.id not in known
    }
    assert not sdk.v1.prices.retrieve(inline).active


def test_an_invoice_of_many_lines_has_the_others_at_its_address(sdk: stripe.StripeClient) -> None:
    longest = max(listed(sdk, "invoices"), key=lambda each: each.lines.total_count)
    assert longest.lines.has_more and len(longest.lines.data) == 10
    lines = list(sdk.v1.invoices.line_items.list(longest.id, {"limit": 4}).auto_paging_iter())
    assert len(lines) == longest.lines.total_count
    assert sum(line.amount for line in lines) == longest.subtotal


def test_ids_are_expanded_where_that_is_asked_for(sdk: stripe.StripeClient) -> None:
    [charge, *_] = sdk.v1.charges.list(
        {"limit": 1, "expand": ["data.balance_transaction", "data.customer"]}
    ).data
    assert charge.balance_transaction.source == charge.id
    assert charge.customer.object == "customer"


def test_events_reach_back_thirty_days(sdk: stripe.StripeClient, world: World) -> None:
    events = listed(sdk, "events")
    assert events[-1].created >= world.now() - 30 * 86400
    assert events[-1].created < world.now() - 29 * 86400
    chosen = listed(sdk, "events", types=["invoice.paid", "charge.failed"])
    assert {each.type for each in chosen} == {"invoice.paid", "charge.failed"}
    paid = next(each for each in chosen if each.type == "invoice.paid")
    assert paid.data.object["status"] == "paid"


def test_a_deleted_customer_is_in_no_list_and_is_told_by_its_id(
    sdk: stripe.StripeClient, world: World
) -> None:
    living = {each.id for each in listed(sdk, "customers")}
    ended = {each.customer for each in listed(sdk, "subscriptions")} - living
    assert ended, "the scripted customer who is deleted was not"
    for name in ended:
        assert sdk.v1.customers.retrieve(name).to_dict() == {
            "id": name,
            "object": "customer",
            "deleted": True,
        }


def test_what_is_wrong_is_refused_in_stripes_words(local: Emulated) -> None:
    sdk = client(local.address, max_network_retries=0)
    with pytest.raises(stripe.InvalidRequestError, match="No such customer: 'cus_none'") as none:
        sdk.v1.customers.retrieve("cus_none")
    assert (none.value.http_status, none.value.code) == (404, "resource_missing")
    assert none.value.request_id
    with pytest.raises(stripe.InvalidRequestError, match="between 1 and 100"):
        sdk.v1.charges.list({"limit": 101})
    with pytest.raises(stripe.InvalidRequestError, match="unknown parameter: colour"):
        sdk.v1.charges.list({"colour": "red"})
    with pytest.raises(stripe.InvalidRequestError, match="No such charge: 'ch_none'"):
        sdk.v1.charges.list({"starting_after": "ch_none"})
    with pytest.raises(stripe.AuthenticationError, match="Invalid API Key"):
        client(local.address, "sk_live_other").v1.balance.retrieve()
    with pytest.raises(stripe.PermissionError, match="read-only"):
        sdk.v1.customers.create({"name": "New"})
    with pytest.raises(stripe.InvalidRequestError, match="Invalid Stripe API version"):
        client(local.address, stripe_version="2024-06-20").v1.balance.retrieve()


@pytest.mark.parametrize("hours", [{"hours": -1}, {"hours": "soon"}, {}, []])
def test_its_clock_goes_on_only_and_for_who_has_the_key(local: Emulated, hours: object) -> None:
    address = f"{local.address}/emulator/advance"
    assert httpx.post(address, json={"hours": 1}).status_code == 401
    answer = httpx.post(address, json=hours, headers={"Authorization": f"Bearer {KEY}"})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "hours")


def test_every_answer_says_that_it_is_simulated(local: Emulated) -> None:
    headers = {"Authorization": f"Bearer {KEY}"}
    answer = httpx.get(f"{local.address}/v1/balance", headers=headers)
    assert answer.headers["x-emulated"] == "simulated"
    assert answer.json()["livemode"] is False
    assert httpx.get(f"{local.address}/v1/balance").status_code == 401


#: Told of lists inside objects, though the SDK's type does not name it.
UNTYPED = {"object", "total_count"}


@pytest.mark.parametrize("kind", KINDS)
def test_no_field_is_told_that_the_official_types_do_not_know(
    sdk: stripe.StripeClient, kind: str
) -> None:
    for each in listed(sdk, kind)[:40]:
        _check(each, kind)


def _check(thing: stripe.StripeObject, where: str) -> None:
    known = {name for kind in type(thing).__mro__ for name in vars(kind).get("__annotations__", ())}
    is_typed = any(not name.startswith("_") for name in known)
    for name, value in thing.to_dict(recursive=False).items():
        if is_typed:
            assert name in known | UNTYPED, f"{where}: {type(thing).__name__} has no {name}"
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, stripe.StripeObject) and name != "metadata":
                _check(inner, f"{where}.{name}")
