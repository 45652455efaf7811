"""The canvas: float colour, anti-aliased shapes as masks, light, shade and the finish.

Coordinates are pixels with y downward; a shape may lie partly or wholly outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import cv2
import numpy as np

from ytempire.providers.painter import noise
from ytempire.providers.painter.colour import Array, Palette

Point = tuple[float, float]
Paint = Literal["over", "light"]

#: cv2 takes fixed-point coordinates: 4 bits are sixteenths of a pixel.
_SHIFT = 4

#: Rows worked at once, so that temporary copies stay small.
_BAND = 192


class Box(NamedTuple):
    """A rectangle in pixels: left, top, right, bottom."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def centre(self) -> Point:
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def holds(self, other: Box) -> bool:
        return (
            self.x0 <= other.x0
            and self.y0 <= other.y0
            and other.x1 <= self.x1
            and other.y1 <= self.y1
        )

    def inset(self, x: float, y: float | None = None) -> Box:
        y = x if y is None else y
        return Box(self.x0 + x, self.y0 + y, self.x1 - x, self.y1 - y)


class Patch(NamedTuple):
    """A coverage mask (0..1) and the pixel where its upper left corner lies."""

    x: int
    y: int
    mask: Array

    def but(self, other: Patch) -> Patch:
        """This shape without another."""
        return Patch(self.x, self.y, self.mask * (1 - other.over(self)))

    def within(self, other: Patch) -> Patch:
        """This shape where it overlaps another."""
        return Patch(self.x, self.y, self.mask * other.over(self))

    def over(self, frame: Patch) -> Array:
        """This mask as seen in the rectangle of `frame`."""
        height, width = frame.mask.shape
        seen = np.zeros((height, width), np.float32)
        x0, y0 = max(self.x, frame.x), max(self.y, frame.y)
        x1 = min(self.x + self.mask.shape[1], frame.x + width)
        y1 = min(self.y + self.mask.shape[0], frame.y + height)
        if x1 > x0 and y1 > y0:
            seen[y0 - frame.y : y1 - frame.y, x0 - frame.x : x1 - frame.x] = self.mask[
                y0 - self.y : y1 - self.y, x0 - self.x : x1 - self.x
            ]
        return seen

    def soft(self, sigma: float) -> Patch:
        """Blurred by `sigma` pixels; worked at a quarter of the size, where no one can tell."""
        pad = int(sigma * 3) + 4
        padded = np.pad(self.mask, pad)
        height, width = padded.shape
        scale = 4 if sigma > 6 else 1
        small = cv2.resize(
            padded, (max(width // scale, 1), max(height // scale, 1)), interpolation=cv2.INTER_AREA
        )
        small = cv2.GaussianBlur(small, (0, 0), sigma / scale)
        full = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
        return Patch(self.x - pad, self.y - pad, np.asarray(full, np.float32))

    def moved(self, dx: float, dy: float) -> Patch:
        return Patch(self.x + round(dx), self.y + round(dy), self.mask)

    @property
    def box(self) -> Box:
        """Where the shape really has ink."""
        rows = np.flatnonzero(self.mask.max(axis=1) > 0.04)
        columns = np.flatnonzero(self.mask.max(axis=0) > 0.04)
        if not len(rows) or not len(columns):
            return Box(self.x, self.y, self.x, self.y)
        return Box(
            self.x + int(columns[0]),
            self.y + int(rows[0]),
            self.x + int(columns[-1]) + 1,
            self.y + int(rows[-1]) + 1,
        )


@dataclass(frozen=True)
class Mark:
    """A piece of lettering as it was drawn: what a test or a release check can measure.

    Attributes:
        contrast: WCAG ratio of the lettering against the pixels that were under it.
    """

    role: str
    text: str
    box: Box
    contrast: float


@dataclass
class Canvas:
    """A picture being painted."""

    width: int
    height: int
    palette: Palette
    rng: np.random.Generator
    typeface: str = "grotesque"
    marks: list[Mark] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pixels: Array = np.empty((self.height, self.width, 3), np.float32)
        self.pixels[:] = self.palette.background

    @property
    def unit(self) -> float:
        """One hundredth of the shorter side: what sizes are counted in."""
        return min(self.width, self.height) / 100

    @property
    def is_tall(self) -> bool:
        return self.height > self.width

    # Laying paint

    def _cut(self, patch: Patch) -> tuple[slice, slice, slice, slice] | None:
        x0, y0 = max(patch.x, 0), max(patch.y, 0)
        x1 = min(patch.x + patch.mask.shape[1], self.width)
        y1 = min(patch.y + patch.mask.shape[0], self.height)
        if x1 <= x0 or y1 <= y0:
            return None
        return (
            slice(y0, y1),
            slice(x0, x1),
            slice(y0 - patch.y, y1 - patch.y),
            slice(x0 - patch.x, x1 - patch.x),
        )

    def lay(self, patch: Patch, colour: Array, alpha: float = 1.0, how: Paint = "over") -> None:
        """Paint a shape: `colour` is one triple or one per pixel of the patch."""
        cut = self._cut(patch)
        if cut is None:
            return
        rows, columns, mask_rows, mask_columns = cut
        seen = patch.mask[mask_rows, mask_columns]
        paint = colour if colour.ndim == 1 else colour[mask_rows, mask_columns]
        under = self.pixels[rows, columns]
        for top in range(0, seen.shape[0], _BAND):
            band = slice(top, top + _BAND)
            mask = (seen[band] * np.float32(alpha))[..., None]
            ink = paint if paint.ndim == 1 else paint[band]
            if how == "over":
                under[band] += (ink - under[band]) * mask
            else:
                under[band] += (1 - under[band]) * (ink * mask)

    def shadow(self, patch: Patch, dx: float, dy: float, sigma: float, alpha: float) -> None:
        """What a shape casts on the ground behind it."""
        shade = self.palette.background * np.float32(0.35)
        self.lay(patch.soft(sigma).moved(dx, dy), shade, alpha)

    def glow(self, x: float, y: float, radius: float, colour: Array, strength: float) -> None:
        """Light that falls off from a point and is gone at `radius`."""
        x0, y0 = max(int(x - radius), 0), max(int(y - radius), 0)
        x1, y1 = min(int(x + radius), self.width), min(int(y + radius), self.height)
        if x1 <= x0 or y1 <= y0:
            return
        step = 4
        rows, columns = np.ogrid[y0:y1:step, x0:x1:step]
        square = ((columns - x) ** 2 + (rows - y) ** 2) / (radius * radius)
        small = np.clip(1 - square, 0, 1).astype(np.float32) ** 3
        mask = cv2.resize(small, (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR)
        self.lay(Patch(x0, y0, np.asarray(mask, np.float32)), colour, strength, "light")

    # The finish

    def finish(self, vignette: float = 0.28, grain: float = 0.011) -> np.ndarray:
        """The picture as 8-bit RGB: edges darkened, grain over all, steps hidden by it."""
        rows = np.linspace(-1, 1, self.height // 8)[:, None]
        columns = np.linspace(-1, 1, self.width // 8)[None, :]
        fall = (1 - vignette * np.clip((rows**2 + columns**2) / 2, 0, 1) ** 1.4).astype(np.float32)
        fall = cv2.resize(fall, (self.width, self.height), interpolation=cv2.INTER_LINEAR)
        speck = noise.grain(self.rng, self.width, self.height)
        result = np.empty((self.height, self.width, 3), np.uint8)
        for top in range(0, self.height, _BAND):
            rows_ = slice(top, top + _BAND)
            piece = self.pixels[rows_] * fall[rows_, :, None]
            piece += (speck[rows_] * np.float32(grain))[..., None]
            np.clip(piece, 0, 1, out=piece)
            result[rows_] = np.rint(piece * 255).astype(np.uint8)
        return result


# Shapes


def circle(x: float, y: float, radius: float) -> Patch:
    """A disc, its edge exact to the sub-pixel."""
    x0, y0 = int(x - radius) - 2, int(y - radius) - 2
    size = int(radius * 2) + 5
    rows, columns = np.ogrid[y0 : y0 + size, x0 : x0 + size]
    distance = np.sqrt((columns - x) ** 2 + (rows - y) ** 2, dtype=np.float32)
    return Patch(x0, y0, np.clip(radius - distance + 0.5, 0, 1).astype(np.float32))


def ring(x: float, y: float, radius: float, width: float) -> Patch:
    """A circle's line, centred on `radius`."""
    outer = radius + width / 2
    x0, y0 = int(x - outer) - 2, int(y - outer) - 2
    size = int(outer * 2) + 5
    rows, columns = np.ogrid[y0 : y0 + size, x0 : x0 + size]
    distance = np.sqrt((columns - x) ** 2 + (rows - y) ** 2, dtype=np.float32)
    return Patch(
        x0, y0, np.clip(width / 2 - np.abs(distance - radius) + 0.5, 0, 1).astype(np.float32)
    )


def rounded(box: Box, radius: float) -> Patch:
    """A rectangle with round corners."""
    x0, y0 = int(box.x0) - 1, int(box.y0) - 1
    width, height = int(box.width) + 4, int(box.height) + 4
    radius = max(min(radius, box.width / 2, box.height / 2), 0)
    rows, columns = np.ogrid[y0 : y0 + height, x0 : x0 + width]
    cx, cy = box.centre
    dx = np.abs(columns + 0.5 - cx) - (box.width / 2 - radius)
    dy = np.abs(rows + 0.5 - cy) - (box.height / 2 - radius)
    outside = np.sqrt(np.maximum(dx, 0) ** 2 + np.maximum(dy, 0) ** 2)
    distance = outside + np.minimum(np.maximum(dx, dy), 0) - radius
    return Patch(x0, y0, np.clip(0.5 - distance, 0, 1).astype(np.float32))


def _raster(points: Sequence[Point], margin: float) -> tuple[int, int, np.ndarray, np.ndarray]:
    array = np.asarray(points, np.float64)
    x0, y0 = (np.floor(array.min(axis=0)) - margin - 2).astype(int)
    x1, y1 = (np.ceil(array.max(axis=0)) + margin + 3).astype(int)
    mask = np.zeros((int(y1 - y0), int(x1 - x0)), np.uint8)
    fixed = np.rint((array - (x0, y0)) * (1 << _SHIFT)).astype(np.int32)
    return int(x0), int(y0), mask, fixed


def polygon(points: Sequence[Point]) -> Patch:
    """A filled outline."""
    x0, y0, mask, fixed = _raster(points, 0)
    cv2.fillPoly(mask, [fixed], (255,), cv2.LINE_AA, _SHIFT)
    return Patch(x0, y0, np.asarray(mask / np.float32(255), np.float32))


def line(points: Sequence[Point], width: float, *, is_closed: bool = False) -> Patch:
    """A path drawn with a pen; thinner than a pixel it gets fainter."""
    x0, y0, mask, fixed = _raster(points, width)
    thickness = max(round(width), 1)
    cv2.polylines(mask, [fixed], is_closed, (255,), thickness, cv2.LINE_AA, _SHIFT)
    strength = np.float32(min(width, 1) / 255)
    return Patch(x0, y0, np.asarray(mask * strength, np.float32))


def lines(paths: Sequence[Sequence[Point]], width: float) -> Patch:
    """Many paths of one pen as one shape: where they cross they do not add up."""
    x0, y0, mask, _ = _raster([point for path in paths for point in path], width)
    fixed = [
        np.rint((np.asarray(path) - (x0, y0)) * (1 << _SHIFT)).astype(np.int32) for path in paths
    ]
    cv2.polylines(mask, fixed, False, (255,), max(round(width), 1), cv2.LINE_AA, _SHIFT)
    return Patch(x0, y0, np.asarray(mask * np.float32(min(width, 1) / 255), np.float32))


def ellipse_points(
    x: float, y: float, rx: float, ry: float, turn: float = 0.0, span: Point = (0.0, 360.0)
) -> list[Point]:
    """Points along an ellipse, turned by `turn` degrees, over the angles of `span`."""
    angles = np.radians(np.linspace(*span, 160))
    cos, sin = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    px, py = rx * np.cos(angles), ry * np.sin(angles)
    return [(x + a * cos - b * sin, y + a * sin + b * cos) for a, b in zip(px, py, strict=True)]


def ellipse(x: float, y: float, rx: float, ry: float, turn: float = 0.0) -> Patch:
    return polygon(ellipse_points(x, y, rx, ry, turn))


def smooth(points: Sequence[Point], per: int = 16) -> list[Point]:
    """A Catmull-Rom curve through the points."""
    array = np.asarray(points, np.float64)
    ends = np.vstack([2 * array[0] - array[1], array, 2 * array[-1] - array[-2]])
    t = np.linspace(0, 1, per, endpoint=False)[:, None]
    pieces = []
    for i in range(len(array) - 1):
        p0, p1, p2, p3 = ends[i : i + 4]
        pieces.append(
            0.5
            * (
                2 * p1
                + (p2 - p0) * t
                + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
                + (3 * p1 - p0 - 3 * p2 + p3) * t**3
            )
        )
    curve = np.vstack([*pieces, array[-1:]])
    return [(float(x), float(y)) for x, y in curve]


def downward(palette: list[Array], patch: Patch) -> Array:
    """A vertical gradient fitting a patch's ink, for `lay`."""
    from ytempire.providers.painter.colour import ramp

    height, width = patch.mask.shape
    return np.ascontiguousarray(np.broadcast_to(ramp(palette, height)[:, None], (height, width, 3)))
