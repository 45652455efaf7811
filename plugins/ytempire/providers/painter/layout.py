"""Where things may stand: clear of captions, of the Shorts buttons, and of what motion crops.

Motion shows a window of 93 % of the picture or more, anywhere in it: what lies at a share s of the
frame lies between 0.93 s and 0.93 s + 0.07 of the picture.
"""

from __future__ import annotations

from dataclasses import dataclass

from ytempire.providers.painter import fonts
from ytempire.providers.painter.canvas import Box, Canvas

#: What lettering and data must keep to, as shares of the picture: left, top, right, bottom.
#: Short: captions begin at 62 % of the frame, buttons cover its right 12 %.
SAFE_TALL = (0.105, 0.125, 0.80, 0.56)
#: Wide: captions begin at 80 % of the frame.
SAFE_WIDE = (0.105, 0.12, 0.895, 0.73)
#: Where a drawing ends in a tall picture, clear of captions too, as a share of its height.
ART_FOOT = 0.585


@dataclass(frozen=True)
class Layout:
    """The boxes of one arrangement.

    Attributes:
        safe: what lettering never leaves.
        text: where the headline stands.
        art: the centre and half-size of the drawing: x, y, r.
        graphic: where a chart stands, labels included.
    """

    safe: Box
    text: Box
    art: tuple[float, float, float]
    graphic: Box


def safe_box(width: int, height: int) -> Box:
    """The safe area of a picture of this size, in pixels."""
    x0, y0, x1, y1 = SAFE_TALL if height > width else SAFE_WIDE
    return Box(x0 * width, y0 * height, x1 * width, y1 * height)


def layout(canvas: Canvas, variant: int) -> Layout:
    """The boxes for a canvas: variant 0 leads with the words, variant 1 with the drawing."""
    safe, unit = safe_box(canvas.width, canvas.height), canvas.unit
    width, height = canvas.width, canvas.height
    if canvas.is_tall:
        split = safe.y0 + safe.height * 0.40
        if variant == 0:
            text = Box(safe.x0, safe.y0, safe.x1, split)
            reach = (height * ART_FOOT - split - unit) / 2
            art = (width * 0.5, height * ART_FOOT - reach, reach)
        else:
            text = Box(safe.x0, safe.y1 - safe.height * 0.27, safe.x1, safe.y1)
            art = (width * 0.5, height * 0.285, unit * 30)
        graphic = Box(safe.x0, split + unit * 3, safe.x1, safe.y1)
        return Layout(safe, text, art, graphic)
    middle = safe.centre[0]
    left = Box(safe.x0, safe.y0, middle - unit * 4, safe.y1)
    right = Box(middle + unit * 4, safe.y0, safe.x1, safe.y1)
    is_leftward = canvas.typeface.endswith(
        fonts.LEFTWARD
    )  # read from the right: the words come first
    text, side = (left, right) if (variant == 0) != is_leftward else (right, left)
    art = (side.centre[0], height * 0.435, unit * 28.5)
    return Layout(safe, text, art, side)
