"""Sharing loses nothing, and gives each its part to less than a step."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from ytempire.costs.prices import MICRO
from ytempire.costs.shares import shared

MICROS = st.integers(0, 10**12).map(lambda count: count * MICRO)
WEIGHTS = st.lists(st.decimals(0, 10**9, places=6), min_size=1, max_size=40)


@given(MICROS, WEIGHTS)
def test_no_millionth_is_lost_nor_made(total: Decimal, weights: list[Decimal]) -> None:
    parts = shared(total, weights, MICRO)
    assert sum(parts) == total
    assert all(part >= 0 and part == part.quantize(MICRO) for part in parts)


@given(MICROS, WEIGHTS)
def test_each_gets_what_its_weight_says_to_less_than_a_step(
    total: Decimal, weights: list[Decimal]
) -> None:
    whole = sum(weights) or Decimal(1)
    if not any(weights):
        weights = [Decimal(1) / len(weights)] * len(weights)
    for part, weight in zip(shared(total, weights, MICRO), weights, strict=True):
        assert abs(part - total * weight / whole) < MICRO + Decimal("1e-12")


def test_tokens_are_shared_whole() -> None:
    assert shared(Decimal(10), [Decimal(1), Decimal(1), Decimal(1)], Decimal(1)) == [4, 3, 3]
    assert shared(Decimal(7), [Decimal(0), Decimal(9)], Decimal(1)) == [0, 7]
    assert shared(Decimal(0), [Decimal(3)], Decimal(1)) == [0]
