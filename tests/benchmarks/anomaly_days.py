"""What a channel's simulated year brings beside its views: watch time, money, clicks, subscribers,
and what its videos cost.

SIMULATED: the traits of each video are the local YouTube's. It keeps them still; here all of a
channel's rates move together from day to day, advertisers pay by the weekday and more towards
December, and what is counted is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ytempire.analytics import anomalies, anomaly_costs, anomaly_forms
from ytempire.analytics.anomalies import Metric
from ytempire.analytics.anomaly_days import judged

Floats = NDArray[np.float64]
#: A Pacific day begins here, and its figures are final so long after it has ended: money comes with
#: the next day's.
DAY_BEGINS, FINAL, MONEY_FINAL = 8, 72, 96
#: Advertisers pay so much more or less, Monday first, and over the year (day, factor).
_WEEK = np.array([1.0, 1.04, 1.05, 1.04, 1.0, 0.93, 0.94])
_YEAR = ((0, 0.85), (90, 1.0), (270, 1.0), (350, 1.25), (361, 1.25), (364, 0.95), (430, 0.9))
#: Of a script, a voice, pictures, a cut: USD of a short (as `ytempire world` books them), and how
#: much more a long video needs.
_STAGES = np.array([0.042, 0.157, 0.035, 0.002])
_WIDE = 3.0


@dataclass(frozen=True)
class Days:
    """Figures of each video and day by name, of shape (videos, days), and ages in days."""

    ages: Floats
    figures: dict[str, Floats]


def simulate(views: Floats, born: Floats, traits: dict[str, Floats], common: float,
             draw: np.random.Generator) -> Days:  # fmt: skip
    """The days of a year's views by the hour (videos, hours), published `born` hours into it."""
    count = (views.shape[1] - DAY_BEGINS) // 24
    daily = views[:, DAY_BEGINS : DAY_BEGINS + count * 24].reshape(-1, count, 24).sum(axis=2)

    def together() -> Floats:
        """How much all videos' rate is moved each day: forgets within a day."""
        swing = np.zeros(count)
        for day in range(1, count):
            swing[day] = swing[day - 1] * np.exp(-1) + draw.normal() * common * np.sqrt(
                1 - np.exp(-2)
            )
        return np.exp(swing)

    def alone(spread: float) -> Floats:
        return np.exp(draw.normal(0, spread, daily.shape))

    def trait(name: str) -> Floats:
        return traits[name][:, None]

    days = np.arange(count)
    paid = _WEEK[days % 7] * np.interp(days, *zip(*_YEAR, strict=True))
    playbacks = draw.binomial(daily.astype(int), trait("monetized"))
    browse, ctr = trait("browse"), trait("ctr")
    shown = draw.poisson(daily * browse / ctr * together() * alone(0.05))
    ages = days[None, :] - np.floor((born[:, None] - DAY_BEGINS) / 24)
    gained, lost = (draw.poisson(daily * trait(name) * together()) for name in ("gained", "lost"))
    clicks = draw.binomial(shown, np.minimum(ctr * together() * alone(0.05), 1))
    earned = trait("playback_cpm_usd") / 1000 * trait("creator_share") * paid
    figures = {
        "views": daily,
        "minutes": daily * trait("viewed_seconds") / 60 * together() * alone(0.05),
        "revenue": playbacks * earned * together() * alone(0.1),
        "subscribers": gained - lost,
        "impressions": shown,
        "clicks": clicks,
    }
    return Days(ages, {name: np.asarray(each, float) for name, each in figures.items()})


def window(days: Days, begin: int, end: int) -> Days:
    """These days alone, and of the videos that are compared on one of them."""
    of = (days.ages[:, end - 1] >= 0) & (days.ages[:, begin] <= anomaly_forms.OLDEST + 1)
    return Days(
        days.ages[of, begin:end],
        {name: each[of, begin:end] for name, each in days.figures.items()},
    )


#: What a fault of a metric takes from; what is shown less is clicked less.
_TAKEN = {
    "rpm_usd": ("revenue",), "minutes_per_view": ("minutes",), "ctr": ("clicks",),
    "impressions": ("impressions", "clicks"), "subscribers_per_1000_views": ("subscribers",),
}  # fmt: skip


def broken(days: Days, metric: Metric, left: Floats) -> Days:
    """The days with this part left of one metric, by day."""
    taken = {name: days.figures[name] * left for name in _TAKEN[metric.name]}
    return Days(days.ages, days.figures | taken)


def series(days: Days, metric: Metric) -> tuple[Floats, Floats | None]:
    """What is judged of the days, and by how much chance moves it."""
    values, _, chance = judged(metric, days.figures, days.ages)
    return values, chance


def false_alarms(days: Days, metric: Metric, first: int) -> int:
    """Anomalies found in a clean year from a day on, judged day by day."""
    values, chance = series(days, metric)
    told: dict[Any, int] = {}
    count = 0
    for end in range(first + 1, len(values) + 1):
        known = None if chance is None else chance[:end]
        for found in anomalies.find(metric, values[:end], 1, told, known) or []:
            told[found.direction] = found.place
            count += 1
    return count


def delay(days: Days, metric: Metric, hour: int, part: float) -> tuple[int, float] | None:
    """Of a drop that begins at an hour: on which whole day of it it is found, 1 for the first (or
    before), and hours from its beginning until that day is final. None: not on its first three.
    """
    day, into = divmod(hour - DAY_BEGINS, 24)
    begin = max(0, day - metric.history - anomaly_forms.COUNTED_DAYS - 8)
    seen = window(days, begin, day + 4)
    left = np.ones(seen.ages.shape[1])
    at = day - begin
    left[at] = 1 - (1 - part) * (24 - into) / 24
    left[at + 1 :] = part
    values, chance = series(broken(seen, metric, left), metric)
    for place in range(at, at + 4):
        known = None if chance is None else chance[: place + 1]
        found = anomalies.find(metric, values[: place + 1], 1, None, known) or []
        if any(each.direction == "drop" for each in found):
            return max(place - at, 1), (place - at + 1) * 24 - into + final_after(metric)
    return None


def final_after(metric: Metric) -> int:
    """Hours from the end of a day until it is judged."""
    return MONEY_FINAL if metric.name == "rpm_usd" else FINAL


def costs(born: Floats, is_wide: NDArray[np.bool_], draw: np.random.Generator) -> Floats:
    """USD of each video: stages of 0.7 to 1.3 of their usual, pictures now and then made twice."""
    stages = _STAGES * draw.uniform(0.7, 1.3, (len(born), len(_STAGES)))
    stages[:, 2] *= 1 + (draw.random(len(born)) < 1 / 14)
    return np.asarray(stages.sum(axis=1) * np.where(is_wide, _WIDE, 1.0))


def cost_alarms(usd: Floats, is_wide: NDArray[np.bool_], first: int) -> int:
    """Rises found in clean years from a video on, judged video by video."""
    told, count = None, 0
    for end in range(first + 1, len(usd) + 1):
        start = max(0, end - anomaly_costs.HISTORY)
        since = None if told is None else told - start
        for found in (
            anomaly_costs.find(usd[start:end], is_wide[start:end].tolist(), 1, since) or []
        ):
            told = found.place + start
            count += 1
    return count


def cost_delay(
    usd: Floats, is_wide: NDArray[np.bool_], born: Floats, hour: int, times: float
) -> tuple[float, float] | None:
    """Of costs that jump at an hour: hours until it is found, from the first dearer video and from
    the jump. None: not in the first five dearer ones.
    """
    dear = np.where(born >= hour, usd * times, usd)
    first = int(np.searchsorted(born, hour))
    for place in range(first, min(first + 5, len(usd))):
        start = max(0, place + 1 - anomaly_costs.HISTORY)
        if anomaly_costs.find(dear[start : place + 1], is_wide[start : place + 1].tolist(), 1):
            looked = np.ceil((born[place] - 1) / 6) * 6 + 1
            return looked - born[first], looked - hour
    return None
