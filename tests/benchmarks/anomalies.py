"""Anomalies: false alarms in clean years, and faults that are found in time, by metric.

SIMULATED: the videos of the local YouTube's own world, which swings by the hour of the day, by the
weekday, and for each video by days. Their counters are drawn (Poisson), looked at as rarely as the
pulls look, and judged every six hours by the code that judges the warehouse's. What the local
YouTube lacks is added: what moves all videos of a channel at once, and old videos that go viral.
The days' figures and the costs are `anomaly_days`'.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median

import anomaly_days
import numpy as np
from anomaly_days import Days
from figures import Figure
from numpy.typing import NDArray
from ytempire.analytics import anomalies
from ytempire.analytics.anomalies import DAILY, SUBSCRIBERS, Metric
from ytempire.analytics.polling import polled_every
from ytempire.emulators.youtube.audience import Traits
from ytempire.emulators.youtube.catalog import Channel, Video
from ytempire.emulators.youtube.pacific import hours
from ytempire.emulators.youtube.topics import MONEY, OCEAN, SPACE
from ytempire.emulators.youtube.world import World

Floats = NDArray[np.float64]
START = datetime(2026, 1, 5, tzinfo=UTC)
#: The first weeks are history only; a clean year follows.
WARM_DAYS, YEAR_DAYS = 60, 365
DAYS = WARM_DAYS + YEAR_DAYS
PERIOD = 6
#: How much all of a channel's videos move together from day to day (one standard deviation).
COMMON = 0.03
#: Held out: the settings of `analytics.anomalies` were found on numbers 0 to 5.
CHANNELS, HOURS_SEED = range(900, 906), 2026
DROPS, LEFT = 25, 0.7
MONTHS = YEAR_DAYS / 30.4
#: Days are measured up to this common noise.
WILDEST = 0.06
#: What is counted in so small numbers that a drop of 30 % is chance; a drop this large is told too.
FEW, LARGE = {SUBSCRIBERS.name}, 0.6


@dataclass(frozen=True)
class Year:
    """A channel's year: views by the hour of each video, and how they are looked at.

    Attributes:
        views: gained in each hour, of shape (videos, hours).
        born: hours since START; phase: of a video's looks, 0 to 1.
        is_wide, traits: of each video.
    """

    views: Floats
    born: Floats
    phase: Floats
    is_wide: NDArray[np.bool_]
    traits: dict[str, Floats]


def simulate(number: int, common: float = COMMON) -> Year:
    """A channel that publishes one video a day, with bursts and with weeks of silence."""
    draw = np.random.default_rng(number)
    channel = Channel(
        f"c{number}", f"UC{number}", "Simulated", "@s", (OCEAN, MONEY, SPACE)[number % 3],
        True, reach=(1.0, 2.0, 4.0)[number % 3],
    )  # fmt: skip
    born: list[float] = []
    for day in range(-60, DAYS):
        silent = day // 7 % 9 == 4 and day > 0
        made = 0 if silent else 3 if draw.random() < 0.05 else int(draw.random() < 0.9)
        born += [day * 24 + draw.uniform(14, 22) for _ in range(made)]
    videos = [
        Video(
            channel.key, f"v{number}-{n}", "", "short" if draw.random() < 0.7 else "wide", 60,
            START + timedelta(hours=at),
        )
        for n, at in enumerate(born)
    ]  # fmt: skip
    edges = hours(START) + np.arange(DAYS * 24 + 1, dtype=float)
    world = World(number)
    views = np.diff(world._views(videos, channel, edges), axis=1)
    swing = np.zeros(DAYS * 24)
    for hour in range(1, len(swing)):  # forgets within a day
        swing[hour] = swing[hour - 1] * np.exp(-1 / 24) + draw.normal() * common * np.sqrt(2 / 24)
    for start in draw.uniform(0, DAYS * 24, DAYS // 30):  # one a month goes viral for two days
        viral = int(draw.integers(len(videos)))
        views[viral, int(start) : int(start) + 48] *= 20
    counted = draw.poisson(views * np.exp(swing)).astype(float)
    is_wide = np.array([video.format == "wide" for video in videos])
    own = np.array([world.traits(video, channel) for video in videos])
    shown = np.where(
        is_wide, draw.uniform(0.42, 0.68, len(born)), draw.uniform(0.04, 0.12, len(born))
    )
    traits = dict(zip(Traits._fields, own.T, strict=True))
    traits |= {"browse": shown, "ctr": draw.uniform(0.025, 0.09, len(born))}
    return Year(counted, np.array(born), draw.random(len(born)), is_wide, traits)


def series(year: Year, drop_at: int | None = None, until: int = DAYS * 24) -> Floats:
    """What is judged of a year up to an hour; from `drop_at` on all videos have `LEFT` of views."""
    begin = max(0, until - 100 * 24) // PERIOD * PERIOD
    if until == DAYS * 24:
        begin = 0
    of = (year.born < until) & (year.born > begin - 61 * 24)
    views = year.views[of, begin:until]
    if drop_at is not None:
        views = views * np.where(np.arange(begin, until) >= drop_at, LEFT, 1.0)
    total = np.concatenate([np.zeros((len(views), 1)), np.cumsum(views, axis=1)], axis=1)
    edges = np.arange(begin, until - GRACE + 1, PERIOD, dtype=float)
    counted = np.array(
        [
            _looked_at(row, begin, until, born, phase, edges)
            for row, born, phase in zip(total, year.born[of], year.phase[of], strict=True)
        ]
    )
    return anomalies.like_for_like(counted, edges[None, :] - year.born[of][:, None])[0]


GRACE = int(anomalies.GRACE.total_seconds() // 3600)


def _looked_at(
    total: Floats, begin: int, until: int, born: float, phase: float, edges: Floats
) -> Floats:
    looks: list[int] = []
    at = max(begin, int(born) + 1)
    every = 1
    while at <= min(until, int(born) + 61 * 24):
        looks.append(at)
        every = int(polled_every(timedelta(hours=at - born)).total_seconds() // 3600)
        at += every if len(looks) > 1 else 1 + int(phase * every)
    return anomalies.interpolated(
        np.array(looks, float),
        total[np.array(looks, int) - begin] if looks else [],
        looks[-1] if looks else 0,
        edges,
    )


def false_alarms(year: Year) -> int:
    """Anomalies found in a clean year, judged day by day."""
    values, told = series(year), {}
    count = 0
    for end in range(WARM_DAYS * 4, len(values) + 1, 4):
        for found in anomalies.find(anomalies.VIEWS, values[:end], 4, told) or []:
            told[found.direction] = found.place
            count += 1
    return count


def delay(year: Year, hour: int) -> float | None:
    """Hours from the beginning of a drop to its being found; None: not within 24."""
    for until in range(-(-(hour + 1) // PERIOD) * PERIOD + GRACE, hour + 25, PERIOD):
        found = anomalies.find(anomalies.VIEWS, series(year, hour, until), 1)
        if any(each.direction == "drop" for each in found or []):
            return until - hour
    return None


def measure_anomalies() -> Iterator[Figure]:
    """At the noise of the local YouTube, and where a channel's videos move more together."""
    for common in (COMMON, 0.06, 0.12):
        yield from _measured(common, is_held=common == COMMON)


def _measured(common: float, *, is_held: bool) -> Iterator[Figure]:
    draw = np.random.default_rng(HOURS_SEED)
    years = [simulate(number, common) for number in CHANNELS]
    alarms = [false_alarms(year) for year in years]
    delays = [
        delay(year, int(hour))
        for year in years
        for hour in draw.integers(WARM_DAYS * 24, (DAYS - 3) * 24, DROPS)
    ]
    found = [each for each in delays if each is not None]
    noise = f"all videos of a channel move together by {common:.0%} a day"
    name = "anomalies of views" + ("" if is_held else f", common noise {common:.0%}")
    yield Figure(
        f"{name}: false alarms", max(alarms) / MONTHS, "a month, the worst channel",
        goal=1 if is_held else None, reference=noise,
    )  # fmt: skip
    yield Figure(
        f"{name}: drops of 30 % found within 24 h", 100 * len(found) / len(delays), "%",
        goal=90 if is_held else None, at_most=False, reference=f"{len(delays)} at random hours",
    )  # fmt: skip
    if found:
        yield Figure(f"{name}: median delay of those", median(found), "h")
    if common > WILDEST:
        return
    together = np.array(alarms)
    channels = [
        anomaly_days.simulate(year.views, year.born, year.traits, common, _chance(number, 1))
        for number, year in zip(CHANNELS, years, strict=True)
    ]
    for metric in DAILY:
        counted = [anomaly_days.false_alarms(days, metric, WARM_DAYS) for days in channels]
        together += counted
        yield from _of_days(metric, channels, counted, common, is_held=is_held)
    if is_held:
        counted = list(_alarms_of_costs(years))
        together += counted
        yield from _of_costs(years, counted)
    name = "anomalies of all metrics" + ("" if is_held else f", common noise {common:.0%}")
    yield Figure(
        f"{name}: false alarms", max(together) / MONTHS, "a month, the worst channel",
        goal=1 if is_held else None,
        reference=f"mean of the channels {together.mean() / MONTHS:.2f}",
    )  # fmt: skip


def _of_days(
    metric: Metric, channels: list[Days], alarms: list[int], common: float, *, is_held: bool
) -> Iterator[Figure]:
    """Of drops at random hours: found when the first day that they fill is final, or later."""
    name = f"anomalies of {metric.name}" + ("" if is_held else f", common noise {common:.0%}")
    can_hold = metric.name not in FEW
    yield Figure(
        f"{name}: false alarms", max(alarms) / MONTHS, "a month, the worst channel",
        goal=1 if is_held else None,
    )  # fmt: skip
    for left in (LEFT,) if can_hold else (LEFT, 1 - LARGE):
        draw = np.random.default_rng(HOURS_SEED)
        found = [
            anomaly_days.delay(days, metric, int(hour), left)
            for days in channels
            for hour in draw.integers(WARM_DAYS * 24, (DAYS - 5) * 24, DROPS)
        ]
        told = [each for each in found if each is not None]
        by_day = [100 * sum(day <= last for day, _ in told) / len(found) for last in (1, 2, 3)]
        yield Figure(
            f"{name}: drops of {1 - left:.0%} found on the first whole day", by_day[0], "%",
            goal=90 if is_held and can_hold else None, at_most=False,
            reference=f"by the second {by_day[1]:.1f} %, third {by_day[2]:.1f} %; median "
            f"{median(hours for _, hours in told) if told else np.nan:.0f} h after they began, of "
            f"which YouTube's days take {anomaly_days.final_after(metric)} to be final",
        )  # fmt: skip


def _alarms_of_costs(years: list[Year]) -> Iterator[int]:
    for usd, is_wide, born in _costs(years):
        yield anomaly_days.cost_alarms(usd, is_wide, int(np.searchsorted(born, WARM_DAYS * 24)))


def _of_costs(years: list[Year], alarms: list[int]) -> Iterator[Figure]:
    """Of costs that jump at random hours: found by so many hours after the first dearer video."""
    name = "anomalies of cost_per_video_usd"
    yield Figure(
        f"{name}: false alarms", max(alarms) / MONTHS, "a month, the worst channel", goal=1
    )
    for times in (2.0, 1 / LEFT):
        draw = np.random.default_rng(HOURS_SEED)
        found = [
            anomaly_days.cost_delay(usd, is_wide, born, int(hour), times)
            for usd, is_wide, born in _costs(years)
            for hour in draw.integers(WARM_DAYS * 24, (DAYS - 12) * 24, DROPS)
        ]
        told = [each for each in found if each is not None]
        within = [100 * sum(at <= hours for at, _ in told) / len(found) for hours in (24, 48, 72)]
        yield Figure(
            f"{name}: jumps to {times:.0%} found within 24 h of the first dearer video",
            within[0], "%", goal=90 if times == 2 else None, at_most=False,
            reference=f"within 48 h {within[1]:.1f} %, 72 h {within[2]:.1f} %; median "
            f"{median(hours for _, hours in told):.0f} h after the jump; 0.9 videos a day",
        )  # fmt: skip


def _costs(years: list[Year]) -> Iterator[tuple[Floats, NDArray[np.bool_], Floats]]:
    for number, year in zip(CHANNELS, years, strict=True):
        order = np.argsort(year.born)
        is_wide = year.is_wide[order]
        usd = anomaly_days.costs(year.born[order], is_wide, _chance(number, 2))
        yield usd, is_wide, year.born[order]


def _chance(number: int, of: int) -> np.random.Generator:
    return np.random.default_rng([number, of])
