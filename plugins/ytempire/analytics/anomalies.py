"""What a channel's figures should have been, and where they were not: seasonal and robust.

A channel's views follow what it happened to publish: from one day to the next they double or halve
and nothing is wrong. So views are compared like for like, as shops compare sales: the same videos,
the same six hours of the day before, each less what its age takes. The middle of the videos tells
how the typical one went, so that one viral video moves nothing while a fault of the channel,
which moves all, shows. What is judged of whole days has its forms in `anomaly_forms`, for the same
reason.

What is usual comes from statsmodels: STL (Cleveland et al. 1990), robustly fitted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ytempire.analytics.anomaly_forms import Floats, middle

Direction = Literal["drop", "rise"]

#: A robust estimate of a normal distribution's standard deviation from its MAD.
_MAD_SIGMA = 1.4826
#: Of the values that a judgement stands on, so many must be known.
_KNOWN_SHARE = 0.6


@dataclass(frozen=True)
class Metric:
    """How one metric is judged; its values are logarithms.

    Attributes:
        period: what one value is of.
        season: periods of a week.
        history, least: periods that a judgement looks back on, at most and at least.
        lag: how many periods before lies what a value is compared with already; 0: nothing single.
        echoes: so many periods before may have made of an anomaly's end one of the other direction.
        together: as many of the newest periods are judged as one, each number in turn: one is thin.
        sigmas: robust standard deviations from the expected on which a value is an anomaly,
        change: if it is off by this much as well (logarithm).
        quiet: periods for which an episode that was told is not told again.
        floor: the least spread that is believed: few quiet weeks do not make a strict judge.
    """

    name: str
    period: timedelta
    season: int
    history: int
    least: int
    lag: int = 0
    echoes: tuple[int, ...] = ()
    together: tuple[int, ...] = (1,)
    sigmas: float = 6
    change: float = 0.15
    quiet: int = 14
    floor: float = 0.03


VIEWS = Metric(
    "views", timedelta(hours=6), 28, history=42 * 4, least=15 * 4, lag=4, echoes=(4,),
    together=(1, 2), sigmas=4.9, quiet=12,
)  # fmt: skip


def _rate(
    name: str, together: tuple[int, ...] = (1,), sigmas: float = 4.7, floor: float = 0.03
) -> Metric:
    return Metric(
        name, timedelta(days=1), 7, history=84, least=28, echoes=tuple(range(1, 8)),
        together=together, sigmas=sigmas, floor=floor,
    )  # fmt: skip


#: Of Pacific days that are final: rates of the same videos, and how often those were shown.
SUBSCRIBERS = _rate("subscribers_per_1000_views", together=(1, 2, 4, 7), sigmas=5.3)
IMPRESSIONS = Metric(
    "impressions", timedelta(days=1), 7, history=84, least=28, lag=1, echoes=(1, 2),
    together=(1, 2), sigmas=3.6,
)  # fmt: skip
DAILY = (*map(_rate, ("rpm_usd", "minutes_per_view", "ctr")), SUBSCRIBERS, IMPRESSIONS)

#: Videos of these ages are compared: younger ones have no day before, older ones are not counted
#: in every period.
YOUNGEST, OLDEST = timedelta(hours=48), timedelta(days=60)
#: A video's views of a day fall as its age to this power (the local YouTube's: 1.6 to 2.2).
_DECAY, _SETTLING = 1.75, 25
#: From so many views in a period on a video's own ups and downs outweigh the chance of counting.
_STEADY = 20
#: So long after a period its videos have been looked at once more.
GRACE = timedelta(hours=7)
#: Fewer videos, or fewer views the day before, say nothing of a channel.
LEAST_VIDEOS, LEAST_VIEWS = 5, 100


@dataclass(frozen=True)
class Anomaly:
    """A value that is not what it should be.

    Attributes:
        place: its index in the series.
        value, expected, low, high: logarithms; low and high bound what passes.
        score: robust standard deviations from the expected.
    """

    place: int
    value: float
    expected: float
    low: float
    high: float
    score: float

    @property
    def direction(self) -> Direction:
        return "drop" if self.score < 0 else "rise"


def like_for_like(counted: Floats, ages: Floats) -> tuple[Floats, Floats]:
    """How the typical video did in each period against the same period of the day before.

    Args:
        counted: views up to each edge of the periods, of shape (videos, edges); NaN: unknown.
        ages: of each video at each edge, hours.

    Returns:
        Logarithms of the ratio, of shape (edges - 1,); NaN where too little is known. And the
        views of these videos in the period. A counter that fell takes its video out.
    """
    return volumes(np.diff(counted, axis=1), ages, VIEWS.lag)


def volumes(views: Floats, ages: Floats, lag: int) -> tuple[Floats, Floats]:
    """The same of what was gained in each period, compared with the period `lag` before it, which
    is a day.
    """
    ratios, sums = np.full(views.shape[1], np.nan), np.full(views.shape[1], np.nan)
    youngest, oldest = YOUNGEST.total_seconds() / 3600, OLDEST.total_seconds() / 3600
    for place in range(lag, views.shape[1]):
        now, before = views[:, place], views[:, place - lag]
        known = (ages[:, place] >= youngest) & (ages[:, place + 1] <= oldest)
        known &= (now >= 0) & (before >= 0)  # false of NaN
        if known.sum() < LEAST_VIDEOS or before[known].sum() < LEAST_VIEWS:
            continue
        age = ages[known, place]
        aged = np.log((now[known] + 0.5) / (before[known] + 0.5)) + _DECAY * np.log(
            (age + _SETTLING) / (age + _SETTLING - 24)
        )
        ratios[place] = middle(aged, before[known] / (before[known] + _STEADY) + 1e-9)
        sums[place] = now[known].sum()
    return ratios, sums


def find(
    metric: Metric,
    values: Floats,
    fresh: int,
    told: Mapping[Direction, int] | None = None,
    chance: Floats | None = None,
) -> list[Anomaly] | None:
    """The anomalies among the newest values, one for an episode.

    Args:
        values: logarithms, one a period, oldest first; NaN: unknown, and neither judged nor usual.
        fresh: so many of the newest are judged.
        told: by direction, the place of the last anomaly that was told, below 0 for before these.
        chance: by how much each value moves by the chance of counting alone (one standard
            deviation); no less is believed to be its spread.

    Returns:
        The first of each episode, oldest first; None: the history is too short to say anything.
    """
    # What may have made the first of them an echo, or is judged with it, is looked at as well.
    judged = min(fresh + max((*metric.echoes, *metric.together)), len(values))
    cut = len(values) - judged
    history = values[max(0, cut - metric.history) : cut]
    if len(history) < metric.least or np.isfinite(history).mean() < _KNOWN_SHARE:
        return None
    usual, left = _usual(metric, history, judged)
    by_chance = np.zeros(judged) if chance is None else np.nan_to_num(chance[cut:])
    off, bounds, scores = _judge(metric, values[cut:] - usual, left, by_chance)
    is_off = np.abs(off) > bounds  # false of NaN
    last, found = dict(told or {}), []
    for place in range(judged):
        if not is_off[place] or _is_echo(metric, off, is_off, place):
            continue
        anomaly = Anomaly(
            cut + place,
            float(usual[place] + off[place]),
            float(usual[place]),
            float(usual[place] - bounds[place]),
            float(usual[place] + bounds[place]),
            float(scores[place]),
        )
        before = last.get(anomaly.direction)
        if before is not None and anomaly.place - before <= metric.quiet:
            last[anomaly.direction] = max(before, anomaly.place)  # it goes on
            continue
        if place >= judged - fresh:
            last[anomaly.direction] = anomaly.place
            found.append(anomaly)
    return found


def _is_echo(metric: Metric, off: Floats, is_off: Any, place: int) -> bool:
    """Whether what the value is compared with was off, the other way."""
    return any(
        is_off[place - before] and off[place - before] * off[place] < 0
        for before in metric.echoes
        if before <= place
    )


def _usual(metric: Metric, history: Floats, ahead: int) -> tuple[Floats, Floats]:
    """What the next values should be, and what is left of the ones known when that is taken off."""
    from statsmodels.tsa.seasonal import STL

    season = metric.season
    known = np.isfinite(history)
    whole = np.where(known, history, _of_their_slot(history, season))
    # A window this wide holds the season still: weeks are few, and a season that follows each of
    # them would learn the noise.
    fitted = STL(
        whole, period=season, seasonal=101, seasonal_deg=0, trend=_odd(2 * season), trend_deg=0,
        robust=True, trend_jump=season // 4, low_pass_jump=season // 4,
    ).fit()  # fmt: skip
    usual = (
        np.median(fitted.trend[-season:])
        + fitted.seasonal[len(history) - season + np.arange(ahead) % season]
    )
    # The season was fitted to these very values: as many of them are not free.
    free = max(len(history) - season, len(history) / 4)
    return usual, np.where(known, fitted.resid * np.sqrt(len(history) / free), np.nan)


def _judge(
    metric: Metric, single: Floats, left: Floats, chance: Floats
) -> tuple[Floats, Floats, Floats]:
    """How far off each value is, how far off passes, and how far in robust standard deviations: by
    the fewest periods together that are too far off, else by itself.
    """
    off, bounds, scores = np.full((3, len(single)), np.nan)
    for periods in metric.together:
        mean = _means(single, periods)
        floor = np.hypot(metric.floor, chance / np.sqrt(periods))
        spread = np.maximum(spread_of(_means(left, periods)), floor)
        bound = np.maximum(metric.sigmas * spread, metric.change)
        is_better = ~(np.abs(off) > bounds) & ((np.abs(mean) > bound) | (periods == 1))
        for told, one in ((off, mean), (bounds, bound), (scores, mean / spread)):
            told[is_better] = one[is_better]
    return off, bounds, scores


def _means(values: Floats, periods: int) -> Floats:
    """The mean of each value and the ones before it; NaN where one is unknown."""
    means = np.full(len(values), np.nan)
    if len(values) >= periods:
        means[periods - 1 :] = sliding_window_view(values, periods).mean(axis=1)
    return means


def spread_of(left: Floats) -> float:
    """A robust standard deviation; NaN is passed over."""
    left = left[np.isfinite(left)]
    return float(_MAD_SIGMA * np.median(np.abs(left - np.median(left))))


def _of_their_slot(values: Floats, season: int) -> Floats:
    """The median of each place of the season, at each value."""
    overall = np.nanmedian(values)
    slots = [values[slot::season] for slot in range(season)]
    medians = [np.nanmedian(s) if np.isfinite(s).any() else overall for s in slots]
    return np.resize(np.array(medians), len(values))


def _odd(number: int) -> int:
    return number + 1 - number % 2


def interpolated(
    moments: Sequence[float] | Floats, views: Sequence[float] | Floats, until: float, edges: Floats
) -> Floats:
    """A counter at some moments, from when it was looked at; NaN where nobody knows.

    Args:
        moments: of the looks that landed, ascending, in any unit; `until` and `edges` in the same.
        until: the last look, also if it found nothing new.
    """
    if not len(moments):
        return np.full(len(edges), np.nan)
    at = np.interp(edges, moments, views)
    at[(edges < moments[0]) | (edges > until)] = np.nan
    return at
