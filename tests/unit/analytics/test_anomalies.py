"""What is an anomaly of a channel's figures, and what only looks like one."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from ytempire.analytics import anomalies
from ytempire.analytics.anomalies import DAILY, SUBSCRIBERS, VIEWS
from ytempire.analytics.anomaly_forms import Floats

WEEKS = 8


def counted(videos: int = 20, seed: int = 1, periods: int = WEEKS * 28) -> tuple[Floats, Floats]:
    """Counters of videos that swing by the day and the week, and their ages in hours."""
    draw = np.random.default_rng(seed)
    edges = np.arange(periods + 1) * 6.0
    born = draw.uniform(-40 * 24, (periods - 30) * 6, videos * 3)
    ages = edges[None, :] - born[:, None]
    slot = np.arange(periods)
    swing = (1 + 0.4 * np.sin(slot * np.pi / 2)) * (1 + 0.1 * np.sin(slot * 2 * np.pi / 28))
    rate = 40_000 * np.maximum(ages[:, :-1] + 25, 25) ** -1.75 * 25 * swing
    views = draw.poisson(np.where(ages[:, :-1] > 0, rate, 0))
    return np.concatenate([np.zeros((len(born), 1)), views.cumsum(axis=1)], axis=1), ages


def changed(counters: Floats, place: int, factor: float) -> Floats:
    """From a period on all videos have this part of their views."""
    views = np.diff(counters, axis=1)
    views[:, place:] = np.floor(views[:, place:] * factor)
    return np.concatenate([counters[:, :1], views.cumsum(axis=1)], axis=1)


def found(counters: Floats, ages: Floats, fresh: int = 8) -> list[tuple[int, str]]:
    values, _ = anomalies.like_for_like(counters, ages)
    each = anomalies.find(VIEWS, values, fresh)
    assert each is not None
    return [(one.place, one.direction) for one in each]


@pytest.mark.parametrize(("factor", "direction"), [(0.5, "drop"), (2.0, "rise")])
def test_a_change_of_all_videos_is_told_once(factor: float, direction: str) -> None:
    counters, ages = counted()
    place = counters.shape[1] - 1 - 6
    assert found(changed(counters, place, factor), ages) == [(place, direction)]
    assert found(counters, ages) == []


def test_what_is_told_says_how_far_off_it_is() -> None:
    counters, ages = counted()
    values, _ = anomalies.like_for_like(changed(counters, counters.shape[1] - 3, 0.5), ages)
    (one,) = anomalies.find(VIEWS, values, 2) or []
    assert np.exp(one.value - one.expected) == pytest.approx(0.5, abs=0.1)
    assert one.value < one.low < one.expected < one.high
    assert one.score < -VIEWS.sigmas


def test_one_viral_video_is_none_and_its_fading_neither() -> None:
    counters, ages = counted()
    views = np.diff(counters, axis=1)
    views[0, -7:-3] = views.sum(axis=0)[-7:-3] * 5
    viral = np.concatenate([counters[:, :1], views.cumsum(axis=1)], axis=1)
    assert found(viral, ages) == []


def test_a_short_failure_echoes_no_rise_a_day_later() -> None:
    counters, ages = counted()
    views = np.diff(counters, axis=1)
    views[:, -6] //= 3
    failed = np.concatenate([counters[:, :1], views.cumsum(axis=1)], axis=1)
    assert [direction for _, direction in found(failed, ages)] == ["drop"]


def test_an_episode_that_was_told_is_not_told_again() -> None:
    counters, ages = counted()
    place = counters.shape[1] - 1 - 2
    values, _ = anomalies.like_for_like(changed(counters, place, 0.5), ages)
    assert anomalies.find(VIEWS, values, 2, {"drop": place - VIEWS.quiet}) == []
    assert anomalies.find(VIEWS, values, 2, {"drop": place - VIEWS.quiet - 3})
    assert anomalies.find(VIEWS, values, 2, {"rise": place - 1})


def test_a_counter_that_fell_takes_its_video_out() -> None:
    counters, ages = counted()
    counters[:5, -3:] -= 1_000
    assert found(counters, ages) == []


def test_what_nobody_saw_is_no_drop() -> None:
    counters, ages = counted()
    counters[:, -15:-2] = np.nan
    assert found(counters, ages) == []


@pytest.mark.parametrize("videos", [1, 0])
def test_too_few_videos_say_nothing(videos: int) -> None:
    counters, ages = counted(videos=20)
    assert (
        anomalies.find(VIEWS, anomalies.like_for_like(counters[:videos], ages[:videos])[0], 4)
        is None
    )


def test_a_short_history_says_nothing() -> None:
    counters, ages = counted()
    values, _ = anomalies.like_for_like(counters, ages)
    assert anomalies.find(VIEWS, values[-VIEWS.least :], 4) is None
    assert anomalies.find(VIEWS, values[-VIEWS.least - 9 :], 4) is not None


def test_a_rate_of_days_that_falls_for_good_is_told_once() -> None:
    draw = np.random.default_rng(3)
    days = np.arange(90)
    values = np.log(3) + 0.2 * np.sin(days * 2 * np.pi / 7) + draw.normal(0, 0.04, 90)
    assert anomalies.find(DAILY[0], values, 3) == []
    values[-3:] += np.log(0.6)
    (one,) = anomalies.find(DAILY[0], values, 3) or []
    assert (one.place, one.direction) == (87, "drop")


def rated(days: int = 90, spread: float = 0.04, seed: int = 3) -> Floats:
    return np.random.default_rng(seed).normal(0, spread, days)


def test_the_end_of_a_fault_is_no_rise() -> None:
    values = rated()
    values[-6:-3] -= 0.4
    values[-3:] += 0.25  # the days of the fault are the past that these are held against
    found = anomalies.find(DAILY[0], values, 6)
    assert found is not None
    assert [(one.place, one.direction) for one in found] == [(84, "drop")]


def test_what_a_thin_day_hides_some_days_together_show() -> None:
    values = rated(spread=0.1)
    values[-4:] = values[-4:] * 0.2 - 0.28
    found = anomalies.find(SUBSCRIBERS, values, 4)
    assert found is not None
    assert [one.direction for one in found] == ["drop"]
    alone = dataclasses.replace(SUBSCRIBERS, together=(1,))
    assert anomalies.find(alone, values, 4) == []


def test_no_spread_is_believed_that_is_less_than_chance() -> None:
    values = rated()
    values[-1] = -0.4
    certain, uncertain = np.full(90, 0.01), np.full(90, 0.2)
    assert anomalies.find(SUBSCRIBERS, values, 1, None, certain)
    assert anomalies.find(SUBSCRIBERS, values, 1, None, uncertain) == []


def test_a_counter_is_known_up_to_its_last_look_only() -> None:
    edges = np.array([0.0, 6.0, 12.0, 18.0])
    at = anomalies.interpolated([3.0, 9.0], [10.0, 40.0], 13.0, edges)
    assert at[1:3].tolist() == [25, 40]
    assert np.isnan(at[[0, 3]]).all()
