"""The pictures of a script: one for each scene, larger than the frame so that motion has room."""

from __future__ import annotations

from pathlib import Path

from ytempire.domain import Format, Identity, Script, Usage
from ytempire.providers.painter import SeededPainter
from ytempire.providers.pictures import Painter, PictureContext

#: How much larger than the frame a picture is, each way.
HEADROOM = 1.12


def picture_size(format: Format) -> tuple[int, int]:
    """Pixels of a picture for a frame: even, because video planes are halved."""
    width, height = format.size
    return round(width * HEADROOM / 2) * 2, round(height * HEADROOM / 2) * 2


def paint(
    script: Script,
    identity: Identity,
    format: Format,
    folder: Path,
    painter: Painter | None = None,
) -> tuple[tuple[Path, ...], tuple[Usage, ...]]:
    """Make every scene's picture in `folder`; the same words and seed make the same pixels.

    Args:
        painter: who paints; by default the seeded painter of this machine.

    Returns:
        The pictures in the order of the scenes, and what each consumed.
    """
    painter = painter or SeededPainter()
    folder.mkdir(parents=True, exist_ok=True)
    paths, usages = [], []
    for index, scene in enumerate(script.scenes):
        out = folder / f"scene-{index:03d}.jpg"
        context = PictureContext(script, index, identity, format)
        usages.append(painter.picture(scene, context, picture_size(format), out))
        paths.append(out)
    return tuple(paths), tuple(usages)
