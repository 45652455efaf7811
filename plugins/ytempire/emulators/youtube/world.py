"""The world model: what any video has been watched, at any hour, as YouTube would tell it.

Everything is a pure function of (seed, video, hour). Curves are kept per video and grow by blocks
of days, so a question costs an interpolation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ytempire.emulators.youtube.audience import Traits, traits
from ytempire.emulators.youtube.catalog import Channel, Video
from ytempire.emulators.youtube.chance import between, generator
from ytempire.emulators.youtube.pacific import PACIFIC, day_of, end_of, first_hour, hours

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: A day's audience numbers appear 48 to 72 h after it ends, its money with the next day's.
APPEARS_HOURS = (48.0, 72.0)
#: Until so long after the day's end a number may be off by up to 5 %.
SETTLED_HOURS = 120.0
_RESTATED = 0.05

_BLOCK_HOURS = 24 * 14
_WEEK = (0.94, 0.93, 0.95, 0.99, 1.04, 1.10, 1.05)  # Monday first
_DAY = tuple(1.0 + 0.45 * float(np.sin((hour - 11) / 24 * 2 * np.pi)) for hour in range(24))

AUDIENCE = ("views", "engaged", "minutes", "likes", "comments", "shares", "gained", "lost")
#: In thousandths of a USD, so that sums are exact; the last two are counts.
MONEY = ("revenue", "ad_revenue", "gross", "ad_impressions", "playbacks")


@dataclass(frozen=True)
class Counters:
    """A video's public counters at a moment."""

    views: int
    likes: int
    comments: int


class Days:
    """A video's numbers per Pacific day, from its first day on; arrays of equal length."""

    def __init__(self, first: date, columns: dict[str, Integers]) -> None:
        self.first = first
        self.columns = columns


@lru_cache(maxsize=1)
def _no_days() -> dict[str, Integers]:
    return {name: np.zeros(0, dtype=np.int64) for name in (*AUDIENCE, *MONEY)}


class World:
    """Answers about videos, given who made them.

    Args:
        seed: of the world.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._curves: dict[tuple[str, datetime, int], Floats] = {}
        self._days: dict[tuple[str, datetime, datetime | None], Days] = {}
        self._today = date.min
        self._traits: dict[str, Traits] = {}

    def counters(self, video: Video, channel: Channel, now: datetime) -> Counters:
        """Views, likes and comments up to now; zero before the video is public."""
        views = int(self._views(video, channel, hours(now)))
        known = self.traits(video, channel)
        return Counters(views, int(views * known.likes), int(views * known.comments))

    def subscribers(self, video: Video, channel: Channel, now: datetime) -> int:
        """Subscribers that the video has brought, less those it has cost."""
        views = int(self._views(video, channel, hours(now)))
        known = self.traits(video, channel)
        return int(views * known.gained) - int(views * known.lost)

    def traits(self, video: Video, channel: Channel) -> Traits:
        """The video's traits."""
        key = video.youtube_video_id
        if key not in self._traits:
            self._traits[key] = traits(self.seed, video, channel)
        return self._traits[key]

    def told(
        self, video: Video, channel: Channel, name: str, days: Sequence[date], as_of: datetime
    ) -> Integers:
        """One number of each of some successive Pacific days, as YouTube tells it at `as_of`.

        Whether a day is told at all, `last_day` knows. Money is in thousandths of a USD.
        """
        known = self.days(video, channel, as_of)
        column, start = known.columns[name], (days[0] - known.first).days
        told = np.zeros(len(days), dtype=np.int64)
        low, high = max(0, start), min(len(column), start + len(days))
        if low < high:
            told[low - start : high - start] = column[low:high]
        kind, today = "money" if name in MONEY else "audience", day_of(as_of)
        for index in range(max(0, (first_unsettled(as_of) - days[0]).days), len(days)):
            factor = restatement(self.seed, kind, video.youtube_video_id, days[index], today)
            told[index] = int(told[index] * factor)
        return told

    def last_day(self, channel: Channel, as_of: datetime, *, with_money: bool) -> date:
        """The newest Pacific day whose numbers exist at `as_of`; of money, the one before."""
        day = day_of(as_of)
        while as_of < self.appears(channel, day):
            day -= timedelta(days=1)
        return day - timedelta(days=1) if with_money else day

    def appears(self, channel: Channel, day: date) -> datetime:
        """When a Pacific day's audience numbers begin to be told."""
        lag = between(*APPEARS_HOURS, self.seed, "appears", channel.key, day)
        return end_of(day) + timedelta(hours=lag)

    def days(self, video: Video, channel: Channel, as_of: datetime) -> Days:
        """Settled numbers of every whole Pacific day before that of `as_of`."""
        today = day_of(as_of)
        if today != self._today:
            self._days.clear()
            self._today = today
        key = (video.youtube_video_id, video.published_at, video.removed_at)
        if key not in self._days:
            self._days[key] = self._count_days(video, channel, today)
        return self._days[key]

    def _count_days(self, video: Video, channel: Channel, today: date) -> Days:
        first = day_of(video.published_at)
        if first >= today:
            return Days(first, _no_days())
        edges = [first_hour(first + timedelta(days=n)) for n in range((today - first).days + 1)]
        total = np.floor(
            np.array([self._views(video, channel, float(edge)) for edge in edges])
        ).astype(np.int64)
        views = np.diff(total)
        known = self.traits(video, channel)
        jitter = 1.0 + 0.03 * generator(self.seed, "days", video.youtube_video_id).standard_normal(
            (len(views), 3)
        ).clip(-2, 2)
        playbacks = np.floor(views * known.monetized * jitter[:, 1]).astype(np.int64)
        gross = np.rint(playbacks * known.playback_cpm_usd * jitter[:, 2]).astype(np.int64)
        revenue = np.rint(gross * known.creator_share).astype(np.int64)
        columns = {
            "views": views,
            "engaged": np.floor(views * np.minimum(known.engaged * jitter[:, 0], 0.98)),
            "minutes": np.rint(views * known.viewed_seconds / 60.0),
            "likes": np.diff(np.floor(total * known.likes)),
            "comments": np.diff(np.floor(total * known.comments)),
            "shares": np.diff(np.floor(total * known.shares)),
            "gained": np.diff(np.floor(total * known.gained)),
            "lost": np.diff(np.floor(total * known.lost)),
            "revenue": revenue,
            "ad_revenue": np.floor(revenue * 0.95),
            "gross": gross,
            "ad_impressions": np.rint(playbacks * known.ads_per_playback),
            "playbacks": playbacks,
        }
        return Days(first, {name: column.astype(np.int64) for name, column in columns.items()})

    def _views(self, video: Video, channel: Channel, at_hour: float) -> float:
        """Views up to a moment (hours since 1970), interpolated inside the hour."""
        born = hours(video.published_at)
        if video.removed_at is not None:
            at_hour = min(at_hour, hours(video.removed_at))
        if at_hour <= born:
            return 0.0
        first, index = int(born), int(at_hour) - int(born)
        curve = self._curve(video, channel, first, index // _BLOCK_HOURS + 1)
        begin = max(born, first + index)
        part = (at_hour - begin) / (first + index + 1 - begin)
        return float(curve[index] + (curve[index + 1] - curve[index]) * part)

    def _curve(self, video: Video, channel: Channel, first: int, blocks: int) -> Floats:
        """Views at each whole hour from the hour of publication on."""
        key = (video.youtube_video_id, video.published_at, blocks)
        if key not in self._curves:
            self._curves.pop((*key[:2], blocks - 1), None)
            self._curves[key] = self._grow(video, channel, first, blocks * _BLOCK_HOURS)
        return self._curves[key]

    def _grow(self, video: Video, channel: Channel, first: int, count: int) -> Floats:
        known = self.traits(video, channel)
        born = hours(video.published_at)
        ages = np.maximum(0.0, np.arange(first, first + count + 1) - born)
        grown = known.views * (1.0 - (1.0 + ages / known.tau_hours) ** -known.exponent)
        noise = generator(self.seed, "hours", video.youtube_video_id).standard_normal(count)
        steps = np.diff(grown) * rhythm(first, count) * np.exp(0.22 * noise - 0.0242)
        return np.concatenate(([0.0], np.cumsum(steps)))


@lru_cache(maxsize=8)
def first_unsettled(as_of: datetime) -> date:
    """The oldest Pacific day whose numbers may still change."""
    day = day_of(as_of)
    while end_of(day) + timedelta(hours=SETTLED_HOURS) > as_of:
        day -= timedelta(days=1)
    return day + timedelta(days=1)


@lru_cache(maxsize=65536)
def restatement(seed: int, kind: str, video_id: str, day: date, as_of: date) -> float:
    """How far off an unsettled number is told: one factor for all numbers of a kind."""
    return 1.0 + between(-_RESTATED, _RESTATED, seed, kind, video_id, day, as_of)


def rhythm(first: int, count: int) -> Floats:
    """Day-of-week and time-of-day factors of the hours from index `first` on, Pacific time."""
    start = first // _BLOCK_HOURS
    blocks = [_rhythm_block(n) for n in range(start, (first + count) // _BLOCK_HOURS + 1)]
    offset = first - start * _BLOCK_HOURS
    return np.concatenate(blocks)[offset : offset + count]


@lru_cache(maxsize=256)
def _rhythm_block(number: int) -> Floats:
    moments = (
        datetime.fromtimestamp(hour * 3600, PACIFIC)
        for hour in range(number * _BLOCK_HOURS, (number + 1) * _BLOCK_HOURS)
    )
    return np.array([_WEEK[moment.weekday()] * _DAY[moment.hour] for moment in moments])
