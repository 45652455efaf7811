"""What the house has raised alerts about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from dashboards import data, export, formats, parts
from dashboards.data import Marts
from dashboards.parts import Column, Markup, text

#: Of so many days; the first are shown at once, the others when they are asked for.
DAYS, SHOWN, LISTED = 7, 8, 200
_STATES = {"critical": "bad", "warning": "late", "info": "fresh"}


def show(built: Marts) -> None:
    """A card of the last days' alerts, the gravest first, and a way to all of them."""
    now = datetime.now(UTC)

    def severity(row: Mapping[str, Any]) -> Markup:
        word = row["severity"].capitalize()
        age = formats.age(row["raised_at"], now)
        return Markup(
            f'<span class="yt-state {_STATES[row["severity"]]}">{text(word)}</span>'
            f"<small>{text(age)}</small>"
        )

    def told(row: Mapping[str, Any]) -> Markup:
        return Markup(f"{text(row['title'])}<small>{parts.with_code(row['body'])}</small>")

    columns = (Column("Alert", told), Column("State", severity))
    alerts = built.read("alerts", alert_days=DAYS, limit=LISTED)
    first, others = alerts[:SHOWN], alerts[SHOWN:]
    with st.container(key="card-alerts"):
        about = f"Of the last {DAYS} days, the gravest first"
        export.card_head(
            *("Alerts", f"{about}: {len(alerts)}" if others else about, "alerts", alerts),
            lambda limit: data.whole("alerts", alert_days=DAYS, limit=limit),
        )
        if not alerts:
            parts.note("None: no budget, source, price or figure is out of line.")
            return
        parts.table("Alerts", columns, first)
        if others:
            with st.expander(f"The other {len(others)}"):
                parts.table("Other alerts", columns, others)
            export.note_of_more(alerts)
