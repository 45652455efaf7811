"""A customer is forgotten: found nowhere any more, and no total moves by a cent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner
from ytempire.analytics.forgetting import forget_customer
from ytempire.analytics.stripe_forgotten import IDS, name_of
from ytempire.cli import app
from ytempire.errors import ProviderUnavailable, ServiceFailed
from ytempire.warehouse import clock, transform
from ytempire.warehouse.database import connect

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

BEFORE = datetime(2026, 10, 10, 12, 30, tzinfo=UTC)
#: Columns that say when a build was made, and not what it found.
STAMPS = {"ops_as_of", "built_at"}
TOTALS = (
    "select * from marts.rpt_mrr_months order by month",
    "select * from marts.rpt_executive_days order by day",
    "select * from marts.fct_acquisition_cohorts order by cohort_month, source",
    "select month, movement, sum(amount_usd) as usd, count(*) as n from marts.fct_mrr_movements "
    "group by 1, 2 order by 1, 2",
    "select month, sum(cash_usd) as cash, sum(cost_to_serve_usd) as cost, sum(mrr_usd) as mrr, "
    "count(*) as n from marts.fct_customer_months group by 1 order by 1",
    "select source, country is null as is_unknown, count(*) as n from marts.dim_customers "
    "where customer_id not like 'forgotten-%' and owner is distinct from 'ann' "
    "group by 1, 2 order by 1, 2",
)


def rows(query: str, values: Any = None) -> list[dict[str, Any]]:
    with connect() as db:
        return db.execute(query, values).fetchall()


def totals() -> list[list[dict[str, Any]]]:
    return [
        [{name: value for name, value in row.items() if name not in STAMPS} for row in rows(query)]
        for query in TOTALS
    ]


def ids() -> list[str]:
    """The customer's name and those of all that is theirs, before they are forgotten."""
    found = {"cus_ann"}
    for table, columns in IDS.items():
        listed = ", ".join(columns)
        for row in rows(f"select {listed} from raw.{table}"):
            if found & set(row.values()):
                found |= set(filter(None, row.values()))
    return sorted(found)


def found_anywhere(names: list[str]) -> list[str]:
    """Tables of which a row has one of the words in any column, whatever its type."""
    tables = rows(
        "select format('%I.%I', schemaname, tablename) as name from pg_tables "
        "where schemaname in ('ops', 'raw', 'raw_months', 'snapshots', 'staging', 'intermediate', "
        "'marts')"
    )
    pattern = rf"\m({'|'.join(names)})\M"
    return [
        table["name"]
        for table in tables
        if rows(f"select 1 from {table['name']} as row where row::text ~ %s limit 1", (pattern,))
    ]


@pytest.fixture(scope="module")
def told(business: None) -> Iterator[dict[str, Any]]:
    """Everything about ann, then nothing of her."""
    with connect() as db:
        db.execute(
            """
            insert into raw.product_events
                (run_id, fetched_at, is_simulated, event_id, event, owner, occurred_at, source,
                 campaign_id)
            values ('e', '2026-10-10T12:00Z', true, 'sign-up of ann', 'signed_up', 'ann',
                    '2026-01-08T08:00Z', 'meta', 'c1')
            """
        )
        db.execute(
            """
            insert into raw.stripe_charges
                (run_id, fetched_at, is_simulated, charge_id, customer_id, balance_transaction_id,
                 status, currency, amount_minor, amount_refunded_minor, is_disputed, created_at)
            values ('r', '2026-10-10T12:00Z', true, 'ch_ann', 'cus_ann', 'txn_ann', 'succeeded',
                    'usd', 9900, 0, false, '2026-02-10T08:00Z');
            insert into raw.stripe_refunds
                (run_id, fetched_at, is_simulated, refund_id, charge_id, balance_transaction_id,
                 status, reason, currency, amount_minor, created_at)
            values ('r', '2026-10-10T12:00Z', true, 're_ann', 'ch_ann', 'txn_re', 'succeeded',
                    null, 'usd', 900, '2026-03-10T08:00Z');
            insert into raw.stripe_balance_transactions
                (run_id, fetched_at, is_simulated, balance_transaction_id, type,
                 reporting_category, source_id, status, currency, amount_minor, fee_minor,
                 net_minor, created_at, available_at)
            values ('r', '2026-10-10T12:00Z', true, 'txn_ann', 'charge', 'charge', 'ch_ann',
                    'available', 'usd', 9900, 0, 9900, '2026-02-10T08:00Z', '2026-02-17T08:00Z'),
                   ('r', '2026-10-10T12:00Z', true, 'txn_re', 'refund', 'refund', 're_ann',
                    'available', 'usd', -900, 0, -900, '2026-03-10T08:00Z', '2026-03-10T08:00Z'),
                   ('r', '2026-10-10T12:00Z', true, 'txn_po', 'payout', 'payout', 'po_house',
                    'available', 'usd', -9000, 0, -9000, '2026-04-10T08:00Z', '2026-04-10T08:00Z');
            insert into raw.rejects
                (source, table_name, run_id, reason, body, fetched_at)
            values ('stripe', 'stripe_charges', 'r', 'amount: missing',
                    '{"id": "ch_bad", "customer": "cus_ann"}', '2026-10-10T12:00Z'),
                   ('events', 'product_events', 'r', 'no such day', '{"owner": "ann"}',
                    '2026-10-10T12:00Z'),
                   ('events', 'product_events', 'r', 'no such day', '{"owner": "bob"}',
                    '2026-10-10T12:00Z');
            insert into raw.files (source, sha256, name, run_id, fetched_at, rows_read)
            values ('events', '00', 'sign-up-ann.csv', 'e', '2026-10-10T12:00Z', 1);
            insert into ops.budgets (scope, name, period, begins, unit, cap, spent)
            values ('customer', 'ann', 'month', '2026-10-01', 'usd', 50, 0.07);
            insert into ops.intents (intent_id, purchase, number, stage_run_id, provider, kind,
                                     state, foreseen, reservations)
            values ('p#1', 'p', 1, 's1', 'openai', 'script', 'done', '[]',
                    '[{"scope": "customer", "name": "ann", "amount": "1"},
                      {"scope": "channel", "name": "tidewise", "amount": "1"}]');
            insert into ops.alerts (cause, kind, severity, title, body)
            values ('budget-warning/customer/ann/month/2026-10-01', 'budget_warning', 'warning',
                    'customer ann: $40 of $50 spent or promised', 'Told from 80% of the cap on.')
            """
        )
    said: dict[str, Any] = {}
    with clock.replayed(BEFORE):
        transform.build(everything=True)
        said["totals"] = totals()
        said["ids"] = [*ids(), "ann", "ch_bad"]
        said["found"] = found_anywhere(said["ids"])
        said["told"] = forget_customer("cus_ann", for_good=False)
        said["found then"] = found_anywhere(said["ids"])
        said["done"] = forget_customer("cus_ann", for_good=True)
        # The marts still hold her, as they do when the next build fails: she must not come back.
        transform.run("run", "--select", "dim_dates")
    with clock.replayed(BEFORE + timedelta(hours=1)):
        transform.build(everything=True)  # with every invariant
    yield said


def test_what_is_told_before_is_what_is_done(told: dict[str, Any]) -> None:
    assert told["told"] == told["done"]
    assert told["found then"] == told["found"], "only told"
    changed = told["done"].changed
    assert changed["raw.rejects"] == 2 and changed["raw.stripe_refunds"] == 2
    assert changed["ops.intents"] == changed["ops.budgets"] == changed["ops.alerts"] == 1


def test_nothing_of_them_is_found_anywhere(told: dict[str, Any]) -> None:
    assert len(told["found"]) > 12 and len(told["ids"]) > 20
    assert found_anywhere(told["ids"]) == []


def test_no_total_moves_by_a_cent(told: dict[str, Any]) -> None:
    for before, after in zip(told["totals"], totals(), strict=True):
        assert after == before
        assert before, "and there was something to lose"


def test_the_months_and_costs_stay_as_one_anonymous_remainder(told: dict[str, Any]) -> None:
    (customer,) = rows("select * from marts.dim_customers where customer_id like 'forgotten-%'")
    assert customer["customer_id"] == told["done"].name == name_of("cus_ann")
    assert (customer["source"], customer["country"], customer["campaign_id"]) == (
        "meta",
        None,
        None,
    )
    (months,) = rows(
        "select sum(mrr_usd) as mrr, sum(cost_to_serve_usd) as cost, sum(refunded_usd) as refunds "
        "from marts.fct_customer_months where customer_id = %s",
        (customer["customer_id"],),
    )
    assert months["mrr"] > 1000 and months["cost"] > 0 and months["refunds"] == 308


def test_the_others_stay_as_they_were(told: dict[str, Any]) -> None:
    assert rows("select body from raw.rejects") == [{"body": {"owner": "bob"}}]
    (taken,) = rows("select reservations from ops.intents")
    assert taken["reservations"] == [
        {"scope": "customer", "name": told["done"].name, "amount": "1"},
        {"scope": "channel", "name": "tidewise", "amount": "1"},
    ]
    (bob,) = rows("select owner, country from marts.dim_customers where customer_id = 'cus_bob'")
    assert bob == {"owner": "bob", "country": "US"}


def test_asked_again_it_is_the_same(told: dict[str, Any]) -> None:
    for name in ("cus_ann", told["done"].name):
        assert forget_customer(name, for_good=True).name is None
    answer = CliRunner().invoke(app, ["forget", "customer", "cus_ann", "--yes"])
    assert (answer.exit_code, answer.output) == (0, "Nothing of cus_ann is here.\n")


def test_the_command_tells_first(told: dict[str, Any]) -> None:
    answer = CliRunner().invoke(app, ["forget", "customer", "cus_bob", "--without-airflow"])
    assert "raw.stripe_invoices" in answer.output and "Add --yes" in answer.output
    assert "Not reached:" in answer.output and "- Stripe itself" in answer.output
    assert rows("select from raw.stripe_customers where customer_id = 'cus_bob'")


def test_where_no_airflow_of_ours_answers_nothing_is_forgotten(told: dict[str, Any]) -> None:
    answer = CliRunner().invoke(app, ["forget", "customer", "cus_bob", "--yes"])
    # Nobody at the port, or an Airflow of another installation.
    assert isinstance(answer.exception, ProviderUnavailable | ServiceFailed)
    assert rows("select from raw.stripe_customers where customer_id = 'cus_bob'")
