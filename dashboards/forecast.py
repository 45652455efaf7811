"""The forecast of revenue in words."""

from __future__ import annotations

from collections.abc import Sequence

from dashboards import formats
from dashboards.data import Row

#: Final days without which nothing is foreseen (`ytempire.learning.forecasts.LEAST`).
LEAST_DAYS = 56


def in_words(rows: Sequence[Row]) -> str:
    """What the running month is likely to bring, or why nothing is said.

    Args:
        rows: of `revenue_forecast.sql`.
    """
    months = [row for row in rows if row["grain"] == "month"]
    if months:
        return _of_month(months[-1])
    days = rows[0]["final_days"] if rows else 0
    if days < LEAST_DAYS:
        return (
            f"No forecast yet: it is learnt from {LEAST_DAYS} final days at least, and there are "
            f"{days}."
        )
    return "No forecast of these days: it is made when another day has become final."


def _of_month(month: Row) -> str:
    label = " SIMULATED figures." if month["is_simulated"] else ""
    known = f"{formats.money(month['known_usd'])} of it are final. " if month["known_usd"] else ""
    return (
        f"{month['day']:%B} is likely to end at {formats.money(month['likely_usd'])}, four of five "
        f"times between {formats.money(month['low_usd'])} and "
        f"{formats.money(month['high_usd'])}. {known}Learnt from {month['learnt_days']} final days "
        f"up to {formats.day(month['learnt_until'])}.{label}"
    )
