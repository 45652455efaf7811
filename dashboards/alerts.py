"""What the house has raised alerts about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from dashboards import export, formats, parts
from dashboards.data import Marts
from dashboards.parts import Column, Markup, text

DAYS, SHOWN = 7, 8
_STATES = {"critical": "bad", "warning": "late", "info": "fresh"}


def show(built: Marts) -> None:
    """A card of the last days' alerts, the gravest first."""
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

    alerts = built.read("alerts", alert_days=DAYS, limit=SHOWN)
    with st.container(key="card-alerts"):
        export.card_head("Alerts", f"Of the last {DAYS} days, the gravest first", "alerts", alerts)
        if alerts:
            parts.table("Alerts", (Column("Alert", told), Column("State", severity)), alerts)
        else:
            parts.note("None: no budget, price or figure is out of line.")
