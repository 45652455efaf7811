"""Experiments, on SIMULATED ones whose truth is known: what chance finds, and what is missed."""

from __future__ import annotations

from collections.abc import Iterator

import experiments
from figures import Figure

RUNS = 1000


def measure() -> Iterator[Figure]:
    of = f"{RUNS} runs of {experiments.VIDEOS} videos, {experiments.LOOKS} looks"
    found = 100 * experiments.false_positives(RUNS, seed=1)
    yield Figure("experiments: an effect found where there is none, off 5 % by", abs(found - 5),
                 "points", goal=1, reference=f"{found:.1f} %; {of}")  # fmt: skip
    several = 100 * experiments.false_positives(RUNS, seed=6, variants=3)
    each = 100 * experiments.false_positives(RUNS, seed=6, variants=3, alpha=3 * experiments.ALPHA)
    yield Figure("experiments of four variants: an effect found where there is none, off 5 % by",
                 abs(several - 5), "points", goal=1,
                 reference=f"{several:.1f} %; each variant at 5 %: {each:.1f} %")  # fmt: skip
    power = 100 * experiments.power(RUNS, seed=2)
    plain = 100 * experiments.plain_power(RUNS, seed=2)
    yield Figure(
        "experiments: an effect of +40 % found", power, "%", goal=80, at_most=False,
        reference=f"one t-test of all videos: {plain:.0f} %", ratio=power / plain,
    )  # fmt: skip
    last, always = experiments.coverage(RUNS, seed=3)
    yield Figure("experiments: intervals of the last look that hold the truth, off 95 % by",
                 abs(100 * last - 95), "points", goal=2,
                 reference=f"{100 * last:.1f} %; at all looks {100 * always:.1f} %")  # fmt: skip
    yield Figure("experiments: half of a variant's videos lost, found",
                 100 * experiments.broken(RUNS, seed=4, lost=0.5), "%",
                 reference="looked at every 8 videos")  # fmt: skip
    yield Figure("experiments: sound ones that are taken for broken",
                 100 * experiments.broken(RUNS, seed=5, lost=0.0), "%", goal=2)  # fmt: skip
