"""Who exists: own channels with a past behind them (three with 90 days, unless another scale is
asked for), and the channels one watches.

A pure function of the seed and the moment t0; needs no server.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ytempire.emulators.youtube.chance import between, digest, generator, identifier, unit
from ytempire.emulators.youtube.topics import ANGLES, MONEY, OCEAN, SPACE, TOPICS, worded
from ytempire.errors import InvalidInput

Integers = NDArray[np.int64]

#: Days of history before t0.
HISTORY_DAYS = 90
#: Own videos per channel; the last ones listed of each were taken down again.
_PUBLISHED, _REMOVED = 42, 2
_WATCHED_DAYS = 60
#: The own channels that can be told apart.
MOST_CHANNELS = 60


@dataclass(frozen=True)
class Scale:
    """How large a world is.

    Attributes:
        channels: own channels, 1 to 60.
        past_days: how far their past reaches.
        videos: of each in its past.
    """

    channels: int = 3
    past_days: int = HISTORY_DAYS
    videos: int = _PUBLISHED

    def __post_init__(self) -> None:
        if not 1 <= self.channels <= MOST_CHANNELS:
            raise InvalidInput(f"A world has 1 to {MOST_CHANNELS} channels of one's own.")
        if self.past_days < 1 or self.videos < 0:
            raise InvalidInput("A past has at least a day, and no fewer videos than none.")


STANDARD = Scale()


@dataclass(frozen=True)
class Channel:
    """A channel of the simulated world.

    Attributes:
        key: slug, the platform's own name of it.
        reach: how many viewers it has, relative to a small own channel.
    """

    key: str
    channel_id: str
    title: str
    handle: str
    niche: str
    is_own: bool
    reach: float = 1.0

    @property
    def uploads(self) -> str:
        """Id of the playlist of its uploads."""
        return "UU" + self.channel_id[2:]


@dataclass(frozen=True)
class Video:
    """A video of the simulated world.

    Attributes:
        channel: key of its channel.
        format: `short` or `wide`.
        seconds: its length.
        published_at: when it became public, UTC.
        removed_at: when its owner took it down, UTC; its views remain its channel's.
    """

    channel: str
    youtube_video_id: str
    title: str
    format: str
    seconds: int
    published_at: datetime
    topic: str = ""
    removed_at: datetime | None = None


_OWN = (
    ("tidewise", "Tidewise", "@tidewise", OCEAN),
    ("ledger-lore", "Ledger Lore", "@ledgerlore", MONEY),
    ("quiet-orbit", "Quiet Orbit", "@quietorbit", SPACE),
)
#: Names of further channels: a word of the niche, and a kind of place where it is told.
_WORDS = {
    OCEAN: ("Brine", "Lagoon", "Kelp", "Harbour", "Tidal", "Abyss", "Coral", "Marlin", "Pelican",
            "Driftwood"),
    MONEY: ("Florin", "Ducat", "Counting", "Bourse", "Guild", "Sterling", "Mint", "Tally",
            "Exchequer", "Denarius"),
    SPACE: ("Perihelion", "Nebula", "Zenith", "Umbra", "Aphelion", "Corona", "Meridian", "Pulsar",
            "Equinox", "Lunar"),
}  # fmt: skip
_PLACES = ("Room", "Journal")
_WATCHED = {
    OCEAN: (
        "Saltline",
        "Deep Current Lab",
        "Fathom Notes",
        "The Reef Desk",
        "Pelagic",
        "Harbour & Swell",
    ),
    MONEY: (
        "Coin & Crown",
        "The Old Exchange",
        "Minted Stories",
        "Paper Fortunes",
        "Bull of 1720",
        "Account Books",
    ),
    SPACE: (
        "Dark Sky Daily",
        "Parsec",
        "The Light Cone",
        "Apoapsis",
        "Slow Telescope",
        "Kepler's Attic",
    ),
}


@lru_cache(maxsize=16)
def own_channels(seed: int, count: int = STANDARD.channels) -> tuple[Channel, ...]:
    """The channels whose grants the platform can hold; the first of a larger world are the same."""
    return tuple(
        Channel(
            key=key,
            channel_id="UC" + identifier(22, seed, "channel", key),
            title=title,
            handle=handle,
            niche=niche,
            is_own=True,
        )
        for key, title, handle, niche in (*_OWN, *_further())[:count]
    )


def _further() -> Iterator[tuple[str, str, str, str]]:
    """More channels, of the three niches in turn."""
    for place in _PLACES:
        for words in zip(*_WORDS.values(), strict=True):
            for niche, word in zip(_WORDS, words, strict=True):
                title = f"{word} {place}"
                yield f"{word}-{place}".lower(), title, f"@{word}{place}".lower(), niche


@lru_cache(maxsize=16)
def watched_channels(seed: int) -> tuple[Channel, ...]:
    """Channels of other people, six per niche, with very different audiences."""
    channels = []
    for niche, titles in _WATCHED.items():
        for title in titles:
            slug = "-".join("".join(c if c.isalnum() else " " for c in title.lower()).split())
            channels.append(
                Channel(
                    key=slug,
                    channel_id="UC" + identifier(22, seed, "channel", slug),
                    title=title,
                    handle="@" + slug.replace("-", ""),
                    niche=niche,
                    is_own=False,
                    reach=float(generator(seed, "reach", slug).lognormal(0.8, 0.9)),
                )
            )
    return tuple(channels)


def history(
    seed: int, t0: datetime, *, with_removed: bool = False, scale: Scale = STANDARD
) -> tuple[Video, ...]:
    """Own videos published in the days before `t0`, oldest first.

    Args:
        seed: of the world.
        t0: the emulator's creation moment, UTC.
        with_removed: also those that were taken down again before `t0`.
    """
    videos = [
        video
        for channel in own_channels(seed, scale.channels)
        for video in _own_history(seed, channel, t0, scale)
        if with_removed or video.removed_at is None
    ]
    return tuple(sorted(videos, key=lambda video: (video.published_at, video.youtube_video_id)))


def _own_history(seed: int, channel: Channel, t0: datetime, scale: Scale) -> Iterator[Video]:
    draw = generator(seed, "history", channel.key)
    topics = draw.permutation(len(TOPICS[channel.niche]))
    ages = _ages(draw, scale)
    removed = _taken_down(draw, scale.videos)
    for number, age in enumerate(ages):
        subject, title = _own_title(channel, topics, number)
        video_id = identifier(11, seed, "video", channel.key, number)
        within_day = between(0.1, 0.95, seed, "hour", video_id)
        published = t0 - timedelta(days=age + within_day)
        form, seconds = _shape(seed, video_id, short_share=0.55)
        yield Video(
            channel=channel.key,
            youtube_video_id=video_id,
            title=title,
            format=form,
            seconds=seconds,
            published_at=published.replace(microsecond=0),
            topic=subject,
            removed_at=published + timedelta(days=9) if number in removed else None,
        )


def _ages(draw: Generator, scale: Scale) -> list[float]:
    """Whole days before t0, the oldest first: a day each, or several a day in a fuller past."""
    if scale.videos <= scale.past_days:
        days = draw.permutation(scale.past_days)[: scale.videos].tolist()
    else:
        days = [number * scale.past_days // scale.videos for number in range(scale.videos)]
    return sorted(map(float, days), reverse=True)


def _taken_down(draw: Generator, videos: int) -> set[int]:
    """Numbers of the videos that were taken down again; the newest stay."""
    if videos <= 12 + _REMOVED:
        return set()
    return set(draw.permutation(videos - 12)[:_REMOVED].tolist())


def _own_title(channel: Channel, topics: Integers, number: int) -> tuple[str, str]:
    """Topic and title: each topic by its own title first, then from one angle after the other."""
    turn, place = divmod(number, len(topics))
    subject = TOPICS[channel.niche][int(topics[place])]
    if turn == 0:
        return subject.name, subject.title
    again, angle = divmod(turn - 1, len(ANGLES))
    title = worded(subject.name, ANGLES[angle])
    return subject.name, f"{title}, part {again + 1}" if again else title


def _shape(seed: int, video_id: str, short_share: float) -> tuple[str, int]:
    if unit(seed, "format", video_id) < short_share:
        return "short", int(between(26, 59, seed, "seconds", video_id))
    return "wide", int(between(270, 960, seed, "seconds", video_id))


def watched_videos(seed: int, channel: Channel, t0: datetime, until: datetime) -> tuple[Video, ...]:
    """What a watched channel has published up to `until`, oldest first; it never ends."""
    first = (t0 - timedelta(days=_WATCHED_DAYS)).date()
    days = (until.date() - first).days + 1
    videos = (_watched_video(seed, channel, first + timedelta(days=n), n) for n in range(days))
    return tuple(video for video in videos if video and video.published_at <= until)


@lru_cache(maxsize=65536)
def _watched_video(seed: int, channel: Channel, day: date, number: int) -> Video | None:
    video_id = identifier(11, seed, "watched", channel.key, day)
    if unit(seed, "publishes", video_id) > 0.86:
        return None
    midnight = datetime.combine(day, time(), UTC)
    subject, title = _watched_title(seed, channel, number)
    form, seconds = _shape(seed, video_id, short_share=0.45)
    return Video(
        channel=channel.key,
        youtube_video_id=video_id,
        title=title,
        format=form,
        seconds=seconds,
        published_at=midnight + timedelta(seconds=int(between(0, 86400, seed, "at", video_id))),
        topic=subject,
    )


def _watched_title(seed: int, channel: Channel, number: int) -> tuple[str, str]:
    """Walks all pairs of topic and angle of the niche, in the channel's own order."""
    topics = TOPICS[channel.niche]
    pairs = _pair_order(len(topics) * len(ANGLES), digest(seed, "titles", channel.niche))
    offset = _WATCHED[channel.niche].index(channel.title)
    pair = pairs[(offset + number * len(_WATCHED[channel.niche])) % len(pairs)]
    topic, angle = divmod(pair, len(ANGLES))
    return topics[topic].name, worded(topics[topic].name, ANGLES[angle])


@lru_cache(maxsize=64)
def _pair_order(count: int, key: bytes) -> tuple[int, ...]:
    return tuple(int(n) for n in generator(key).permutation(count))
