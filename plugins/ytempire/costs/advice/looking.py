"""Where the rules look: the lines of a window, and what they had cost by another price."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import psycopg

from ytempire.costs.prices import amount_of, price_of
from ytempire.domain import Usage
from ytempire.errors import NotConfigured

Db = psycopg.Connection[dict[str, Any]]
#: What rules look at, as `line`; simulated history is nobody's spending.
_LINES = """
    with line as (
        select * from ops.ledger
        where booked_at > ops.now() - make_interval(days => %(days)s) and not is_simulated
    )
"""


class Found(NamedTuple):
    """What a rule has found: its name, words, USD, and what to do."""

    rule: str
    words: str
    usd: Decimal
    to_do: str


class Window(NamedTuple):
    """The last days.

    Attributes:
        spans: those that the ledger reaches back, at least one: what a month is reckoned from.
    """

    days: int
    spans: Decimal
    today: date


def looked(db: Db, days: int) -> Window:
    """The window of the last days, by the warehouse's clock in UTC."""
    row = db.execute(
        """
        select (ops.now() at time zone 'UTC')::date as today,
               extract(epoch from ops.now() - min(booked_at)) / 86400 as spans
        from ops.ledger where not is_simulated
        """
    ).fetchone()
    assert row is not None
    spans = min(max(row["spans"] or Decimal(1), Decimal(1)), Decimal(days))
    return Window(days=days, spans=spans, today=row["today"])


def rows(db: Db, window: Window, sql: str, **values: Any) -> list[dict[str, Any]]:
    """What a query finds; it goes on after `with line as (…)`, the lines of the window."""
    return db.execute(f"{_LINES} {sql}", {"days": window.days, **values}).fetchall()


def less(bought: Iterable[dict[str, Any]], window: Window, by: Callable[[str], str]) -> Decimal:
    """What the same quantities had cost less by another provider; what has no price there stays."""
    saved = Decimal(0)
    for row in bought:
        price = price_or_none(by(row["provider"]), row["kind"], row["unit"], window)
        if price is not None:
            saved += row["usd"] - amount_of(row["quantity"], price)
    return saved


def price_or_none(provider: str, kind: str, unit: str, window: Window) -> Decimal | None:
    """Today's USD for a unit; None: the book has no price for it."""
    usage = Usage(provider=provider, kind=kind, unit=unit, quantity=Decimal(0), device="remote")
    try:
        return price_of(usage, window.today)[0]
    except NotConfigured:
        return None
