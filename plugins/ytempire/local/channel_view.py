"""What `ytempire channel` prints: the channels at a glance, and the health of one, part by part."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ytempire.channels import accounts, health
from ytempire.channels.accounts import Channel
from ytempire.channels.health import Health
from ytempire.channels.metadata import privacy_of
from ytempire.channels.slots import earliest, next_slot
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

_COLOURS = {
    "active": "green",
    "resting": "yellow",
    "paused": "dim",
    "reauth_required": "bold red",
    "info": "dim",
    "warning": "yellow",
    "critical": "bold red",
}


def listed(console: Console) -> None:
    """Print every channel: state, health, next slot or end of rest, and today's uploads."""
    channels, now = accounts.all_channels(), clock.now()
    if not channels:
        console.print("There is no channel yet: `ytempire channel template`, then `apply`.")
        return
    rated, used, connected = health.scores(), _used(), accounts.ids(connected=True)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("Channel", "State", "Health", "Next video", "Today", "Niche"):
        table.add_column(
            title,
            overflow="fold",
            no_wrap=title in ("State", "Today"),
            justify="right" if title == "Health" else "left",
        )
    for each in channels:
        name = escape(each.channel_id)
        uploads, taken = used.get(each.channel_id, (0, ()))
        table.add_row(
            f"{name}\n[yellow]SIMULATED[/]" if each.is_simulated else name,
            f"[{_COLOURS[each.state]}]{each.state}[/]",
            _points(rated[each.channel_id].total),
            _next(each, taken, now) if each.channel_id in connected else "[dim]none[/]",
            f"{uploads} of {each.pacing.per_day}",
            escape(each.niche),
        )
    console.print(table)


def explained(console: Console, channel_id: str) -> None:
    """Print a channel's health part by part, what it is rated by, and its last events."""
    known = accounts.channel(channel_id)
    found = health.score(channel_id)
    with connect() as db:
        now = db.execute(
            "select state_since, state_reason from ops.channels where channel_id = %s",
            (channel_id,),
        ).fetchone()
        events = db.execute(
            """
            select happened_at, severity, kind, detail from ops.channel_events
            where channel_id = %s order by event_id desc limit 10
            """,
            (channel_id,),
        ).fetchall()
    assert now is not None
    since = f"since {now['state_since']:%Y-%m-%d %H:%M} UTC"
    label = "  [yellow]SIMULATED[/]" if known.is_simulated else ""
    console.print(
        f"[bold]{escape(channel_id)}[/]  {_points(found.total)} of 100  "
        f"[{_COLOURS[known.state]}]{known.state}[/] {since}{label}",
        highlight=False,
    )
    if now["state_reason"]:
        console.print(escape(now["state_reason"]), highlight=False)
    console.print(_parts(found))
    if events:
        console.print(_events(events))


def _parts(found: Health) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Part")
    table.add_column("Costs", justify="right")
    table.add_column("At most", justify="right")
    table.add_column("Because", overflow="fold")
    for part in found.parts:
        words = escape("; ".join(part.words)) or "[dim]nothing met[/]"
        table.add_row(part.name, f"{part.lost:g}" if part.lost else "0", str(part.weight), words)
    return table


def _events(rows: list[dict[str, Any]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("When (UTC)", "Event", "Detail"):
        table.add_column(title, overflow="fold", no_wrap=title == "When (UTC)")
    for row in rows:
        colour = _COLOURS[row["severity"]]
        kind = row["kind"].replace("_", " ")
        when = f"{row['happened_at']:%m-%d %H:%M}"
        table.add_row(when, f"[{colour}]{kind}[/]", escape(row["detail"]))
    return table


def _points(total: int) -> str:
    colour = "green" if total >= 70 else "yellow" if total >= 20 else "bold red"
    return f"[{colour}]{total}[/]"


def _next(channel: Channel, taken: tuple[datetime, ...], now: datetime) -> str:
    if channel.state == "resting" and channel.rest_until:
        return f"rests until {channel.rest_until:%m-%d %H:%M} UTC"
    if channel.state != "active":
        return "[dim]none[/]"
    if channel.posting.times and privacy_of(channel) == "public":
        slot = next_slot(channel.posting, channel.pacing, taken, now)
        if slot is None:
            return "[dim]no free slot in 7 days[/]"
        return f"{slot.astimezone(channel.posting.zone):%a %m-%d %H:%M %Z}"
    at = earliest(channel.pacing, taken, now)
    return "at once" if at <= now else f"from {at:%m-%d %H:%M} UTC"


def _used() -> dict[str, tuple[int, tuple[datetime, ...]]]:
    """Uploads of today, and the moments taken by videos around now, by channel."""
    with connect() as db:
        rows = db.execute(
            """
            select video.channel_id,
                   count(*) filter (
                       where ops.pacific_day(upload.opened_at) = ops.pacific_day(ops.now())
                   ) as uploads,
                   array_remove(
                       array_agg(coalesce(video.publish_at, video.published_at)), null) as taken
            from ops.videos as video
            left join ops.uploads as upload on upload.video_id = video.video_id
            where coalesce(video.publish_at, video.published_at, upload.opened_at)
                  > ops.now() - %s
            group by video.channel_id
            """,
            (timedelta(days=9),),
        ).fetchall()
    return {row["channel_id"]: (row["uploads"], tuple(row["taken"])) for row in rows}
