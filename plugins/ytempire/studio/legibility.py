"""Whether words in a picture can be read where it is shown small: measured on finished pixels."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ytempire.domain import Frozen
from ytempire.providers.painter.canvas import Box
from ytempire.providers.painter.colour import linear

#: The width at which YouTube lists a video beside another one, in pixels.
LISTED = 120
#: A capital under this height in a list is a smudge, in pixels.
CAPITAL = 7.5
#: WCAG 2.2 AA for text.
CONTRAST = 4.5
#: A row holds ink where its brightest and darkest pixels are this far apart, as a WCAG ratio.
_INKED = 2.0


class Legibility(Frozen):
    """What a line of words is at 120 pixels of width.

    Attributes:
        contrast: WCAG ratio between its light and its dark pixels, after the shrinking.
        height: of its capitals (or what its script has instead), in pixels.
    """

    contrast: float
    height: float

    @property
    def is_ok(self) -> bool:
        return self.contrast >= CONTRAST and self.height >= CAPITAL


def legibility(pixels: np.ndarray, lines: Sequence[Box]) -> tuple[Legibility, ...]:
    """Measure each line of words in a finished picture.

    Args:
        pixels: the picture, 8-bit RGB, rows x columns x 3.
        lines: where each line's letters stand, from the top of the tallest to the baseline.
    """
    scale = LISTED / pixels.shape[1]
    light = _luminance(pixels)
    size = (LISTED, max(round(pixels.shape[0] * scale), 1))
    small = _luminance(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))
    return tuple(
        Legibility(contrast=_contrast(small, line, scale), height=_rows(light, line) * scale)
        for line in lines
    )


def _luminance(pixels: np.ndarray) -> np.ndarray:
    light = linear(np.asarray(pixels, np.float32) / np.float32(255))
    return np.asarray(light @ np.array([0.2126, 0.7152, 0.0722], np.float32))


def _cut(light: np.ndarray, box: Box, scale: float = 1.0) -> np.ndarray:
    y0, y1 = max(int(box.y0 * scale), 0), max(int(np.ceil(box.y1 * scale)), 1)
    x0, x1 = max(int(box.x0 * scale), 0), max(int(np.ceil(box.x1 * scale)), 1)
    return light[y0:y1, x0:x1]


def _contrast(small: np.ndarray, box: Box, scale: float) -> float:
    region = _cut(small, box, scale)
    if not region.size:
        return 1.0
    low, high = np.percentile(region, [8, 92])
    return float((high + 0.05) / (low + 0.05))


def _rows(light: np.ndarray, box: Box) -> int:
    region = _cut(light, box)
    if not region.size:
        return 0
    ratio = (region.max(axis=1) + 0.05) / (region.min(axis=1) + 0.05)
    return int(np.count_nonzero(ratio >= _INKED))
