"""Forecasts of revenue, held against days they did not see: their bands' coverage, and their error
beside that of last week said again.

SIMULATED: series that swing by the week and by chance, grow, stop growing, miss days, or are what
videos that fade earn, over eight weeks to a year. Each is cut at one day, foreseen by the code that
foresees the warehouse's, and held against the four weeks after.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from figures import Figure
from numpy.typing import NDArray
from ytempire.learning.forecasts import foresee

Floats = NDArray[np.float64]
Draw = np.random.Generator

AHEAD, LENGTHS, SERIES = 28, (56, 90, 182, 365), 20
_WEEK = np.array([0, 0.03, 0.075, 0.045, -0.03, -0.15, -0.075])


def _wander(draw: Draw, days: int, step: float) -> Floats:
    return np.cumsum(draw.normal(0, step, days))


def _clean(draw: Draw, days: int) -> Floats:
    return np.exp(4 + draw.normal(0, 0.03, days))


def _noisy(draw: Draw, days: int) -> Floats:
    return np.exp(4 + _wander(draw, days, 0.03) + draw.normal(0, 0.25, days))


def _growing(draw: Draw, days: int) -> Floats:
    rise = 0.01 * np.arange(days)
    return np.exp(3 + rise + _wander(draw, days, 0.02) + draw.normal(0, 0.1, days))


def _bent(draw: Draw, days: int) -> Floats:
    """Growth that ends in the middle of the history."""
    rise = 0.02 * np.minimum(np.arange(days), days * 0.6)
    return np.exp(3 + rise + _wander(draw, days, 0.02) + draw.normal(0, 0.1, days))


def _with_zeros(draw: Draw, days: int) -> Floats:
    values = np.exp(3 + _wander(draw, days, 0.02) + draw.normal(0, 0.15, days))
    return np.where(draw.random(days) < 0.12, 0.0, values)


def _of_videos(draw: Draw, days: int) -> Floats:
    """One video a day on average, as good as chance would have it, each fading."""
    warm = 60
    total = np.zeros(days + warm)
    for day in range(days + warm):
        for _ in range(draw.poisson(1)):
            age = np.arange(days + warm - day)
            total[day:] += draw.lognormal(0, 1.2) * 10 * (age + 1.0) ** -1.3
    return total[warm:]


KINDS: dict[str, Callable[[Draw, int], Floats]] = {
    "clean": _clean, "noisy": _noisy, "growing": _growing, "growth that ends": _bent,
    "days of nothing": _with_zeros, "videos that fade": _of_videos,
}  # fmt: skip


def measure_forecasts() -> Iterator[Figure]:
    spans = [(day, day) for day in range(1, AHEAD + 1)]
    spans += [(1, 7), (1, 14), (1, 28)]
    all_days: list[bool] = []
    all_sums: list[bool] = []
    lost: list[tuple[float, float]] = []
    for kind, make in KINDS.items():
        days: list[bool] = []
        sums: list[bool] = []
        errors: list[float] = []
        naive: list[float] = []
        for length in LENGTHS:
            for number in range(SERIES):
                draw = np.random.default_rng([number, length])
                made = make(draw, length + AHEAD)
                made = made * np.exp(_WEEK[np.arange(len(made)) % 7])
                known, came = made[:length], made[length:]
                bands = foresee(known, spans)
                assert bands is not None
                inside = [
                    band.low <= came[first - 1 : last].sum() <= band.high
                    for band, (first, last) in zip(bands, spans, strict=True)
                ]
                days += inside[:AHEAD]
                sums += inside[AHEAD:]
                usual = float(known.mean())
                said = np.array([band.likely for band in bands[:AHEAD]])
                errors.append(float(np.abs(said - came).mean()) / usual)
                naive.append(float(np.abs(known[-7:][np.arange(AHEAD) % 7] - came).mean()) / usual)
        yield Figure(
            f"forecast, {kind}: days in their band", 100 * float(np.mean(days)), "%",
            reference=f"sums of 1 to 4 weeks: {100 * np.mean(sums):.0f} %; error "
            f"{np.mean(errors) / np.mean(naive):.2f} of last week's said again",
        )  # fmt: skip
        all_days += days
        all_sums += sums
        lost.append((float(np.mean(errors)), float(np.mean(naive))))
    made_of = f"{len(KINDS)} kinds x {len(LENGTHS)} lengths x {SERIES} series, held out"
    for what, held in (("days", all_days), ("sums of 1 to 4 weeks", all_sums)):
        share = 100 * float(np.mean(held))
        yield Figure(
            f"forecast: {what} in a band of 80 %, off by", abs(share - 80), "points", goal=5,
            reference=f"{share:.1f} %; {made_of}",
        )  # fmt: skip
    error, beside = np.mean(lost, axis=0)
    yield Figure(
        "forecast: error of a day", 100 * error, "% of the usual day",
        reference=f"last week said again: {100 * beside:.1f} %", ratio=error / beside,
    )  # fmt: skip
