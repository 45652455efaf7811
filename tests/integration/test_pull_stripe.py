"""The pull of Stripe's books by the official client from the local Stripe into a real warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from ytempire.analytics import stripe_books, stripe_replay
from ytempire.analytics.forgetting import forget_customer
from ytempire.analytics.stripe_forgotten import name_of
from ytempire.analytics.stripe_rows import TABLES
from ytempire.config import settings
from ytempire.errors import (
    ContractBroken,
    InvalidInput,
    KeyRejected,
    MalformedAnswer,
    ProviderUnavailable,
)
from ytempire.warehouse.database import connect

from .local_stripe import KEY, LocalStripe, count, landed, local_stripe

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]
LATEST = "select distinct on ({key}) * from raw.{table} order by {key}, fetched_at desc"


@pytest.fixture
def stripe(warehouse: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalStripe]:
    with local_stripe() as local:
        monkeypatch.setenv("YTEMPIRE_STRIPE__API_KEY", KEY)
        monkeypatch.setenv("YTEMPIRE_STRIPE__ENDPOINT", local.emulated.address)
        monkeypatch.setenv("YTEMPIRE_STRIPE__RETRIES", "0")
        settings.cache_clear()
        yield local
    monkeypatch.undo()
    settings.cache_clear()


def latest(table: str) -> list[dict]:
    return landed(LATEST.format(key=TABLES[table][1], table=table))


def told(stripe: LocalStripe, kind: str) -> list[dict]:
    return stripe.world.journal().listed(kind, stripe.world.now())


def same_as_told(stripe: LocalStripe) -> None:
    """What the warehouse has of each thing last is what Stripe has now."""
    subscriptions = {each["id"]: each for each in told(stripe, "subscriptions")}
    assert {
        row["subscription_id"]: (row["status"], row["cancel_at_period_end"])
        for row in latest("stripe_subscriptions")
    } == {
        name: (each["status"], each["cancel_at_period_end"]) for name, each in subscriptions.items()
    }
    assert {
        row["subscription_item_id"]: (row["price_id"], row["quantity"])
        for row in latest("stripe_subscription_items")
        if not row["is_deleted"]
    } == {
        item["id"]: (item["price"]["id"], item["quantity"])
        for each in subscriptions.values()
        for item in each["items"]
    }
    invoices = {each["id"]: each for each in told(stripe, "invoices")}
    assert {
        row["invoice_id"]: (row["status"], row["total_minor"]) for row in latest("stripe_invoices")
    } == {name: (each["status"], each["total"]) for name, each in invoices.items()}
    assert {
        row["invoice_line_id"]: row["amount_minor"] for row in latest("stripe_invoice_lines")
    } == {line["id"]: line["amount"] for each in invoices.values() for line in each["lines"]}
    assert {
        row["charge_id"]: (row["amount_refunded_minor"], row["is_disputed"])
        for row in latest("stripe_charges")
    } == {
        each["id"]: (each["amount_refunded"], each["disputed"]) for each in told(stripe, "charges")
    }
    for table, kind in (
        ("stripe_disputes", "disputes"),
        ("stripe_balance_transactions", "balance_transactions"),
    ):
        key = TABLES[table][1]
        assert {row[key]: row["status"] for row in latest(table)} == {
            each["id"]: each["status"] for each in told(stripe, kind)
        }
    assert {row["price_id"]: row["is_active"] for row in latest("stripe_prices")} == {
        each["id"]: each["active"] for each in told(stripe, "prices")
    }
    living = {row["customer_id"] for row in latest("stripe_customers") if not row["is_deleted"]}
    assert living == {each["id"] for each in told(stripe, "customers")}


def test_the_first_pull_lands_two_years_and_the_books_add_up(stripe: LocalStripe) -> None:
    with stripe.at():
        written = stripe_books.pull("first")
    assert written["rejects"] == 0
    assert set(written) == {*TABLES, "stripe_balances", "rejects"}
    same_as_told(stripe)
    for row in landed("select distinct is_simulated from raw.stripe_invoices"):
        assert row["is_simulated"] is True
    held = landed(
        "select currency, available_minor + pending_minor as held from raw.stripe_balances"
    )
    moved = landed(
        "select currency, sum(net_minor) as net from raw.stripe_balance_transactions group by 1"
    )
    assert {row["currency"]: row["held"] for row in held} == {
        row["currency"]: row["net"] for row in moved
    }
    owners = landed("select count(*) as n, count(owner) as owned from raw.stripe_customers")
    assert 0 < owners[0]["owned"] < owners[0]["n"]


def test_what_lands_keeps_the_rules_of_the_landing(stripe: LocalStripe) -> None:
    from ytempire.warehouse.expectations import validate

    with stripe.at():
        stripe_books.pull("first")
    with stripe.at(hours=30):
        stripe_books.pull("second")
        assert validate() == []


def test_the_same_again_lands_nothing(stripe: LocalStripe) -> None:
    with stripe.at():
        stripe_books.pull("first")
        assert stripe_books.pull("first") == {}, "a cleared task lands nothing twice"
        again = stripe_books.pull("second")
    assert {table: rows for table, rows in again.items() if rows} == {"stripe_balances": 2}
    assert count("pulls") == 3  # the first is the day's look as well


def test_a_day_of_changes_lands_these_alone(stripe: LocalStripe) -> None:
    with stripe.at():
        stripe_books.pull("first")
    before = stripe.world.now()
    stripe.emulated.asked.clear()
    with stripe.at(hours=13):
        written = stripe_books.pull("later")
    changed = {
        each["data"]["object"]["id"]
        for each in stripe.world.journal().events(before + 1, stripe.world.now(), 7)
    }
    same_as_told(stripe)
    for table in ("stripe_invoices", "stripe_charges", "stripe_subscriptions"):
        key = TABLES[table][1]
        rows = landed(f"select {key} as id from raw.{table} where run_id = 'later'")
        assert {row["id"] for row in rows} <= changed
        assert len(rows) == written.get(table, 0)
    assert written["stripe_invoices"] > 0
    assert all("created" in query for query in stripe.asked("/v1/charges") if "limit=100" in query)


def test_what_was_missed_for_days_is_landed_by_the_next_pull(stripe: LocalStripe) -> None:
    with stripe.at():
        stripe_books.pull("first")
    stripe.emulated.fail("status", status=503, count=10_000)
    for day in range(3):
        with stripe.at(hours=24), pytest.raises(ProviderUnavailable):
            stripe_books.pull(f"down {day}")
    stripe.emulated.faults.clear()
    with stripe.at():
        stripe_books.pull("back")
    same_as_told(stripe)


def test_an_hour_s_pull_each_for_some_days_ends_with_what_stripe_has(stripe: LocalStripe) -> None:
    with stripe.at():
        stripe_books.pull("first")
    for step in range(10):
        with stripe.at(hours=9):
            stripe_books.pull(f"step {step}")
    same_as_told(stripe)
    assert landed(
        "select 1 from raw.stripe_balance_transactions group by balance_transaction_id "
        "having count(*) = 2"
    ), "money that arrived later is a version of its movement"


def test_after_more_than_the_events_reach_all_is_read_anew(stripe: LocalStripe) -> None:
    with stripe.at():
        stripe_books.pull("first")
    with stripe.at(hours=24 * 40):
        stripe_books.pull("late")
    same_as_told(stripe)


def test_deleted_customers_and_dropped_items_are_marked(stripe: LocalStripe) -> None:
    clock = stripe.world.clock
    before_both = stripe.world.origin + 500 * 86400
    clock.anchor = replace(clock.anchor, emulated=before_both)
    with stripe.at():
        stripe_books.pull("first")
    for step in range(6):
        with stripe.at(hours=24 * 28):
            stripe_books.pull(f"step {step}")
    same_as_told(stripe)
    [gone] = [row for row in latest("stripe_customers") if row["is_deleted"]]
    assert gone["created_at"] is not None and gone["currency"] == "usd"
    [dropped] = [row for row in latest("stripe_subscription_items") if row["is_deleted"]]
    assert dropped["quantity"] is None and dropped["subscription_id"]


def test_a_price_that_no_list_has_is_asked_for_until_it_has_landed(stripe: LocalStripe) -> None:
    [inline] = [each["id"] for each in told(stripe, "prices") if each["lookup_key"] is None]
    with stripe.at():
        stripe_books.pull("first")
        with connect() as db:  # as a release that did not ask for it left the warehouse
            db.execute("delete from raw.stripe_prices where price_id = %s", (inline,))
        stripe.emulated.asked.clear()
        stripe_books.pull("second")
        stripe_books.pull("third")
    assert len(stripe.asked(f"/v1/prices/{inline}")) == 1
    same_as_told(stripe)


def test_pages_end_between_any_two_things(
    stripe: LocalStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ytempire.providers.stripe import client

    monkeypatch.setattr(client, "PAGE", 7)
    with stripe.at():
        stripe_books.pull("first")
    same_as_told(stripe)
    assert len(stripe.asked("/v1/customers")) == -(-len(told(stripe, "customers")) // 7)


def test_a_backfill_reads_what_was_created_on_its_days(stripe: LocalStripe) -> None:
    start, end = date(2026, 3, 1), date(2026, 3, 31)
    with stripe.at():
        written = stripe_books.pull("fill", start, end)
        assert stripe_books.pull("fill", start, end) == {}
    days = landed("select distinct created_at::date as day from raw.stripe_charges order by 1")
    assert start <= days[0]["day"] < days[-1]["day"] <= end
    assert written["stripe_invoices"] > 10
    [mark] = landed("select source, watermark from raw.pulls")
    assert mark["source"] == "stripe_backfill", "the hourly pull still begins at the beginning"
    with stripe.at():
        stripe_books.pull("first")
    same_as_told(stripe)
    assert not landed("select 1 from raw.stripe_charges group by charge_id having count(*) > 1")
    with pytest.raises(InvalidInput, match="has no days"):
        stripe_books.pull("none", end, start - timedelta(days=1))


def test_bad_rows_are_kept_apart_with_their_reason_once(stripe: LocalStripe) -> None:
    charges, invoices = told(stripe, "charges"), told(stripe, "invoices")
    charges[-3]["amount"] = -500
    charges[-4]["currency"] = "zzz"
    charges[-5]["id"] = None
    invoices[-2]["lines"][0]["period"]["end"] = 0
    with stripe.at():
        written = stripe_books.pull("first")
        again = stripe_books.pull("second")
    assert (written["rejects"], again["rejects"]) == (4, 0)
    reasons = {
        row["reason"]: row for row in landed("select * from raw.rejects where source = 'stripe'")
    }
    for about in ("amount: Input should be greater", "an unknown currency: zzz", "id: Input"):
        assert any(about in reason for reason in reasons), reasons
    assert any("a period that ends before it starts" in reason for reason in reasons)
    assert written["stripe_charges"] == len(charges) - 3
    assert written["stripe_invoices"] == len(invoices) - 1


def test_what_was_rejected_lands_after_a_mend_unless_a_later_version_has(
    stripe: LocalStripe,
) -> None:
    charges = told(stripe, "charges")
    for charge in charges[-5:]:
        charge["currency"], charge["was"] = "zzz", charge["currency"]
    invoice = told(stripe, "invoices")[-3]
    invoice["amount_paid"] = -1
    with stripe.at():
        stripe_books.pull("first")
    assert stripe_replay.replay("early") == (0, 6)
    with connect() as db:  # a currency that was not known is mended in what was kept
        db.execute(
            'update raw.rejects set body = body || \'{"currency": "usd"}\' '
            "where body->>'id' = any(%s)",
            ([each["id"] for each in charges[-3:]],),
        )
        db.execute(
            "update raw.rejects set body = body || '{\"amount_paid\": 0}' "
            "where table_name = 'stripe_invoices'"
        )
    charges[-1]["currency"] = "usd"
    with stripe.at(hours=1):
        day = datetime.fromtimestamp(charges[-1]["created"], UTC).date()
        stripe_books.pull("fill", day, day)
    assert stripe_replay.replay("mended") == (4, 2)
    assert stripe_replay.replay("again") == (0, 2)
    rows = landed(
        "select charge_id, run_id, is_simulated from raw.stripe_charges where charge_id = any(%s)",
        [each["id"] for each in charges[-3:]],
    )
    assert {row["charge_id"]: row["run_id"] for row in rows} == {
        charges[-1]["id"]: "fill",
        charges[-2]["id"]: "mended",
        charges[-3]["id"]: "mended",
    }
    assert all(row["is_simulated"] for row in rows)
    lines = landed("select 1 from raw.stripe_invoice_lines where invoice_id = %s", invoice["id"])
    assert len(lines) == len(invoice["lines"])


@pytest.mark.parametrize("field", ["balance_transaction", "amount_refunded"])
def test_a_renamed_field_stops_the_source_and_stores_nothing(
    stripe: LocalStripe, field: str
) -> None:
    for charge in told(stripe, "charges"):
        charge[f"new_{field}"] = charge.pop(field)
    with stripe.at(), pytest.raises(ContractBroken, match=f"charges.*{field}: Field required"):
        stripe_books.pull("first")
    assert {table: count(table) for table in (*TABLES, "pulls", "rejects")} == dict.fromkeys(
        (*TABLES, "pulls", "rejects"), 0
    )


def test_the_hour_s_only_charge_misshapen_is_rejected_and_the_rest_lands(
    stripe: LocalStripe,
) -> None:
    with stripe.at():
        stripe_books.pull("first")
    with stripe.at(hours=0.01):
        charges = told(stripe, "charges")
        since = stripe.world.now() - 1
        for charge in charges[-3:]:
            charge["created"] = since  # the only ones of their hour
            charge.pop("amount_refunded")
        day = datetime.fromtimestamp(since, UTC).date()
        for charge in charges[:-3]:  # out of what a backfill of the day reads
            charge["created"] = min(charge["created"], since - 2 * 86400)
        written = stripe_books.pull("fill", day, day)
    assert written["rejects"] == 3 and "stripe_charges" not in written
    reasons = landed("select distinct reason from raw.rejects")
    assert reasons == [{"reason": "amount_refunded: Field required"}]


def test_a_shape_that_changed_after_the_first_pull_stops_the_source(stripe: LocalStripe) -> None:
    with stripe.at():
        stripe_books.pull("first")
    with stripe.at(hours=13):
        for charge in told(stripe, "charges"):
            charge["refunds"] = charge.pop("amount_refunded")
        with pytest.raises(ContractBroken, match="amount_refunded"):
            stripe_books.pull("later")
    assert count("rejects") == 0


def test_what_stripe_tells_of_a_forgotten_customer_lands_under_their_other_names(
    stripe: LocalStripe,
) -> None:
    with stripe.at():
        stripe_books.pull("first")
        [busiest] = landed(
            "select customer_id as id from raw.stripe_subscriptions where status = 'active' "
            "order by created_at, customer_id limit 1"
        )
        assert forget_customer(busiest["id"], for_good=True).name == name_of(busiest["id"])
        before = {table: count(table) for table in TABLES}
        stripe_books.pull("again")
        assert {table: count(table) for table in TABLES} == before, "known under those names"
    with stripe.at(hours=24 * 32):
        stripe_books.pull("later")
    theirs = [each for each in told(stripe, "invoices") if each["customer"] == busiest["id"]]
    kept = landed(
        "select sum(total_minor) as total, count(*) as n from ("
        "select distinct on (invoice_id) * from raw.stripe_invoices where customer_id = %s "
        "order by invoice_id, fetched_at desc) as invoices",
        name_of(busiest["id"]),
    )
    assert kept == [{"total": sum(each["total"] for each in theirs), "n": len(theirs)}]
    assert landed(
        "select from raw.stripe_invoices where run_id = 'later' and customer_id = %s",
        name_of(busiest["id"]),
    )
    names = {busiest["id"], *(each["id"] for each in theirs)}
    names |= {each["charge"] for each in theirs if each.get("charge")}
    for table, (columns, _) in TABLES.items():
        said = landed(f"select {table}::text as said from raw.{table}")
        assert not [row for row in said if any(name in row["said"] for name in names)], columns


def test_a_rejected_customer_bears_no_name_or_address(stripe: LocalStripe) -> None:
    told(stripe, "customers")[0]["currency"] = "zzz"
    with stripe.at():
        stripe_books.pull("first")
    [row] = landed("select body from raw.rejects")
    assert set(row["body"]) <= {
        *("id", "created", "metadata", "currency", "address", "livemode"),
    }
    assert set(row["body"]["address"]) == {"country"}


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ({"kind": "status", "status": 500}, ProviderUnavailable),
        ({"kind": "status", "status": 429}, ProviderUnavailable),
        ({"kind": "status", "status": 401}, KeyRejected),
        ({"kind": "status", "status": 403}, KeyRejected),
        ({"kind": "status", "status": 404}, ContractBroken),
        ({"kind": "malformed"}, MalformedAnswer),
        ({"kind": "dropped"}, ProviderUnavailable),
        ({"kind": "truncated"}, ProviderUnavailable),
    ],
)
def test_a_refusal_in_the_middle_lands_nothing(
    stripe: LocalStripe, how: dict, error: type[Exception]
) -> None:
    body = {"error": {"message": "no", "type": "invalid_request_error"}}
    stripe.emulated.fail(
        **how, path="/v1/charges", after=1, **({} if len(how) < 2 else {"body": body})
    )
    with stripe.at(), pytest.raises(error):
        stripe_books.pull("first")
    assert (count("stripe_customers"), count("pulls")) == (0, 0)


def test_a_server_that_is_down_for_a_moment_is_asked_again(
    stripe: LocalStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YTEMPIRE_STRIPE__RETRIES", "2")
    settings.cache_clear()
    stripe.emulated.fail("status", status=503, path="/v1/charges")
    with stripe.at():
        stripe_books.pull("first")
    same_as_told(stripe)


def test_nothing_is_told_to_stripe_of_this_machine(stripe: LocalStripe) -> None:
    with stripe.at():
        stripe_books.pull("first")
    assert len(stripe.emulated.asked) > 20
    for asked in stripe.emulated.asked:
        assert "x-stripe-client-telemetry" not in asked.headers
        assert "telemetry_id" not in asked.headers.get("x-stripe-client-user-agent", "")
        assert asked.method == "GET"
