"""Sharing an amount so that nothing of it is lost."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal


def shared(total: Decimal, weights: Sequence[Decimal], step: Decimal) -> list[Decimal]:
    """Parts of a total in proportion to weights, in whole steps; their sum is the total.

    The largest remainders get the steps that are left over (Hamilton's method). Without any weight
    the parts are equal.

    Args:
        total: not negative, a multiple of `step`.
        weights: at least one, none negative.
    """
    whole = sum(weights, Decimal(0))
    if not whole:
        weights, whole = [Decimal(1)] * len(weights), Decimal(len(weights))
    steps = int(total / step)
    exact = [steps * weight / whole for weight in weights]
    parts = [int(each.to_integral_value(ROUND_FLOOR)) for each in exact]
    by_remainder = sorted(range(len(parts)), key=lambda n: parts[n] - exact[n])
    for number in by_remainder[: steps - sum(parts)]:
        parts[number] += 1
    return [part * step for part in parts]
