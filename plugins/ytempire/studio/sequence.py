"""The cut's pictures in order: stills that move, clips that run, and how one becomes the next."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from ytempire.studio import transitions
from ytempire.studio.clips import Clip, Note, Reel
from ytempire.studio.encoder import FPS
from ytempire.studio.motion import Camera, Frame, Move, load_planes, moves

#: Seconds that the longest transition takes; half of them lie on each side of the cut.
_TRANSITION_S = 1 / 3
#: Clips are passed on in runs of so many frames, so that progress is told.
_RUN = 30


@dataclass(frozen=True)
class Shot:
    """A still or a clip, and the frame of the cut at which it ends."""

    media: Path | Clip
    end: int


class Source(Protocol):
    """A shot's frames, asked for one after the other."""

    def start(self) -> object:
        """Get ready."""

    def draw(self, into: Frame) -> None:
        """The next frame."""

    def close(self) -> None:
        """Let go of what is held."""


class Still:
    """A picture under a moving camera. It is loaded when it is first seen."""

    def __init__(
        self, path: Path, move: Move, size: tuple[int, int], frames: int, ground: str
    ) -> None:
        self._path, self._move, self._size, self._ground = path, move, size, ground
        self._camera: Camera | None = None
        self._last, self._at = max(frames - 1, 1), 0

    def start(self) -> None:
        """See `Source.start`: nothing, because two pictures in memory are enough."""

    def draw(self, into: Frame) -> None:
        """See `Source.draw`."""
        if self._camera is None:
            planes = load_planes(self._path, self._size, self._ground)
            self._camera = Camera(planes, self._move, self._size)
        self._camera.film(self._at / self._last, into.planes)
        self._at += 1

    def close(self) -> None:
        """See `Source.close`."""
        self._camera = None


class Held:
    """The last frames of a clip, read ahead of their time."""

    def __init__(self, frames: list[Frame]) -> None:
        self._frames = frames

    def start(self) -> None:
        """See `Source.start`: they are here."""

    def draw(self, into: Frame) -> None:
        """See `Source.draw`."""
        np.copyto(into.data, self._frames.pop(0).data)

    def close(self) -> None:
        """See `Source.close`."""
        self._frames = []


def _rest(shot: Source, frames: int, after: Source, size: tuple[int, int]) -> Source:
    """A shot for its transition. Of a clip before a clip the rest is read at once and its decoder
    ended: one of those holds 80 MB, ten frames hold 30; the encoder has work until the next begins.
    """
    if not (isinstance(shot, Reel) and isinstance(after, Reel)):
        return shot
    held = []
    for _ in range(frames):
        held.append(Frame(size))
        shot.draw(held[-1])
    shot.close()
    return Held(held)


@dataclass(frozen=True)
class Run:
    """So many frames of a clip, to be passed on as they are."""

    reel: Reel
    frames: int


def film(
    shots: Sequence[Shot],
    size: tuple[int, int],
    seed: int,
    fps: Fraction = Fraction(FPS),
    ground: str = "#000000",
    note: Note = lambda text: None,
) -> Generator[Frame | Run, None, None]:
    """The frames of a cut, in order. The same Frame object comes each time: use it at once.

    Args:
        seed: decides the camera moves and the transitions.
        ground: #rrggbb, what is seen through transparent pictures.
        note: told what was done about a clip that did not suffice.

    Raises:
        InvalidMedia: a picture or a clip cannot be read.
    """
    # OpenCV's threads wait by spinning: they cost a third more CPU, which the encoder needs.
    cv2.setNumThreads(1)
    ends = [shot.end for shot in shots]
    halves = [half_transition(ends, cut, fps) for cut in range(len(ends))]
    kinds = transitions.chosen(len(shots) - 1, seed)
    plan = moves(len(shots), seed)
    halves = [0 if k < len(kinds) and kinds[k] == "cut" else h for k, h in enumerate(halves)]

    def source(index: int) -> Source:
        begin = (ends[index - 1] - halves[index - 1]) if index else 0
        frames = ends[index] + halves[index] - begin
        media = shots[index].media
        if isinstance(media, Clip):
            return Reel(media, frames, size, fps, ground, note)
        return Still(media, plan[index], size, frames, ground)

    now, other, mixed = Frame(size), Frame(size), Frame(size)
    sources = [source(index) for index in range(len(shots))]
    begin = 0
    try:
        for index, shot in enumerate(sources):
            after = sources[index + 1] if index + 1 < len(sources) else None
            yield from _alone(shot, ends[index] - halves[index] - begin, now, after)
            begin = ends[index] + halves[index]
            if after is not None:
                rest = _rest(shot, 2 * halves[index], after, size)
                for step in range(2 * halves[index]):
                    rest.draw(now)
                    after.draw(other)
                    share = (step + 0.5) / (2 * halves[index])
                    transitions.draw(kinds[index], share, now, other, mixed)
                    yield mixed
            shot.close()
    finally:
        for shot in sources:
            with suppress(OSError):
                shot.close()


def _alone(shot: Source, frames: int, into: Frame, after: Source | None) -> Iterator[Frame | Run]:
    """A shot's frames up to its transition; during a still's last ones the next gets ready."""
    if not isinstance(shot, Reel):
        for done in range(frames):
            if after is not None and done == max(frames - _RUN // 2, 0):
                after.start()
            shot.draw(into)
            yield into
        return
    for done in range(0, frames, _RUN):
        yield Run(shot, min(_RUN, frames - done))


def half_transition(ends: Sequence[int], cut: int, fps: Fraction = Fraction(FPS)) -> int:
    """Frames that a transition takes on each side of a cut; none at the video's two ends."""
    if cut < 0 or cut >= len(ends) - 1:
        return 0
    before = ends[cut] - (ends[cut - 1] if cut else 0)
    after = ends[cut + 1] - ends[cut]
    return min(round(fps * Fraction(_TRANSITION_S) / 2), before // 3, after // 3)


def scene_frames(scene_ends: Sequence[float], fps: Fraction = Fraction(FPS)) -> list[int]:
    """Where scenes end, in frames: never falling, at least one frame each; the last rounds up."""
    ends: list[int] = []
    for index, end in enumerate(scene_ends):
        is_last = index == len(scene_ends) - 1
        frames = end * float(fps)
        at = math.ceil(frames - 1e-6) if is_last else round(frames)
        ends.append(max(at, (ends[-1] if ends else 0) + 1))
    return ends
