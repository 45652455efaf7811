"""A journal in memory for work outside a stage that may buy: nothing without a price is bought."""

from __future__ import annotations

from datetime import UTC, datetime

from ytempire.costs.prices import price_of
from ytempire.domain import Usage
from ytempire.journal import Notes


class PricedNotes(Notes):
    """Notes that refuse what the price book does not know, as the warehouse's journal does."""

    def intend(self, purchase: str, *expected: Usage, can_look_up: bool = False) -> bool:
        """See `Journal.intend`; there is no budget here."""
        for usage in expected:
            price_of(usage, datetime.now(UTC).date())
        return super().intend(purchase, *expected, can_look_up=can_look_up)
