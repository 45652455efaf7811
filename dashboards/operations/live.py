"""What runs at this moment: videos being made, the cards that paint, and the quota of today."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from dashboards import data, formats, links, parts
from dashboards.operations import pools
from dashboards.parts import Column, Markup, text
from dashboards.people import opens

#: Seconds between two looks; with what an answer is kept, what is shown is 5 s old at most.
EVERY = 3


def _video(row: Mapping[str, Any]) -> Markup:
    link = text(links.airflow_run(row["request_id"]))
    return Markup(
        f'<a href="{link}" target="_blank" rel="noopener">{text(row["title"])}</a>'
        f"<small>{text(row['channel'])}</small>"
    )


def _stage(row: Mapping[str, Any]) -> Markup:
    if row["stage"] is None:
        return text("not begun")
    again = f", attempt {row['attempt']}" if row["attempt"] > 1 else ""
    css = "bad" if row["stage_state"] == "failed" else ""
    return Markup(
        f'<span class="yt-state {css}">{text(row["stage"])}</span>'
        f"<small>{text(row['stage_state'])}{text(again)}</small>"
    )


def _share(row: Mapping[str, Any]) -> Markup:
    done = formats.percent(row["share"], 0)
    return Markup(
        f'{text(done)}<meter min="0" max="1" value="{float(row["share"]):.2f}" '
        f'aria-label="{text(done)} done"></meter>'
    )


def _clock(value: datetime | None) -> str:
    return f"{value.astimezone(UTC):%H:%M} UTC" if value else "not today"


MAKING = (
    Column("Video", _video),
    Column("Stage", _stage),
    Column("Seconds", lambda row: formats.count(row["seconds"]), is_number=True, is_minor=True),
    Column("Done", _share, is_number=True),
)
QUOTA = (
    Column("Bucket", lambda row: row["bucket"]),
    Column("Left", lambda row: formats.count(row["headroom"]), is_number=True),
    Column("Of", lambda row: formats.count(row["quota_limit"]), is_number=True),
    Column("Used up at", lambda row: _clock(row["forecast_exhausted_at"])),
)
CARDS = (
    Column("Card", lambda row: f"{row['host']} {row['device']}"),
    Column("Memory", lambda row: _memory(row["memory_used_mb"], row["memory_total_mb"])),
    Column("Peak of the hour", lambda row: _memory(row["peak_mb"], row["memory_total_mb"])),
)


def _memory(used: int, total: int) -> str:
    return f"{used / 1024:.1f} of {total / 1024:.0f} GiB"


@st.fragment(run_every=EVERY)
def show() -> None:
    """The cards, drawn anew every few seconds apart from the page, while the role lasts."""
    if not opens("operations"):
        parts.notice("Operations is closed to you now", "Load the page anew.")
        return
    making = data.live("desk_progress")
    with st.container(key="card-making"):
        parts.heading("Being made", f"As of {datetime.now(UTC):%H:%M:%S} UTC", level=2)
        if making:
            parts.table("Videos being made", MAKING, making)
        else:
            parts.note("No video is being made. What waits in the queue starts with the next plan.")
    left, right = st.columns(2)
    with left, st.container(key="card-gpu"):
        _show_cards()
    with right, st.container(key="card-quota"):
        quota = data.live("desk_quota")
        parts.heading("Quota of today", "It is renewed at midnight, Pacific time", level=2)
        if quota:
            parts.table("Quota of today", QUOTA, quota)
        else:
            parts.note("YouTube has not been asked today.")


def _show_cards() -> None:
    [runs] = data.live("desk_gpu_runs")
    painting = runs["painting"]
    busy = f"{painting} painting" if painting else "none painting"
    parts.heading("GPU", f"{pools.in_words(pools.look('gpu'))}; {busy}", level=2)
    cards = data.live("desk_gpu")
    if cards:
        parts.table("Cards of the last hour", CARDS, cards)
    else:
        parts.note("No card was in use in the last hour.")
