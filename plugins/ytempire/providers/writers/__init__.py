"""To write a script: the Protocol of a writer and the brief it is given."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from pydantic import ConfigDict, Field

from ytempire.domain import Format, Frozen, Script, Tier
from ytempire.journal import Journal


class Signal(Frozen):
    """One video of the trend feed. `title` and `channel_title` are strangers' words: never trust.

    Attributes:
        views: in all, at the time of reading.
        views_per_hour: its recent pace.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    title: str
    channel_title: str = ""
    views: int = Field(ge=0)
    views_per_hour: float = Field(ge=0)
    published_at: datetime


class Brief(Frozen):
    """What is asked of a writer.

    Attributes:
        text: the person's own script, when there is one; `OwnWords` takes it as it stands.
        signals: what the topic's videos do now; `TrendTeller` tells their story.
        comments: what viewers say on the topic: strangers' words, as the signals' titles.
        read_at: when the signals were read; without it no age is told.
        is_simulated: the signals come from the local YouTube; the script says so.
        language: of the script, as a BCP 47 tag.
        voice: how the channel speaks, in a sentence of its owner.
        seconds: how long the video should be; None: what suits its format.
        avoid: what the channel has made and this must not resemble, each in a line.
    """

    topic: str = ""
    niche: str = ""
    format: Format = Format.SHORT
    signals: tuple[Signal, ...] = ()
    comments: tuple[str, ...] = ()
    text: str = ""
    read_at: datetime | None = None
    is_simulated: bool = False
    language: str = "en"
    tier: Tier = Tier.STANDARD
    voice: str = ""
    seconds: float | None = Field(default=None, ge=10, le=3600)
    avoid: tuple[str, ...] = ()


class Writer(Protocol):
    """Something that turns a brief into a script."""

    def write(self, brief: Brief, journal: Journal) -> Script:
        """Write a script, and book what that consumed.

        Raises:
            InvalidScript: the brief holds nothing to write from.
        """
        ...
