"""Costs: what money is spent on, who is paid, how much of it on failures, down to the line."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import streamlit as st

from dashboards import charts, comparison, controls, cost_drill, export, formats, parts, tiles
from dashboards.comparison import Comparison
from dashboards.data import Marts, Row, marts
from dashboards.parts import Column, Markup, text
from dashboards.periods import Period
from dashboards.tiles import Tile

GROUPINGS = {"kind": "Kind", "provider": "Provider", "type": "Direct, failed, shared"}

TILES = (
    Tile("Loaded cost", "total_usd", "All that was booked in these days, USD.", is_cost=True),
    Tile("Direct", "direct_usd", "Of videos themselves, successful attempts only.", is_cost=True),
    Tile(
        "Failed attempts",
        "failed_usd",
        "Of attempts and videos that failed. The channel's published videos of the same month "
        "bear it in proportion to their direct cost.",
        is_cost=True,
    ),
    Tile(
        "Shared",
        "shared_usd",
        "What belongs to no one video: idle hours, storage, plans. Shared out like failures.",
        is_cost=True,
    ),
    Tile(
        "Unallocated",
        "unallocated_usd",
        "The part of all this that no video bears, as none was published in its month.",
        is_cost=True,
    ),
    Tile(
        "Spent on failures",
        "failed_share",
        "Failed attempts / all cost.",
        write=formats.percent,
        compare=formats.points,
        is_cost=True,
    ),
)


@parts.page("Costs")
def show() -> None:
    """The page."""
    built = marts()
    # What was spent is known until now, whatever YouTube may still restate.
    compared = controls.page_of_days("Costs", built, comparison.of_ledger, built.last_day)
    _show_totals(built, compared)
    _show_over_time(built, compared.period)
    with st.container(key="card-drill"):
        cost_drill.show(built, compared.period)
    _show_savings(built)
    parts.footer(built.version)


def _show_totals(built: Marts, compared: Comparison) -> None:
    period = compared.period
    now, before = compared.totals(built, "cost_totals")
    if not now:
        parts.notice("Nothing was booked in these days", "Choose others, or look at the months.")
        return
    line = built.read("cost_line", first=period.first, last=period.last)
    tiles.show(TILES, now, before, line, compared.then, compared.why_not)


def _show_over_time(built: Marts, period: Period) -> None:
    bucket = "day" if period.days <= 45 else "week" if period.days <= 200 else "month"
    with st.container(key="card-over-time"):
        head = st.container()
        by = controls.choose("By", GROUPINGS, "by")
        rows = built.read("cost_days", first=period.first, last=period.last, by=by, bucket=bucket)
        with head:
            taken = export.renamed(rows, {"bucket": bucket, "name": by})
            about = "USD, by the day it was booked; dearest first"
            export.card_head(f"Cost by {bucket}", about, "costs", taken)
        if rows:
            parts.chart(charts.cost_over_time(rows, bucket), alt=_in_words(rows), key="chart-costs")
        else:
            parts.note("Nothing was booked in these days.")


def _in_words(rows: Sequence[Row]) -> str:
    sums: dict[str, Decimal] = {}
    for row in rows:
        sums[row["name"]] = sums.get(row["name"], Decimal(0)) + row["amount_usd"]
    return "; ".join(f"{name} {formats.money(amount)}" for name, amount in sums.items())


SAVINGS = (
    Column("Found", lambda row: Markup(f"{text(row['found'])}<small>{text(row['to_do'])}</small>")),
    Column("USD a month", lambda row: formats.money(row["usd_a_month"]), is_number=True),
)


def _show_savings(built: Marts) -> None:
    rows = built.read("savings")
    with st.container(key="card-savings"):
        about = "What 30 days would have cost less; two may speak of the same dollar"
        if rows:
            about += f"; looked for {formats.day(rows[0]['found_on'])}"
        export.card_head("Savings found", about, "savings", rows)
        if rows:
            parts.table("Savings found", SAVINGS, rows)
        else:
            parts.note("Nothing worth a tenth of a dollar a month.")
