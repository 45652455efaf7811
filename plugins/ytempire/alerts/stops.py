"""The alert of a call that a budget refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ytempire.alerts.notes import budget_key, raise_alert
from ytempire.errors import OverBudget
from ytempire.warehouse.database import connect


@contextmanager
def noted() -> Iterator[None]:
    """Note that a budget stopped the call that is reserved within: one alert a budget and period,
    however many it stops.

    It stands outside the reservation's transaction, which is rolled back.
    """
    try:
        yield
    except OverBudget as refused:
        whose = f"{refused.budget['scope']} {refused.budget['name']}".strip()
        with connect() as db:
            raise_alert(
                db,
                f"budget-stop/{budget_key(refused.budget)}",
                "budget_stop",
                "critical",
                f"The budget of {whose} stopped a call",
                f"{refused.message} {refused.remedy}",
            )
        raise
