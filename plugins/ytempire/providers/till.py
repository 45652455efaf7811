"""Where a provider's purchases are asked for and booked: what a provider sees of a stage's journal.

One that takes several paid answers for a result, and can fail after them, books each as it comes.
"""

from __future__ import annotations

from typing import Protocol

from ytempire.domain import Usage


class Till(Protocol):
    """Asked before something is bought and told after: `runs.journal.Journal` is one."""

    def allow(self, expected: Usage) -> None:
        """Raises NotConfigured for what has no price, QuotaExhausted when no more may be spent."""

    def used(self, *usages: Usage) -> None:
        """Book what was consumed."""

    def progress(self, fraction: float, note: str = "") -> None:
        """Say how far the work is."""
