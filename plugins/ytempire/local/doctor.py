"""`ytempire doctor`: what is configured, what answers, what is missing and what to do about it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing

import psycopg
from rich import box
from rich.console import Console
from rich.table import Table

from ytempire.alerts import channels as alert_channels
from ytempire.config import own_settings, settings
from ytempire.errors import NotConfigured, YTEmpireError
from ytempire.local.channels_check import channels
from ytempire.local.findings import Finding
from ytempire.local.installation import speaks_to_local_stripe, speaks_to_local_youtube
from ytempire.local.providers_check import providers
from ytempire.local.services import answers
from ytempire.warehouse.database import connect

#: A minute of video takes about 60 MB while it is made, and 20 MB afterwards.
LOW_DISK_BYTES = 3 * 1024**3


def doctor(console: Console) -> bool:
    """Print the findings; returns whether nothing is broken."""
    checks: tuple[Callable[[], list[Finding]], ...] = (
        _disk,
        _warehouse,
        _youtube,
        _stripe,
        providers,
        channels,
        _alerts,
    )
    findings = [finding for check in checks for finding in check()]
    colours = {"ok": "green", "simulated": "yellow", "missing": "dim", "broken": "bold red"}
    table = Table(box=box.SIMPLE_HEAD)
    for title in ("What", "State", "Detail"):
        table.add_column(title, overflow="fold")
    for found in findings:
        state = f"[{colours[found.state]}]{found.state.upper()}[/]"
        table.add_row(found.what, state, found.detail)
    console.print(table)
    return all(found.state != "broken" for found in findings)


def _disk() -> list[Finding]:
    home = settings().home
    free = shutil.disk_usage(home if home.exists() else home.parent).free
    state = "ok" if free >= LOW_DISK_BYTES else "broken"
    return [Finding("Disk", state, f"{free / 1024**3:.1f} GB free for {home}")]


def _warehouse() -> list[Finding]:
    try:
        with connect() as db:
            row = db.execute("select version_num from public.alembic_version").fetchone()
    except NotConfigured:
        return [Finding("Warehouse", "missing", "Start it with `make up`.")]
    except psycopg.Error as error:
        return [Finding("Warehouse", "broken", f"It answers, but {error}")]
    except YTEmpireError as error:
        return [Finding("Warehouse", "broken", str(error))]
    return [Finding("Warehouse", "ok", f"migrated to {row['version_num'] if row else 'nothing'}")]


def _alerts() -> list[Finding]:
    try:
        names = [channel.name for channel in alert_channels.configured()]
    except YTEmpireError as error:
        return [Finding("Alerts", "broken", str(error))]
    if not names:
        unset = f"They are only kept (`ytempire alerts`); set {alert_channels.SETTING}."
        return [Finding("Alerts", "missing", unset)]
    return [Finding("Alerts", "ok", f"go to {', '.join(names)}; try them: ytempire alerts --test")]


def _youtube() -> list[Finding]:
    endpoint = settings().youtube.endpoint
    if not speaks_to_local_youtube(own_settings()):
        detail = f"your own: {endpoint or 'Google'}"
        if own_settings().youtube.client_id and not endpoint:
            detail += (
                "; while the OAuth app is in testing mode, Google ends grants after 7 days: "
                "publish the app in the Google Cloud console"
            )
        return [Finding("YouTube", "ok", detail)]
    if endpoint is None:
        return [Finding("YouTube", "missing", "The local one starts with `make up`.")]
    if not answers(f"{endpoint}/healthz"):
        return [Finding("YouTube", "broken", f"{endpoint} does not answer; `make up` mends it.")]
    return [
        Finding("YouTube", "simulated", f"{endpoint}; set YTEMPIRE_YOUTUBE__CLIENT_ID for Google's")
    ]


def _stripe() -> list[Finding]:
    config = settings().stripe
    if config.endpoint and speaks_to_local_stripe(own_settings()):
        if not answers(f"{config.endpoint}/healthz"):
            broken = f"{config.endpoint} does not answer; `make up` mends it."
            return [Finding("Stripe", "broken", broken)]
        told = f"{config.endpoint}; set YTEMPIRE_STRIPE__API_KEY for your own"
        return [Finding("Stripe", "simulated", told)]
    if config.api_key is None:
        return [Finding("Stripe", "missing", "YTEMPIRE_STRIPE__API_KEY; `make up` has a local one")]
    from ytempire.providers.stripe import client

    try:
        with closing(client.connect()) as stripe:
            is_live = stripe.balance()["livemode"]
    except YTEmpireError as error:
        return [Finding("Stripe", "broken", str(error))]
    where = config.endpoint or "Stripe"
    if is_live:
        return [Finding("Stripe", "ok", f"{where} takes the key")]
    return [Finding("Stripe", "simulated", f"{where} takes the key, which is of test mode")]
