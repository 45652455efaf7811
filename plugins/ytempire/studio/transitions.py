"""How one shot becomes the next: a fade, a cut, a slide or a zoom, each a third of a second."""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np

from ytempire.studio.motion import Frame

#: A fade tires least, so it comes most often.
_SHARES = {"fade": 0.4, "cut": 0.2, "left": 0.1, "up": 0.1, "zoom": 0.2}
#: How far a zoom has come closer when it is gone.
_CLOSER = 0.35


def chosen(cuts: int, seed: int) -> list[str]:
    """A transition for each cut; no two in a row are alike."""
    random = np.random.default_rng([seed, cuts, 2])
    kinds: list[str] = []
    for _ in range(cuts):
        offered = [kind for kind in _SHARES if kind != (kinds[-1] if kinds else "")]
        weights = np.array([_SHARES[kind] for kind in offered])
        kinds.append(str(random.choice(offered, p=weights / weights.sum())))
    return kinds


def draw(kind: str, progress: float, before: Frame, after: Frame, into: Frame) -> None:
    """The picture between two at `progress`, 0 to 1."""
    _DRAWN[kind](progress, before, after, into)


def _fade(progress: float, before: Frame, after: Frame, into: Frame) -> None:
    share = progress * progress * (3 - 2 * progress)
    cv2.addWeighted(before.data, 1 - share, after.data, share, 0, dst=into.data)


def _left(progress: float, before: Frame, after: Frame, into: Frame) -> None:
    """The next one pushes in from the right; whole chroma pixels, so luma moves by two."""
    width = into.planes[1].shape[1]
    gone = round(width * _swift(progress))
    for scale, out, one, two in zip((2, 1, 1), into.planes, before.planes, after.planes,
                                    strict=True):  # fmt: skip
        at = out.shape[1] - gone * scale
        out[:, :at], out[:, at:] = one[:, gone * scale :], two[:, : gone * scale]


def _up(progress: float, before: Frame, after: Frame, into: Frame) -> None:
    """The next one pushes in from below."""
    height = into.planes[1].shape[0]
    gone = round(height * _swift(progress))
    for scale, out, one, two in zip((2, 1, 1), into.planes, before.planes, after.planes,
                                    strict=True):  # fmt: skip
        at = out.shape[0] - gone * scale
        out[:at], out[at:] = one[gone * scale :], two[: gone * scale]


def _zoom(progress: float, before: Frame, after: Frame, into: Frame) -> None:
    """The first comes closer while it gives way."""
    closer = 1 + _CLOSER * progress * progress
    for plane, out in zip(before.planes, into.planes, strict=True):
        height, width = plane.shape
        matrix = np.array([
            [1 / closer, 0, (width - 1) / 2 * (1 - 1 / closer)],
            [0, 1 / closer, (height - 1) / 2 * (1 - 1 / closer)],
        ])  # fmt: skip
        cv2.warpAffine(
            plane, matrix, (width, height), dst=out,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE,
        )  # fmt: skip
    _fade(progress, into, after, into)


def _swift(progress: float) -> float:
    """Slow, quick, slow."""
    return 0.5 - 0.5 * math.cos(math.pi * progress)


_DRAWN: dict[str, Callable[[float, Frame, Frame, Frame], None]] = {
    "fade": _fade, "left": _left, "up": _up, "zoom": _zoom,
}  # fmt: skip
