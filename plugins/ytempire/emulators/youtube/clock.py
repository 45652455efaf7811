"""The emulated clock: starts at the real time, runs at `speed`, and never goes back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime


@dataclass(frozen=True)
class Anchor:
    """Where the clock was when its speed last changed.

    Attributes:
        t0: the very first emulated moment, epoch seconds; history is anchored at it.
        emulated: emulated epoch seconds at the anchor.
        real: real epoch seconds at the anchor.
        speed: emulated seconds per real second.
    """

    t0: float
    emulated: float
    real: float
    speed: float


class Clock:
    """Emulated UTC time.

    Args:
        anchor: as stored by an earlier start, or None for the first.
        speed: emulated seconds per real second from now on.
        real: the real clock, epoch seconds.
    """

    def __init__(
        self, anchor: Anchor | None, speed: float, real: Callable[[], float] = time.time
    ) -> None:
        self._real = real
        now = real()
        self.anchor = anchor or Anchor(t0=now, emulated=now, real=now, speed=speed)
        if self.anchor.speed != speed:
            self.anchor = replace(self.anchor, emulated=self.seconds(), real=now, speed=speed)

    def seconds(self) -> float:
        """Emulated epoch seconds."""
        elapsed = max(0.0, self._real() - self.anchor.real)
        return self.anchor.emulated + elapsed * self.anchor.speed

    def now(self) -> datetime:
        """The emulated moment, UTC."""
        return datetime.fromtimestamp(self.seconds(), UTC)

    @property
    def t0(self) -> datetime:
        """The moment the world began to run: all simulated history lies before it."""
        return datetime.fromtimestamp(self.anchor.t0, UTC)

    def advance(self, hours: float) -> None:
        """Moves the clock forward. Raises ValueError when asked to move it back."""
        if hours < 0:
            raise ValueError("The emulated clock cannot go back.")
        self.anchor = replace(self.anchor, emulated=self.anchor.emulated + hours * 3600.0)
