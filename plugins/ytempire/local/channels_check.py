"""What `doctor` says of the channels: does each account answer, how long, and by which key."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg

from ytempire.channels import health, quota, vault
from ytempire.channels.account import Account
from ytempire.channels.accounts import Channel, all_channels
from ytempire.errors import NotConfigured, YTEmpireError
from ytempire.local.findings import Finding
from ytempire.warehouse.database import connect


def channels() -> list[Finding]:
    """One finding for each channel, and one for grants that an old key has sealed."""
    try:
        known = all_channels()
        rated = health.scores()
    except (YTEmpireError, psycopg.Error):
        return []  # said under Warehouse
    findings = [_channel(each, rated[each.channel_id].total) for each in known]
    return [*findings, *_keys()]


def _channel(channel: Channel, points: int) -> Finding:
    name = f"Channel {channel.channel_id}"
    try:
        account = Account(channel.channel_id, "doctor")
        request = account.data.channels().list(part="id", mine=True)
        account.read(request, default=quota.LIST)
    except NotConfigured as error:
        return Finding(name, "missing", str(error))
    except YTEmpireError as error:
        return Finding(name, "broken", str(error))
    detail = f"{channel.title}, {channel.state}, health {points} of 100"
    if dies := _dies(channel.channel_id):
        detail += f"; {dies}"
    return Finding(name, "simulated" if channel.is_simulated else "ok", detail)


def _dies(channel_id: str) -> str:
    with connect() as db:
        row = db.execute(
            "select expires_at from ops.grants where channel_id = %s and expires_at is not null",
            (channel_id,),
        ).fetchone()
    if row is None:
        return ""
    return (
        f"its grant dies on {row['expires_at']:%Y-%m-%d %H:%M} UTC: the OAuth app is in testing "
        "mode; publish it in the Google Cloud console, then connect the channel again"
    )


def _keys() -> Iterator[Finding]:
    with connect() as db:
        sealed = [row["key_id"] for row in db.execute("select key_id from ops.grants")]
    if not sealed:
        return
    try:
        old = sum(each != vault.key_id() for each in sealed)
    except NotConfigured as error:
        yield Finding("Keys", "broken", str(error))
        return
    if old:
        detail = f"{old} of {len(sealed)} grants are sealed with an older key; "
        yield Finding("Keys", "ok", f"{detail}ytempire channel rotate-keys")
