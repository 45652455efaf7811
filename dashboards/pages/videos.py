"""Videos: one video's money to the ledger line, and its days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import streamlit as st

from dashboards import charts, export, formats, ledger, parts
from dashboards.data import Marts, Row, marts

#: Videos offered in the list; any other is reached by its address.
LISTED = 500


@parts.page("Videos")
def show() -> None:
    """The page."""
    built = marts()
    listed = {row["video_id"]: row for row in built.read("videos", limit=LISTED)}
    asked = st.query_params.get("video", "")
    if not listed:
        parts.heading("Videos")
        parts.notice("No video yet", "Ask for one: `ytempire request`, or the DAG `produce_video`.")
        return
    _choose(listed, asked)
    video_id = st.query_params.get("video", "") or next(iter(listed))
    found = built.read("video", video_id=video_id)
    if found:
        _show_video(built, found[0])
    else:
        parts.notice(
            "There is no such video",
            "No video of this house has the id in the address. Choose one from the list.",
        )
    parts.footer(built.version)


def _choose(listed: Mapping[str, Row], asked: str) -> None:
    """The list of videos; the address holds the choice, so that a link shows the same."""
    ids = list(listed)

    def label(video_id: str) -> str:
        row = listed[video_id]
        return f"{row['title']} · {row['channel']} · {formats.day(row['published_date'])}"

    def follow() -> None:
        if st.session_state["chosen"]:
            st.query_params["video"] = st.session_state["chosen"]

    index = ids.index(asked) if asked in listed else None if asked else 0
    st.selectbox(
        "Video",
        ids,
        index=index,
        format_func=label,
        key="chosen",
        on_change=follow,
        placeholder="Choose a video",
    )


def _show_video(built: Marts, video: Row) -> None:
    parts.heading(video["title"], _about(video))
    if video["is_simulated"]:
        parts.banner("SIMULATED", "This video lives on the local YouTube. No money has moved.")
    if not video["made_here"]:
        parts.show('<p class="yt-note">Not made here: what it cost is not known.</p>')
    elif video["loaded_cost_usd"] is not None:
        _show_economics(video)
    days = built.read("video_days", video_id=video["video_id"])
    lines, curves = st.columns([3, 2])
    with lines:
        _show_ledger(built.read("video_ledger", video_id=video["video_id"]), video)
    with curves:
        _show_days(days)


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
    with st.container(key="tiles"):
        for label, value, definition in tiles:
            st.metric(label, value, help=definition.replace("$", "\\$"), border=True)


def _show_ledger(lines: Sequence[Row], video: Row) -> None:
    with st.container(key="card-ledger"):
        export.card_head("Ledger", "Every line that this video bears, USD", "ledger", lines)
        if not lines:
            parts.show('<p class="yt-note">No line has been booked.</p>')
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
            parts.show('<p class="yt-note">YouTube has not reported a day yet.</p>')
            return
        st.vega_lite_chart(charts.views_over_time(days), alt="Views per day.", key="chart-views")
        if any(row["margin_to_date_usd"] is not None for row in days):
            parts.heading("Margin to date", "USD; above the line it has paid for itself", level=2)
            st.vega_lite_chart(
                charts.margin_to_date(days), alt="Margin to date per day.", key="chart-margin"
            )
