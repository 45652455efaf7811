"""The capability of making a picture for a scene, whoever does it."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PIL import Image

from ytempire.domain import Format, Identity, Scene, Script, Usage


@dataclass(frozen=True)
class PictureContext:
    """What a scene's picture belongs to: so that neighbours differ and a channel stays itself."""

    script: Script
    index: int
    identity: Identity
    format: Format


class Painter(Protocol):
    """Makes one picture for one scene."""

    @property
    def name(self) -> str:
        """Whom the ledger names as the provider."""

    def picture(
        self, scene: Scene, context: PictureContext, size: tuple[int, int], out: Path
    ) -> Usage:
        """Write a picture of exactly `size` pixels to `out`, whole or not at all.

        Raises:
            ProviderUnavailable: it cannot serve now.
        """


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
