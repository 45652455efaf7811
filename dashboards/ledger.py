"""How a line of the ledger is written, wherever lines are shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboards import formats
from dashboards.parts import Column, Markup, text


def _line(row: Mapping[str, Any]) -> Markup:
    origin = ", share of another's cost" if row["is_allocated_share"] else ""
    return Markup(f"{text(row['kind'])}<small>{text(row['cost_type'])}{origin}</small>")


COLUMNS = (
    Column("Kind", _line),
    Column("Provider", lambda row: row["provider"]),
    Column("Booked, UTC", lambda row: f"{row['booked_at']:%-d %b %Y %H:%M}", is_minor=True),
    Column("Unit", lambda row: row["unit"], is_minor=True),
    Column("Price book", lambda row: row["price_version"], is_minor=True),
    Column("Amount", lambda row: formats.money(row["amount_usd"], 6), is_number=True),
)
