"""The words of the trade as frozen types: what passes between rooms, and nothing that does work.

Times are seconds as float within a video and timezone-aware UTC datetimes elsewhere; money is
Decimal USD; sizes are pixels.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Frozen(BaseModel):
    """A value: immutable, compared by content, and the same after a trip through JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Format(StrEnum):
    """The two shapes of a video."""

    SHORT = "short"
    WIDE = "wide"

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return (1080, 1920) if self is Format.SHORT else (1920, 1080)


class Tier(StrEnum):
    """How much may be spent on a video."""

    PREMIUM = "premium"
    STANDARD = "standard"
    ECONOMY = "economy"


class Usage(Frozen):
    """What one provider call consumed, in the provider's own unit; `costs` turns it into money.

    Attributes:
        provider: who served it, such as `espeak`, `painter`, `openai`.
        kind: what was bought: `script`, `voice`, `picture`, `render`, `upload`, `compute`.
        unit: the unit the provider counts in: `second`, `character`, `token`, `image`.
        quantity: how many of them.
        device: what it ran on, for machine time: `cpu`, `cuda:0`, `remote`.
    """

    provider: str
    kind: str
    unit: str
    quantity: Decimal = Field(ge=0)
    device: str = "cpu"

    @classmethod
    def seconds(cls, provider: str, kind: str, elapsed: float, device: str = "cpu") -> Usage:
        """Machine time, to the millisecond."""
        quantity = Decimal(str(round(elapsed, 3)))
        return cls(provider=provider, kind=kind, unit="second", quantity=quantity, device=device)


#: The item and unit of all requests that a usage report counts of a day. Each day that was asked
#: for has this row: a day without usage is told from one that nobody asked for.
ALL_REQUESTS = ("all", "request")


class Billed(Frozen):
    """What a provider's usage report counts of one item on one UTC day.

    Attributes:
        provider: who sends the bill: `openai`, `elevenlabs`.
        item: what was used, such as `gpt-5.1`, `gpt-5.1 batch`, `voice`.
    """

    provider: str
    utc_day: date
    item: str
    unit: str
    quantity: Decimal = Field(ge=0)


class Fallback(Frozen):
    """What was wanted and what served instead: `sdxl` on `cuda:0` gave way to `painter`.

    Attributes:
        capability: `script`, `voice`, `picture`, `encode`, `moderation`.
        reason: in words, for a person; never a key or an address with one.
    """

    capability: str
    wanted: str
    used: str
    reason: str


class Scene(Frozen):
    """One picture's worth of a video.

    Attributes:
        narration: what is spoken.
        on_screen: a few words set on the picture; may be empty.
        picture: what the picture shows, in words.
    """

    narration: str = Field(min_length=1)
    on_screen: str = ""
    picture: str = ""


class Script(Frozen):
    """A video in words.

    Attributes:
        hook: the promise of the first seconds, in one line; empty: the first scene's narration.
    """

    title: str = Field(min_length=1, max_length=100)
    hook: str = ""
    scenes: tuple[Scene, ...] = Field(min_length=1)
    description: str = ""
    tags: tuple[str, ...] = ()
    thumbnail_text: str = ""
    language: str = "en"
    sources: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All that is spoken, scene after scene."""
        return " ".join(scene.narration for scene in self.scenes)


class Word(Frozen):
    """A spoken word and when it is heard, in seconds from the start of the narration."""

    text: str
    start: float
    end: float
    scene: int


class Narration(Frozen):
    """A script as sound: 48 kHz mono WAV, its words, and where each scene ends.

    Attributes:
        words: every word in order; joined they are the script's text, spacing aside.
        scene_ends: seconds, one for each scene, rising; the last equals `seconds`.
    """

    audio: Path
    words: tuple[Word, ...]
    scene_ends: tuple[float, ...]
    seconds: float
    language: str = "en"


CaptionStyle = Literal["highlight", "karaoke", "boxed"]


class Identity(Frozen):
    """How a channel looks: everything the painter, captions and thumbnail need to be its own.

    Attributes:
        palette: background, surface, ink, accent, second accent, as #rrggbb.
        texture: the background's generative family: `waves`, `dunes`, `rings`, `grid`, `contours`,
            `paper`, `grain`.
        typeface: the lettering: `grotesque`, `geometric`, `serif`.
        seed: makes two channels with one palette differ.
        captions: how the spoken word is shown: in the accent colour among its line, filled as it
            is spoken, or alone in a box.
        intro, end_card: the words of an opening and of a closing card; empty: no such card.
    """

    name: str = "House"
    palette: tuple[str, str, str, str, str] = (
        "#0f172a",
        "#1e293b",
        "#f8fafc",
        "#38bdf8",
        "#f59e0b",
    )
    texture: str = "waves"
    typeface: str = "grotesque"
    seed: int = 1
    handle: str = ""
    captions: CaptionStyle = "highlight"
    intro: str = Field(default="", max_length=60)
    end_card: str = Field(default="", max_length=60)


class Voicing(Frozen):
    """How a channel sounds.

    Attributes:
        voices: the voice of each provider that has several, by its own id: {"elevenlabs": "…"}.
        words_per_minute: the pace; None: the operator's setting.
    """

    voices: dict[str, str] = Field(default_factory=dict)
    words_per_minute: int | None = Field(default=None, ge=80, le=400)


class Finding(Frozen):
    """One measurement of the release check, and whether it held."""

    rule: str
    is_ok: bool
    measured: str
    wanted: str


class QualityReport(Frozen):
    """What the release check found in a finished file."""

    findings: tuple[Finding, ...]

    @property
    def is_ok(self) -> bool:
        return all(finding.is_ok for finding in self.findings)

    @property
    def failures(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if not finding.is_ok)


class Video(Frozen):
    """A finished video in a folder: the file, its thumbnail and its captions."""

    path: Path
    thumbnail: Path
    captions: Path
    format: Format
    seconds: float
    frames: int
    report: QualityReport


class PolicyFinding(Frozen):
    """One place where a text, or a fact about the video, meets a policy.

    Attributes:
        category: as YouTube's guidelines sort them: `hate`, `scams`, `medical`, …
        severity: `severe` forbids the release; `warn` asks a person.
        field: where: `title`, `scene 3`, `tags`, `facts`.
        excerpt: the words, shortened.
        rule: the id of the rule, or the model's own category.
    """

    category: str
    severity: Literal["severe", "warn"]
    field: str
    excerpt: str
    rule: str
    by: Literal["rule", "model"] = "rule"
    confidence: float = Field(default=0.9, ge=0, le=1)


class Verdict(Frozen):
    """What the policy check says of a video; `confidence` is how sure it is that this is all."""

    findings: tuple[PolicyFinding, ...] = ()
    confidence: float = Field(default=0.8, ge=0, le=1)

    @property
    def is_blocked(self) -> bool:
        return any(finding.severity == "severe" for finding in self.findings)


class Part(Frozen):
    """One part of the rubric.

    Attributes:
        score: 0 to 100.
        weight: its share of the total, 0 to 1.
        confidence: how far the score can be trusted.
        evidence: what it rests on, in words.
    """

    name: str
    score: float = Field(ge=0, le=100)
    weight: float = Field(ge=0, le=1)
    confidence: float = Field(ge=0, le=1)
    evidence: tuple[str, ...] = ()
    method: Literal["measured", "judged"] = "measured"


class Rating(Frozen):
    """The rubric's answer: parts, their weighted total, and the claims that no source carries."""

    parts: tuple[Part, ...]
    total: float = Field(ge=0, le=100)
    confidence: float = Field(ge=0, le=1)
    unsupported: tuple[str, ...] = ()

    def part(self, name: str) -> Part:
        """The part of that name. Raises KeyError."""
        return {part.name: part for part in self.parts}[name]


class Confidence(Frozen):
    """How sure we are that a video may go out unseen, and what speaks against it, in words."""

    value: float = Field(ge=0, le=1)
    reasons: tuple[str, ...] = ()
