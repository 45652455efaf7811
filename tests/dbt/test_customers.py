"""What the marts say of customers that can be reckoned by hand (MRR, its movements, CAC, cash), and
to whom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from ytempire.errors import BadData, InvalidInput
from ytempire.local.owner_logins import administrator, dsn_of
from ytempire.warehouse import clock, owners, transform
from ytempire.warehouse.database import connect

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240), pytest.mark.usefixtures("marts")]


def rows(query: str, *values: Any) -> list[dict[str, Any]]:
    with connect() as db:
        return db.execute(query, values or None).fetchall()


def mrr(name: str) -> list[str]:
    """MRR at the ends of January to September 2026."""
    told = rows(
        """
        select to_char(series.month, 'MM') as month, coalesce(mrr_usd, 0) as usd
        from generate_series(timestamp '2026-01-01', '2026-09-01', '1 month') as series (month)
        left join marts.fct_customer_months as months
            on months.month = series.month and customer_id = %s
        order by 1
        """,
        f"cus_{name}",
    )
    return [f"{row['usd'].normalize():f}" for row in told]


def movements(name: str) -> list[tuple[int, str, str]]:
    told = rows(
        """
        select extract(month from month)::integer as month, movement, amount_usd
        from marts.fct_mrr_movements
        where customer_id = %s and month between '2026-01-01' and '2026-09-01' order by month
        """,
        f"cus_{name}",
    )
    return [(row["month"], row["movement"], f"{row['amount_usd'].normalize():f}") for row in told]


def test_an_upgrade_within_a_period_counts_from_its_day_and_its_credit_is_no_contraction() -> None:
    assert mrr("ann") == ["99", "99", *["299"] * 7]
    assert movements("ann") == [(1, "new", "99"), (3, "expansion", "200")]


def test_a_year_is_twelve_months_and_a_currency_that_moves_makes_no_movement() -> None:
    assert mrr("bob") == ["0", *["108.9"] * 8]
    assert movements("bob") == [(2, "new", "108.9")]
    spot = rows(
        """select distinct mrr_spot_usd from marts.fct_customer_months
           where customer_id = 'cus_bob' and month between '2026-03-01' and '2026-09-01'"""
    )
    assert spot == [{"mrr_spot_usd": Decimal("118.80")}]


def test_a_trial_is_no_revenue_a_gap_is_churn_and_coming_back_is_reactivation() -> None:
    assert mrr("cyd") == ["29", "29", "0", "0", "0", *["29"] * 4]
    assert movements("cyd") == [(1, "new", "29"), (3, "churn", "-29"), (6, "reactivation", "29")]


def test_one_of_two_subscriptions_lost_is_contraction_and_a_seat_counts_before_its_invoice() -> (
    None
):
    assert mrr("dee") == ["128", "128", "128", *["99"] * 5, "198"]
    assert movements("dee") == [
        (1, "new", "128"),
        (4, "contraction", "-29"),
        (9, "expansion", "99"),
    ]


def test_discounts_are_netted_while_they_last() -> None:
    assert mrr("eve") == ["49.5", "49.5", "49.5", *["99"] * 6]


def test_unpaid_one_off_and_metered_are_no_recurring_revenue() -> None:
    assert set(mrr("fay")) == {"0"}
    assert movements("fay") == []


def test_what_is_void_while_collection_is_paused_is_no_revenue() -> None:
    assert mrr("gus") == [*["29"] * 4, "0", "0", *["29"] * 3]
    assert [kind for _, kind, _ in movements("gus")] == ["new", "churn", "reactivation"]


def test_who_was_deleted_before_the_first_pull_keeps_their_history() -> None:
    assert mrr("ivy") == [*["0"] * 6, "99", "0", "0"]
    assert movements("ivy") == [(7, "new", "99"), (8, "churn", "-99")]
    assert rows("select owner, is_deleted from marts.dim_customers where customer_id = 'cus_ivy'") \
        == [{"owner": None, "is_deleted": None}]  # fmt: skip


def test_who_pays_without_being_a_customer_pays_the_house_nonetheless() -> None:
    (march,) = rows("select cash_usd from marts.rpt_mrr_months where month = '2026-03-01'")
    assert march["cash_usd"] == 50


def test_a_currency_without_cents_is_told_in_its_own_unit() -> None:
    assert set(mrr("hana")) == {"20"}  # 3,000 yen at 1.10 USD and 165 yen a euro


def test_a_refund_lowers_the_cash_of_its_own_month_and_never_mrr() -> None:
    told = rows(
        """
        select extract(month from month)::integer as month, charged_usd, refunded_usd,
               disputed_usd, cash_usd
        from marts.fct_customer_months
        where customer_id = 'cus_ann' and month between '2026-04-01' and '2026-06-01' order by 1
        """
    )
    assert [tuple(map(int, row.values())) for row in told] == [
        (4, 299, 0, 0, 299),
        (5, 0, 299, 0, -299),
        (6, 299, 0, 299, 0),
    ]


def test_a_customer_bears_the_cost_of_their_own_channels_since_they_had_them() -> None:
    (told,) = rows(
        """
        select (select sum(amount_usd) from marts.fct_cost_lines
                where channel_id = 'tidewise' and booked_date >= '2026-10-04') as cost,
               cost_to_serve_usd, gross_margin_usd, mrr_usd
        from marts.fct_customer_months where customer_id = 'cus_ann' and month = '2026-10-01'
        """
    )
    assert told["cost"] == told["cost_to_serve_usd"] > 0
    assert told["gross_margin_usd"] == told["mrr_usd"] - told["cost"]
    others = rows("select sum(cost_to_serve_usd) as usd from marts.fct_customer_months "
                  "where customer_id <> 'cus_ann'")  # fmt: skip
    assert others == [{"usd": 0}]


def test_spend_is_converted_at_its_day_s_rate_and_a_day_told_anew_counts_once() -> None:
    told = rows(
        "select campaign_id, day, spend, spend_usd from marts.fct_marketing_days order by 2"
    )
    assert [(row["campaign_id"], row["spend"], row["spend_usd"]) for row in told] == [
        ("c1", 80, 80),
        ("c1", 200, 220),
        ("g1", 40, 40),
    ]


def test_cac_is_by_source_and_blended_and_null_where_nobody_came() -> None:
    told = {
        row["source"]: row
        for row in rows(
            "select * from marts.fct_acquisition_cohorts where cohort_month = '2026-01-01'"
        )
    }
    meta, google, every = told["meta"], told["google_ads"], told["all"]
    assert (meta["new_customers"], meta["spend_usd"], meta["cac_usd"]) == (1, 300, 300)
    assert (google["new_customers"], google["spend_usd"], google["cac_usd"]) == (0, 40, None)
    # ann, cyd, dee, eve, gus, hana; fay has never paid for what recurs.
    assert (every["new_customers"], every["cac_usd"]) == (6, Decimal("56.67"))
    assert every["is_blended"]
    assert every["is_small_sample"]
    assert meta["is_churn_free"]
    assert (meta["ltv_usd"], meta["ltv_to_cac"]) == (None, None)
    assert every["ltv_low_usd"] < every["ltv_usd"]
    assert meta["crossed_month"].isoformat() == "2026-03-01"  # 99 + 99 + 299 >= 300


def test_the_waterfall_and_retention_of_a_month() -> None:
    (march,) = rows("select * from marts.rpt_mrr_months where month = '2026-03-01'")
    # Open: ann 99, bob 108.9, cyd 29, dee 128, eve 49.5, gus 29, hana 20.
    assert march["opening_mrr_usd"] == Decimal("463.40")
    assert (march["expansion_usd"], march["churn_usd"], march["new_usd"]) == (200, -29, 0)
    assert march["closing_mrr_usd"] == Decimal("634.40")
    assert march["nrr"] == Decimal("1.369012")
    assert march["grr"] == Decimal("0.937419")
    assert march["churn_rate"] == Decimal("0.142857")
    assert (march["customers"], march["arpa_usd"]) == (6, Decimal("105.73"))


def test_the_executive_s_mrr_is_the_customers_of_now() -> None:
    (told,) = rows(
        """
        select mrr_usd, paying_customers,
               (select sum(mrr_usd) from marts.dim_customers) as customers_usd,
               (select closing_mrr_usd from marts.rpt_mrr_months order by month desc limit 1)
                   as month_usd
        from marts.rpt_executive_days order by day desc limit 1
        """
    )
    assert told["mrr_usd"] == told["customers_usd"] == told["month_usd"] > 0
    assert told["paying_customers"] == 7


def test_nothing_that_adds_up_customers_is_built_without_a_rate() -> None:
    """Their marts and the first page stay as they were."""
    built = "select max(built_at) as at, sum(mrr_usd) as usd from marts.rpt_executive_days"
    before = rows(built)
    with connect() as db:
        db.execute("create table raw.rates as select * from raw.exchange_rates")
        db.execute("delete from raw.exchange_rates where currency = 'JPY'")
    try:
        with (
            clock.replayed(datetime(2026, 10, 10, 12, 30, tzinfo=UTC)),
            pytest.raises(BadData, match="every_customer_s_month_has_a_rate"),
        ):
            transform.build("int_customer_months_measured+")
        assert rows(built) == before
        assert rows("select mrr_usd > 0 as pays from marts.dim_customers "
                    "where customer_id = 'cus_hana'") == [{"pays": True}]  # fmt: skip
    finally:
        with connect() as db:
            db.execute("truncate raw.exchange_rates")
            db.execute("insert into raw.exchange_rates select * from raw.rates")
            db.execute("drop table raw.rates")


@pytest.fixture(scope="module")
def dsn(marts: Any) -> Iterator[str]:
    """Ann's own login."""
    with administrator() as db:
        login, password = owners.admit(db, "ann")
        address = dsn_of(db, login, password)
    yield address
    with administrator() as db:
        assert owners.dismiss(db, "ann") == 1


class TestOwners:
    """Ann's login, against what an auditor would try with it."""

    @staticmethod
    def ask(dsn: str, *queries: str) -> list[tuple[Any, ...]]:
        """What the last of some statements of one session answers."""
        with psycopg.connect(dsn, autocommit=True) as db:
            for query in queries:
                answer = db.execute(query)
            return answer.fetchall()

    def test_she_sees_her_channels_and_herself(self, dsn: str) -> None:
        assert self.ask(dsn, "select distinct channel_id from dim_videos") == [("tidewise",)]
        assert self.ask(dsn, "select customer_id from dim_customers") == [("cus_ann",)]
        assert self.ask(dsn, "select count(*) > 0 from fct_cost_lines") == [(True,)]
        movements = "select distinct customer_id from fct_mrr_movements"
        assert self.ask(dsn, movements) == [("cus_ann",)]

    def test_every_mart_that_is_hers_to_read_holds_her_rows_alone(self, dsn: str) -> None:
        readable = self.ask(
            dsn,
            """
            select relname from pg_class
            where relnamespace = 'marts'::regnamespace and relkind in ('r', 'v', 'm', 'p')
              and has_table_privilege(oid, 'select')
            """,
        )
        assert len(readable) >= 8
        for (table,) in readable:
            names = {
                name
                for (name,) in self.ask(
                    dsn,
                    f"select attname from pg_attribute where attrelid = 'marts.{table}'::regclass",
                )
            }
            column, mine = (
                ("channel_id", "tidewise") if "channel_id" in names else ("customer_id", "cus_ann")
            )
            seen = self.ask(dsn, f"select distinct {column} from marts.{table}")
            assert {value for (value,) in seen} <= {mine}, table

    def test_marts_of_the_whole_house_are_not_hers(self, dsn: str) -> None:
        for table in ("rpt_executive_days", "fct_marketing_days", "fct_acquisition_cohorts"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                self.ask(dsn, f"select * from marts.{table}")

    @pytest.mark.parametrize(
        "attack",
        [
            pytest.param(("select * from ops.grants",), id="the truth below"),
            pytest.param(("select * from raw.stripe_customers",), id="the landing"),
            pytest.param(("select * from ops.owner_logins",), id="who is who"),
            pytest.param(
                ("set row_security = off", "select * from marts.dim_customers"), id="rows bare"
            ),
            pytest.param(("set role analyst", "select 1"), id="another role"),
            pytest.param(("set session authorization ytempire", "select 1"), id="another login"),
            pytest.param(
                (
                    "set default_transaction_read_only = off",
                    "update marts.dim_customers set owner = 'ann'",
                ),
                id="writing",
            ),
            pytest.param(
                (
                    "set default_transaction_read_only = off",
                    "create function pg_temp.spy(text) returns boolean language plpgsql cost 0.001 "
                    "as 'begin raise notice ''%'', $1; return true; end'",
                    "select 1",
                ),
                id="a function that tells what it is handed",
            ),
            pytest.param(("select pg_read_file('/etc/passwd')",), id="files"),
            pytest.param(("copy (select 1) to program 'true'",), id="programs"),
            pytest.param(
                (
                    "set default_transaction_read_only = off",
                    "alter table marts.dim_customers disable row level security",
                ),
                id="the policy itself",
            ),
        ],
    )
    def test_an_attack_is_refused(self, dsn: str, attack: tuple[str, ...]) -> None:
        with pytest.raises(
            (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)
        ):
            self.ask(dsn, *attack)

    def test_statistics_and_errors_tell_nothing_of_others(self, dsn: str) -> None:
        told = "select count(*) from pg_stats where schemaname = 'marts' and tablename = %s"
        with psycopg.connect(dsn) as db:
            db.execute("set search_path = public")
            row = db.execute(told, ("dim_customers",)).fetchone()
            assert row == (0,)
            # A cast that fails on a foreign row would tell its value: it is never asked of one.
            leaks = "select count(*) from marts.dim_customers where country::integer > 0"
            with pytest.raises(psycopg.errors.InvalidTextRepresentation, match='"US"'):
                db.execute(leaks)
            db.rollback()
            hidden = """select count(*) from marts.dim_customers
                        where customer_id = 'cus_bob' and customer_id::integer > 0"""
            assert db.execute(hidden).fetchone() == (0,)

    def test_a_view_over_the_marts_asks_as_who_reads_it(self, marts: Any) -> None:
        bare = rows(
            """
            select relname from pg_class
            where relnamespace = 'marts'::regnamespace and relkind = 'v'
              and not coalesce(reloptions @> '{security_invoker=true}', false)
            """
        )
        assert bare == []

    def test_her_statements_are_limited_in_time_and_her_sessions_in_number(self, dsn: str) -> None:
        assert self.ask(dsn, "show statement_timeout") == [("20s",)]
        assert self.ask(dsn, "select rolconnlimit from pg_roles where rolname = session_user") == [
            (owners.SESSIONS,)
        ]

    def test_a_login_without_an_owner_sees_nothing(self, dsn: str) -> None:
        with administrator() as db:
            db.execute("update ops.owner_logins set owner = 'nobody' where owner = 'ann'")
        try:
            assert self.ask(dsn, "select count(*) from marts.dim_channels") == [(0,)]
        finally:
            with administrator() as db:
                db.execute("update ops.owner_logins set owner = 'ann' where owner = 'nobody'")

    def test_an_owner_nobody_knows_gets_no_login(self, marts: Any) -> None:
        with administrator() as db, pytest.raises(InvalidInput, match="no owner 'zoe'"):
            owners.admit(db, "zoe")

    def test_a_login_that_was_ended_is_gone(self, marts: Any) -> None:
        with administrator() as db:
            login, password = owners.admit(db, "bob")
            address = dsn_of(db, login, password)
        assert self.ask(address, "select customer_id from dim_customers") == [("cus_bob",)]
        with administrator() as db:
            assert owners.dismiss(db, "bob") == 1
            assert [row["owner"] for row in owners.admitted(db)] in ([], ["ann"])
        with pytest.raises(psycopg.OperationalError):
            self.ask(address, "select 1")
