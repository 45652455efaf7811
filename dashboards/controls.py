"""What a person chooses on a page. Every choice stands in the address, so that a link shows
another person the same; nonsense in the address falls back to the default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

import streamlit as st

from dashboards import formats, parts, periods
from dashboards.data import Marts
from dashboards.periods import Period

T = TypeVar("T")

RANGES = {7: "7 days", 28: "28 days", 90: "90 days", 365: "Year", 0: "Other"}


def page_of_days(title: str, built: Marts) -> Period:
    """A page's head: its title, the days it speaks of and what is simulated. Returns the days."""
    head, control = st.columns([3, 2], vertical_alignment="bottom")
    with control:
        period = _choose_period(built)
    with head:
        parts.heading(title, _compared(built, period))
    parts.outage(built)
    parts.simulation(built.read("simulated")[0])
    return period


def choose(label: str, options: Mapping[T, str], key: str, *, hide_label: bool = True) -> T:
    """One of a few; the first unless chosen. Its name stands in the address under `key`."""
    values = list(options)
    chosen: T | None = st.segmented_control(
        label,
        values,
        default=values[0],
        required=True,
        format_func=lambda value: options[value],
        label_visibility="collapsed" if hide_label else "visible",
        key=key,
        bind="query-params",
    )
    return values[0] if chosen is None else chosen


def choose_from_list(label: str, options: Mapping[str, str], key: str) -> str:
    """One of many by its key; the first unless chosen."""
    values = list(options)
    chosen = st.selectbox(
        label,
        values,
        format_func=lambda value: options[value],
        label_visibility="collapsed",
        key=key,
        bind="query-params",
        width=200,
    )
    return values[0] if chosen is None else chosen


def known_in_full(before: Mapping[str, Any] | None, period: Period) -> Mapping[str, Any]:
    """The figures of the days before; none where the marts do not hold each of these days."""
    return before if before and before["days"] == period.days else {}


def _compared(built: Marts, period: Period) -> str:
    days = formats.days(period.first, period.last)
    before = "day" if period.days == 1 else f"{period.days} days"
    if built.first_day <= period.before.first:
        return f"{days}, compared with the {before} before"
    return f"{days}; the {before} before {'is' if period.days == 1 else 'are'} not known in full"


def _choose_period(built: Marts) -> Period:
    with st.container(horizontal=True, horizontal_alignment="right"):
        chosen = st.segmented_control(
            "Days",
            list(RANGES),
            default=periods.DEFAULT_DAYS,
            required=True,
            format_func=lambda days: RANGES[days],
            label_visibility="collapsed",
            key="range",
            bind="query-params",
        )
        default = periods.ending(built.last_complete_day, chosen or periods.DEFAULT_DAYS)
        if chosen:
            return default
        picked = st.date_input(
            "From and to",
            (max(default.first, built.first_day), default.last),
            min_value=built.first_day,
            max_value=built.last_day,
            label_visibility="collapsed",
            format="YYYY-MM-DD",
            key="between",
            width=250,
            bind="query-params",
        )
    return _picked(picked, default)


def _picked(picked: Sequence[date] | date | None, default: Period) -> Period:
    """The days from the first to the last that are named: one alone is a range of a day, as is the
    first click of two; an address may name them backwards."""
    days = sorted(picked) if isinstance(picked, Sequence) else []
    return Period(days[0], days[-1]) if days else default
