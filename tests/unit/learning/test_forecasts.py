"""What a forecast says of a series, and when it says nothing."""

from __future__ import annotations

import numpy as np
import pytest
from ytempire.learning.forecasts import FURTHEST, LEAST, Band, Floats, foresee

WEEK = np.array([1.0, 1.0, 1.1, 1.0, 1.2, 0.7, 0.6])
#: Up or down, by chance.
SIGNS = np.random.default_rng(3).choice([-1.0, 1.0], 120)
NEXT_WEEK = [(day, day) for day in range(1, 8)]


def series(days: int, growth: float = 0.0, noise: float = 0.03, seed: int = 1) -> Floats:
    """USD a day, 100 on the first, with a week's season."""
    draw, place = np.random.default_rng(seed), np.arange(days)
    values: Floats = 100 * np.exp(growth * place + draw.normal(0, noise, days)) * WEEK[place % 7]
    return values


def bands(values: Floats, spans: list[tuple[int, int]] = NEXT_WEEK) -> list[Band]:
    found = foresee(values, spans)
    assert found is not None
    return found


def test_the_week_goes_on_as_it_was() -> None:
    likely = [band.likely for band in bands(series(84))]
    assert likely == pytest.approx(list(100 * WEEK), rel=0.05)


def test_a_drift_is_followed_by_half_and_not_for_ever() -> None:
    growing = bands(series(120, growth=0.01), [(7, 7), (42, 42)])
    naive = series(127, growth=0.01, noise=0)[[119, 119]]
    come = series(120 + 42, growth=0.01, noise=0)[[126, 161]]
    for band, before, real in zip(growing, naive, come, strict=True):
        assert before < band.likely < real * 1.03
    assert growing[1].high > come[1] * 0.85


def test_a_band_widens_with_noise_and_where_the_level_wanders_with_the_days_ahead() -> None:
    calm, wild = (bands(series(120, noise=noise), [(1, 1), (28, 28)]) for noise in (0.02, 0.3))
    for near, far in (calm, wild):
        assert near.low <= near.likely <= near.high
        assert far.low <= far.likely <= far.high
    wander = bands(series(120) * np.exp(np.cumsum(np.full(120, 0.1) * SIGNS)), [(1, 1), (28, 28)])
    assert np.log(wild[0].high / wild[0].low) > 5 * np.log(calm[0].high / calm[0].low)
    near, far = (np.log(band.high / band.low) for band in wander)
    assert far > 1.5 * near, "a level that wanders is less known further ahead"


def test_a_sum_is_surer_than_its_days() -> None:
    day, month = bands(series(120, noise=0.2), [(14, 14), (1, 28)])
    assert (month.high - month.low) / month.likely < (day.high - day.low) / day.likely
    assert month.likely == pytest.approx(28 * 100 * WEEK.mean(), rel=0.15)


@pytest.mark.parametrize(
    "values",
    [series(LEAST - 1), np.zeros(90), np.where(np.arange(90) % 2, np.nan, 10.0)],
    ids=["a day too few", "nothing ever earned", "half of the days unknown"],
)
def test_nothing_is_said_of_too_little(values: Floats) -> None:
    assert foresee(values, NEXT_WEEK) is None


def test_days_of_nothing_and_unknown_days_are_borne() -> None:
    values = series(90)
    values[[20, 40, 60, 88]] = 0.0
    values[[30, 31, 50]] = np.nan
    for band in bands(values, [*NEXT_WEEK, (1, 28)]):
        assert 0 <= band.low <= band.likely <= band.high < np.inf
        assert band.likely > 0


def test_a_year_of_one_figure_is_foreseen_as_it_is() -> None:
    [band] = bands(np.full(120, 5.0), [(3, 3)])
    assert (band.low, band.likely, band.high) == pytest.approx((5, 5, 5), rel=0.02)


@pytest.mark.parametrize("span", [(0, 1), (3, 2), (1, FURTHEST + 1)])
def test_a_span_that_cannot_be_is_refused(span: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="between 1 and"):
        foresee(series(90), [span])
