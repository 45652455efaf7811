"""In which form a fault of a channel's days shows, and what leaves the form as it is."""

from __future__ import annotations

import numpy as np
import pytest
from ytempire.analytics import anomaly_forms
from ytempire.analytics.anomaly_forms import Floats

VIDEOS, DAYS = 30, 40


def days(seed: int = 1, a_day: int = 800) -> tuple[Floats, Floats]:
    """Views of videos published one a day, and their ages; NaN before a video is there."""
    draw = np.random.default_rng(seed)
    ages = np.arange(DAYS)[None, :] - np.arange(VIDEOS)[:, None] + 10.0
    views = draw.poisson(a_day / np.maximum(ages, 1)).astype(float) + 5
    return np.where(ages >= 0, views, np.nan), ages


def own_rates(seed: int = 2) -> Floats:
    return np.random.default_rng(seed).uniform(0.5, 3, (VIDEOS, 1))


def test_videos_that_do_as_they_did_are_level_whatever_their_mix() -> None:
    views, ages = days()
    values, levels = anomaly_forms.rates(views * own_rates(), views, ages)
    known = np.isfinite(values)
    assert known[15:].all()
    assert np.abs(values[known]).max() < 1e-9
    assert 0.5 < levels[known].min() < levels[known].max() < 3


def test_what_all_videos_lose_is_told_in_proportion() -> None:
    views, ages = days()
    minutes = views * own_rates()
    minutes[:, -1] *= 0.7
    values, _ = anomaly_forms.rates(minutes, views, ages)
    assert values[-1] == pytest.approx(np.log(0.7))


def test_one_video_that_loses_all_moves_the_typical_one_little() -> None:
    views, ages = days()
    revenue = views * own_rates()
    revenue[0, -1] = 0
    values, _ = anomaly_forms.rates(revenue, views, ages)
    assert abs(values[-1]) < 0.03


def test_days_that_nobody_told_are_neither_judged_nor_past() -> None:
    views, ages = days()
    minutes = views * own_rates()
    minutes[:, 30:33] = np.nan
    values, _ = anomaly_forms.rates(minutes, views, ages)
    assert np.isnan(values[30:33]).all()
    assert np.abs(values[33:]).max() < 1e-9


def test_a_viral_video_does_not_tell_for_all_that_is_counted() -> None:
    views, ages = days(a_day=8_000)
    views[3, -1] *= 500
    gained = views * 0.01
    gained[3, -1] /= 10  # strangers subscribe less
    values, _, _ = anomaly_forms.counts(gained, views, ages)
    assert -0.25 < values[-1] < 0


def test_small_counts_are_as_uncertain_as_chance_makes_them() -> None:
    views, ages = days(a_day=8_000)
    draw = np.random.default_rng(5)
    gained = draw.poisson(np.nan_to_num(views) * 0.004).astype(float)
    values, levels, chance = anomaly_forms.counts(gained, views, ages)
    known = np.isfinite(values)
    assert known.sum() > 20
    assert values[known].std() == pytest.approx(chance[known].mean(), rel=0.5)
    assert levels[known].mean() == pytest.approx(0.004, rel=0.1)


def test_so_few_that_a_day_says_nothing() -> None:
    views, ages = days()
    values, _, _ = anomaly_forms.counts(views * 0.0001, views, ages)
    assert np.isnan(values).all()
    few, _ = anomaly_forms.rates(views[:4], views[:4], ages[:4])
    assert np.isnan(few).all()
