"""Where work writes down what happens while it goes on: what it buys, and what it makes do with.

`runs.stages.StageRun` is the warehouse's journal; `Notes` is one in memory.
"""

from __future__ import annotations

from typing import Protocol

from ytempire.domain import Fallback, Usage


class Journal(Protocol):
    """Asked before something is bought, told after."""

    def allow(self, expected: Usage) -> None:
        """Ask before a call that somebody bills; its quantity is the most that is foreseen.

        Raises:
            NotConfigured: the price book has no price for it; nothing was bought.
            QuotaExhausted: the day's allowance has too little left for it.
        """

    def used(self, *usages: Usage) -> None:
        """Book what was consumed, at once, so that it stays booked if the stage fails later."""

    def fell_back(self, fallback: Fallback) -> None:
        """Note that something else served than what was wanted."""

    def progress(self, fraction: float, note: str = "") -> None:
        """Say how far the stage is, 0 to 1; cheap to call often."""


class Notes:
    """A journal in memory. It knows no prices and allows everything: what may buy from a provider
    that bills takes `studio.priced.PricedNotes`.
    """

    def __init__(self) -> None:
        self.usages: list[Usage] = []
        self.fallbacks: list[Fallback] = []
        self.reported: tuple[float, str] = (0.0, "")

    def allow(self, expected: Usage) -> None:
        """See `Journal.allow`; nothing is refused here."""

    def used(self, *usages: Usage) -> None:
        """See `Journal.used`."""
        self.usages.extend(usages)

    def fell_back(self, fallback: Fallback) -> None:
        """See `Journal.fell_back`."""
        self.fallbacks.append(fallback)

    def progress(self, fraction: float, note: str = "") -> None:
        """See `Journal.progress`."""
        self.reported = (fraction, note)
