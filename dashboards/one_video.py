"""One video: its money to the ledger line, its days, its pace, where viewers leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import streamlit as st

from dashboards import board, charts, export, formats, ledger, links, parts, thumbnails
from dashboards.data import Marts, Row
from dashboards.parts import Markup, text

#: Hours after which a video's early views are told, where they were counted within so many before.
EARLY_HOURS, WITHIN_H = (24, 72), 3


def show(built: Marts, video_id: str) -> None:
    """The page of a video; a notice where there is none of that id."""
    found = built.read("video", video_id=video_id)
    if not found:
        parts.notice(
            "There is no such video",
            "No video of this house has the id in the address. Choose one from the list.",
        )
        return
    video = found[0]
    _show_head(video)
    if not video["made_here"]:
        parts.note("Not made here: what it cost is not known.")
    elif video["loaded_cost_usd"] is not None:
        _show_economics(video)
    lines, curves = st.columns([3, 2])
    with lines:
        _show_ledger(built.read("video_ledger", video_id=video_id), video)
    with curves:
        _show_days(built.read("video_days", video_id=video_id))
    pace, leaving = st.columns(2)
    with pace:
        _show_pace(built.read("video_counts", video_id=video_id))
    with leaving:
        _show_retention(built.read("video_retention", video_id=video_id), video)


def named(row: Mapping[str, Any], about: Sequence[str]) -> Markup:
    """A video in a table: its title, which leads to its page, and what it is under it."""
    badge = parts.SIMULATED if row["is_simulated"] else ""
    return Markup(
        f'<a href="/videos?video={quote(row["video_id"], safe="")}">{text(row["title"])}</a>'
        f"<small>{badge}{text(' · '.join(about))}</small>"
    )


def _show_head(video: Row) -> None:
    picture = thumbnails.of(video["video_id"]) if video["made_here"] else None
    words = st.container()
    if picture:
        beside, words = st.columns([1, 4], vertical_alignment="center")
        with beside:
            st.image(picture, width="stretch")
    with words:
        parts.heading(video["title"], _about(video))
        if video["request_id"]:
            run = text(links.airflow_run(video["request_id"]))
            parts.show(
                f'<p class="yt-trail"><a href="{run}" target="_blank" rel="noopener">'
                "Its run in Airflow</a></p>"
            )
    if video["is_simulated"]:
        parts.banner("SIMULATED", "This video lives on the local YouTube. No money has moved.")


def _about(video: Row) -> str:
    words = [video["channel"]]
    if video["format"]:
        words.append(video["format"])
    if video["seconds"] is not None:
        minutes, seconds = divmod(round(video["seconds"]), 60)
        words.append(f"{minutes}:{seconds:02d} min")
    if video["published_at"]:
        words.append(f"published {video['published_at']:%-d %b %Y %H:%M} UTC")
    else:
        words.append(f"not published: {video['state']}")
    if video["removed_at"]:
        words.append(f"removed from YouTube, seen {video['removed_at']:%-d %b %Y}")
    return " · ".join(words)


def _show_economics(video: Row) -> None:
    state = "final" if video["is_final"] else "provisional"
    split = (
        f"Direct {formats.money(video['direct_cost_usd'], 4)}, failed attempts "
        f"{formats.money(video['failed_cost_usd'], 4)}, shared "
        f"{formats.money(video['shared_cost_usd'], 4)}."
    )
    tiles = (
        ("Revenue", formats.money(video["revenue_usd"]), f"Reported by YouTube so far; {state}."),
        ("Loaded cost", formats.money(video["loaded_cost_usd"], 4), split),
        ("Margin", formats.money(video["contribution_margin_usd"]),
         f"Revenue less loaded cost; {state}."),
        ("RPM", formats.money(video["rpm_usd"]),
         "Revenue per 1,000 views over final days; for shorts, per 1,000 engaged views."),
        ("Views", formats.count(video["total_views"]), "YouTube's counter when last read."),
        ("Break-even", formats.day(video["break_even_date"]),
         "First Pacific day on which revenue to date covers the loaded cost."),
    )  # fmt: skip
    board.add(board.Tiles([board.Tile(*tile) for tile in tiles]))
    with st.container(key="tiles"):
        for label, value, definition in tiles:
            st.metric(label, value, help=definition.replace("$", "\\$"), border=True)


def _show_ledger(lines: Sequence[Row], video: Row) -> None:
    with st.container(key="card-ledger"):
        export.card_head("Ledger", "Every line that this video bears, USD", "ledger", lines)
        if not lines:
            parts.note("No line has been booked.")
            return
        total = sum((line["amount_usd"] for line in lines), Decimal(0))
        parts.table(
            "Ledger of the video",
            ledger.COLUMNS,
            lines,
            {"Kind": "Loaded cost", "Amount": formats.money(total, 6)},
        )
        if video["loaded_cost_usd"] is not None and total != video["loaded_cost_usd"]:
            parts.notice(
                "The lines do not add up",
                f"They sum to {formats.money(total, 6)}; the loaded cost is "
                f"{formats.money(video['loaded_cost_usd'], 6)}.",
                ["Run the DAG `refresh_warehouse`; its tests name the broken rule."],
            )


def _show_days(days: Sequence[Row]) -> None:
    with st.container(key="card-days"):
        parts.heading("Views", "Per day; dashed: provisional", level=2)
        if not days:
            parts.note("YouTube has not reported a day yet.")
            return
        parts.chart(charts.views_over_time(days), alt="Views per day.", key="chart-views")
        if any(row["margin_to_date_usd"] is not None for row in days):
            parts.heading("Margin to date", "USD; above the line it has paid for itself", level=2)
            parts.chart(
                charts.margin_to_date(days), alt="Margin to date per day.", key="chart-margin"
            )


def _show_pace(counts: Sequence[Row]) -> None:
    with st.container(key="card-pace"):
        about = "Views per hour between two counts of its first 14 days"
        export.card_head("Pace", about, "video-counts", counts)
        if not counts:
            parts.note("No count of its first days is known.")
            return
        if counts[-1]["age_h"] >= 1:  # before, one count would be drawn as a pace
            parts.chart(charts.views_per_hour(counts), alt=_early(counts), key="chart-pace")
        parts.note(_early(counts))


def _early(counts: Sequence[Row]) -> str:
    """`1.2 K views after 24 h, 3.4 K after 72 h.`: as counted last by then."""
    last, told = counts[-1], []
    for hours in EARLY_HOURS:
        by_then = [row for row in counts if hours - WITHIN_H <= row["age_h"] <= hours]
        if by_then and last["age_h"] >= hours:
            told.append(f"{formats.count(by_then[-1]['views'])} after {hours} h")
    told.append(f"{formats.count(last['views'])} at the last count, {last['age_h']:.1f} h old")
    return f"Views: {', '.join(told)}."


def _show_retention(moments: Sequence[Row], video: Row) -> None:
    with st.container(key="card-retention"):
        about = "Share of its viewers who see each moment"
        export.card_head("Where viewers leave", about, "video-retention", moments)
        if not moments:
            parts.note(
                "YouTube is asked when the video is 3, 7, 14 and 28 days old; "
                "it has told nothing yet."
            )
            return
        seconds = float(video["seconds"]) if video["seconds"] else None
        parts.chart(charts.retention(moments, seconds), alt=_kept(moments), key="chart-retention")
        parts.note(_kept(moments))


def _kept(moments: Sequence[Row]) -> str:
    half = min(moments, key=lambda row: abs(row["elapsed_ratio"] - Decimal("0.5")))
    words = [f"{formats.percent(half['watch_ratio'], 0)} see the middle"]
    words.append(f"{formats.percent(moments[-1]['watch_ratio'], 0)} the end")
    ranks = [
        row["relative_performance"] for row in moments if row["relative_performance"] is not None
    ]
    beside = ""
    if ranks:
        rank = sum(ranks) / len(ranks)
        beside = (
            f" Beside videos of its length YouTube ranks it {rank:.2f} on average, from 0 to 1; "
            "the middle is 0.5."
        )
    return f"{', '.join(words)}.{beside}"
