"""What a daily amount will be, with a band that is meant to hold four of five days to come.

Days are seen as logarithms (a channel grows and swings by shares, not by dollars): a level that
wanders, the week's season, and a drift of which only the half is believed, and less of it the
further ahead, for trends of this business break. A Kalman filter gives from one pass what would
have been said on each past day, with the variance it had in mind (statsmodels' unobserved
components; Harvey 1989; damping: Gardner and McKenzie 1985). How far those forecasts were really
missed then widens or narrows the band, the more the longer the history is.

The adaptive levels of `costs.forecast` are not used: they move with each miss before the next
forecast is made, and of forecasts of four weeks 28 are open at any time and are missed together.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: The share of a band, and how many standard deviations of a normal distribution hold it.
COVERAGE, _SIGMAS = 0.8, 1.2816
#: Days below which nothing is said, days looked back on, the furthest day ahead.
LEAST, LONGEST, FURTHEST = 56, 182, 45
#: Days after which a past forecast counts as one.
_WARM = 28
#: So many past forecasts weigh as much as the filter's own variance.
_PRIOR = 90
#: What of the drift is believed, and what of that is left from each day to the next.
_BELIEVED, _DAMPED = 0.5, 0.95
#: Added before logarithms, as a share of the usual day: days without revenue are none of minus
#: infinity.
_OFFSET = 0.25
#: Sums shorter than this tell little of how longer ones are missed.
_SUMS = 5


@dataclass(frozen=True)
class Band:
    """USD: four of five are meant to end between `low` and `high`."""

    low: float
    likely: float
    high: float


def foresee(values: Floats, spans: Sequence[tuple[int, int]]) -> list[Band] | None:
    """The bands of sums of days to come.

    Args:
        values: one a day, the latest last, none negative; NaN where a day is not known.
        spans: first and last day of each sum, counted from 1, the day after the last value.

    Returns:
        A band for each span; None where fewer than `LEAST` days are known, or none had anything.

    Raises:
        ValueError: a span ends before it begins, or beyond `FURTHEST`.
    """
    if any(not 1 <= first <= last <= FURTHEST for first, last in spans):
        raise ValueError(f"Spans lie between 1 and {FURTHEST}.")
    if np.isfinite(values).sum() < LEAST or not np.nanmax(values) > 0:
        return None
    past = _Past(values[-LONGEST:])
    return [past.band(first, last) for first, last in spans]


class _Past:
    """What would have been said on each day of a series, and how far it was missed."""

    def __init__(self, values: Floats) -> None:
        self.values = values
        self.offset = _OFFSET * float(np.median(values[values > 0]))
        level = _filtered(np.log(values + self.offset), "llevel")
        drifting = _filtered(np.log(values + self.offset), "lldtrend")
        ahead = np.arange(1, FURTHEST + 1)
        damping = (1 - _DAMPED**ahead) / (ahead * (1 - _DAMPED))
        straight = _means(level)
        self.doubt = (_means(drifting) - straight) * _BELIEVED * damping
        self.means = straight + self.doubt
        self.covariance = _covariance(level)
        self.smear = _smear(values + self.offset, np.exp(self.means[:, 0]))
        self.days = _factor([self._missed(day, day) for day in range(1, FURTHEST + 1)])
        self.sums = _factor([self._missed(1, day) for day in range(_SUMS, FURTHEST + 1)])

    def band(self, first: int, last: int) -> Band:
        middle = float(self._sums(first, last)[-1])
        factor = self.days if first == last else self.sums
        reach = _SIGMAS * factor * float(self._spread(first, last)[-1])
        lifted = self.offset * (last - first + 1)
        low, likely, high = (
            max(middle * math.exp(side * reach) - lifted, 0.0) for side in (-1.0, 0.0, 1.0)
        )
        return Band(low, likely, high)

    def _sums(self, first: int, last: int) -> Floats:
        """What each day would have said of the sum; a sum is a mean's, a day alone a median's."""
        sums: Floats = np.exp(self.means[:, first - 1 : last]).sum(axis=1)
        return sums if first == last else sums * self.smear

    def _spread(self, first: int, last: int) -> Floats:
        """Standard deviation of the logarithm of such a sum, for each day."""
        part = slice(first - 1, last)
        weights = np.exp(self.means[-1, part])
        weights /= weights.sum()
        variance = weights @ self.covariance[part, part] @ weights
        spread: Floats = np.sqrt(variance + (self.doubt[:, part] @ weights) ** 2)
        return spread

    def _missed(self, first: int, last: int) -> Floats:
        """How far each past forecast was missed, in standard deviations."""
        places = np.arange(_WARM, len(self.values) - last)
        came = _between(np.nan_to_num(self.values) + self.offset, places + first, places + 1 + last)
        gaps = _between(np.isnan(self.values).astype(float), places + first, places + 1 + last)
        came[gaps > 0] = np.nan
        said = self._sums(first, last)[places]
        off: Floats = np.log(came / said) / self._spread(first, last)[places]
        return off[np.isfinite(off)]


def _between(values: Floats, begin: Any, end: Any) -> Floats:
    """Sums of the values from each `begin` to before each `end`."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    sums: Floats = total[end] - total[begin]
    return sums


def _filtered(logs: Floats, level: str) -> Any:
    from statsmodels.tools.sm_exceptions import ConvergenceWarning
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    model = UnobservedComponents(
        logs, level=level, freq_seasonal=[{"period": 7, "harmonics": 3}],
        stochastic_freq_seasonal=[False],
    )  # fmt: skip
    with warnings.catch_warnings():
        # A likelihood that is flat leaves variances that do as well as their neighbours.
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        return model.fit(disp=0, maxiter=60)


def _means(result: Any) -> Floats:
    """Of each day, the logarithms that it foresees; of shape (days, FURTHEST)."""
    space = result.model.ssm
    state, means = result.filtered_state, []
    for _ in range(FURTHEST):
        state = space["transition"] @ state
        means.append(space["design"][0] @ state)
    return np.array(means).T


def _covariance(result: Any) -> Floats:
    """Of the days ahead of the last one among each other."""
    space = result.model.ssm
    step, design = space["transition"], space["design"][0]
    noise = space["selection"] @ space["state_cov"] @ space["selection"].T
    spread = result.filtered_state_cov[:, :, -1]
    covariance = np.empty((FURTHEST, FURTHEST))
    for near in range(FURTHEST):
        spread = step @ spread @ step.T + noise
        carried = spread @ design
        for far in range(near, FURTHEST):
            covariance[near, far] = covariance[far, near] = design @ carried
            carried = step @ carried
    covariance[np.diag_indices(FURTHEST)] += space["obs_cov"][0, 0]
    return covariance


def _smear(values: Floats, said: Floats) -> Floats:
    """By how much the mean of the eight weeks before each day was above the median that was said.

    Duan, Smearing Estimate (1983). A good many days of the usual size are added to both sides.
    """
    came, middles = values[1:].copy(), said[:-1].copy()
    is_told = np.isfinite(came) & (np.arange(len(came)) >= _WARM // 2)
    usual = 2 * _WARM * float(np.nanmedian(values)) * 0.5
    window = np.ones(2 * _WARM)
    above = np.convolve(np.where(is_told, came, 0), window)[: len(came)] + usual
    below = np.convolve(np.where(is_told, middles, 0), window)[: len(came)] + usual
    smear: Floats = np.clip(np.concatenate([[1.0], above / below]), 0.5, 2.0)
    return smear


def _factor(missed: Sequence[Floats]) -> float:
    """What the filter's spread is multiplied by; 1 where no forecast could be missed yet."""
    off = np.abs(np.concatenate(missed))
    if not len(off):
        return 1.0
    seen = max(float(np.quantile(off, COVERAGE)) / _SIGMAS, 0.2)
    return float(seen ** (len(missed[0]) / (len(missed[0]) + _PRIOR)))
