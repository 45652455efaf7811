"""Customers for the dashboards' tests: two sources, two years, each movement, one idle platform."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import psycopg

from dashboards.periods import months_before
from tests.dashboards.insert import insert

PRICES = (Decimal(29), Decimal(79), Decimal(199))
SOURCES = ("google_ads", "organic")
SERVING = Decimal("6.5")
Row = dict[str, Any]


def fill(connection: psycopg.Connection[Any], *, now: datetime, months: int = 26) -> None:
    """Two years of customers; the month of `now` runs and is not closed."""
    rng = random.Random(23)
    running = now.date().replace(day=1)
    calendar = [months_before(running, back) for back in range(months - 1, -1, -1)]
    customers: list[Row] = []
    lives: list[Row] = []
    movements: list[Row] = []
    for number in range(130):
        start = min(int(months * rng.random() ** 0.7), months - 1)
        source = SOURCES[number % 3 > 0]
        life = _life(rng, months - start)
        key = f"cus_{number:03d}"
        paid = calendar[start]
        customers.append(
            {"customer_id": key, "source": source, "mrr_usd": life[-1], "is_paying": life[-1] > 0,
             "first_paid_month": paid, "is_simulated": True}
        )  # fmt: skip
        before = Decimal(0)
        for month, mrr in zip(calendar[start:], life, strict=True):
            is_closed = month < running
            lives.append(
                {"customer_id": key, "month": month, "mrr_usd": mrr, "is_paying": mrr > 0,
                 "cost_to_serve_usd": SERVING if mrr else Decimal(0),
                 "gross_margin_usd": mrr - SERVING if mrr else Decimal(0),
                 "is_closed": is_closed, "is_simulated": True}
            )  # fmt: skip
            if mrr != before:
                movements.append(
                    {"customer_id": key, "month": month, "amount_usd": mrr - before,
                     "movement": _movement(before, mrr, is_first=month == paid),
                     "opening_mrr_usd": before, "closing_mrr_usd": mrr, "is_closed": is_closed,
                     "is_simulated": True}
                )  # fmt: skip
            before = mrr
    insert(connection, "dim_customers", customers)
    insert(connection, "fct_customer_months", lives)
    insert(connection, "fct_mrr_movements", movements)
    insert(connection, "rpt_mrr_months", _report(calendar, lives, movements))
    insert(connection, "fct_acquisition_cohorts", _cohorts(calendar, customers))


def _life(rng: random.Random, months: int) -> list[Decimal]:
    price = rng.choice(PRICES)
    life = [price]
    while len(life) < months:
        chance = rng.random()
        if price and chance < 0.05:
            price = Decimal(0)
        elif price and chance < 0.09:
            price = PRICES[min(PRICES.index(price) + 1, 2)]
        elif price and chance < 0.11:
            price = PRICES[max(PRICES.index(price) - 1, 0)]
        elif not price and chance < 0.06:
            price = PRICES[0]
        life.append(price)
    return life


def _movement(before: Decimal, now: Decimal, *, is_first: bool) -> str:
    if not before:
        return "new" if is_first else "reactivation"
    return "churn" if not now else "expansion" if now > before else "contraction"


def _report(calendar: list[date], lives: list[Row], movements: list[Row]) -> list[Row]:
    sums: defaultdict[tuple[date, str], Decimal] = defaultdict(Decimal)
    counts: defaultdict[tuple[date, str], int] = defaultdict(int)
    for row in movements:
        sums[row["month"], row["movement"]] += row["amount_usd"]
        counts[row["month"], row["movement"]] += 1
    rows = []
    opening, opened = Decimal(0), 0
    for month in calendar:
        own = [row for row in lives if row["month"] == month]
        closing = sum((row["mrr_usd"] for row in own), Decimal(0))
        paying = sum(row["is_paying"] for row in own)
        moved = {name: sums[month, name] for name in
                 ("new", "expansion", "contraction", "churn", "reactivation")}  # fmt: skip
        lost = moved["contraction"] + moved["churn"]
        rows.append(
            {"month": month, "opening_mrr_usd": opening, "closing_mrr_usd": closing,
             **{f"{name}_usd": amount for name, amount in moved.items()},
             "opening_customers": opened, "customers": paying,
             "new_customers": counts[month, "new"], "churned_customers": counts[month, "churn"],
             "arpa_usd": closing / paying if paying else None,
             "nrr": (opening + moved["expansion"] + lost) / opening if opening else None,
             "grr": (opening + lost) / opening if opening else None,
             "churn_rate": Decimal(counts[month, "churn"]) / opened if opened else None,
             "is_closed": month < calendar[-1], "is_simulated": True}
        )  # fmt: skip
        opening, opened = closing, paying
    return rows


def _cohorts(calendar: list[date], customers: list[Row]) -> list[Row]:
    """Figures of the cohorts are made up; only who was won, and for how much, is counted."""
    rows = []
    for month in calendar:
        for source in (*SOURCES, "idle_platform", "all"):
            won = sum(
                row["first_paid_month"] == month and source in {row["source"], "all"}
                for row in customers
            )
            spend = Decimal({"organic": 0, "idle_platform": 40}.get(source, 300))
            if not won and not spend:
                continue
            is_free = month >= calendar[-3]
            rows.append(
                {"cohort_month": month, "source": source, "is_blended": source == "all",
                 "new_customers": won, "spend_usd": spend,
                 "cac_usd": spend / won if won and spend else None,
                 "arpa_usd": Decimal(90) if won else None,
                 "gross_margin_pct": Decimal("0.9") if won else None,
                 "churn_rate": Decimal(0 if is_free else "0.05") if won else None,
                 "churn_low": Decimal(0 if is_free else "0.01") if won else None,
                 "churn_high": Decimal("0.2") if won else None,
                 "is_churn_free": is_free if won else None,
                 "ltv_usd": None if is_free or not won else Decimal(1620),
                 "ltv_low_usd": Decimal(405) if won else None,
                 "payback_months": spend / won / 81 if won and spend else None,
                 "cumulative_margin_usd": Decimal(500), "is_small_sample": won < 30,
                 "is_simulated": True}
            )  # fmt: skip
    return rows
