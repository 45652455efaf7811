"""SIMULATED experiments, drawn and judged as the house's are, in worlds whose effect is known.

Eight channels whose usual video differs by a lognormal of 1.2, each growing and shrinking slowly;
videos about that by a lognormal of 0.8. Tests and the benchmark look at the same ones.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import stats
from ytempire.learning.experiments import judging
from ytempire.learning.experiments.assignment import drawn

CHANNELS, VIDEOS, LOOKS, ALPHA = 8, 240, 3, 0.05
_BETWEEN, _WITHIN, _STEP = 1.2, 0.8, 0.08
#: Videos of a channel before the first of the experiment, and how many of them are known by.
_WARM, _KNOWN = 20, 10


class Run:
    """One experiment from its first video to its last, with an effect for each variant but the
    control.

    Attributes:
        values: logarithms of views. before: the mean of the channel's ten before each.
    """

    def __init__(self, seed: int, *effects: float) -> None:
        draw = np.random.default_rng(seed)
        each = VIDEOS // CHANNELS
        count = _WARM + each
        level = draw.normal(7, _BETWEEN, (CHANNELS, 1))
        wander = np.cumsum(draw.normal(0, _STEP, (CHANNELS, count)), axis=1)
        reached = level + wander + draw.normal(0, _WITHIN, (CHANNELS, count))
        self.blocks = [f"channel-{place}" for _ in range(each) for place in range(CHANNELS)]
        self.names = ["control", *(f"variant-{place}" for place in range(1, len(effects) + 1))]
        shares = [1 / len(self.names)] * len(self.names)
        places = [drawn(f"run-{seed}", f"video-{place}", shares) for place in range(VIDEOS)]
        self.variants = [self.names[place] for place in places]
        self.before = np.array(
            [
                reached[place, _WARM + number - _KNOWN : _WARM + number].mean()
                for number in range(each)
                for place in range(CHANNELS)
            ]
        )
        self.values = reached[:, _WARM:].T.ravel() + np.log1p([0, *effects])[places]

    def effects(self, alpha: float = ALPHA) -> list[list[judging.Effect]]:
        """What each planned look finds of each variant."""
        found = []
        for look in range(1, LOOKS + 1):
            part = slice(0, VIDEOS * look // LOOKS)
            effects = judging.effects(
                self.values[part],
                self.variants[part],
                self.names,
                self.blocks[part],
                self.before[part],
                look=look,
                looks=LOOKS,
                alpha=alpha,
            )
            found.append([effects[name] for name in self.names[1:]])
        return found


def false_positives(runs: int, seed: int, variants: int = 1, alpha: float = ALPHA) -> float:
    """The share of experiments without an effect in which any look finds one, of any variant."""
    found = [Run(seed * 100_000 + run, *[0.0] * variants).effects(alpha) for run in range(runs)]
    return sum(any(each.is_clear for look in looks for each in look) for looks in found) / runs


def power(runs: int, seed: int, effect: float = 0.4, *others: float) -> float:
    """The share of experiments with an effect in which a look finds it, on its side; `others` are
    those of the other variants."""
    found = [Run(seed * 100_000 + run, effect, *others).effects() for run in range(runs)]
    return sum(any(first.low > 0 for first, *_ in looks) for looks in found) / runs


def plain_power(runs: int, seed: int, effect: float = 0.4) -> float:
    """The same by Welch's test of all videos at the end, channels mixed."""
    found = 0
    for run in range(runs):
        made = Run(seed * 100_000 + run, effect)
        is_treated = np.array(made.variants) != "control"
        told = stats.ttest_ind(made.values[is_treated], made.values[~is_treated], equal_var=False)
        found += bool(told.pvalue < ALPHA and told.statistic > 0)
    return found / runs


def coverage(runs: int, seed: int, effect: float = 0.4) -> tuple[float, float]:
    """The share of intervals that hold the true effect: at the last look, and at all looks."""
    truth = math.log1p(effect)
    held = [
        [each.low <= truth <= each.high for [each] in Run(seed * 100_000 + run, effect).effects()]
        for run in range(runs)
    ]
    return sum(each[-1] for each in held) / runs, sum(all(each) for each in held) / runs


def broken(runs: int, seed: int, lost: float, every: int = 8) -> float:
    """The share of experiments whose ratio of counts is found broken, looked at every `every`
    videos; `lost` of the variant's videos come to nothing."""
    found = 0
    for run in range(runs):
        draw = np.random.default_rng(seed * 100_000 + run)
        is_treated = np.array(
            [drawn(f"{seed}-{run}", f"video-{place}", [0.5, 0.5]) == 1 for place in range(VIDEOS)]
        )
        kept = ~is_treated | (draw.random(VIDEOS) >= lost)
        for day in range(every, VIDEOS + 1, every):
            treated = int((is_treated & kept)[:day].sum())
            control = int((~is_treated)[:day].sum())
            ratio = judging.sample_ratio({"a": control, "b": treated}, {"a": 0.5, "b": 0.5})
            if ratio is not None and ratio < judging.BROKEN:
                found += 1
                break
    return found / runs
