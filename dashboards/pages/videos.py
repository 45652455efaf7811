"""Videos: which earn, which began unlike their channel's others; each opens into its own page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboards import charts, comparison, controls, export, formats, one_video, parts
from dashboards.data import Marts, marts
from dashboards.parts import Column, Markup, text
from dashboards.periods import Period

#: Videos offered in the list; any other is reached by its address.
LISTED = 500
RANKED = 12
METRICS = {"margin": "Margin", "revenue": "Revenue", "cost": "Cost", "views": "Views"}
ORDERS = {"highest": "Highest first", "lowest": "Lowest first"}
#: A video is unusual from so many times its channel's median, which so many launches make.
TIMES, LEAST_LAUNCHES, UNUSUAL = 3, 8, 12


@parts.page("Videos")
def show() -> None:
    """The page: the video that the address names, or all of a period."""
    built = marts()
    asked = st.query_params.get("video", "")
    if asked:
        parts.show('<nav class="yt-trail"><a href="/videos">All videos</a></nav>')
        parts.outage(built)
        one_video.show(built, asked)
    else:
        _show_period(built)
    parts.footer(built.version)


def _show_period(built: Marts) -> None:
    period = controls.page_of_days("Videos", built, comparison.of_videos).period
    listed = built.read("videos", limit=LISTED)
    if not listed:
        parts.notice("No video yet", "Ask for one: `ytempire request`, or the DAG `produce_video`.")
        return
    names = {row["channel_id"]: row["title"] for row in built.read("channel_names")}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        metric = controls.choose("Figure", METRICS, "metric")
        order = controls.choose("Order", ORDERS, "order")
        channel_id = controls.choose_from_list("Channel", {"": "All channels"} | names, "channel")
        _open_another(listed)
    chosen = {"first": period.first, "last": period.last, "channel_id": channel_id}
    _show_ranked(built, period, metric, order, chosen)
    _show_unusual(built, chosen)


def _open_another(listed: list[dict[str, Any]]) -> None:
    """A list to open a video's page from, the newest first."""
    titles = {
        row["video_id"]: f"{row['title']} · {row['channel']} · {formats.day(row['published_date'])}"
        for row in listed
    }

    def follow() -> None:
        if st.session_state["open"]:
            st.query_params["video"] = st.session_state["open"]

    st.selectbox(
        "Open a video",
        list(titles),
        index=None,
        format_func=lambda video_id: titles[video_id],
        placeholder="Open a video",
        label_visibility="collapsed",
        key="open",
        on_change=follow,
        width=260,
    )


def _video(row: Mapping[str, Any]) -> Markup:
    about = [row["channel"], *([row["format"]] if row["format"] else [])]
    about.append(formats.day(row["published_date"]))
    return one_video.named(row, about)


RANKING = (
    Column("Video", _video),
    Column("Views", lambda row: formats.count(row["total_views"]), is_number=True, is_minor=True),
    Column("Revenue", lambda row: formats.money(row["revenue_usd"]), is_number=True, is_minor=True),
    Column(
        "Cost", lambda row: formats.money(row["loaded_cost_usd"]), is_number=True, is_minor=True
    ),
    Column("Margin", lambda row: formats.money(row["contribution_margin_usd"]), is_number=True),
)


def _show_ranked(
    built: Marts, period: Period, metric: str, order: str, chosen: Mapping[str, Any]
) -> None:
    videos = built.read("videos_ranked", metric=metric, order=order, limit=RANKED, **chosen)
    published = formats.days(period.first, period.last)
    with st.container(key="card-ranked"):
        about = f"{METRICS[metric]} so far of what was published {published}"
        taken = [{name: v for name, v in row.items() if name != "value"} for row in videos]
        export.card_head(f"The {len(videos)} {order}", about, "videos-ranked", taken)
        if not videos:
            parts.note("No such video was published in these days.")
            return
        bars, figures = st.columns([2, 3])
        with bars:
            parts.chart(
                charts.videos_ranked(videos, metric),
                alt=f"{METRICS[metric]} of each video; the table holds the figures.",
                key="chart-ranked",
            )
        with figures:
            parts.table("Videos ranked", RANKING, videos)


def _against_median(row: Mapping[str, Any]) -> Markup:
    ratio = float(row["ratio"])
    told = f"{ratio:.1f}×" if ratio >= 1 else f"1/{1 / ratio:.1f}" if ratio > 0 else "0"
    css = "fresh" if ratio >= 1 else "late"
    return Markup(f'<span class="yt-state {css}">{text(told)}</span>')


UNUSUALS = (
    Column("Video", _video),
    Column("Engaged views", lambda row: formats.count(row["engaged_views"]), is_number=True),
    Column(
        "Channel's median",
        lambda row: formats.count(row["median_views"]),
        is_number=True,
        is_minor=True,
    ),
    Column("Times", _against_median, is_number=True),
)


def _show_unusual(built: Marts, chosen: Mapping[str, Any]) -> None:
    videos = built.read(
        "videos_unusual", times=TIMES, least=LEAST_LAUNCHES, limit=UNUSUAL, **chosen
    )
    with st.container(key="card-unusual"):
        about = (
            f"First seven days, {TIMES} times above or below the median of the channel and format "
            "in the period, or in the 180 days up to its end"
        )
        export.card_head("Unlike their channel's others", about, "videos-unusual", videos)
        if videos:
            parts.table("Videos unlike their channel's others", UNUSUALS, videos)
        else:
            parts.note(
                "None: each launch that is final is near its channel's median, or its channel has "
                f"fewer than {LEAST_LAUNCHES} to compare with."
            )
