"""Hands alerts to the configured channels."""

from __future__ import annotations

import logging
from collections import Counter
from typing import Any

from ytempire.alerts import channels
from ytempire.alerts.notes import Severity
from ytempire.errors import NotConfigured, ProviderUnavailable
from ytempire.warehouse.database import connect

log = logging.getLogger(__name__)
#: So many are told in full in one message; the others are counted.
IN_FULL = 20
#: The gravest first.
SEVERITIES: tuple[Severity, ...] = ("critical", "warning", "info")


def tell() -> int:
    """Tell what nobody was told yet, all of it in one message to each channel.

    An alert is told when one channel at least has taken it: the others, if they were down, are not
    made up for, so that the ones that work hear of it once. Rows that another teller is at are left
    to it. Only a worker that dies between the sending and the noting of it lets one be told twice.

    Returns:
        How many; 0 also where no channel is configured: they stay in `ops.alerts`.

    Raises:
        InvalidInput: a channel's address cannot be used.
        ProviderUnavailable: no channel took them; they are told by a later run.
    """
    to = channels.configured()
    if not to:
        return 0
    with connect() as db:
        untold = db.execute(
            """
            select cause, kind, severity, title, body from ops.alerts
            where told_at is null order by raised_at, cause for update skip locked
            """
        ).fetchall()
        if not untold:
            return 0
        _send(to, *_message(untold))
        db.execute(
            "update ops.alerts set told_at = ops.now() where cause = any(%s)",
            ([alert["cause"] for alert in untold],),
        )
    log.info("%d alerts told", len(untold))
    return len(untold)


def try_out() -> list[tuple[str, bool]]:
    """Send a test message to each channel; whether it took it, by the channel's name.

    Raises:
        NotConfigured: there is none. InvalidInput: an address cannot be used.
    """
    to = channels.configured()
    if not to:
        raise NotConfigured("No channel for alerts is configured.", f"Set {channels.SETTING}.")
    words = "This is a test: alerts of YTEmpire will arrive here."
    return [(each.name, channels.send(each, "YTEmpire: test", words, "info")) for each in to]


def _send(to: list[channels.Channel], title: str, body: str, severity: Severity) -> None:
    deaf = [each.name for each in to if not channels.send(each, title, body, severity)]
    if len(deaf) == len(to):
        raise ProviderUnavailable(
            f"No channel took the alerts: {', '.join(deaf)}.",
            "They are told by a later run. `ytempire alerts` shows them, `ytempire alerts --test` "
            "tries the channels.",
        )
    for name in deaf:
        log.warning("Channel %s of %s did not take the alerts.", name, channels.SETTING)


def _message(alerts: list[dict[str, Any]]) -> tuple[str, str, Severity]:
    """Title, body and severity of one message for all, the gravest first."""
    alerts = sorted(alerts, key=lambda alert: SEVERITIES.index(alert["severity"]))
    severity: Severity = alerts[0]["severity"]
    if len(alerts) == 1:
        return f"YTEmpire: {alerts[0]['title']}", alerts[0]["body"], severity
    counts = Counter(alert["severity"] for alert in alerts)
    told = ", ".join(f"{counts[name]} {name}" for name in SEVERITIES if counts[name])
    parts = [f"{alert['title']}\n{alert['body']}" for alert in alerts[:IN_FULL]]
    if len(alerts) > IN_FULL:
        kinds = Counter(alert["kind"] for alert in alerts[IN_FULL:])
        rest = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
        parts.append(f"And {len(alerts) - IN_FULL} more ({rest}): `ytempire alerts` lists them.")
    return f"YTEmpire: {len(alerts)} alerts, {told}", "\n\n".join(parts), severity
