"""The capability of showing a scene, as a still or as a clip, whoever does it.

`checking` fits what others made to the frame and refuses what shows nothing, `clips` takes the
part of a clip that is needed, `words` matches scenes with what media are called.
"""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from PIL import Image
from pydantic import Field

from ytempire.domain import Format, Frozen, Identity, Scene, Script, Tier, Usage

STILL, CLIP = ".jpg", ".mp4"


@dataclass(frozen=True)
class PictureContext:
    """What a scene's picture belongs to: so that neighbours differ and a channel stays itself.

    Attributes:
        seconds: about how long it is shown: what a clip must last.
        taken: media that this video shows already (`Credit.media`): none comes twice.
        tier: a premium video's pictures are made before those that wait.
    """

    script: Script
    index: int
    identity: Identity
    format: Format
    seconds: float = 5.0
    taken: frozenset[str] = frozenset()
    tier: Tier = Tier.STANDARD


class Credit(Frozen):
    """Where a picture comes from; kept beside it, and named in the description where it must be.

    Attributes:
        media: what it is, so that a video shows it once: `pexels:photo:12`, `media:boats/a.mp4`.
        author, url: whom to name, and where the original is; empty: nobody must be named.
        facts: what else is worth keeping: device, peak memory in MB, seed, model.
    """

    provider: str
    media: str = ""
    author: str = ""
    url: str = ""
    facts: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True)
class Picture:
    """One scene's picture as its maker left it.

    Attributes:
        path: a still (JPEG) or a clip (MP4).
        usages: what it consumed.
        notes: for a person: media that were passed over, a smaller second try.
    """

    path: Path
    usages: tuple[Usage, ...] = ()
    credit: Credit | None = None
    notes: tuple[str, ...] = ()


class Painter(Protocol):
    """Finds or makes the picture of a scene."""

    @property
    def name(self) -> str:
        """Whom the ledger names as the provider."""

    @property
    def device(self) -> str:
        """What it works on: `cpu`, `cuda:0`; `remote` where somebody else's machine does."""

    def foreseen(self, scene: Scene, context: PictureContext) -> Usage | None:
        """The most that somebody bills for this picture; None: nobody does."""

    def key(self, scene: Scene, context: PictureContext, size: tuple[int, int]) -> str:
        """All that decides its picture of this scene, in one text."""

    def picture(
        self, scene: Scene, context: PictureContext, size: tuple[int, int], stem: Path
    ) -> Picture | None:
        """Write `stem`.jpg, of exactly `size` where it can, or `stem`.mp4; None: it has nothing.

        Raises:
            ProviderUnavailable, QuotaExhausted: it cannot serve now.
            ProviderRefused, MalformedAnswer, InvalidMedia: nothing for this scene.
            OutOfMemory: its device is too small.
            KeyRejected, NotConfigured: a person must mend it.
        """

    def close(self) -> None:
        """Let go of memory and connections; it may be used again."""


@runtime_checkable
class Searching(Protocol):
    """A painter whose calls may find nothing, and are booked all the same."""

    def owed(self) -> tuple[Usage, ...]:
        """What it consumed and no picture has told of; told once."""


def save_jpeg(image: Image.Image, out: Path, quality: int = 94) -> None:
    """Write a picture as JPEG, whole or not at all; colour is kept at full resolution."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, subsampling=0)
    save_bytes(buffer.getvalue(), out)


def save_bytes(content: bytes, out: Path) -> None:
    """Write beside, sync, rename: a reader finds the whole file or none."""
    part = out.with_name(out.name + ".part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
