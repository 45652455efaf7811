"""Scripts of planned videos, ordered a slot ahead: written within a day, at half the price.

The order is one batch a request. Its run starts once the batch has ended, and its `write` finds the
script there; an order that failed costs nothing, and the script is written on demand.
"""

from __future__ import annotations

import logging

from ytempire.channels import accounts
from ytempire.config import settings
from ytempire.errors import YTEmpireError
from ytempire.runs import orders, queue
from ytempire.studio.priced import PricedNotes
from ytempire.studio.stages import answers, brief_of
from ytempire.studio.writing import has_ended, plan_scripts

log = logging.getLogger(__name__)


def order(request_ids: list[str]) -> None:
    """Order the scripts of planned requests, where a model writes and batches are on.

    A script that cannot be ordered is written on demand; what is wrong is told to a person then.
    """
    if settings().openai.api_key is None or not settings().openai.batches:
        return
    for request_id in request_ids:
        request = queue.get(request_id)
        if request.script is None and orders.of(request_id) is None:
            brief = brief_of(request, accounts.channel(request.channel_id))
            try:
                batch_ids = plan_scripts([brief], PricedNotes(), answers(), request_id=request_id)
            except YTEmpireError as error:
                log.warning("The script of %s was not ordered: %s", request_id, error.message)
                continue
            for batch_id in batch_ids:
                orders.put(batch_id, request_id)


def is_awaited(request_id: str) -> bool:
    """Whether a request's script is still being written; after a day it is no longer waited for."""
    batch_id = orders.of(request_id)
    if batch_id is None or orders.is_overdue(batch_id):
        return False
    try:
        return not has_ended(batch_id)
    except YTEmpireError:
        return False  # unknown or unreachable: the script is written on demand
