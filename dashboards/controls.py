"""What a person chooses on a page. Every choice stands in the address, so that a link shows
another person the same; nonsense in the address falls back to the default."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TypeVar

import streamlit as st

from dashboards import comparison, formats, parts, periods
from dashboards.comparison import Comparison
from dashboards.data import Marts
from dashboards.periods import Period

T = TypeVar("T")
Judge = Callable[[Marts, Period], Comparison]

RANGES = {7: "7 days", 28: "28 days", 90: "90 days", 365: "Year", 0: "Other"}


def page_of_days(
    title: str, built: Marts, judge: Judge = comparison.of_youtube, last: date | None = None
) -> Comparison:
    """A page's head: its title, the days it speaks of and what is simulated. Returns the days.

    Args:
        judge: whether they may be compared with those before.
        last: the day that a range ends with unless its days are chosen; the last complete one.
    """
    head, control = st.columns([3, 2], vertical_alignment="bottom")
    with control:
        compared = judge(built, _choose_period(built, last or built.last_complete_day))
    with head:
        parts.heading(title, compared.about)
    parts.outage(built)
    parts.simulation(built.read("simulated")[0])
    parts.note(compared.remark)
    return compared


def no_figures(built: Marts) -> None:
    """Says that the marts hold none of the days."""
    known = formats.days(built.first_day, built.last_day)
    parts.notice("No figures for these days", f"The marts know the days {known}.")


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


def _choose_period(built: Marts, last: date) -> Period:
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
        default = periods.ending(last, chosen or periods.DEFAULT_DAYS)
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
