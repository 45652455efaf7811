"""Scripts of planned videos, ordered a slot ahead: written within a day, at half the price.

The order is one batch a request. Its run starts once the batch has ended, and its `write` finds the
script there; an order that failed costs nothing, and the script is written on demand.
"""

from __future__ import annotations

import logging

from ytempire.channels import accounts
from ytempire.config import settings
from ytempire.errors import YTEmpireError
from ytempire.runs import queue
from ytempire.studio import ordering
from ytempire.studio.stages import answers, brief_of

log = logging.getLogger(__name__)


def order(request_ids: list[str]) -> None:
    """Order the scripts of planned requests, where a model writes and batches are on.

    A script that cannot be ordered is written on demand; what is wrong is told to a person then.
    """
    if settings().openai.api_key is None or not settings().openai.batches:
        return
    for request_id in request_ids:
        request = queue.get(request_id)
        if request.script is None:
            brief = brief_of(request, accounts.channel(request.channel_id))
            try:
                ordering.place(request_id, brief, answers())
            except YTEmpireError as error:
                log.warning("The script of %s was not ordered: %s", request_id, error.message)
