"""`ytempire costs --reconcile`: the providers' usage reports beside our ledger, for a person."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rich import box
from rich.console import Console
from rich.table import Table

from ytempire.analytics.provider_bills import Compared
from ytempire.costs.audit import Edited
from ytempire.costs.reconcile import Line, Reconciliation, Resolved
from ytempire.errors import YTEmpireError

_BECAME = {"done": "was billed", "void": "was not billed"}


def show(console: Console, seen: Compared) -> None:
    """Print what a comparison has found."""
    console.print(f"From {seen.since} to {seen.until}, days of UTC.", highlight=False)
    _show_failed(console, seen.failed, seen.found)
    _show_lines(console, seen.found)
    if seen.found.resolved:
        console.print(_resolved_table(seen.found.resolved))
    show_edited(console, seen.edited)
    if not seen.edited:
        console.print("The ledger's lines are as they were booked.")


def show_edited(console: Console, edited: Sequence[Edited]) -> None:
    """Say which lines are not as they were booked."""
    for each in edited:
        console.print(f"[bold red]edited:[/] {each.told}", highlight=False, soft_wrap=True)


def _show_failed(console: Console, failed: dict[str, YTEmpireError], found: Reconciliation) -> None:
    """Why a provider could not be read, where something was bought from it."""
    for provider in {line.provider for line in found.lines} & failed.keys():
        error = failed[provider]
        told = f"{provider} cannot be reconciled: {error.message} {error.remedy}"
        console.print(told, style="yellow", highlight=False, markup=False, soft_wrap=True)


def _show_lines(console: Console, found: Reconciliation) -> None:
    unlike = [line for line in found.lines if line.verdict != "agrees"]
    if unlike:
        console.print(_table(unlike))
    for provider in sorted({line.provider for line in found.lines}):
        lines = [line for line in found.lines if line.provider == provider]
        agreeing = sum(line.verdict == "agrees" for line in lines)
        console.print(f"{provider}: {agreeing} of {len(lines)} figures agree.", highlight=False)
    if not found.lines:
        console.print("Nothing was bought from OpenAI or ElevenLabs.")


def _table(lines: Sequence[Line]) -> Table:
    """Lines that do not agree, each with what it means."""
    lost = [line.difference_usd or Decimal(0) for line in lines if line.verdict == "differs"]
    table = Table(box=box.SIMPLE_HEAD, show_footer=True)
    table.add_column("Day", "Differs")
    table.add_column("Item")
    table.add_column("Unit")
    for title in ("Billed", "Booked", "Unanswered", "Difference"):
        table.add_column(title, justify="right")
    table.add_column("USD", f"{sum(lost, Decimal(0)):+.6f}", justify="right")
    table.add_column("Which is")
    for line in lines:
        usd = line.difference_usd
        table.add_row(
            str(line.utc_day),
            f"{line.provider} {line.item}",
            line.unit,
            *(_count(each) for each in (line.billed, line.sure, line.unsure)),
            f"{line.difference:+,f}".removesuffix(".000000"),
            "no price" if usd is None else f"{usd:+.6f}",
            _meaning(line),
        )
    return table


def _count(quantity: Decimal) -> str:
    return f"{quantity:,f}".removesuffix(".000000")


def _meaning(line: Line) -> str:
    if line.verdict == "differs":
        return "billed, not booked" if line.difference > 0 else "booked, not billed"
    return {
        "moved": "moved over midnight",
        "open": "not final yet",
        "unread": "no report was read",
    }[line.verdict]


def _resolved_table(resolved: Sequence[Resolved]) -> Table:
    """Calls that were never answered, and what became of them now."""
    table = Table(box=box.SIMPLE_HEAD)
    for title in ("Day", "Video", "Unanswered call"):
        table.add_column(title)
    for title in ("Booked USD", "Billed USD"):
        table.add_column(title, justify="right")
    for each in resolved:
        table.add_row(
            str(each.utc_day),
            each.video_id,
            f"{each.provider} {_BECAME[each.state]}",
            f"{each.booked_usd:.6f}",
            f"{each.billed_usd:.6f}",
        )
    return table
