"""How old each source of the figures is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from dashboards import formats, parts
from dashboards.data import Marts
from dashboards.parts import Column, Markup, text


def show(built: Marts) -> None:
    """A card that tells of each source when it was last read, and whether that is late."""
    now = datetime.now(UTC)

    def state(row: Mapping[str, Any]) -> Markup:
        is_late = row["late_at"] is None or now > row["late_at"]
        age = text(formats.age(row["as_of"], now))
        word = "Late" if is_late else "Fresh"
        return Markup(f'<span class="yt-state {word.lower()}">{word}</span><small>{age}</small>')

    def source(row: Mapping[str, Any]) -> Markup:
        about = (
            f"{row['as_of']:%-d %b %H:%M} UTC, {row['note']}" if row["as_of"] else "not read yet"
        )
        if row["told_until"]:
            about += f", tells of days until {formats.day(row['told_until'])}"
        return Markup(f"{text(row['source'])}<small>{text(about)}</small>")

    with st.container(key="card-freshness"):
        parts.heading("Freshness", "When each source was last read", level=2)
        parts.table(
            "Freshness of each source",
            (Column("Source", source), Column("State", state)),
            built.read("freshness"),
        )
