"""Where work writes down what happens while it goes on: what it buys, and what it makes do with.

`runs.stages.StageRun` is the warehouse's journal; `Notes` is one in memory.
"""

from __future__ import annotations

from typing import Protocol

from ytempire.domain import Fallback, Usage


class Journal(Protocol):
    """Asked before something is bought, told after."""

    def intend(self, purchase: str, *expected: Usage, can_look_up: bool = False) -> bool:
        """Ask before a call that somebody bills, reserve the most that it can cost, and write down
        that it goes out: from here on it may be billed.

        Args:
            purchase: names what is bought; the same name at another try is the same purchase.
            expected: the most that is foreseen; at least one.
            can_look_up: the caller finds at the provider what became of a call whose worker died;
                without it such a call is booked as foreseen and another one bought.

        Returns:
            Whether a worker that died had begun it: look it up before it is bought again.

        Raises:
            NotConfigured: the price book has no price for it; nothing was bought.
            OverBudget: a budget, or the day's allowance, has too little left for it.
        """

    def settle(self, purchase: str, *usages: Usage, is_ambiguous: bool = False) -> None:
        """Book what a purchase consumed, once however often it is said.

        Args:
            is_ambiguous: whether it was billed is not known.
        """

    def void(self, purchase: str) -> None:
        """Say that nobody bills this call: it did not go out, or was refused."""

    def used(self, *usages: Usage) -> None:
        """Book what was consumed that nobody sends a bill for, such as this machine's time."""

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
        self._settled: set[str] = set()

    def intend(self, purchase: str, *expected: Usage, can_look_up: bool = False) -> bool:
        """See `Journal.intend`; nothing is refused here."""
        self._settled.discard(purchase)
        return False

    def settle(self, purchase: str, *usages: Usage, is_ambiguous: bool = False) -> None:
        """See `Journal.settle`."""
        if purchase not in self._settled:
            self._settled.add(purchase)
            self.used(*usages)

    def void(self, purchase: str) -> None:
        """See `Journal.void`."""

    def used(self, *usages: Usage) -> None:
        """See `Journal.used`."""
        self.usages.extend(usages)

    def fell_back(self, fallback: Fallback) -> None:
        """See `Journal.fell_back`."""
        self.fallbacks.append(fallback)

    def progress(self, fraction: float, note: str = "") -> None:
        """See `Journal.progress`."""
        self.reported = (fraction, note)
