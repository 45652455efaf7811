"""Revenue: what YouTube pays, against the days before, by channel and per thousand views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import streamlit as st

from dashboards import charts, controls, export, forecast, formats, parts, tiles
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
    period = controls.page_of_days("Revenue", built)
    totals = {row["period"]: row for row in built.read("revenue_totals", **_with_before(period))}
    if "now" not in totals:
        known = formats.days(built.first_day, built.last_day)
        parts.notice("No figures for these days", f"The marts know the days {known}.")
        parts.footer(built.version)
        return
    before = controls.known_in_full(totals.get("before"), period)
    _show_days(built, period, totals["now"], before)
    _show_channels(built, period, is_compared=bool(before))
    parts.footer(built.version)


def _with_before(period: Period) -> dict[str, Any]:
    return {"first": period.first, "last": period.last, "before_first": period.before.first}


def _show_days(built: Marts, period: Period, now: Row, before: Mapping[str, Any]) -> None:
    days = built.read(
        "revenue_days",
        first=period.first,
        last=period.last,
        with_newest=_is_newest(built, period),
    )
    inside = [row for row in days if row["day"] <= period.last]
    foreseen = built.read("revenue_forecast")
    coming = [row for row in foreseen if row["grain"] == "day"] if _is_newest(built, period) else []
    then = formats.days(period.before.first, period.before.last)
    tiles.show(TILES, now, before, inside, then, charts.caution_of_views(period))
    parts.note(_what_is_counted(now, days, period))
    with st.container(key="card-revenue"):
        about = f"USD {charts.per_day(days)}; dashed: provisional"
        about += "; band: four of five days to come" if coming else ""
        export.card_head("Revenue by day", about, "revenue", days)
        name = f"{period.days} days before" if before else None
        parts.chart(
            charts.revenue_over_time(days, name, coming),
            alt=_in_words(now, before, then),
            key="chart-days",
        )
        parts.note(forecast.in_words(foreseen))


def _is_newest(built: Marts, period: Period) -> bool:
    """Only a range that ends with the last complete day is followed by what is not known yet."""
    return period.last >= built.last_complete_day


def _what_is_counted(now: Row, days: Sequence[Row], period: Period) -> str:
    words = []
    if now["provisional_days"]:
        words.append(f"{now['provisional_days']} of these days are provisional: YouTube may "
                     "restate them.")  # fmt: skip
    if now["unreported_days"]:
        words.append(f"YouTube has reported no revenue for {now['unreported_days']} of them.")
    newer = [row for row in days if row["day"] > period.last]
    if newer:
        span = formats.days(newer[0]["day"], newer[-1]["day"])
        words.append(f"Drawn, not counted: {span}, still provisional.")
    return " ".join(words)


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
CHANGE = Column(
    "Change",
    lambda row: (formats.change(row["revenue_usd"], row["before_usd"]) or formats.ABSENT).replace(
        "-", "\N{MINUS SIGN}"
    ),
    is_number=True,
    is_minor=True,
)


def _show_channels(built: Marts, period: Period, *, is_compared: bool) -> None:
    rows = built.read("revenue_channels", **_with_before(period))
    with st.container(key="card-channels"):
        export.card_head(
            "By channel",
            "Of no video: of deleted videos, and below YouTube's thresholds",
            "revenue-channels",
            rows,
        )
        if rows:
            columns = (*COLUMNS[:2], CHANGE, *COLUMNS[2:]) if is_compared else COLUMNS
            parts.table("Revenue by channel", columns, rows)
        else:
            parts.note("YouTube has not reported a day of these yet.")
