"""Requests that are called off, with what was ordered ahead for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ytempire.runs import arranging, orders
from ytempire.runs.arranging import Arranged
from ytempire.studio import ordering


def cancel(request_ids: Sequence[str]) -> Arranged:
    """Call waiting requests off, and take back the scripts that were ordered for them: one that was
    not handed in costs nothing, one that was is told to stop, if it can be.

    Raises:
        InvalidInput: as `arranging.prioritise`; nothing was changed.
    """
    arranged = arranging.cancel(request_ids)
    recalls = {each: ordering.call_off(each) for each in arranged.done}
    return replace(arranged, sent={each: recall for each, recall in recalls.items() if recall})


def close_orders() -> None:
    """Book and close the orders that nobody will take any more, as far as they have stopped."""
    for request_id in orders.unwanted():
        ordering.call_off(request_id)
