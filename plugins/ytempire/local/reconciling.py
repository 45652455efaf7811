"""`ytempire costs --reconcile`: the providers' usage reports beside our ledger, for a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from rich import box
from rich.console import Console
from rich.table import Table

from ytempire.costs import bills
from ytempire.costs.audit import Edited, audit
from ytempire.costs.reconcile import Line, Reconciliation, Resolved, reconcile
from ytempire.errors import YTEmpireError
from ytempire.providers.usage_reports import REPORTS
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

_BECAME = {"done": "was billed", "void": "was not billed"}


def show(console: Console, days: int) -> bool:
    """Fetch the reports of the last days and today, compare, resolve, audit, print it.

    Returns:
        Whether all agrees: what can still change, since a report is not final, is no difference.
    """
    today = clock.now().date()
    since = today - timedelta(days=days)
    failed = _fetched(since - timedelta(days=1), today)
    with connect() as db:
        found = reconcile(db, since, today + timedelta(days=1))
        edited = audit(db, since=since)
    console.print(f"From {since} to {today}, days of UTC.", highlight=False)
    _show_failed(console, failed, found)
    _show_lines(console, found)
    if found.resolved:
        console.print(_resolved_table(found.resolved))
    show_edited(console, edited)
    if not edited:
        console.print("The ledger's lines are as they were booked.")
    return found.agrees and not edited


def show_edited(console: Console, edited: Sequence[Edited]) -> None:
    """Say which lines are not as they were booked."""
    for each in edited:
        console.print(f"[bold red]edited:[/] {each.told}", highlight=False, soft_wrap=True)


def _fetched(first: date, last: date) -> dict[str, YTEmpireError]:
    """Read and keep the reports; for each provider whose report cannot be read, why."""
    failed: dict[str, YTEmpireError] = {}
    for provider, report in REPORTS.items():
        try:
            rows = report(first, last)
        except YTEmpireError as error:
            failed[provider] = error
            continue
        with connect() as db:
            bills.put(db, rows)
    return failed


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
