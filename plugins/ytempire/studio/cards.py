"""The opening and the closing card of a channel, in its own look, and how long they stand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from ytempire.domain import Identity
from ytempire.providers.painter import cards, textures, typeset
from ytempire.providers.painter.canvas import Box, Canvas
from ytempire.providers.painter.colour import Palette, mix
from ytempire.providers.painter.layout import safe_box
from ytempire.providers.pictures import save_jpeg
from ytempire.studio.motion import HEADROOM

#: Seconds that each stands. A viewer leaves in the first two, so the opening is short.
INTRO_S, END_CARD_S = 1.2, 2.4


def lead_s(identity: Identity) -> float:
    """Seconds of the video before the narration begins."""
    return INTRO_S if identity.intro.strip() else 0.0


def tail_s(identity: Identity) -> float:
    """Seconds of the video after the narration's end."""
    return END_CARD_S if identity.end_card.strip() else 0.0


def paint(text: str, identity: Identity, size: tuple[int, int], out: Path) -> Path:
    """Letter a card into `out` (JPEG), with the channel's handle at its foot."""
    width, height = (2 * round(side * HEADROOM / 2) for side in size)
    random = np.random.default_rng([identity.seed, len(text)])
    canvas = Canvas(width, height, Palette.of(identity), random, identity.typeface)
    textures.lay_ground(canvas, identity.texture, 0.5)
    palette, unit = canvas.palette, canvas.unit
    light = mix(palette.surface, palette.accent, 0.6)
    canvas.glow(width * 0.5, height * 0.45, unit * 80, light, 0.35)
    safe = safe_box(width, height)
    # No captions run under a card: it stands in the middle of the frame.
    middle = height * 0.48
    box = Box(safe.x0, middle - unit * 40, safe.x1, middle + unit * 40)
    drawn = cards.headline(canvas, text, box, largest=17, lines=4, valign=0.5)
    if identity.handle:
        below = Box(box.x0, drawn.y1 + unit * 4, box.x1, drawn.y1 + unit * 12)
        typeset.label(canvas, identity.handle, below, unit * 5.2, palette.ink, mark="handle")
    save_jpeg(Image.fromarray(canvas.finish()), out)
    return out
