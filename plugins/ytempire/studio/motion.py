"""Stills in motion: slow zooms and pans on YUV planes, frame by frame.

OpenCV's affine warp works on the Y, U and V planes themselves: a quarter of a CPU second per
output second and less than 0.1 px of jitter per frame squared, where FFmpeg's zoompan jumps by
2.4 px. Colours are BT.709, limited range, by our own matrix: OpenCV's I420 is BT.601.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from ytempire.errors import InvalidMedia

Plane = NDArray[np.uint8]
Planes = tuple[Plane, Plane, Plane]
#: A picture's plane as numbers with fractions: OpenCV warps these a third faster than bytes.
Source = NDArray[np.float32]
Sources = tuple[Source, Source, Source]

#: A picture covers the frame with this much to spare, for motion; zoom uses up to `_ZOOM`.
HEADROOM = 1.12
_ZOOM = 0.075
#: A picture of more pixels than this is a wrong file, or an attack on memory.
_LARGEST_PIXELS = 80_000_000

#: BT.709, limited range, from 8-bit RGB (ITU-R BT.709-6, items 3.3 and 3.5).
_RGB_TO_YUV = np.array(
    [
        [0.2126 * 219 / 255, 0.7152 * 219 / 255, 0.0722 * 219 / 255, 16],
        [-0.2126 / 1.8556 * 224 / 255, -0.7152 / 1.8556 * 224 / 255, 0.5 * 224 / 255, 128],
        [0.5 * 224 / 255, -0.7152 / 1.5748 * 224 / 255, -0.0722 / 1.5748 * 224 / 255, 128],
    ]
)


@dataclass(frozen=True)
class Move:
    """Where the camera is at a scene's start and end.

    Attributes:
        zooms: 1 shows as much of the picture as fits, 1.07 is closer.
        pans: from -1 to 1 in each direction, of the room that the zoom leaves.
        ease: from progress 0..1 to the way gone, 0..1.
    """

    zooms: tuple[float, float]
    pans: tuple[tuple[float, float], tuple[float, float]]
    ease: Callable[[float], float]


def _gentle(progress: float) -> float:
    """Almost steady, a little slower at both ends: no start or stop that the eye catches."""
    return 0.7 * progress + 0.3 * (progress * progress * (3 - 2 * progress))


def _settling(progress: float) -> float:
    """Quicker at first, then slowly to rest."""
    return 0.55 * progress + 0.45 * (1 - (1 - progress) ** 2)


def _gathering(progress: float) -> float:
    """Slow at first, then on its way."""
    return 0.65 * progress + 0.35 * progress * progress


def moves(scenes: int, seed: int) -> list[Move]:
    """A camera move for each scene; no two neighbours move alike."""
    random = np.random.default_rng([seed, scenes])
    near = 1 + _ZOOM
    kinds = [
        ((1.0, near), 0.25, _gentle),
        ((near, 1.0), 0.25, _settling),
        ((1.0 + _ZOOM * 0.35, near * 0.99), 0.8, _gathering),
        ((near * 0.995, 1.0 + _ZOOM * 0.4), 0.8, _gentle),
    ]
    chosen: list[Move] = []
    before = -1
    for _ in range(scenes):
        kind = int(random.choice([k for k in range(len(kinds)) if k != before]))
        before = kind
        zooms, reach, ease = kinds[kind]
        angle = float(random.uniform(0, 2 * math.pi))
        along = (reach * math.cos(angle), reach * math.sin(angle))
        chosen.append(Move(zooms, (along, (-along[0], -along[1])), ease))
    return chosen


def load_planes(picture: Path, size: tuple[int, int], ground: str = "#000000") -> Sources:
    """A picture as Y, U and V, 0 to 255, cut to the frame's shape with headroom.

    Args:
        ground: #rrggbb, what is seen through a transparent picture.

    Raises:
        InvalidMedia: it is missing, corrupt, cut off, or too large; the message names it.
    """
    width, height = (2 * round(side * HEADROOM / 2) for side in size)
    rgb = _covering(_read(picture, (width, height), ground), width, height)
    luma, *chroma = cv2.split(cv2.transform(rgb, _RGB_TO_YUV))  # bytes: rounded and saturated
    half = (width // 2, height // 2)
    blue, red = (cv2.resize(plane, half, interpolation=cv2.INTER_AREA) for plane in chroma)
    return luma.astype(np.float32), blue.astype(np.float32), red.astype(np.float32)


def is_still(media: Path) -> bool:
    """Whether a file is a picture that does not move of itself, by its content."""
    try:
        with Image.open(media) as image:
            return int(getattr(image, "n_frames", 1)) == 1
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False


def require_picture(picture: Path) -> None:
    """Make sure that a picture is there and whole, before anything is begun.

    Raises:
        InvalidMedia: it is missing, corrupt, cut off, or too large; the message names it.
    """
    _read(picture, (16, 16), "#000000")


def _read(picture: Path, enough: tuple[int, int], ground: str) -> Plane:
    """Upright RGB; a JPEG is read at the least size that is `enough`, which spares memory."""
    try:
        with Image.open(picture) as image:
            if image.width * image.height > _LARGEST_PIXELS:
                raise InvalidMedia(
                    f"{picture.name} has {image.width}x{image.height} pixels.",
                    "Use a picture of at most 80 megapixels.",
                )
            image.draft("RGB", (max(enough), max(enough)))
            return _flat(ImageOps.exif_transpose(image), ground)
    except InvalidMedia:
        raise
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InvalidMedia(
            f"The picture {picture} cannot be read: {error}",
            "Replace it, or delete it so that it is made again.",
        ) from error


def _flat(image: Image.Image, ground: str) -> Plane:
    """8-bit RGB of any picture; a transparent one lies on `ground`."""
    if image.mode.startswith("I"):  # 16 bits of grey, which Pillow would cut off, not scale
        deep = np.clip(np.asarray(image, np.int64), 0, 65535)
        image = Image.fromarray((deep // 257).astype(np.uint8))
    if image.has_transparency_data:
        under = Image.new("RGBA", image.size, ground)
        image = Image.alpha_composite(under, image.convert("RGBA"))
    return np.asarray(image.convert("RGB"), dtype=np.uint8)


def _covering(rgb: Plane, width: int, height: int) -> Plane:
    """The middle of the picture at the wanted shape and size."""
    scale = max(width / rgb.shape[1], height / rgb.shape[0])
    cut_w, cut_h = min(round(width / scale), rgb.shape[1]), min(round(height / scale), rgb.shape[0])
    left, top = (rgb.shape[1] - cut_w) // 2, (rgb.shape[0] - cut_h) // 2
    cut = np.ascontiguousarray(rgb[top : top + cut_h, left : left + cut_w])
    if (cut_w, cut_h) == (width, height):
        return cut
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(cut, (width, height), interpolation=kind), dtype=np.uint8)


class Camera:
    """Films one picture: any moment of its move into a frame's planes."""

    def __init__(self, planes: Sources, move: Move, size: tuple[int, int]) -> None:
        width, height = size
        self._planes, self._move = planes, move
        self._warped = np.empty((height, width), np.float32)
        self._half = np.empty((height // 2, width // 2), np.float32)

    def film(self, progress: float, into: Planes) -> None:
        """Draw the move at `progress` (0 to 1) into planes of the frame's size."""
        way = self._move.ease(min(max(progress, 0.0), 1.0))
        zoom = self._move.zooms[0] + (self._move.zooms[1] - self._move.zooms[0]) * way
        (x0, y0), (x1, y1) = self._move.pans
        pan = (x0 + (x1 - x0) * way, y0 + (y1 - y0) * way)
        for plane, target in zip(self._planes, into, strict=True):
            warped = self._warped if target.shape == self._warped.shape else self._half
            cv2.warpAffine(
                plane,
                self._matrix(plane, target, zoom, pan),
                (target.shape[1], target.shape[0]),
                dst=warped,
                flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                borderMode=cv2.BORDER_REPLICATE,
            )
            cv2.convertScaleAbs(warped, dst=target)  # rounds to bytes

    @staticmethod
    def _matrix(
        plane: Source, target: Plane, zoom: float, pan: tuple[float, float]
    ) -> NDArray[np.float64]:
        """From a pixel of the frame to one of the picture; pixels count from their centres."""
        height, width = plane.shape
        scale = min(width / target.shape[1], height / target.shape[0]) / zoom
        view_w, view_h = target.shape[1] * scale, target.shape[0] * scale
        left = (width - view_w) / 2 * (1 + pan[0])
        top = (height - view_h) / 2 * (1 + pan[1])
        shift = 0.5 * scale - 0.5
        return np.array([[scale, 0, left + shift], [0, scale, top + shift]])


class Frame:
    """One frame's bytes as FFmpeg's yuv420p expects them, and its planes as views of them."""

    def __init__(self, size: tuple[int, int]) -> None:
        width, height = size
        luma, chroma = width * height, width * height // 4
        self.data = np.empty(luma + 2 * chroma, dtype=np.uint8)
        self.planes: Planes = (
            self.data[:luma].reshape(height, width),
            self.data[luma : luma + chroma].reshape(height // 2, width // 2),
            self.data[luma + chroma :].reshape(height // 2, width // 2),
        )
