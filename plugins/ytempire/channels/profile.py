"""How a channel publishes: when, how often, and in which words."""

from __future__ import annotations

from datetime import time
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, field_validator

from ytempire.domain import Frozen

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@cache
def _zones() -> frozenset[str]:
    """All time zones' names: read once, since it takes 15 ms, and channels are read often."""
    return frozenset(available_timezones())


class Posting(Frozen):
    """When videos become public.

    Attributes:
        times: of the day in `timezone`; none: as soon as a video is ready and the pace allows.
        weekdays: on which they count.
    """

    timezone: str = "America/Los_Angeles"
    times: tuple[time, ...] = ()
    weekdays: tuple[Weekday, ...] = WEEKDAYS

    @field_validator("timezone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if name not in _zones():
            raise ValueError(f"{name!r} is no time zone, such as Europe/Berlin")
        return name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class Pacing(Frozen):
    """How fast a channel may publish: a burst of uploads has closed channels.

    Attributes:
        per_day: uploads in a Pacific day.
        min_gap_h: hours between two videos.
        weight: how large a share of its owner's and niche's videos it gets.
    """

    per_day: int = Field(default=4, ge=1, le=100)
    min_gap_h: float = Field(default=1.5, ge=0, le=168)
    weight: float = Field(default=1.0, gt=0, le=100)


class Wording(Frozen):
    """Templates of what YouTube is told.

    Attributes:
        title, description: with {title}, {description}, {sources}, {channel}, {niche}.
        tags: of every video, beside its own.
        playlist: id of the playlist that its videos are put into; None: none.
        privacy: of a new video; None: as the installation is set.
    """

    title: str = "{title}"
    description: str = "{description}"
    tags: tuple[str, ...] = ()
    playlist: str | None = None
    privacy: Literal["private", "unlisted", "public"] | None = None
