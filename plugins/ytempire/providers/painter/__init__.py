"""The painter: offline pictures in a channel's own look, the same for the same seed and words.

`planning` chooses what a scene is drawn as, `textures` lays the ground, `subjects`, `cards` and
`charts` draw on it, `typeset` letters it within the `layout`'s safe area.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from ytempire.domain import Identity, Scene, Usage
from ytempire.providers.painter import cards, charts, fonts, textures
from ytempire.providers.painter.canvas import Canvas
from ytempire.providers.painter.colour import Palette
from ytempire.providers.painter.layout import Layout, layout
from ytempire.providers.painter.planning import Kind, Plan, is_data, plan
from ytempire.providers.painter.subjects import SUBJECTS
from ytempire.providers.pictures import STILL, Picture, PictureContext, save_jpeg

#: Raised when the same plan is drawn differently, so that older pictures are not taken for it.
EDITION = 4

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
    lettering = fonts.lettering(identity.typeface, context.script.language)
    canvas = Canvas(*size, Palette.of(identity), _seed(context), lettering)
    # In a tall picture data stands under its words; only drawings may lead.
    variant = chosen.layout if chosen.kind == "subject" or not canvas.is_tall else 0
    frame = layout(canvas, variant)
    if not (chosen.subject and SUBJECTS[chosen.subject].is_place):
        _, y, r = cards.art_of(canvas, scene, chosen, frame) if chosen.subject else (0.0, 0.0, 0.0)
        textures.lay_ground(canvas, chosen.ground, chosen.mood, under=y + r * 1.08)
    COMPOSITIONS[chosen.kind](canvas, scene, chosen, frame)
    return canvas


def lettered(
    image: Image.Image, scene: Scene, identity: Identity, language: str = "en"
) -> Image.Image:
    """A photograph with the scene's on-screen words in the channel's lettering, if it has any."""
    if not scene.on_screen.strip():
        return image
    lettering = fonts.lettering(identity.typeface, language)
    seed = np.random.default_rng(identity.seed)
    canvas = Canvas(*image.size, Palette.of(identity), seed, lettering)
    cards.over_photograph(canvas, image, scene.on_screen)
    return Image.fromarray(canvas.finish(vignette=0.12, grain=0.0))


class SeededPainter:
    """Draws with code on this machine: no key, no network, no two channels alike."""

    name = "painter"
    device = "cpu"

    def foreseen(self, scene: Scene, context: PictureContext) -> Usage | None:
        """Nobody bills it."""
        return None

    def key(self, scene: Scene, context: PictureContext, size: tuple[int, int]) -> str:
        """The whole script, because a scene is drawn unlike its neighbours."""
        words, look = context.script.model_dump_json(), context.identity.model_dump_json()
        return f"{EDITION} {words} {look} {context.index} {size}"

    def picture(
        self, scene: Scene, context: PictureContext, size: tuple[int, int], stem: Path
    ) -> Picture:
        """Paint `scene` into `stem`.jpg. Usage is in seconds of this machine."""
        started = time.perf_counter()
        out = stem.with_name(stem.name + STILL)
        save_jpeg(Image.fromarray(compose(scene, context, size).finish()), out)
        used = Usage.seconds(self.name, "picture", time.perf_counter() - started)
        return Picture(out, (used,))

    def close(self) -> None:
        """It holds nothing."""


__all__ = ["COMPOSITIONS", "SeededPainter", "compose", "is_data", "lettered"]
