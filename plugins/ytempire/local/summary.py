"""What `make up` prints at its end: the video, its costs line by line, and the marts."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ytempire.config import settings
from ytempire.costs.ledger import lines_of
from ytempire.warehouse.database import connect

#: The request of the first cycle's video.
REQUEST = "first-cycle"


def show(console: Console) -> None:
    """Print the first video with its costs, and how many rows each mart has."""
    with connect() as db:
        video = _first_video(db)
        if video is not None:
            _show_video(console, video, lines_of(db, video["video_id"]))
        _show_marts(console, db)


def watch_url(youtube_video_id: str) -> str:
    """Where a video is watched: at YouTube, or at the local one."""
    endpoint = settings().youtube.endpoint
    if endpoint:
        return f"{endpoint.rstrip('/')}/watch/{youtube_video_id}"
    return f"https://youtu.be/{youtube_video_id}"


def _first_video(db: psycopg.Connection[dict[str, Any]]) -> dict[str, Any] | None:
    return db.execute(
        """
        select video.video_id, video.title, video.seconds, video.youtube_video_id,
               artifact.path, channel.title as channel, channel.is_simulated
        from ops.videos as video
        join ops.channels as channel using (channel_id)
        join ops.artifacts as artifact on artifact.video_id = video.video_id
                                      and artifact.kind = 'cut'
        where video.request_id = %s and video.youtube_video_id is not null
        """,
        (REQUEST,),
    ).fetchone()


def _show_video(console: Console, video: dict[str, Any], lines: list[dict[str, Any]]) -> None:
    label = "  [bold yellow]SIMULATED YouTube[/]" if video["is_simulated"] else ""
    console.print(f"\n[bold]{video['title']}[/] on {video['channel']}{label}", highlight=False)
    _plain(console, "  file   ", video["path"].removeprefix("file://"))
    _plain(console, "  watch  ", watch_url(video["youtube_video_id"]))
    _plain(console, "  costs  ", f"ytempire costs {video['video_id']}")
    console.print(cost_table(lines))


def cost_table(lines: list[dict[str, Any]]) -> Table:
    """A video's ledger, line by line, with its sum."""
    table = Table(box=box.SIMPLE_HEAD, show_footer=True)
    total = sum(line["amount_usd"] for line in lines)
    table.add_column("Stage", "Total")
    table.add_column("Provider")
    table.add_column("Used", justify="right")
    table.add_column("USD", f"{total:.6f}", justify="right")
    for line in lines:
        mark = " (failed)" if line["is_failed"] else ""
        mark = " (correction)" if line["corrects"] else mark
        table.add_row(
            f"{line['stage']}{mark}",
            line["provider"],
            f"{line['quantity'].normalize():f} {line['unit']}",
            f"{line['amount_usd']:.6f}",
        )
    return table


def budget_table(rows: list[dict[str, Any]]) -> Table:
    """Budgets of now, the fullest first; without a cap they only count."""
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("Budget")
    table.add_column("Period")
    for title in ("Spent", "Promised", "Cap"):
        table.add_column(title, justify="right")
    table.add_column("Unit")
    for row in rows:
        table.add_row(
            f"{row['scope']} {row['name']}".strip(),
            row["period"] if row["period"] == "life" else f"{row['period']} of {row['begins']}",
            *(
                "" if row[name] is None else f"{row[name].normalize():,f}"
                for name in ("spent", "reserved", "cap")
            ),
            row["unit"],
        )
    return table


def alert_table(rows: list[dict[str, Any]]) -> Table:
    """Alerts, and whether anybody was told."""
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("Raised (UTC)", no_wrap=True)
    table.add_column("Severity")
    table.add_column("Alert", overflow="fold")
    table.add_column("Told (UTC)", no_wrap=True)
    for row in rows:
        told = row["told_at"]
        table.add_row(
            f"{row['raised_at']:%Y-%m-%d %H:%M}",
            row["severity"],
            Text(row["title"]),
            f"{told:%Y-%m-%d %H:%M}" if told else "not yet",
        )
    return table


def _show_marts(console: Console, db: psycopg.Connection[dict[str, Any]]) -> None:
    names = db.execute(
        "select tablename from pg_tables where schemaname = 'marts' order by tablename"
    ).fetchall()
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("Mart")
    table.add_column("Rows", justify="right")
    for row in names:
        count = db.execute(
            sql.SQL("select count(*) as rows from marts.{}").format(
                sql.Identifier(row["tablename"])
            )
        ).fetchone()
        assert count is not None
        table.add_row(row["tablename"], f"{count['rows']:,}")
    if names:
        console.print(table)


def _plain(console: Console, name: str, value: str) -> None:
    """A line that is not broken, so that it can be copied."""
    console.print(f"[dim]{name}[/]{value}", highlight=False, soft_wrap=True)
