"""Channels: how each does beside the others, how it is, and what quota is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from dashboards import charts, controls, export, formats, parts
from dashboards.comparison import Comparison
from dashboards.data import Marts, Row, marts
from dashboards.parts import Column, Markup, text
from dashboards.periods import Period

METRICS = {
    "revenue": "Revenue",
    "views": "Views",
    "watch": "Watch hours",
    "subscribers": "Subscribers",
}
#: What a figure's column is called where it is taken along.
UNITS = {
    "revenue": "revenue_usd",
    "views": "views",
    "watch": "watch_hours",
    "subscribers": "subscribers_net",
}
#: A channel that is not paused is read each hour; after two it is late.
LATE = timedelta(hours=2)
#: State -> what a person reads, and whether something is to be done.
STATES = {
    "active": ("Active", False),
    "resting": ("Resting", False),
    "paused": ("Paused", True),
    "reauth_required": ("Sign-in needed", True),
}


@parts.page("Channels")
def show() -> None:
    """The page: all channels, or the one that the address names."""
    built = marts()
    compared = controls.page_of_days("Channels", built)
    channel_id = st.query_params.get("channel", "")
    metric = controls.choose("Figure", METRICS, "metric")
    days = compared.days(metric, of_each=True)
    channels = built.read("channels_health", **days, metric=metric)
    shown = [row for row in channels if channel_id in {"", row["channel_id"]}]
    if not channels:
        parts.notice("No channel yet", "Add one: `ytempire channel add`.")
    elif not shown:
        parts.notice(
            "There is no such channel",
            "No channel of this house has the id in the address; it may have been removed.",
        )
    if channel_id:
        parts.show(f'<nav class="yt-trail"><a href="{text(_address())}">All channels</a></nav>')
    if shown:
        _show_days(built, compared.period, metric, channel_id)
        _show_health(shown, metric, compared)
    _show_quota(built.read("quota"))
    parts.footer(built.version)


def _show_days(built: Marts, period: Period, metric: str, channel_id: str) -> None:
    days = built.read(
        "channel_days",
        first=period.first,
        last=period.last,
        with_newest=period.last >= built.last_complete_day,
        metric=metric,
        channel_id=channel_id,
    )
    with st.container(key="card-days"):
        unit = "USD" if metric == "revenue" else "Each channel"
        about = f"{unit} {charts.per_day(days)}; dashed: provisional" + (
            "" if channel_id else "; the six largest"
        )
        taken = export.renamed(days, {"value": UNITS[metric]})
        export.card_head(METRICS[metric], about, f"channels-{metric}", taken)
        if any(row["value"] is not None for row in days):
            parts.chart(
                charts.channels_over_time(days, is_money=metric == "revenue"),
                alt=f"{METRICS[metric]} per day and channel; the CSV holds the figures.",
                key="chart-days",
            )
        else:
            parts.note("YouTube has not reported a day of these yet.")


def _address(**steps: str) -> str:
    chosen = ("range", "between", "metric")
    kept = [(name, v) for name in chosen for v in st.query_params.get_all(name)]
    return f"/channels?{urlencode([*kept, *steps.items()])}"


def _channel(row: Mapping[str, Any]) -> Markup:
    link = text(_address(channel=row["channel_id"]))
    about = " · ".join(str(row[name]) for name in ("niche", "owner") if row[name])
    badge = parts.SIMULATED if row["is_simulated"] else ""
    return Markup(f'<a href="{link}">{text(row["title"])}</a><small>{badge}{text(about)}</small>')


def _state(row: Mapping[str, Any], now: datetime) -> Markup:
    word, is_wrong = STATES.get(row["state"], (row["state"], True))
    is_late = row["state"] != "paused" and (row["as_of"] is None or now - row["as_of"] > LATE)
    css = "late" if is_wrong or is_late else "fresh"
    read = f"read {formats.age(row['as_of'], now)}" if row["as_of"] else "never read"
    return Markup(
        f'<span class="yt-state {css}">{text(word)}</span>'
        f"<small>{text(read)}{', late' if is_late else ''}</small>"
    )


def _failures(row: Mapping[str, Any]) -> str:
    if not row["attempts"]:
        return formats.ABSENT
    return f"{row['failed_attempts']} of {row['attempts']}"


def _change(row: Mapping[str, Any], apart: frozenset[str]) -> str:
    is_in_both = row["channel_id"] not in apart
    change = formats.change(row["value"], row["before_value"]) if is_in_both else None
    return change or formats.ABSENT


def _columns(metric: str, compared: Comparison) -> tuple[Column, ...]:
    now = datetime.now(UTC)
    change = Column(
        "Change", lambda row: _change(row, compared.apart), is_number=True, is_minor=True
    )
    write: Callable[[Any], str] = (
        formats.money
        if metric == "revenue"
        else formats.signed
        if metric == "subscribers"
        else formats.count
    )
    return (
        Column("Channel", _channel),
        Column("State", lambda row: _state(row, now)),
        Column(METRICS[metric], lambda row: write(row["value"]), is_number=True),
        *([] if compared.why_not(metric, of_each=True) else [change]),
        Column(
            "All subscribers",
            lambda row: formats.count(row["subscribers"]),
            is_number=True,
            is_minor=True,
        ),
        Column("Failed attempts", _failures, is_number=True, is_minor=True),
        Column(
            "Last video",
            lambda row: formats.age(row["last_published_at"], now),
            is_number=True,
            is_minor=True,
        ),
    )


def _show_health(rows: Sequence[Row], metric: str, compared: Comparison) -> None:
    with st.container(key="card-health"):
        unit = UNITS[metric]
        taken = export.renamed(rows, {"value": unit, "before_value": f"before_{unit}"})
        export.card_head(
            "Each channel", "Its state now, its figures of the days above", "channels", taken
        )
        parts.table("Channels", _columns(metric, compared), rows)
        waiting = [row["title"] for row in rows if row["state"] == "reauth_required"]
        if waiting:
            parts.notice(
                "YouTube wants a new sign-in",
                f"Nothing is published to or read from: {', '.join(waiting)}.",
                ["`ytempire channel connect` asks for the grant again."],
            )


def _left(row: Mapping[str, Any]) -> Markup:
    share = row["headroom"] / row["quota_limit"] if row["quota_limit"] else 0
    return Markup(
        f"{text(formats.percent(share, 0))}"
        f'<meter min="0" max="1" low="0.2" optimum="1" value="{share:.3f}" '
        f'aria-label="Quota left"></meter>'
    )


def _lasts(row: Mapping[str, Any]) -> str:
    until = row["forecast_exhausted_at"]
    return f"until {until:%H:%M} UTC" if until else "until midnight"


QUOTA = (
    Column(
        "Bucket", lambda row: Markup(f"{text(row['bucket'])}<small>{text(row['project'])}</small>")
    ),
    Column("Used", lambda row: f"{row['used']:,}", is_number=True),
    Column("Held", lambda row: f"{row['held']:,}", is_number=True, is_minor=True),
    Column("Limit", lambda row: f"{row['quota_limit']:,}", is_number=True, is_minor=True),
    Column("Left", _left, is_number=True),
    Column("Lasts", _lasts, is_number=True),
)


def _show_quota(rows: Sequence[Row]) -> None:
    with st.container(key="card-quota"):
        if not rows:
            parts.heading("YouTube quota", "Nothing has been asked of YouTube yet", level=2)
            return
        about = f"{formats.day(rows[0]['day'])}, Pacific; held: reserved for publications"
        export.card_head("YouTube quota", about, "quota", rows)
        parts.table("YouTube quota", QUOTA, rows)
