"""What a provider lets us use a day, reserved before the call: one atomic statement, never above.

A call that fails after it was reserved keeps its share: providers bill what they began.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import psycopg

from ytempire.config import settings
from ytempire.domain import Usage
from ytempire.errors import QuotaExhausted


def allowance_of(usage: Usage) -> Decimal | None:
    """Units of this kind that may be used in a UTC day; None: there is no such bound."""
    if (usage.provider, usage.unit) == ("elevenlabs", "character"):
        return Decimal(settings().elevenlabs.characters_per_day)
    return None


def reserve(db: psycopg.Connection[dict[str, Any]], expected: Usage) -> None:
    """Take `expected.quantity` from today's allowance, in the caller's transaction.

    Raises:
        QuotaExhausted: too little is left today; nothing was taken.
    """
    allowance = allowance_of(expected)
    if allowance is None:
        return
    key = {"provider": expected.provider, "unit": expected.unit}
    db.execute(
        """
        insert into ops.allowances (provider, unit, utc_day, allowance)
        values (%(provider)s, %(unit)s, (now() at time zone 'UTC')::date, %(allowance)s)
        on conflict (provider, unit, utc_day) do update
            set allowance = greatest(excluded.allowance, ops.allowances.reserved)
        """,
        {**key, "allowance": allowance},
    )
    row = db.execute(
        """
        update ops.allowances set reserved = reserved + %(quantity)s
        where provider = %(provider)s and unit = %(unit)s
          and utc_day = (now() at time zone 'UTC')::date
          and reserved + %(quantity)s <= allowance
        returning reserved
        """,
        {**key, "quantity": expected.quantity},
    ).fetchone()
    if row is None:
        raise QuotaExhausted(
            f"Fewer than {expected.quantity} {expected.unit}s of {expected.provider} are left of "
            f"today's {allowance}.",
            "They come back at midnight UTC; another provider serves until then.",
        )
