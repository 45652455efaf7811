"""The alert of a call that a budget refused."""

from __future__ import annotations

from ytempire.alerts.notes import Db, budget_key, raise_alert
from ytempire.errors import OverBudget


def note(db: Db, refused: OverBudget) -> bool:
    """Note that a budget stopped a call: one alert a budget and period, however many it stops.

    To be called outside the transaction of the reservation, which is rolled back.

    Returns:
        Whether it is the first.
    """
    key = budget_key(refused.budget)
    whose = f"{refused.budget['scope']} {refused.budget['name']}".strip()
    return raise_alert(
        db,
        f"budget-stop/{key}",
        "budget_stop",
        "critical",
        f"The budget of {whose} stopped a call",
        f"{refused.message} {refused.remedy}",
    )
