"""A journal in memory for work outside a stage that may buy: nothing without a price is bought."""

from __future__ import annotations

from datetime import UTC, datetime

from ytempire.costs.prices import price_of
from ytempire.domain import Usage
from ytempire.journal import Notes


class PricedNotes(Notes):
    """Notes that refuse what the price book does not know, as the warehouse's journal does."""

    def allow(self, expected: Usage) -> None:
        """See `Journal.allow`; there is no day's allowance here."""
        price_of(expected, datetime.now(UTC).date())
