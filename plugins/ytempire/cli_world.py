"""`ytempire world`: a simulated business in an empty warehouse."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

world_app = typer.Typer()
out = Console()


@world_app.command()
def world(
    videos: Annotated[int, typer.Option(min=20, help="Published videos.")] = 300,
    days: Annotated[int, typer.Option(min=20, max=1000, help="Pacific days told of them.")] = 90,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, other numbers.")] = 1,
) -> None:
    """SIMULATED: fill an empty warehouse's `raw` and `ops` as pulls and runs would have.

    36,500 videos with 365 days are 13 million video days and take some minutes; then
    `refresh_warehouse` models them. Not beside a stack that works: its channels are not real.
    """
    from ytempire.world import World, fill

    with out.status("making a simulated business"):
        rows = fill(World(videos=videos, days=days, seed=seed))
    for table, count in rows.items():
        out.print(f"  {table:<28} {count:>12,} rows", highlight=False)
    out.print("All of it is SIMULATED.")
