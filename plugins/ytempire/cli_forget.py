"""`ytempire forget …`: a customer or a video is forgotten, and the house's totals stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from ytempire.warehouse.forgetting import Forgetting

forget_app = typer.Typer(
    no_args_is_help=True, help="A customer or a video is forgotten; totals stay to the cent."
)
out = Console()
Yes = Annotated[bool, typer.Option("--yes", help="Do it; else it is only told what would go.")]


@forget_app.command("customer")
def forget_customer(
    customer_id: Annotated[str, typer.Argument(help="Stripe's id: cus_…")], yes: Yes = False
) -> None:
    """Remove what names or describes a customer; their amounts stay under a name of chance."""
    from ytempire.analytics import forgetting

    _tell(customer_id, forgetting.forget_customer(customer_id, for_good=yes), yes)


@forget_app.command("video")
def forget_video(
    video_id: Annotated[str, typer.Argument(help="The house's own id of it.")],
    yes: Yes = False,
) -> None:
    """Remove a video's words and files; its figures stay under a name of chance."""
    from ytempire.channels import forgetting

    _tell(video_id, forgetting.forget_video(video_id, for_good=yes), yes)


def _tell(asked: str, told: Forgetting, done: bool) -> None:
    if told.name is None:
        out.print(f"Nothing of {asked} is here.", highlight=False)
        return
    table = Table("table", "rows removed or renamed", title=f"{asked} -> {told.name}")
    for name, count in sorted(told.changed.items()):
        table.add_row(name, f"{count:,}")
    out.print(table)
    if done:
        out.print("Forgotten. The marts follow with the next build, a full one.", highlight=False)
    else:
        out.print("Nothing was changed. Add --yes to do it; it cannot be undone.", highlight=False)
