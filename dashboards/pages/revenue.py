"""Revenue: what YouTube pays, against the days before, by channel and per thousand views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import streamlit as st

from dashboards import charts, controls, export, forecast, formats, parts, tiles
from dashboards.comparison import Comparison
from dashboards.data import Marts, Row, marts
from dashboards.parts import Column, Markup, text
from dashboards.periods import Period
from dashboards.tiles import Tile

TILES = (
    Tile("Revenue", "revenue_usd", "What YouTube reports as the channels' estimated revenue, USD."),
    Tile(
        "Revenue a day",
        "revenue_a_day_usd",
        "Revenue / days with it, both of final days only, USD.",
        write=formats.money,
    ),
    Tile(
        "RPM",
        "rpm_usd",
        "Revenue per 1,000 views of the channels that earn, over final days; days that may be "
        "restated enter no average.",
        write=formats.money,
    ),
    Tile(
        "Views",
        "views",
        "Views of all channels as YouTube counts them. Since 24 Aug 2026 a view counts at the "
        "first frame.",
        write=formats.count,
    ),
    Tile("Watch hours", "watch_hours", "Hours watched on all channels.", write=formats.count),
    Tile(
        "Subscribers",
        "subscribers_net",
        "Subscribers gained less lost.",
        write=formats.signed,
    ),
)


@parts.page("Revenue")
def show() -> None:
    """The page."""
    built = marts()
    compared = controls.page_of_days("Revenue", built)
    now, before = compared.totals(built, "revenue_totals")
    if now:
        _show_days(built, compared, now, before)
        _show_channels(built, compared)
    else:
        controls.no_figures(built)
    parts.footer(built.version)


def _show_days(built: Marts, compared: Comparison, now: Row, before: Row) -> None:
    period = compared.period
    days = built.read("revenue_days", **compared.days(), with_newest=_is_newest(built, period))
    inside = [row for row in days if row["day"] <= period.last]
    foreseen = built.read("revenue_forecast")
    coming = [row for row in foreseen if row["grain"] == "day"] if _is_newest(built, period) else []
    tiles.show(TILES, now, before, inside, compared.then, compared.why_not)
    parts.note(_what_is_not_counted(days, period))
    with st.container(key="card-revenue"):
        about = f"USD {charts.per_day(days)}; dashed: provisional"
        about += "; band: four of five days to come" if coming else ""
        export.card_head("Revenue by day", about, "revenue", days)
        name = f"{period.days} days before" if before else None
        parts.chart(
            charts.revenue_over_time(days, name, coming),
            alt=_in_words(now, before, compared.then),
            key="chart-days",
        )
        parts.note(forecast.in_words(foreseen))


def _is_newest(built: Marts, period: Period) -> bool:
    """Only a range that ends with the last complete day is followed by what is not known yet."""
    return period.last >= built.last_complete_day


def _what_is_not_counted(days: Sequence[Row], period: Period) -> str:
    newer = [row for row in days if row["day"] > period.last]
    if not newer:
        return ""
    span = formats.days(newer[0]["day"], newer[-1]["day"])
    return f"Drawn, not counted: {span}, still provisional."


def _in_words(now: Row, before: Mapping[str, Any], then: str) -> str:
    words = f"Revenue per day, {formats.money(now['revenue_usd'])} in all"
    if before:
        words += f"; {then}: {formats.money(before['revenue_usd'])}"
    return f"{words}."


def _channel(row: Mapping[str, Any]) -> Markup:
    link = f"/channels?channel={quote(row['channel_id'], safe='')}"
    badge = parts.SIMULATED if row["is_simulated"] else ""
    return Markup(f'<a href="{link}">{text(row["title"])}</a>{badge}')


COLUMNS = (
    Column("Channel", _channel),
    Column("Revenue", lambda row: formats.money(row["revenue_usd"]), is_number=True),
    Column("Share", lambda row: formats.percent(row["share"]), is_number=True, is_minor=True),
    Column("RPM", lambda row: formats.money(row["rpm_usd"]), is_number=True),
    Column("Views", lambda row: formats.count(row["views"]), is_number=True, is_minor=True),
    Column(
        "Of no video",
        lambda row: formats.money(row["unattributed_usd"]),
        is_number=True,
        is_minor=True,
    ),
)


def _change(row: Mapping[str, Any], apart: frozenset[str]) -> str:
    is_in_both = row["channel_id"] not in apart
    change = formats.change(row["revenue_usd"], row["before_usd"]) if is_in_both else None
    return change or formats.ABSENT


def _show_channels(built: Marts, compared: Comparison) -> None:
    rows = built.read("revenue_channels", **compared.days(of_each=True))
    change = Column(
        "Change", lambda row: _change(row, compared.apart), is_number=True, is_minor=True
    )
    with st.container(key="card-channels"):
        export.card_head(
            "By channel",
            "Of no video: of deleted videos, and below YouTube's thresholds",
            "revenue-channels",
            rows,
        )
        if rows:
            columns = COLUMNS if compared.against else (*COLUMNS[:2], change, *COLUMNS[2:])
            parts.table("Revenue by channel", columns, rows)
        else:
            parts.note("YouTube has not reported a day of these yet.")
