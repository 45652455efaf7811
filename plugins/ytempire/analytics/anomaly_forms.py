"""The forms in which a fault of a channel's days shows: the same videos, against their own past.

A day's totals double or halve with what was published, and a rate over all videos moves with their
mix. So each video is held against its own rate of the days before: what is left is what moved them
all. Of large numbers (minutes, USD, clicks) the typical video tells; of small ones (subscribers)
only all together, no video for more than its share.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Days that a video's own rate is taken of, and how many of them must be known.
PAST_DAYS, LEAST_DAYS = 7, 3
#: Subscribers are few: their rate is taken of more days,
COUNTED_DAYS = 28
#: and believed like the channel's until so many of them were expected of the video.
_PRIOR = 10.0
#: No video tells for more than this share of what is expected of all.
_MOST_OF_ONE = 0.2
#: Videos of these ages are compared, in days.
YOUNGEST, OLDEST = 2, 60
#: From so much of its base on (views, impressions) a video's own ups and downs outweigh chance.
_STEADY = 50.0
#: Fewer videos say nothing of a channel, and no fewer counted ones than these of the unlikely kind.
LEAST_VIDEOS, LEAST_COUNTED = 5, 12.0
#: A video's rate is not followed further down than to this part of its past.
_DEEPEST = 0.05


def rates(amounts: Floats, bases: Floats, ages: Floats) -> tuple[Floats, Floats]:
    """How the typical video's rate of each day stands to its own of the week before.

    Args:
        amounts, bases: of each video and day; the rate is their quotient. NaN: unknown.
        ages: in whole days.

    Returns:
        Logarithms, of shape (days,), NaN where too little is known; and the rate over all the
        videos that were compared.
    """
    known, past_amounts, past_bases, seen = _past(amounts, bases, PAST_DAYS)
    known &= _is_of_age(ages) & (bases > 0) & (past_amounts > 0) & (seen >= LEAST_DAYS)
    values, levels = np.full(bases.shape[1], np.nan), np.full(bases.shape[1], np.nan)
    for day in np.flatnonzero(known.sum(axis=0) >= LEAST_VIDEOS):
        of = known[:, day]
        amount, base = amounts[of, day], bases[of, day]
        off = amount * past_bases[of, day] / (base * past_amounts[of, day])
        values[day] = middle(np.log(np.maximum(off, _DEEPEST)), base / (base + _STEADY))
        levels[day] = amount.sum() / base.sum()
    return values, levels


def counts(amounts: Floats, bases: Floats, ages: Floats) -> tuple[Floats, Floats, Floats]:
    """The same of what is counted in ones: all videos together against what their past lets expect.

    Returns:
        As `rates`, and what chance alone moves the value by (one standard deviation).
    """
    known, past_amounts, past_bases, seen = _past(amounts, bases, COUNTED_DAYS)
    known &= _is_of_age(ages) & (bases > 0) & (past_bases > 0) & (seen >= LEAST_DAYS)
    values = np.full(bases.shape[1], np.nan)
    levels, chance = values.copy(), values.copy()
    for day in np.flatnonzero(known.sum(axis=0) >= LEAST_VIDEOS):
        of = known[:, day]
        usual = past_amounts[of, day].sum() / past_bases[of, day].sum()
        if usual <= 0:
            continue
        own = (past_amounts[of, day] + _PRIOR) / (past_bases[of, day] + _PRIOR / usual)
        expected = bases[of, day] * np.maximum(own, usual * _DEEPEST)
        weights = np.minimum(1, _most_of_one(expected) / np.maximum(expected, 1e-9))
        foreseen = float((weights * expected).sum())
        if foreseen < LEAST_COUNTED:
            continue
        counted = max(float((weights * amounts[of, day]).sum()), _DEEPEST * foreseen)
        values[day] = np.log(counted / foreseen)
        levels[day] = amounts[of, day].sum() / bases[of, day].sum()
        chance[day] = np.sqrt((weights**2 * expected).sum()) / foreseen
    return values, levels, chance


def _most_of_one(expected: Floats) -> float:
    """What a video may tell for, so that none has more than its share of what all then have."""
    most = float(expected.max())
    for _ in range(len(expected)):
        most = min(most, _MOST_OF_ONE * float(np.minimum(expected, most).sum()))
    return most


def middle(values: Floats, weights: Floats) -> float:
    """The weighted mean of what is left when a fifth of the weight is cut off at either end."""
    order = np.argsort(values)
    weights = weights[order] / weights.sum()
    upto = np.cumsum(weights)
    kept = np.clip(np.minimum(upto, 0.8) - np.maximum(upto - weights, 0.2), 0, None)
    return float(np.average(values[order], weights=kept))


def _past(
    amounts: Floats, bases: Floats, days: int
) -> tuple[NDArray[np.bool_], Floats, Floats, Floats]:
    """What is known of each day, and its sums over the days before it that are."""
    known = np.isfinite(amounts) & np.isfinite(bases)

    def before(values: Floats) -> Floats:
        padded = np.pad(np.where(known, values, 0.0), ((0, 0), (days, 0)))[:, :-1]
        return np.asarray(sliding_window_view(padded, days, axis=1).sum(axis=-1))

    return known, before(amounts), before(bases), before(np.ones_like(bases))


def _is_of_age(ages: Floats) -> NDArray[np.bool_]:
    return (ages >= YOUNGEST) & (ages <= OLDEST)
