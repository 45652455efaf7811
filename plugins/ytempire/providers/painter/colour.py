"""Colour: sRGB as float triples in 0..1, mixed in OKLab so that a gradient stays clean.

OKLab: B. Ottosson, "A perceptual color space for image processing" (2020). Contrast: WCAG 2.2,
relative luminance and contrast ratio.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ytempire.domain import Identity

Array = NDArray[np.float32]

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_LUMA = np.array([0.2126, 0.7152, 0.0722])


def rgb(code: str) -> Array:
    """`#rrggbb` as a triple."""
    return np.array([int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)], np.float32)


def linear(colour: Array) -> Array:
    """sRGB to light."""
    high = ((colour + 0.055) / 1.055) ** 2.4
    return np.where(colour <= 0.04045, colour / 12.92, high).astype(np.float32)


def _encoded(light: Array) -> Array:
    light = np.clip(light, 0, 1)
    high = 1.055 * light ** (1 / 2.4) - 0.055
    return np.where(light <= 0.0031308, light * 12.92, high).astype(np.float32)


def _lab(colour: Array) -> Array:
    return np.asarray(np.cbrt(linear(colour) @ _TO_LMS.T) @ _TO_LAB.T, np.float32)


def _from_lab(lab: Array) -> Array:
    lms = (lab @ np.linalg.inv(_TO_LAB).T) ** 3
    return _encoded(np.asarray(lms @ np.linalg.inv(_TO_LMS).T, np.float32))


def mix(first: Array, second: Array, share: float) -> Array:
    """`share` (0..1) of the way from `first` to `second`."""
    return _from_lab(_lab(first) * (1 - share) + _lab(second) * share)


def ramp(stops: list[Array], steps: int) -> Array:
    """A gradient of `steps` colours through evenly spaced stops, shape (steps, 3)."""
    labs = np.stack([_lab(stop) for stop in stops])
    where = np.linspace(0, len(stops) - 1, steps)
    channels = [np.interp(where, np.arange(len(stops)), labs[:, c]) for c in range(3)]
    return _from_lab(np.stack(channels, axis=1).astype(np.float32))


def luminance(colour: Array) -> Array:
    """Relative luminance, 0..1, of a colour or of each pixel."""
    return np.asarray(linear(colour) @ _LUMA, np.float32)


def contrast(first: float, second: float) -> float:
    """The ratio of two luminances, 1..21."""
    high, low = max(first, second), min(first, second)
    return (high + 0.05) / (low + 0.05)


@dataclass(frozen=True)
class Palette:
    """A channel's colours as triples."""

    background: Array
    surface: Array
    ink: Array
    accent: Array
    second: Array

    @classmethod
    def of(cls, identity: Identity) -> Palette:
        return cls(*(rgb(code) for code in identity.palette))

    @property
    def muted(self) -> Array:
        """Ink that steps back: labels, axes."""
        return mix(self.ink, self.surface, 0.22)

    @property
    def mid(self) -> Array:
        """Between surface and accent: lit water, hills, panels."""
        return mix(self.surface, self.accent, 0.35)
