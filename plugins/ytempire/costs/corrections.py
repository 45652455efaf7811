"""Settling a call that was never answered, when its provider's report tells whether it was billed.

Its lines stay; the differences are booked beside them, and counted in the budgets of the period in
which the lines were booked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from decimal import Decimal
from typing import Any, Literal

import psycopg

from ytempire.costs import budgets, ledger
from ytempire.costs.prices import price_of
from ytempire.domain import Frozen, Usage
from ytempire.errors import NotConfigured

Db = psycopg.Connection[dict[str, Any]]


class Share(Frozen):
    """What a call turns out to have cost in one unit."""

    quantity: Decimal
    usd: Decimal


def correct(db: Db, intent_id: str, billed: Mapping[str, Share]) -> Literal["done", "void"] | None:
    """Make an ambiguous call's lines add up to what was billed, in the caller's transaction.

    Args:
        billed: by unit; what is not named was not billed. Nothing at all: the call becomes void.

    Returns:
        What it became; None: it was settled already, and nothing is changed.
    """
    intent = db.execute(
        "select state from ops.intents where intent_id = %s for update", (intent_id,)
    ).fetchone()
    if intent is None or intent["state"] != "ambiguous":
        return None
    lines = db.execute(
        "select * from ops.ledger where intent_id = %s order by line_id", (intent_id,)
    ).fetchall()
    if lines:
        _book(db, lines, billed)
    became: Literal["done", "void"] = (
        "done" if any(share.quantity for share in billed.values()) else "void"
    )
    db.execute(
        "update ops.intents set state = %s, settled_at = ops.now() where intent_id = %s",
        (became, intent_id),
    )
    return became


def price_of_line(line: Mapping[str, Any], unit: str) -> tuple[Decimal, str]:
    """USD for a unit of what a line bought, when it bought it, and the price's version.

    Raises:
        NotConfigured: the price book has none for a unit that the line is not in.
    """
    asked = Usage(
        provider=line["provider"],
        kind=line["kind"],
        unit=unit,
        quantity=Decimal(0),
        device="remote",
    )
    as_booked = (line["unit_price_usd"], line["price_version"])
    is_its_own = unit == line["unit"]
    try:
        price, version = price_of(asked, line["booked_at"].astimezone(UTC).date())
    except NotConfigured:
        if not is_its_own:
            raise
        return as_booked
    # The book has all decimals of a price, the line nine.
    return as_booked if is_its_own and version != line["price_version"] else (price, version)


def _book(db: Db, lines: list[dict[str, Any]], billed: Mapping[str, Share]) -> None:
    """Book the differences between a call's lines and its shares of the bill."""
    first_of = {line["unit"]: line for line in reversed(lines)}
    rows: list[dict[str, Any]] = []
    for unit in [*first_of, *(unit for unit in billed if unit not in first_of)]:
        wanted = billed.get(unit, Share(quantity=Decimal(0), usd=Decimal(0)))
        mine = [line for line in lines if line["unit"] == unit]
        quantity = wanted.quantity - sum(line["quantity"] for line in mine)
        usd = wanted.usd - sum(line["amount_usd"] for line in mine)
        if not quantity and not usd:
            continue
        line = first_of.get(unit, lines[0])
        price, version = price_of_line(line, unit)
        rows.append(
            line
            | {
                "unit": unit,
                "quantity": quantity,
                "unit_price_usd": price,
                "amount_usd": usd,
                "price_version": version,
                "corrects": line["line_id"],
            }
        )
    whose = ledger.whose(db, lines[0]["stage_run_id"])
    spent = [
        (budget, row["amount_usd"] if budget.unit == budgets.USD else row["quantity"])
        for row in rows
        for budget in budgets.of_purchase(whose, row["provider"], row["unit"])
    ]
    budgets.settle(db, spent, on=lines[0]["booked_at"].astimezone(UTC).date())
    with db.cursor() as cursor:
        cursor.executemany(
            """
            insert into ops.ledger (stage_run_id, video_id, channel_id, provider, kind, unit,
                                    quantity, unit_price_usd, amount_usd, price_version, is_failed,
                                    is_simulated, intent_id, corrects)
            values (%(stage_run_id)s, %(video_id)s, %(channel_id)s, %(provider)s, %(kind)s,
                    %(unit)s, %(quantity)s, %(unit_price_usd)s, %(amount_usd)s,
                    %(price_version)s, %(is_failed)s, %(is_simulated)s, %(intent_id)s,
                    %(corrects)s)
            """,
            rows,
        )
