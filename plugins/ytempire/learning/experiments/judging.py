"""Effects of a variant, with intervals that hold although the figures are looked at several times.

Effects are a regression's (statsmodels): on the variant, on the block (channel and format), and on
what the block's videos before this one reached, which is known before the draw (CUPED: Deng et al.
2013; adjusting randomised comparisons: Lin 2013). Spreads are HC2, which for two groups without
blocks is Welch's. Bounds are O'Brien and Fleming's (1979), for looks at equal distances; several
variants are compared by Holm's steps (1979).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: A ratio of the variants' counts as unlikely as this is no chance: something loses videos.
BROKEN = 0.001
#: Below this many expected videos in a variant the ratio is not tested.
_LEAST_EXPECTED = 5
#: Figures before that differ by no more than this tell nothing, and would make a regression fail.
_SAME = 1e-9


@dataclass(frozen=True)
class Effect:
    """Of a variant against the control, in the outcome's unit: logarithms, or USD."""

    estimate: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether no effect lies outside of the interval."""
        return self.low > 0 or self.high < 0


@cache
def bounds(looks: int, alpha: float) -> tuple[float, ...]:
    """Standard deviations from 0 that an effect has to pass at each look, so that without any
    effect one of the looks is passed by chance `alpha` of the time.

    Raises:
        ValueError: not 1 to 5 looks, or no alpha between 0 and a half.
    """
    from scipy.optimize import brentq
    from scipy.stats import multivariate_normal

    if not 1 <= looks <= 5 or not 0 < alpha < 0.5:
        raise ValueError("Bounds are for 1 to 5 looks and an alpha between 0 and a half.")
    share = np.arange(1, looks + 1) / looks
    together = np.sqrt(np.minimum.outer(share, share) / np.maximum.outer(share, share))

    def passed(constant: float) -> float:
        reach = constant / np.sqrt(share)
        inside = multivariate_normal.cdf(reach, cov=together, lower_limit=-reach, rng=1)
        return 1 - float(inside) - alpha

    constant = float(brentq(passed, 0.5, 6.0, xtol=1e-5))
    return tuple(float(each) for each in constant / np.sqrt(share))


def effects(
    values: Floats,
    variants: Sequence[str],
    names: Sequence[str],
    blocks: Sequence[str],
    before: Floats,
    *,
    look: int,
    looks: int,
    alpha: float,
) -> dict[str, Effect]:
    """The effects that a look finds on each variant against the control, which is named first;
    without those that cannot be told.

    While `left` variants are not clear, each has to be so at an alpha of 1 / `left`: as often as
    planned, or more rarely, something is clear that has no effect, however many are compared.

    Args:
        variants: of each video, the name of its own.
        look, looks: which of how many looks it is.
        alpha: how often all looks together may find anything by chance.
    """
    control, *left = names
    made = np.asarray(variants, dtype=object)
    found: dict[str, Effect] = {}
    while left:
        bound = bounds(looks, alpha / len(left))[look - 1]
        for name in left:
            mine = np.isin(made, (control, name))
            told = effect(
                values[mine],
                made[mine] == name,
                list(compress(blocks, mine)),
                before[mine],
                bound,
            )
            if told is not None:
                found[name] = told
        open_ones = [name for name in left if name not in found or not found[name].is_clear]
        if open_ones == left:
            break
        left = open_ones
    return found


def effect(
    values: Floats,
    is_treated: NDArray[np.bool_],
    blocks: Sequence[str],
    before: Floats,
    bound: float,
) -> Effect | None:
    """The effect on videos of a variant against those of the control.

    Args:
        values: of each video, what is compared.
        is_treated: whether a video is of the variant.
        blocks: videos of one block are alike but for the variant.
        before: what the block's videos before it reached; NaN: not known.
        bound: half the interval's width, in standard deviations of a normal distribution.

    Returns:
        None where no block has videos of both, or too few to tell their spread.
    """
    import statsmodels.api as sm
    from scipy import stats

    names = np.asarray(blocks, dtype=object)
    in_both = [
        name for name in dict.fromkeys(blocks) if len(set(is_treated[names == name].tolist())) == 2
    ]
    if not in_both:
        return None
    kept = np.isin(names, in_both)
    columns = [is_treated[kept].astype(float)]
    columns += [(names[kept] == name).astype(float) for name in in_both]
    known = _centred(before[kept], names[kept], in_both)
    if np.ptp(known) > _SAME:
        columns.append(known)
    design = np.column_stack(columns)
    freedom = len(design) - design.shape[1]
    if freedom < 2:
        return None
    fitted: Any = sm.OLS(values[kept], design).fit(cov_type="HC2", use_t=True)
    # As unlikely in a t distribution as the bound is in a normal one.
    reach = float(stats.t.isf(stats.norm.sf(bound), freedom)) * float(fitted.bse[0])
    if not math.isfinite(reach):
        return None
    middle = float(fitted.params[0])
    # Videos that are all the same leave what a computer adds up wrongly: that is no effect.
    return Effect(*(round(each, 9) for each in (middle, middle - reach, middle + reach)))


def sample_ratio(counts: Mapping[str, int], shares: Mapping[str, float]) -> float | None:
    """How likely the variants' counts are, were videos lost by chance only (chi-square test).

    None while too few are expected in a variant to tell.
    """
    from scipy.stats import chisquare

    total = sum(counts.values())
    expected = [shares[name] * total for name in shares]
    if min(expected) < _LEAST_EXPECTED:
        return None
    return float(chisquare([counts.get(name, 0) for name in shares], expected).pvalue)


def _centred(before: Floats, names: NDArray[Any], blocks: Sequence[str]) -> Floats:
    """What was known before, as differences from the block's mean; 0 where nothing was."""
    differences = np.zeros(len(before))
    for name in blocks:
        mine = (names == name) & np.isfinite(before)
        if mine.any():
            differences[mine] = before[mine] - before[mine].mean()
    return differences
