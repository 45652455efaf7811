"""Intervals hold about as often as they say, whatever becomes of the costs."""

from __future__ import annotations

import random
from collections.abc import Callable
from math import exp

import pytest
from ytempire.costs.forecast import LEARNT_FROM, LEAST, interval

RUNS, VIDEOS = 20, 160


def _steady(place: int) -> float:
    return 0.0


def _slower_from_half_way(place: int) -> float:
    return 0.6 * (place > VIDEOS / 2)


def _ever_slower(place: int) -> float:
    return place / VIDEOS


def _faster_from_half_way(place: int) -> float:
    return -0.6 * (place > VIDEOS / 2)


def _by_turns(place: int) -> float:
    return 0.5 * (place // 15 % 2)


@pytest.mark.parametrize(
    "trend", [_steady, _slower_from_half_way, _ever_slower, _faster_from_half_way, _by_turns]
)
def test_they_hold_75_to_85_of_100_of_those_to_come(trend: Callable[[int], float]) -> None:
    held = made = 0
    for seed in range(RUNS):
        dice = random.Random(seed)
        ratios = [exp(dice.gauss(trend(place), 0.15)) for place in range(VIDEOS)]
        for place in range(LEAST, VIDEOS):
            low, _, high = interval(ratios[max(place - LEARNT_FROM, 0) : place])
            made += 1
            held += low <= ratios[place] <= high
    assert 0.75 <= held / made <= 0.85


def test_likely_stands_between_low_and_high_and_equal_ratios_are_certain() -> None:
    dice = random.Random(5)
    low, likely, high = interval([exp(dice.gauss(0, 0.3)) for _ in range(100)])
    assert low < likely < high
    assert interval([1.25] * 100) == (1.25, 1.25, 1.25)


def test_few_ratios_are_held_whole() -> None:
    ratios = [1.0, 3.0, 2.0, 5.0]
    assert interval(ratios) == (1.0, 3.0, 5.0)
