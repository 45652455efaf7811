"""From a month to its channels, to the videos of one, to the ledger lines of one, by links.

Where one is stands in the address: `month`, `channel`, `video`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from dashboards import data, export, formats, ledger, parts
from dashboards.data import Marts, Row
from dashboards.parts import Column, Markup, text
from dashboards.periods import Period

#: Rows shown of a channel's videos and of a video's lines; the CSV holds all. Each query of the
#: drill says of every row how many there are and what they sum to: `all_…`.
LIMIT = 200
SUM = ", the sum is of all"
#: Stands in the address for what belongs to no channel or no video.
NONE = "none"


@dataclass(frozen=True)
class Place:
    """A month of the ledger, and what of it."""

    month: date
    channel: str
    video: str

    def key(self, name: str) -> str:
        """The key of its channel or video for a query; empty for none."""
        value: str = getattr(self, name)
        return "" if value == NONE else value

    def address(self, **deeper: str) -> str:
        steps = {"month": self.month.isoformat(), "channel": self.channel, "video": self.video}
        return _address({name: value for name, value in {**steps, **deeper}.items() if value})


def show(built: Marts, period: Period) -> None:
    """The table of the place that the address names."""
    asked = st.query_params
    month = _month(asked.get("month", ""))
    if month is None:
        _show_months(built.read("cost_months", first=period.first, last=period.last))
        return
    place = Place(month, asked.get("channel", ""), asked.get("video", ""))
    channels = built.read("cost_channels", month=month)
    titles = {row["channel_id"] or "": row["title"] for row in channels}
    title = titles.get(place.key("channel"), place.channel)
    _show_trail(place, title)
    if not place.channel:
        name, about = f"{month:%B %Y}, by channel", "Who bears it; open one"
        export.card_head(name, about, "cost-channels", channels)
        _table("Channel", lambda row: place.address(channel=row["channel_id"] or NONE), channels)
    elif not place.video:
        _show_videos(built, place, f"{title}, {month:%B %Y}")
    else:
        _show_lines(built, place, f"{title}, {month:%B %Y}")


def _show_months(months: Sequence[Row]) -> None:
    export.card_head("By month", "Whole Pacific months; open one", "cost-months", months)
    rows = [{**row, "title": formats.month(row["cost_month"])} for row in months]
    _table("Month", lambda row: _address({"month": row["cost_month"].isoformat()}), rows)


def _show_videos(built: Marts, place: Place, title: str) -> None:
    where = {"month": place.month, "channel_id": place.key("channel")}
    videos = built.read("cost_videos", **where, limit=LIMIT)
    export.card_head(
        *(title, "Which videos bear it; open one", "cost-videos", videos),
        lambda limit: data.whole("cost_videos", **where, limit=limit),
    )
    _table("Video", lambda row: place.address(video=row["video_id"] or NONE), videos)


def _show_lines(built: Marts, place: Place, title: str) -> None:
    where = {
        "month": place.month,
        "channel_id": place.key("channel"),
        "video_id": place.key("video"),
    }
    lines = built.read("cost_lines", **where, limit=LIMIT)
    borne = f"borne by video {place.video}" if place.key("video") else "borne by no video"
    export.card_head(
        *("Ledger lines", f"{title}, {borne}", "cost-lines", lines),
        lambda limit: data.whole("cost_lines", **where, limit=limit),
    )
    if not lines:
        parts.note("No line of this month is borne by it.")
        return
    foot = {"Kind": "Sum", "Amount": formats.money(lines[0]["all_usd"], 6)}
    parts.table("Ledger lines", ledger.COLUMNS, lines, foot)
    export.note_of_more(lines, SUM)


def _show_trail(place: Place, title: str) -> None:
    steps = [(_address({}), "All months")]
    steps.append((place.address(channel="", video=""), formats.month(place.month)))
    if place.channel:
        steps.append((place.address(video=""), title))
    links = " / ".join(f'<a href="{text(link)}">{text(name)}</a>' for link, name in steps)
    parts.show(f'<nav class="yt-trail" aria-label="Where this is">{links}</nav>')


def _month(asked: str) -> date | None:
    """The month in the address; nonsense is no month."""
    try:
        return date.fromisoformat(asked).replace(day=1)
    except ValueError:
        return None


def _address(steps: Mapping[str, str]) -> str:
    """This page, deeper or higher, with the choices that stand in the address."""
    chosen = ("range", "between", "by")
    kept = [(name, v) for name in chosen for v in st.query_params.get_all(name)]
    return f"/costs?{urlencode([*kept, *steps.items()])}"


def _usd(column: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda row: formats.money(row[column])


def _table(head: str, address: Callable[[Row], str], rows: Sequence[Row]) -> None:
    def link(row: Mapping[str, Any]) -> Markup:
        badge = parts.SIMULATED if row["is_simulated"] else ""
        return Markup(f'<a href="{text(address(dict(row)))}">{text(row["title"])}</a>{badge}')

    if not rows:
        parts.note("Nothing was booked here.")
        return
    columns = (
        Column(head, link),
        Column("Direct", _usd("direct_usd"), is_number=True, is_minor=True),
        Column("Failed", _usd("failed_usd"), is_number=True, is_minor=True),
        Column("Shared", _usd("shared_usd"), is_number=True, is_minor=True),
        Column("Unallocated", _usd("unallocated_usd"), is_number=True, is_minor=True),
        Column("All", _usd("total_usd"), is_number=True),
    )
    total = {head: "Sum", "All": formats.money(rows[0]["all_usd"])}
    parts.table(f"Cost by {head.lower()}", columns, rows, total)
    export.note_of_more(rows, SUM)
