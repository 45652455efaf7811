"""What could be saved, in words with the money behind them, from what was bought lately.

Each rule reads the ledger in one query and prices the same purchase made otherwise by the price
book. Its money is what the window would have cost less; two rules may speak of the same dollar, so
their sums do not add up.
"""

from __future__ import annotations

from decimal import Decimal

from ytempire.costs.advice import models, waste
from ytempire.costs.advice.looking import Db, looked
from ytempire.costs.prices import MICRO
from ytempire.domain import Frozen

#: Below so much a month nobody need read it.
FLOOR_USD_A_MONTH = Decimal("0.10")


class Advice(Frozen):
    """One thing that was found.

    Attributes:
        rule: its name.
        found: in words; they say so where the money is a bound.
        usd: what the window would have cost less.
        to_do: a setting, a command or a place in the code.
    """

    rule: str
    found: str
    usd: Decimal
    usd_a_month: Decimal
    to_do: str


def advice(db: Db, days: int = 30) -> list[Advice]:
    """What the last days say could be saved, the most money first; nothing below the floor."""
    window = looked(db, days)
    found = [
        Advice(
            rule=each.rule,
            found=each.words,
            usd=each.usd,
            usd_a_month=(each.usd * 30 / window.spans).quantize(MICRO),
            to_do=each.to_do,
        )
        for rule in (*models.RULES, *waste.RULES)
        for each in rule(db, window)
    ]
    worth = [each for each in found if each.usd_a_month >= FLOOR_USD_A_MONTH]
    return sorted(worth, key=lambda each: each.usd, reverse=True)
