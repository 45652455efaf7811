"""The painter: offline pictures in a channel's own look, the same for the same seed and words.

`planning` chooses what a scene is drawn as, `textures` lays the ground, `subjects`, `cards` and
`charts` draw on it, `typeset` letters it within the `layout`'s safe area.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import numpy as np
from PIL import Image

from ytempire.domain import Scene, Usage
from ytempire.providers.painter import cards, charts, textures
from ytempire.providers.painter.canvas import Canvas
from ytempire.providers.painter.colour import Palette
from ytempire.providers.painter.layout import Layout, layout
from ytempire.providers.painter.planning import Kind, Plan, plan
from ytempire.providers.painter.subjects import SUBJECTS
from ytempire.providers.pictures import PictureContext, save_jpeg

COMPOSITIONS: dict[Kind, Callable[[Canvas, Scene, Plan, Layout], None]] = {
    "hook": cards.hook,
    "number": cards.number,
    "share": charts.share,
    "bars": charts.bars,
    "line": charts.line,
    "timeline": cards.timeline,
    "steps": charts.steps,
    "subject": cards.subject,
    "headline": cards.plain,
}


def _seed(context: PictureContext) -> np.random.Generator:
    title = zlib.crc32(context.script.title.encode())
    return np.random.default_rng([context.identity.seed, title, context.index])


def compose(scene: Scene, context: PictureContext, size: tuple[int, int]) -> Canvas:
    """Paint a scene; the canvas still knows every piece of lettering it carries."""
    chosen = plan(context.script, context.identity)[context.index]
    identity = context.identity
    canvas = Canvas(*size, Palette.of(identity), _seed(context), identity.typeface)
    if not (chosen.subject and SUBJECTS[chosen.subject].is_place):
        textures.lay_ground(canvas, chosen.ground, chosen.mood)
    # In a tall picture data stands under its words; only drawings may lead.
    variant = chosen.layout if chosen.kind == "subject" or not canvas.is_tall else 0
    COMPOSITIONS[chosen.kind](canvas, scene, chosen, layout(canvas, variant))
    return canvas


class SeededPainter:
    """Draws with code on this machine: no key, no network, no two channels alike."""

    name = "painter"

    def picture(
        self, scene: Scene, context: PictureContext, size: tuple[int, int], out: Path
    ) -> Usage:
        """Paint `scene` into `out` as a JPEG of `size`. Usage is in seconds of this machine."""
        started = time.perf_counter()
        save_jpeg(Image.fromarray(compose(scene, context, size).finish()), out)
        seconds = Decimal(f"{time.perf_counter() - started:.3f}")
        return Usage(provider=self.name, kind="picture", unit="second", quantity=seconds)


__all__ = ["COMPOSITIONS", "SeededPainter", "compose"]
