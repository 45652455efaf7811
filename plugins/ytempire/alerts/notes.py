"""Alerts as notes: one for each cause, kept whether or not anybody is told."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal, NamedTuple

import psycopg

log = logging.getLogger(__name__)
Db = psycopg.Connection[dict[str, Any]]
Severity = Literal["info", "warning", "critical"]


class Alert(NamedTuple):
    """An alert as `raise_alert` takes it."""

    cause: str
    kind: str
    severity: Severity
    title: str
    body: str


def raise_alert(db: Db, cause: str, kind: str, severity: Severity, title: str, body: str) -> bool:
    """Note an alert in the caller's transaction, unless its cause was noted before.

    Args:
        cause: the thing and its period, so that it can come again in the next one, as in
            `budget-stop/provider/openai/day/2026-11-28`.
        kind: what such causes have in common, as in `budget_stop`.
        title: one line that is understood without the body.
        body: the figures, and what to do.

    Returns:
        Whether it is new. Of many who raise one cause at once it is new to one.
    """
    added = db.execute(
        """
        insert into ops.alerts (cause, kind, severity, title, body)
        values (%s, %s, %s, %s, %s) on conflict (cause) do nothing
        """,
        (cause, kind, severity, title, body),
    )
    if added.rowcount:
        log.warning("Alert (%s): %s %s", severity, title, body)
    return added.rowcount == 1


def figure(amount: Decimal, unit: str = "usd") -> str:
    """An amount as people read it: dollars to the cent where it is one, else with its unit."""
    if unit != "usd":
        return f"{amount:,.0f} {unit}s"
    return f"${amount:,.2f}" if amount >= Decimal("0.01") or not amount else f"${amount:,.4f}"


def budget_key(budget: Mapping[str, Any]) -> str:
    """A budget and its period in a cause: `provider/openai/day/2026-11-28`, `video/one`."""
    life = budget["period"] == "life"
    parts = [
        budget["scope"],
        budget["name"],
        *([] if life else [budget["period"], budget["begins"]]),
    ]
    parts += [] if budget["unit"] == "usd" else [budget["unit"]]
    return "/".join(str(part) for part in parts if part)


def latest(db: Db, days: int) -> list[dict[str, Any]]:
    """The alerts of the last days, the newest first."""
    return db.execute(
        """
        select cause, kind, severity, title, body, raised_at, told_at from ops.alerts
        where raised_at > ops.now() - make_interval(days => %s)
        order by raised_at desc, cause
        """,
        (days,),
    ).fetchall()
