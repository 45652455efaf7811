"""Why a video went to its channel, for a person in a terminal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ytempire.channels.placing import choices_of


def explained(console: Console, video_id: str) -> None:
    """Print the decisions about a video, latest first: each with all that it rested on."""
    for row in choices_of(video_id):
        console.print(
            f"[bold]{_at(row['decided_at'])}[/]  {escape(_outcome(row))}",
            highlight=False,
            soft_wrap=True,
        )
        candidates = row["because"].get("candidates", [])
        if candidates:
            console.print(_table(candidates, row))


def _outcome(row: dict[str, Any]) -> str:
    told = row["because"].get("told", "")
    if row["waits_for"]:
        goal = "its quota" if row["waits_for"] == "waiting_quota" else "a channel"
        return f"waits for {goal} until {_at(row['waits_until'])}: {told}"
    when = f"public at {_at(row['publish_at'])}" if row["publish_at"] else "as soon as it is ready"
    return f"{row['channel_id']}, {when}: {told}"


def _table(candidates: list[dict[str, Any]], row: dict[str, Any]) -> Table:
    """One line for each candidate; the least share goes first."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Channel", overflow="fold")
    for name in ("Share", "Health", "Weight", "Niche", "7 days"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("Could take it", overflow="fold")
    for each in candidates:
        is_chosen = each["channel_id"] == row["channel_id"] and not row["waits_for"]
        slot = each["publish_at"]
        able = f"yes, {_at(datetime.fromisoformat(slot))}" if slot else "yes, at once"
        table.add_row(
            escape(each["channel_id"]) + (" [green]<[/]" if is_chosen else ""),
            f"{each['share']:.2f}",
            str(each["health"]),
            f"{each['weight']:g}",
            f"{each['match']:g}",
            str(each["recent"]),
            escape(f"no: {each['refused']}" if each["refused"] else able),
        )
    return table


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
