"""A cut: all that is seen and heard in a video, decided, before the first frame is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from ytempire.studio.encoder import FPS
from ytempire.studio.loudness import Sounds
from ytempire.studio.sequence import Shot


@dataclass(frozen=True)
class Cut:
    """What `assemble.render` makes into a file.

    Attributes:
        shots: stills and clips; the last one's end is the video's length in frames.
        sounds: voice, own sound and music files.
        composes: whether music is composed, where `sounds` has none.
        captions: writes the captions as ASS into the file it is given; None: there are none.
        ground: #rrggbb, what is seen through transparent media.
        seed: decides camera moves, transitions and the composed music.
    """

    shots: tuple[Shot, ...]
    size: tuple[int, int]
    fps: Fraction = Fraction(FPS)
    sounds: Sounds = field(default_factory=Sounds)
    composes: bool = False
    captions: Callable[[Path], Path] | None = None
    ground: str = "#000000"
    seed: int = 1

    @property
    def frames(self) -> int:
        return self.shots[-1].end

    @property
    def seconds(self) -> float:
        return float(self.frames / self.fps)
