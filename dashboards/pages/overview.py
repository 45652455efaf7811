"""Overview: in ten seconds, whether the house earns, and where."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from dashboards import (
    alerts,
    changes,
    charts,
    controls,
    export,
    formats,
    freshness,
    one_video,
    parts,
    tiles,
)
from dashboards.comparison import Comparison
from dashboards.data import Marts, Row, marts
from dashboards.parts import Column, Markup, text
from dashboards.periods import Period
from dashboards.tiles import Tile

TOP_VIDEOS = 10
#: Contributions to the margin that are told in words.
REASONS = 3

TILES = (
    Tile("Revenue", "revenue_usd", "What YouTube reports as the channels' estimated revenue, USD."),
    Tile(
        "Loaded cost",
        "loaded_cost_usd",
        "All that was booked in these days: direct cost of videos, failed attempts and shared "
        "cost, USD.",
        is_cost=True,
    ),
    Tile(
        "Margin",
        "margin_usd",
        "Revenue less loaded cost, USD. Compared in dollars: it may be negative.",
        compare=formats.money_change,
    ),
    Tile(
        "Cost per video",
        "cost_per_video_usd",
        "Loaded cost of the videos made here and published in these days, divided by their "
        "number, USD.",
        is_cost=True,
    ),
    Tile(
        "Views",
        "views",
        "Views of all channels as YouTube counts them. Since 24 Aug 2026 a view counts at the "
        "first frame.",
        write=formats.count,
    ),
    Tile(
        "MRR",
        "mrr_usd",
        "Monthly recurring revenue of all customers at the end of the last of these days: annual "
        "plans / 12, discounts netted, no tax, trials or unpaid, USD.",
    ),
)


@parts.page("Overview")
def show() -> None:
    """The page."""
    built = marts()
    compared = controls.page_of_days("Overview", built)
    _show_period(built, compared)
    _show_channels(built, compared.period)
    left, right = st.columns([3, 2])
    with left:
        _show_top_videos(built)
    with right:
        alerts.show(built)
        freshness.show(built)
    parts.footer(built.version)


def _show_period(built: Marts, compared: Comparison) -> None:
    period = compared.period
    now, before = compared.totals(built, "overview_totals")
    # Only a range that ends with the last complete day is followed by what is still provisional.
    days = built.read(
        "overview_days",
        first=period.first,
        last=period.last,
        with_newest=period.last >= built.last_complete_day,
    )
    if not now:
        controls.no_figures(built)
        return
    line = [row for row in days if row["day"] <= period.last]
    tiles.show(TILES, now, before, line, compared.then, compared.why_not)
    parts.note(_what_is_not_counted(days, period))
    if before:
        _show_changes(built, compared)
    money, views = st.columns([3, 2])
    with money, st.container(key="card-money"):
        about = f"USD {charts.per_day(days)}; dashed: provisional"
        export.card_head("Revenue and cost", about, "overview", days)
        parts.chart(charts.money_over_time(days), alt=_in_words(now, period), key="chart-money")
    with views, st.container(key="card-views"):
        about = f"All channels, {charts.per_day(days)}; dashed: provisional"
        export.card_head("Views", about, "overview-views", _views(days))
        parts.chart(
            charts.views_over_time(days),
            alt=f"Views per day: {formats.count(now['views'])} in all.",
            key="chart-views",
        )


def _views(days: Sequence[Row]) -> list[Row]:
    told = ("day", "views", "is_provisional", "is_simulated")
    return [{name: row[name] for name in told} for row in days]


def _show_changes(built: Marts, compared: Comparison) -> None:
    rows = built.read("margin_changes", **compared.days(), limit=REASONS)
    with st.container(key="card-why"):
        parts.heading("What changed and why", changes.headline(rows), level=2)
        parts.points(changes.reasons(rows, with_views=not compared.why_not("views")))


def _what_is_not_counted(days: Sequence[Row], period: Period) -> str:
    newer = [row for row in days if row["day"] > period.last]
    if not newer:
        return ""
    published = sum(row["videos_published"] for row in newer)
    cost = sum(row["loaded_cost_usd"] for row in newer)
    return (
        f"Not counted: {formats.days(newer[0]['day'], newer[-1]['day'])}, still provisional "
        f"({published} videos published, {formats.money(cost)} cost so far)."
    )


def _in_words(now: Row, period: Period) -> str:
    return (
        f"Revenue and loaded cost per day, {formats.days(period.first, period.last)}: revenue "
        f"{formats.money(now['revenue_usd'])}, cost {formats.money(now['loaded_cost_usd'])} in all."
    )


def _named(title: str, row: Mapping[str, Any]) -> Markup:
    return Markup(text(title) + (parts.SIMULATED if row["is_simulated"] else ""))


def _usd(column: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda row: formats.money(row[column])


def _count(column: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda row: formats.count(row[column])


CHANNEL_COLUMNS = (
    Column("Channel", lambda row: _named(row["title"], row)),
    Column("Revenue", _usd("revenue_usd"), is_number=True),
    Column("Cost", _usd("loaded_cost_usd"), is_number=True, is_minor=True),
    Column("Margin", _usd("margin_usd"), is_number=True),
    Column("Views", _count("views"), is_number=True, is_minor=True),
    Column("Videos", _count("videos_published"), is_number=True, is_minor=True),
    Column(
        "Subscribers",
        lambda row: formats.signed(row["subscribers_net"]),
        is_number=True,
        is_minor=True,
    ),
)


def _show_channels(built: Marts, period: Period) -> None:
    channels = built.read("channels_compared", first=period.first, last=period.last)
    with st.container(key="card-channels"):
        export.card_head(
            "Channels compared", "Best margin first, the days above", "channels-compared", channels
        )
        if not channels:
            parts.note("No channel yet.")
            return
        bars, figures = st.columns([2, 3], vertical_alignment="center")
        with bars:
            parts.chart(
                charts.channels_compared(channels),
                alt="Revenue and loaded cost of each channel; the table holds the figures.",
                key="chart-channels",
            )
        with figures:
            parts.table("Channels compared", CHANNEL_COLUMNS, channels)


def _video(row: Mapping[str, Any]) -> Markup:
    about = [row["channel"], formats.day(row["published_date"])]
    about += [] if row["is_final"] else ["provisional"]
    return one_video.named(row, about)


VIDEO_COLUMNS = (
    Column("Video", _video),
    Column("Views", _count("views"), is_number=True, is_minor=True),
    Column("Revenue", _usd("revenue_usd"), is_number=True, is_minor=True),
    Column("Cost", _usd("loaded_cost_usd"), is_number=True, is_minor=True),
    Column("Margin", _usd("contribution_margin_usd"), is_number=True),
)


def _show_top_videos(built: Marts) -> None:
    videos = built.read("top_videos", limit=TOP_VIDEOS)
    with st.container(key="card-top"):
        export.card_head("Top videos by margin", "Since they were published", "top-videos", videos)
        if videos:
            parts.table("Top videos by margin", VIDEO_COLUMNS, videos)
        else:
            parts.note("No video has been published yet.")
