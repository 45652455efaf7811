"""Scripts that are ordered ahead: handed in, looked after, and taken when the video is written."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path

from ytempire.config import settings
from ytempire.errors import InvalidInput, ProviderUnavailable, YTEmpireError
from ytempire.journal import Notes
from ytempire.providers.openai_client import Lost
from ytempire.providers.writers import Brief, batches
from ytempire.runs import orders
from ytempire.runs.stages import StageRun
from ytempire.studio.writing import cancel_scripts, collect_scripts, plan_scripts

log = logging.getLogger(__name__)


def place(request_id: str, brief: Brief, cache_folder: Path) -> None:
    """Order a request's script, once; one that a worker has begun to order is left to it for ten
    minutes, and looked for then.

    Raises:
        OverBudget: too little is left for it; nothing was sent.
        NotConfigured, KeyRejected, ProviderRefused, ProviderUnavailable: it was not ordered.
        Lost: it may have been; whoever comes next looks for it.
    """
    before = orders.of(request_id)
    if before is not None and (before.batch_id is not None or before.is_fresh):
        return
    journal = orders.Ordering(request_id)
    try:
        placed = plan_scripts([brief], journal, cache_folder, request_id=request_id)
    except Lost:
        raise
    except YTEmpireError:
        orders.take(request_id)
        raise
    if placed and not orders.put(request_id, placed[0]):
        call_off(request_id)


def is_awaited(request_id: str) -> bool:
    """Whether a request's script is still being written, or nobody says for now whether it is;
    after a day it is no longer waited for."""
    order = orders.of(request_id)
    if order is None or order.is_overdue:
        return False
    try:
        batch_id = _batch_of(order)
        return batch_id is not None and not batches.has_ended(batch_id, settings().openai)
    except ProviderUnavailable:
        return True  # a run that starts now would only fail for want of what was ordered
    except YTEmpireError:
        return False  # nobody knows it: the script is written on demand


def take(request_id: str, run: StageRun, cache_folder: Path) -> None:
    """Fetch and book what was ordered ahead; `write_script` then finds it among the answers.

    An order that is overdue is cancelled, so that nothing of it is billed after it was taken. While
    nobody answers it stays open: what it wrote is booked when this stage runs again.

    Raises:
        ProviderUnavailable: it is still at work, or nobody says whether it is.
    """
    order = orders.of(request_id)
    if order is None:
        return
    try:
        batch_id = _batch_of(order)
        if batch_id is None:
            return
        collected = collect_scripts(batch_id, run, cache_folder)
        if order.is_overdue and not collected.is_done:
            collected = cancel_scripts(batch_id, run, cache_folder)
    except InvalidInput:
        orders.take(request_id)  # nobody knows it any more: the script is written on demand
        return
    except ProviderUnavailable:
        if not order.is_overdue:
            raise  # it is paid for; it comes when they answer again
        return
    if not collected.is_done:
        error = ProviderUnavailable(
            f"The script was ordered in batch {batch_id}, which is still at work.",
            "It was told to stop, which takes ten minutes; then the script is written on demand."
            if order.is_overdue
            else "It comes within a day; to write it now would pay for it twice.",
        )
        error.retry_after_s = 300.0  # the task's retries outlast the ten minutes
        raise error
    orders.take(request_id)


def call_off(request_id: str) -> orders.Recall | None:
    """Take back the order of a request that was called off, if there is one. Safe to call again,
    which each plan does: what was handed in takes ten minutes to stop, and what a worker hands in
    at this moment is found then, if that worker does not tell it to stop itself.

    Returns:
        What became of it; None: nothing was handed in that anybody knows of, so nothing is billed.
    """
    order = orders.of(request_id)
    if order is None:
        return None
    try:
        batch_id = order.batch_id or batches.find(request_id, settings().openai)
        if batch_id is None:
            if not order.is_fresh:
                orders.take(request_id)
            return None
        written = Notes()
        with tempfile.TemporaryDirectory() as folder:  # nobody asks for these answers
            collected = cancel_scripts(batch_id, written, Path(folder))
    except InvalidInput:
        orders.take(request_id)  # nobody knows it any more
        return None
    except YTEmpireError as error:
        log.warning("The order of %s was not taken back yet: %s", request_id, error.message)
        return orders.Recall.UNREACHED
    if not collected.is_done:
        return orders.Recall.TOLD
    orders.take(request_id, written.usages)
    return orders.Recall.OVER


def _batch_of(order: orders.Order) -> str | None:
    """The batch of an order; one without is looked for, and closed if it was never handed in.

    Raises:
        ProviderUnavailable: it was handed in so lately, or is being, that it may not be listed yet.
    """
    if order.batch_id is not None:
        return order.batch_id
    found = batches.find(order.request_id, settings().openai)
    if found is None and order.is_fresh:
        error = ProviderUnavailable(
            f"Whether the script of {order.request_id} was ordered is not known yet.",
            "In ten minutes it is; to write it now could pay for it twice.",
        )
        error.retry_after_s = 300.0
        raise error
    if found is None:
        orders.take(order.request_id)
    else:
        orders.put(order.request_id, found)
    return found
