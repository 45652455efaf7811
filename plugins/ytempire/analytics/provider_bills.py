"""Providers' usage reports, pulled and laid beside the ledger: by a person's word, and daily."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from ytempire.alerts.notes import raise_alert
from ytempire.costs import bills
from ytempire.costs.audit import Edited, audit
from ytempire.costs.reconcile import Reconciliation, reconcile
from ytempire.errors import YTEmpireError
from ytempire.providers.usage_reports import REPORTS
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

#: The UTC hour from which on a day's look may be had: the reports of the day before are in.
FROM_HOUR = 6
#: Days that it looks back: a report is final two days later, and a house may be down for some.
LOOKED_BACK = 7


class Compared(NamedTuple):
    """What was found from a day on.

    Attributes:
        failed: for each provider whose report cannot be read, why.
    """

    since: date
    until: date
    failed: dict[str, YTEmpireError]
    found: Reconciliation
    edited: list[Edited]

    @property
    def agrees(self) -> bool:
        """What can still change, since a report is not final, is no difference."""
        return self.found.agrees and not self.edited


def compare(days: int) -> Compared:
    """Fetch the reports of the last days and today, compare, resolve unanswered calls, audit."""
    today = clock.now().date()
    since = today - timedelta(days=days)
    failed = _pull(since - timedelta(days=1), today)
    with connect() as db:
        found = reconcile(db, since, today + timedelta(days=1))
        edited = audit(db, since=since)
    return Compared(since, today, failed, found, edited)


def watch() -> str:
    """Compare once a UTC day, and raise an alert for each difference and each edited line.

    Returns:
        What came of it, in words for a log.
    """
    now = clock.now()
    if now.hour < FROM_HOUR or _was_pulled(now):
        return "not due"
    seen = compare(LOOKED_BACK)
    differing = [line for line in seen.found.lines if line.verdict == "differs"]
    with connect() as db:
        for line in differing:
            usd = line.difference_usd
            raise_alert(
                db,
                f"bill-differs/{line.provider}/{line.utc_day}/{line.item}/{line.unit}",
                "bill_differs",
                "warning",
                f"{line.provider}'s bill of {line.utc_day} is not what was booked.",
                f"{line.item}: {line.billed:f} {line.unit}s are billed and {line.sure:f} booked"
                f"{'' if usd is None else f', {usd:+.6f} USD'}. See `ytempire costs --reconcile`.",
            )
        for each in seen.edited:
            raise_alert(
                db,
                f"ledger-edited/{each.line_id or each.video_id}",
                "ledger_edited",
                "critical",
                "The ledger was edited by hand.",
                f"{each.told} Put it back from a backup, or find who did it.",
            )
    return (
        f"{len(seen.found.lines)} figures compared, {len(differing)} differ, "
        f"{len(seen.found.resolved)} unanswered calls resolved, {len(seen.edited)} lines edited; "
        f"not read: {', '.join(seen.failed) or 'none'}"
    )


def _pull(first: date, last: date) -> dict[str, YTEmpireError]:
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


def _was_pulled(now: datetime) -> bool:
    """Whether a report was read today, since it was due; without any provider it never was, and
    looking again costs little."""
    due = now.replace(hour=FROM_HOUR, minute=0, second=0, microsecond=0)
    with connect() as db:
        row = db.execute(
            "select max(fetched_at) >= %s as is_pulled from ops.bills", (due,)
        ).fetchone()
    return bool(row and row["is_pulled"])
