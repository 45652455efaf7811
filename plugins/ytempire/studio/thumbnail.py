"""The thumbnail: few words, very large, with the thing itself; read at 120 pixels or not at all.

1280 x 720 JPEG under 2 MB for both formats (YouTube Help, "Add video thumbnails"); three of them,
so that YouTube's experiment can tell which one people choose.
"""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from ytempire.domain import Format, Identity, Scene, Script, Usage
from ytempire.errors import InvalidMedia
from ytempire.journal import Journal
from ytempire.providers.painter.colour import Array
from ytempire.providers.pictures import save_bytes
from ytempire.studio.paint import credits_of
from ytempire.studio.thumbnail_designs import DESIGNS, Material
from ytempire.studio.thumbnail_words import SIZE, thumbnail_words

LIMIT_BYTES = 2_000_000
#: Pictures that are looked at: the first ones set the light.
_LOOKED_AT = 3
_CLIPS = frozenset({".mp4", ".mov", ".webm", ".mkv"})


def make_thumbnails(
    script: Script,
    identity: Identity,
    format: Format,
    pictures: Sequence[Path],
    folder: Path,
    journal: Journal,
) -> tuple[Path, Path, Path]:
    """Make `thumbnail-a.jpg`, `-b` and `-c` in `folder`; the first is the one to publish.

    Args:
        format: the video's; the thumbnail's shape is the same for both.
        pictures: the scenes' pictures or clips, in order.

    Raises:
        InvalidMedia: a picture or clip cannot be read.
    """
    started = time.perf_counter()
    material = gathered(script, identity, pictures)
    outs = [folder / f"thumbnail-{letter}.jpg" for letter in "abc"]
    for out, design in zip(outs, DESIGNS, strict=True):
        finished = design(material).canvas.finish(vignette=0.12, grain=0.006)
        save_bytes(_encoded(Image.fromarray(finished)), out)
    journal.used(Usage.seconds("painter", "picture", time.perf_counter() - started))
    return outs[0], outs[1], outs[2]


def gathered(script: Script, identity: Identity, pictures: Sequence[Path]) -> Material:
    """What the thumbnails are made of, read from disk.

    Raises:
        InvalidMedia: a picture or clip cannot be read.
    """
    seen = {path: _read(path) for path in pictures[:_LOOKED_AT]}
    bare = [
        path for path, scene in zip(pictures, script.scenes, strict=False) if _is_bare(path, scene)
    ]
    # The first one, and one from the middle of the video for the other design.
    chosen = list(dict.fromkeys([*bare[:1], *bare[len(bare) // 2 :][:1]]))
    shown = tuple(seen[path] if path in seen else _read(path) for path in chosen)
    return Material(script, identity, tuple(seen.values()), shown)


def _is_bare(path: Path, scene: Scene) -> bool:
    """Whether the part of a picture that fills a thumbnail is a photograph without lettering."""
    if path.suffix.lower() in _CLIPS:
        return True
    if not credits_of((path,)):
        return False  # painted: its words are part of it
    if not scene.on_screen.strip():
        return True
    with Image.open(path) as image:
        return image.height > image.width  # a tall one has its words above the middle


def _read(path: Path) -> Array:
    """A picture, or the middle of a clip, filling the thumbnail's frame."""
    try:
        image = _frame(path) if path.suffix.lower() in _CLIPS else _still(path)
    except (OSError, ValueError, SyntaxError, cv2.error, Image.DecompressionBombError) as error:
        raise InvalidMedia(
            f"The picture {path.name} cannot be read: {error}.",
            "Delete it and run the stage again; it will be made anew.",
        ) from error
    return np.asarray(_filled(image), np.float32) / np.float32(255)


def _still(path: Path) -> Image.Image:
    with Image.open(path) as image:
        image.draft("RGB", SIZE)
        return image.convert("RGB")


def _frame(path: Path) -> Image.Image:
    clip = cv2.VideoCapture(str(path))
    try:
        middle = int(clip.get(cv2.CAP_PROP_FRAME_COUNT)) // 2
        clip.set(cv2.CAP_PROP_POS_FRAMES, middle)
        is_read, frame = clip.read()
    finally:
        clip.release()
    if not is_read:
        raise ValueError("it has no frame that can be decoded")
    return Image.fromarray(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB))


def _filled(image: Image.Image) -> Image.Image:
    """The middle of a picture, at the thumbnail's size."""
    scale = max(SIZE[0] / image.width, SIZE[1] / image.height)
    width, height = SIZE[0] / scale, SIZE[1] / scale
    x, y = (image.width - width) / 2, (image.height - height) / 2
    return image.resize(SIZE, Image.Resampling.LANCZOS, box=(x, y, x + width, y + height))


def _encoded(image: Image.Image) -> bytes:
    """JPEG within YouTube's limit; quality gives way first."""
    for quality in (92, 85, 75, 60, 40):
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=quality, optimize=True)
        if buffer.tell() < LIMIT_BYTES:
            break
    return buffer.getvalue()


__all__ = ["LIMIT_BYTES", "SIZE", "gathered", "make_thumbnails", "thumbnail_words"]
