"""What `ytempire savings` prints: what was found, its money, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ytempire.costs.advice import FLOOR_USD_A_MONTH, Advice


def show(console: Console, found: Sequence[Advice], days: int) -> None:
    """The recommendations, the most money first."""
    if not found:
        console.print(
            f"Nothing in the last {days} days would have saved {FLOOR_USD_A_MONTH} USD a month."
        )
        return
    table = Table(box=box.SIMPLE_HEAD, show_lines=True)
    table.add_column(f"USD in {days} days", justify="right")
    table.add_column("a month", justify="right")
    table.add_column("Found")
    table.add_column("What to do")
    for each in found:
        table.add_row(
            f"{each.usd:,.2f}", f"{each.usd_a_month:,.2f}", escape(each.found), escape(each.to_do)
        )
    console.print(table)
    if len(found) > 1:
        console.print("[dim]Two of them may speak of the same dollar: they do not add up.[/]")
