"""What `ytempire forecast` prints: the month's end, how good the intervals are, or one video."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from rich import box
from rich.table import Table

from ytempire.costs.forecast import WHOLE, Forecast
from ytempire.costs.month_end import LEAST_DAYS, MonthEnd


def month_table(rows: Sequence[MonthEnd]) -> Table:
    """Spent so far, and at the month's end: likely, and four of five times between."""
    table = Table(box=box.SIMPLE_HEAD, title="This month, USD", title_justify="left")
    for title in ("Budget", "Spent", "At its end", "4 of 5 times", "Cap", ""):
        table.add_column(title, justify="left" if title in ("Budget", "") else "right")
    for row in rows:
        between = (
            f"from {LEAST_DAYS} days on"
            if row.low_usd is None
            else f"{row.low_usd:,.2f} to {row.high_usd:,.2f}"
        )
        table.add_row(
            f"{row.scope} {row.name}".strip(),
            f"{row.spent_usd:,.2f}",
            "" if row.likely_usd is None else f"{row.likely_usd:,.2f}",
            between,
            "" if row.cap is None else f"{row.cap:,.2f}",
            _verdict(row),
        )
    return table


def calibration_table(rows: Sequence[dict[str, Any]]) -> Table:
    """How often learnt intervals held; about 80 % is right."""
    table = Table(box=box.SIMPLE_HEAD, title="Intervals that held", title_justify="left")
    for title in ("Forecast of", "Made", "Held", "Missed by, median"):
        table.add_column(title, justify="left" if title == "Forecast of" else "right")
    for row in rows:
        table.add_row(
            "the whole video" if row["stage"] == WHOLE else row["stage"],
            f"{row['made']:,}",
            f"{row['held'] / row['made']:.0%}",
            "" if row["missed_by"] is None else f"{row['missed_by']:.0%}",
        )
    return table


def video_table(
    forecasts: dict[str, Forecast], spent: dict[str, Decimal], choices: Sequence[dict[str, Any]]
) -> Table:
    """Each stage of a video: its tier and why, what was foreseen, what it cost."""
    table = Table(box=box.SIMPLE_HEAD)
    for title in ("Stage", "Foreseen", "4 of 5 times", "Cost so far", "Tier", "Why"):
        table.add_column(title, justify="left" if title in ("Stage", "Tier", "Why") else "right")
    chosen = {row["stage"]: row for row in choices}
    names = [name for name in forecasts if name != WHOLE]
    for name in (*(each for each in spent if each not in names), *names, WHOLE):
        foreseen, choice = forecasts.get(name), chosen.get(name)
        cost = sum(spent.values(), Decimal(0)) if name == WHOLE else spent.get(name, Decimal(0))
        table.add_row(
            "the whole" if name == WHOLE else name,
            "" if foreseen is None else f"{foreseen.likely_usd:.6f}",
            "" if foreseen is None else f"{foreseen.low_usd:.6f} to {foreseen.high_usd:.6f}",
            f"{cost:.6f}",
            "" if choice is None else choice["chosen"],
            "" if choice is None else choice["reason"],
        )
    return table


def _verdict(row: MonthEnd) -> str:
    if row.cap is None or row.likely_usd is None or row.high_usd is None:
        return ""
    if row.likely_usd > row.cap:
        return "[red]will be reached[/]"
    return "[yellow]may be reached[/]" if row.high_usd > row.cap else "[green]holds[/]"
