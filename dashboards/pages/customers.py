"""Customers: recurring revenue, what moves it, and whether a customer is worth what they cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import streamlit as st

from dashboards import charts, controls, export, formats, parts, periods, tiles
from dashboards.charts.customers import MOVEMENTS
from dashboards.data import Marts, Row, marts
from dashboards.parts import Column, Markup, text
from dashboards.tiles import Tile

#: What the columns of who stays are called where they are taken along; shares are 0 to 1.
KEPT = {
    "age": "months_since",
    "customers_kept": "customers_kept_share",
    "mrr_kept": "mrr_kept_share",
}
RANGES = {12: "12 months", 6: "6 months", 24: "24 months"}
TILES = (
    Tile(
        "MRR",
        "closing_mrr_usd",
        "Monthly recurring revenue at the month's end: annual plans / 12, discounts netted, no "
        "tax, one-off, trial or unpaid, USD.",
    ),
    Tile("Customers", "customers", "Customers with MRR at the month's end.", write=formats.count),
    Tile("ARPA", "arpa_usd", "MRR per paying customer, USD.", write=formats.money),
    Tile(
        "NRR",
        "nrr",
        "Net revenue retention: what the month's opening customers pay at its end / what they "
        "paid before. New and returning customers are apart.",
        write=formats.percent,
        compare=formats.points,
    ),
    Tile(
        "GRR",
        "grr",
        "Gross revenue retention: the same without expansion, never above 100%.",
        write=formats.percent,
        compare=formats.points,
    ),
    Tile(
        "Churn",
        "churn_rate",
        "Customers who left in the month / customers at its start.",
        write=formats.percent,
        compare=formats.points,
        is_cost=True,
    ),
)


@parts.page("Customers")
def show() -> None:
    """The page."""
    built = marts()
    known = built.read("customer_months")[0]
    if known["last_month"] is None:
        parts.heading("Customers")
        parts.notice(
            "No customer yet",
            "Stripe has not been read, or has none. It is read each hour by the DAG "
            "`pull_business`; `refresh_warehouse` then builds these figures.",
        )
        parts.footer(built.version)
        return
    head, control = st.columns([3, 3], vertical_alignment="bottom")
    with control, st.container(horizontal=True, horizontal_alignment="right"):
        source = controls.choose_from_list("Source", _sources(built), "source")
        count = controls.choose("Months", RANGES, "months")
    last = known["last_month"]
    first = periods.months_before(last, count - 1)
    with head:
        words = "" if source == "all" else f", customers from {source}"
        parts.heading("Customers", f"{_span(first, last)}{words}")
    parts.outage(built)
    if known["is_simulated"]:
        parts.banner("SIMULATED", "Customers and payments of the local Stripe are among these.")
    _show_figures(built, first, last, source, count)
    _show_worth(built, first, last, source)
    parts.footer(built.version, "months are UTC")


def _sources(built: Marts) -> dict[str, str]:
    return {
        "all": "All sources",
        **{row["source"]: row["source"] for row in built.read("customer_sources")},
    }


def _span(first: date, last: date) -> str:
    return f"{formats.month(first)} – {formats.month(last)}"


def _show_figures(built: Marts, first: date, last: date, source: str, count: int) -> None:
    start = periods.months_before(first, count)
    rows = built.read("mrr_months", first=start, last=last, source=source)
    months = [row for row in rows if row["month"] >= first]
    if not months:
        parts.notice("No figures for these months", "Choose all sources, or more months.")
        return
    now, before = months[-1], rows[-2] if len(rows) > 1 else {}
    then = formats.month(before.get("month"))
    tiles.show(TILES, now, before, months, then)
    earlier = [row for row in rows if row["month"] < first]
    parts.note(_what_happened(months, earlier, count))
    left, right = st.columns([2, 3])
    sums = {column: _sum(months, column) for column in MOVEMENTS}
    with left, st.container(key="card-waterfall"):
        about = f"USD a month, {_span(months[0]['month'], last)}"
        export.card_head("MRR waterfall", about, "mrr-waterfall", _steps(months, sums))
        parts.chart(
            charts.mrr_waterfall(
                float(months[0]["opening_mrr_usd"]), {k: float(v) for k, v in sums.items()}
            ),
            alt=_waterfall_in_words(months, sums),
            key="chart-waterfall",
        )
    with right, st.container(key="card-movements"):
        export.card_head(
            "Movements by month", "USD a month; below the line is lost", "mrr-months", months
        )
        parts.chart(
            charts.mrr_movements(months),
            alt="Gains and losses of MRR by month; the CSV holds the figures.",
            key="chart-movements",
        )


def _steps(months: Sequence[Row], sums: Mapping[str, Decimal]) -> list[Row]:
    """The waterfall from top to bottom, USD a month."""
    steps = {
        "Opening": months[0]["opening_mrr_usd"],
        **{MOVEMENTS[column][0]: usd for column, usd in sums.items()},
        "Closing": months[-1]["closing_mrr_usd"],
    }
    is_simulated = any(row["is_simulated"] for row in months)
    return [
        {"step": step, "usd_a_month": usd, "is_simulated": is_simulated}
        for step, usd in steps.items()
    ]


def _sum(rows: Sequence[Row], column: str) -> Decimal:
    return sum((row[column] for row in rows), Decimal(0))


def _what_happened(months: Sequence[Row], earlier: Sequence[Row], count: int) -> str:
    rise = months[-1]["closing_mrr_usd"] - months[0]["opening_mrr_usd"]
    words = f"MRR {'rose' if rise >= 0 else 'fell'} by {formats.money(abs(rise))} in these months"
    if len(earlier) == count:
        then = earlier[-1]["closing_mrr_usd"] - earlier[0]["opening_mrr_usd"]
        words += (
            f"; in the {count} before it {'rose' if then >= 0 else 'fell'} by "
            f"{formats.money(abs(then))}"
        )
    opening = months[-1]["opening_customers"]
    if opening < 30:
        words += (
            f". The rates rest on {opening} customers: one who leaves moves churn by "
            f"{formats.percent(1 / opening if opening else None)}"
        )
    return f"{words}. Tiles are of {formats.month(months[-1]['month'])}."


def _waterfall_in_words(months: Sequence[Row], sums: Mapping[str, Decimal]) -> str:
    moves = ", ".join(f"{MOVEMENTS[c][0]} {formats.money(v)}" for c, v in sums.items())
    return (
        f"Opening {formats.money(months[0]['opening_mrr_usd'])}, {moves}, closing "
        f"{formats.money(months[-1]['closing_mrr_usd'])}."
    )


def ltv_in_words(row: Mapping[str, Any]) -> Markup:
    """LTV, with what it may be where few customers stand behind it (95 percent)."""
    low, high = formats.money(row["ltv_low_usd"], 0), formats.money(row["ltv_high_usd"], 0)
    if row["ltv_low_usd"] is None:
        return text(formats.ABSENT)
    if row["is_churn_free"]:
        return Markup(f"{text(f'at least {low}')}<small>nobody has left yet</small>")
    figure = text(formats.money(row["ltv_usd"], 0))
    if not row["is_small_sample"]:
        return figure
    reach = f"{low} or more" if row["ltv_high_usd"] is None else f"{low} to {high}"
    return Markup(f"{figure}<small>few customers: {text(reach)}</small>")


def _payback(row: Mapping[str, Any]) -> Markup:
    crossed = row.get("crossed_month")
    below = f"<small>reached {formats.month(crossed)}</small>" if crossed else ""
    return Markup(text(formats.months(row["payback_months"])) + below)


def _worth_columns(head: str, cell: Any) -> tuple[Column, ...]:
    return (
        Column(head, cell),
        Column("New", lambda row: formats.count(row["new_customers"]), is_number=True),
        Column("CAC", lambda row: formats.money(row["cac_usd"]), is_number=True),
        Column("ARPA", lambda row: formats.money(row["arpa_usd"]), is_number=True, is_minor=True),
        Column(
            "Margin",
            lambda row: formats.percent(row["gross_margin_pct"], 0),
            is_number=True,
            is_minor=True,
        ),
        Column("LTV", ltv_in_words, is_number=True),
        Column("Payback", _payback, is_number=True, is_minor=True),
    )


def _named(row: Mapping[str, Any]) -> Markup:
    name = "All sources" if row["source"] == "all" else row["source"]
    return Markup(text(name) + (parts.SIMULATED if row["is_simulated"] else ""))


def _show_worth(built: Marts, first: date, last: date, source: str) -> None:
    with st.container(key="card-sources"):
        by_source = built.read("acquisition_by_source", first=first, last=last)
        export.card_head(
            "What a customer costs and is worth, by source",
            "LTV = ARPA × gross margin / churn of these months; payback = CAC / (ARPA × margin)",
            "customer-sources",
            by_source,
        )
        parts.table("Customers by source", _worth_columns("Source", _named), by_source)
    cells = built.read("cohorts_retained", first=first, last=last, source=source)
    cohorts = built.read("cohorts", first=first, last=last, source=source)
    left, right = st.columns([2, 3])
    with left, st.container(key="card-cohorts"):
        export.card_head(
            "Who stays",
            "Share of a month's new customers still paying",
            "cohort-months",
            export.renamed(cells, KEPT),
        )
        if cells:
            parts.chart(
                charts.cohorts_retained(cells),
                alt="Share of customers kept by month of the first payment; the CSV holds it.",
                key="chart-cohorts",
            )
        else:
            parts.note("Nobody started to pay in these months.")
    with right, st.container(key="card-worth"):
        export.card_head(
            "Month by month", "Of the customers won in each month, so far", "cohorts", cohorts
        )
        month = _worth_columns("Won in", lambda row: formats.month(row["cohort_month"]))
        parts.table("Customers by month won", month, cohorts)
