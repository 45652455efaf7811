"""The world model: what any videos have been watched, at any hour, as YouTube would tell it.

Everything is a closed function of (seed, video, moment): nothing is kept but each video's traits,
and many videos are answered for at once, as rows of one array.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from ytempire.emulators.youtube.audience import Traits, traits
from ytempire.emulators.youtube.catalog import Channel, Video
from ytempire.emulators.youtube.chance import between, number, units
from ytempire.emulators.youtube.pacific import day_of, end_of, first_hour, hours, start_of
from ytempire.emulators.youtube.rhythm import Floats, busy_hours

Integers = NDArray[np.int64]

#: A day's audience numbers appear 48 to 72 h after it ends, its money with the next day's.
APPEARS_HOURS = (48.0, 72.0)
#: Until so long after the day's end a number may be off by up to 5 %.
SETTLED_HOURS = 120.0
_RESTATED = 0.05
#: On this day of the next month, Pacific, a month's money is cut by what came of invalid traffic.
CUT_DAY = 10
_CUT = (0.002, 0.03)

#: Periods in hours and strengths of what makes a video's hours and days unlike the next one's. All
#: strengths together stay below the quietest hour, so that no counter falls.
_PERIODS = np.array([5.3, 29.0, 83.0, 211.0])
_STRENGTHS = np.array([0.10, 0.14, 0.12, 0.10])

AUDIENCE = ("views", "engaged", "minutes", "likes", "comments", "shares", "gained", "lost")
#: In thousandths of a USD, so that sums are exact; the last two are counts.
MONEY = ("revenue", "ad_revenue", "gross", "ad_impressions", "playbacks")


@dataclass(frozen=True)
class Counters:
    """A video's public counters at a moment."""

    views: int
    likes: int
    comments: int


class World:
    """Answers about videos, given who made them.

    Args:
        seed: of the world.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._known: dict[str, tuple[Traits, int]] = {}

    def counters(self, video: Video, channel: Channel, now: datetime) -> Counters:
        """What a video has gathered up to now; zero before it is public."""
        views = int(self._views([video], channel, np.array([hours(now)]))[0, 0])
        known = self.traits(video, channel)
        return Counters(views, int(views * known.likes), int(views * known.comments))

    def totals(self, videos: Sequence[Video], channel: Channel, now: datetime) -> tuple[int, int]:
        """Views of some videos of a channel up to now, and the subscribers they brought, net."""
        if not videos:
            return 0, 0
        views = np.floor(self._views(videos, channel, np.array([hours(now)]))[:, 0])
        gained, lost = (
            self._column(videos, channel, "gained"),
            self._column(videos, channel, "lost"),
        )
        net = np.floor(views * gained) - np.floor(views * lost)
        return int(views.sum()), int(net.sum())

    def traits(self, video: Video, channel: Channel) -> Traits:
        """The video's traits."""
        return self._of(video, channel)[0]

    def told(
        self,
        videos: Sequence[Video],
        channel: Channel,
        names: Collection[str],
        days: Sequence[date],
        as_of: datetime,
    ) -> dict[str, Integers]:
        """Numbers of some videos of a channel over successive Pacific days, as told at `as_of`.

        Whether a day is told at all, `last_day` knows. Money is in thousandths of a USD.

        Returns:
            By name, whole numbers of shape (videos, days); zero before a video's first day, and
            from the day of `as_of` on.
        """
        shape = (len(videos), len(days))
        if 0 in shape:
            return {name: np.zeros(shape, dtype=np.int64) for name in names}
        settled = self._settled(videos, channel, names, days, as_of)
        keys = self._keys(videos, channel)
        factors = {
            "audience": _restated(keys, "audience", days, as_of),
            "money": _restated(keys, "money", days, as_of) * _uncut(keys, days, as_of),
        }
        return {
            name: np.floor(numbers * factors["money" if name in MONEY else "audience"]).astype(
                np.int64
            )
            for name, numbers in settled.items()
        }

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

    def _settled(
        self,
        videos: Sequence[Video],
        channel: Channel,
        names: Collection[str],
        days: Sequence[date],
        as_of: datetime,
    ) -> Mapping[str, Floats]:
        """The numbers that days settle at: whole, of shape (videos, days)."""
        edges = np.array([first_hour(day) for day in (*days, days[-1] + timedelta(days=1))], float)
        edges = np.minimum(edges, hours(as_of))
        total = np.floor(self._views(videos, channel, edges))
        views, keys = np.diff(total), self._keys(videos, channel)

        def trait(name: str) -> Floats:
            return self._column(videos, channel, name)[:, None]

        def jitter(name: str) -> Floats:
            return 1.0 + 0.1 * (units(keys, _ordinals(days), name) - 0.5)

        def playbacks() -> Floats:
            return np.floor(views * trait("monetized") * jitter("monetized"))

        def gross() -> Floats:
            return np.rint(playbacks() * trait("playback_cpm_usd") * jitter("cpm"))

        def revenue() -> Floats:
            return np.rint(gross() * trait("creator_share"))

        def grown(name: str) -> Floats:
            return np.diff(np.floor(total * trait(name)))

        makers: dict[str, Callable[[], Floats]] = {
            "views": lambda: views,
            "engaged": lambda: np.floor(
                views * np.minimum(trait("engaged") * jitter("engaged"), 0.98)
            ),
            "minutes": lambda: np.rint(views * trait("viewed_seconds") / 60.0),
            **{
                name: partial(grown, name)
                for name in ("likes", "comments", "shares", "gained", "lost")
            },
            "revenue": revenue,
            "ad_revenue": lambda: np.floor(revenue() * 0.95),
            "gross": gross,
            "ad_impressions": lambda: np.rint(playbacks() * trait("ads_per_playback")),
            "playbacks": playbacks,
        }
        return {name: makers[name]() for name in names}

    def _views(self, videos: Sequence[Video], channel: Channel, at: Floats) -> Floats:
        """Views of each video up to some moments (hours since 1970), of shape (videos, moments).

        A video's age runs by busy hours, a little unlike from one video to the next.
        """
        latest = float(at.max())
        born = np.array([min(hours(video.published_at), latest) for video in videos])[:, None]
        gone = np.array(
            [hours(v.removed_at) if v.removed_at is not None else latest for v in videos]
        )[:, None]
        until = np.maximum(np.minimum(at[None, :], gone), born)
        age = busy_hours(until) - busy_hours(born)
        phases = 2 * np.pi * units(self._keys(videos, channel), np.arange(4), "phases")
        for place, period in enumerate(_PERIODS):
            turn, phase = 2 * np.pi / period, phases[:, place : place + 1]
            wave = np.sin(until * turn + phase) - np.sin(born * turn + phase)
            age += _STRENGTHS[place] / turn * wave
        tau, exponent = (
            self._column(videos, channel, name)[:, None] for name in ("tau_hours", "exponent")
        )
        grown = -np.expm1(-exponent * np.log1p(np.maximum(age, 0.0) / tau))
        return self._column(videos, channel, "views")[:, None] * grown

    def _of(self, video: Video, channel: Channel) -> tuple[Traits, int]:
        key = video.youtube_video_id
        if key not in self._known:
            self._known[key] = (traits(self.seed, video, channel), number(self.seed, "video", key))
        return self._known[key]

    def _keys(self, videos: Sequence[Video], channel: Channel) -> NDArray[np.uint64]:
        return np.array([self._of(video, channel)[1] for video in videos], dtype=np.uint64)

    def _column(self, videos: Sequence[Video], channel: Channel, name: str) -> Floats:
        place = Traits._fields.index(name)
        return np.array([self._of(video, channel)[0][place] for video in videos])


def _ordinals(days: Sequence[date]) -> NDArray[np.int64]:
    return np.array([day.toordinal() for day in days])


@lru_cache(maxsize=8)
def first_unsettled(as_of: datetime) -> date:
    """The oldest Pacific day whose numbers may still change."""
    day = day_of(as_of)
    while end_of(day) + timedelta(hours=SETTLED_HOURS) > as_of:
        day -= timedelta(days=1)
    return day + timedelta(days=1)


def _restated(keys: NDArray[np.uint64], kind: str, days: Sequence[date], as_of: datetime) -> Floats:
    """How numbers of a kind are told: 1 once settled, a little off before, 0 until the day ends."""
    factors = np.ones((len(keys), len(days)))
    today = day_of(as_of)
    is_open = np.array([first_unsettled(as_of) <= day < today for day in days])
    draws = units(keys, _ordinals(days)[is_open], f"{kind} told on {today}")
    factors[:, is_open] += _RESTATED * (2 * draws - 1)
    factors[:, [day >= today for day in days]] = 0.0
    return factors


def _uncut(keys: NDArray[np.uint64], days: Sequence[date], as_of: datetime) -> Floats:
    """What is left of days' money after their month's cut; 1 before it."""
    months, month_of = np.unique([day.year * 12 + day.month for day in days], return_inverse=True)
    cut = _CUT[0] + (_CUT[1] - _CUT[0]) * units(keys, months, "invalid traffic")
    is_cut = np.array([as_of >= cut_at(day) for day in days])
    return np.asarray(1.0 - cut[:, month_of] * is_cut)


@lru_cache(maxsize=4096)
def cut_at(day: date) -> datetime:
    """When the money of a day is cut with that of its month."""
    after = (day.replace(day=28) + timedelta(days=4)).replace(day=CUT_DAY)
    return start_of(after)
