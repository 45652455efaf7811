"""How old each source of the figures is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import streamlit as st

from dashboards import formats, parts
from dashboards.data import Marts
from dashboards.parts import Column, Markup, text


def show(built: Marts) -> None:
    """A card that tells of each source when it was last read, and whether that is late."""
    now = datetime.now(UTC)

    def state(row: Mapping[str, Any]) -> Markup:
        limit = timedelta(hours=row["late_after_h"])
        is_late = row["as_of"] is None or now - row["as_of"] > limit
        age = text(formats.age(row["as_of"], now))
        word = "Late" if is_late else "Fresh"
        return Markup(f'<span class="yt-state {word.lower()}">{word}</span><small>{age}</small>')

    def source(row: Mapping[str, Any]) -> Markup:
        as_of = f"{row['as_of']:%-d %b %H:%M} UTC" if row["as_of"] else "not yet"
        return Markup(f"{text(row['source'])}<small>{as_of}, {text(row['note'])}</small>")

    with st.container(key="card-freshness"):
        parts.heading("Freshness", "When each source was last read", level=2)
        parts.table(
            "Freshness of each source",
            (Column("Source", source), Column("State", state)),
            built.read("freshness"),
        )
