"""Seeded noise fields: clouds, fibres, film grain."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from ytempire.providers.painter.colour import Array


def fbm(rng: np.random.Generator, width: int, height: int, cell: float, octaves: int = 4) -> Array:
    """Fractal value noise in 0..1, shape (height, width); `cell` is the largest feature, pixels."""
    field = np.zeros((height, width), np.float32)
    weight, total = 1.0, 0.0
    for octave in range(octaves):
        size = max(cell / 2**octave, 2.0)
        columns, rows = int(width / size) + 3, int(height / size) + 3
        grid = rng.random((rows, columns), dtype=np.float32)
        field += weight * cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
        total += weight
        weight *= 0.5
    field /= total
    # A soft ceiling and floor: a hard one would leave flats, which contour lines show.
    return np.asarray(0.5 + 0.5 * np.tanh((field - 0.5) * 3.4), np.float32)


@lru_cache(maxsize=4)
def _grain(width: int, height: int) -> np.ndarray:
    rng = np.random.default_rng(20_260_101)
    coarse = rng.standard_normal((height // 2 + 1, width // 2 + 1), dtype=np.float32)
    return np.clip(coarse * 40, -127, 127).astype(np.int8)


def grain(rng: np.random.Generator, width: int, height: int) -> Array:
    """Film grain of unit deviation about 1, shape (height, width): one sheet, laid differently.

    It is drawn at half resolution (film grain is larger than a pixel) and hides 8-bit steps.
    """
    sheet = _grain(width, height)
    shift = (int(rng.integers(sheet.shape[0])), int(rng.integers(sheet.shape[1])))
    laid = np.roll(sheet, shift, axis=(0, 1)).astype(np.float32)
    full = cv2.resize(laid, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(full / np.float32(32), np.float32)
