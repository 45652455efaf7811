"""When a video has cost more than its like, and when it only seems so."""

from __future__ import annotations

import numpy as np
from ytempire.analytics import anomaly_costs
from ytempire.analytics.anomaly_forms import Floats

VIDEOS = 30


def usd(seed: int = 1) -> Floats:
    return np.random.default_rng(seed).uniform(0.85, 1.15, VIDEOS) * 0.3


def places(costs: Floats, kinds: list[str] | None = None, fresh: int = 4) -> list[int] | None:
    found = anomaly_costs.find(costs, kinds or ["short"] * VIDEOS, fresh)
    return None if found is None else [each.place for each in found]


def test_a_jump_is_told_once_at_its_first_video() -> None:
    costs = usd()
    costs[-3:] *= 2
    assert places(costs) == [VIDEOS - 3]
    assert places(usd()) == []


def test_a_small_rise_shows_in_some_videos_together() -> None:
    costs = np.where(np.arange(VIDEOS) % 2, 0.27, 0.33)
    costs[-3:] *= 1.35
    assert places(costs) in ([VIDEOS - 2], [VIDEOS - 1])


def test_a_rise_that_was_told_is_not_told_again() -> None:
    costs = usd()
    costs[-3:] *= 2
    like = ["short"] * VIDEOS
    assert anomaly_costs.find(costs, like, 2, told=VIDEOS - 3) == []
    assert anomaly_costs.find(costs, like, 2, told=VIDEOS - 3 - anomaly_costs.QUIET)


def test_a_long_video_is_held_against_long_ones() -> None:
    costs = np.concatenate([usd(1), usd(2)])
    is_wide = np.arange(len(costs)) % 4 == 3
    costs[is_wide] *= 3
    kinds = ["wide" if wide else "short" for wide in is_wide]
    assert places(costs, kinds, fresh=3) == []
    assert places(costs, ["short"] * len(costs), fresh=3)


def test_cheaper_is_no_alarm() -> None:
    costs = usd()
    costs[-3:] /= 3
    assert places(costs) == []


def test_cents_are_nobody_s_loss() -> None:
    costs = usd() / 1_000
    costs[-1] *= 10
    assert places(costs) is None


def test_few_videos_say_nothing() -> None:
    costs = usd()[: anomaly_costs.LEAST]
    assert anomaly_costs.find(costs, ["short"] * len(costs), 4) is None
    assert anomaly_costs.find([], [], 0) is None
