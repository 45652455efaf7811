"""What the marts say of customers that can be reckoned by hand: MRR, its movements, CAC, cash."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
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


def test_a_customer_bears_the_cost_of_their_own_channels() -> None:
    (told,) = rows(
        """
        select (select sum(amount_usd) from marts.fct_cost_lines
                where channel_id = 'tidewise' and cost_month = '2026-10-01') as cost,
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
