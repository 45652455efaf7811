"""`ytempire forget …`: a customer or a video is forgotten, and the house's totals stay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
Without = Annotated[
    bool, typer.Option("--without-airflow", help="Leave Airflow's runs of it to me.")
]
#: What stays, and where a person has to look.
_BEYOND = (
    "backups, until the last that has it is thinned out",
    "Airflow's event log (`airflow db clean` removes it by age), and logs on other machines",
    "rows of the audit log from before words were left out of it: it is only added to",
)
_BEYOND_VIDEO = (
    "other machines' var/work and var/handed",
    "answers of models that came in a batch: nobody recorded which are whose",
)
_BEYOND_CUSTOMER = ("Stripe itself", "files in var/inbox that were read")


@forget_app.command("customer")
def forget_customer(
    customer_id: Annotated[str, typer.Argument(help="Stripe's id: cus_…")],
    yes: Yes = False,
    without_airflow: Without = False,
) -> None:
    """Remove what names or describes a customer; their amounts stay under a name of chance."""
    from ytempire.analytics import forgetting

    def forget(for_good: bool) -> Forgetting:
        return forgetting.forget_customer(customer_id, for_good=for_good)

    _forget(customer_id, forget, _BEYOND_CUSTOMER, yes=yes, without_airflow=without_airflow)


@forget_app.command("video")
def forget_video(
    video_id: Annotated[str, typer.Argument(help="The house's own id of it.")],
    yes: Yes = False,
    without_airflow: Without = False,
) -> None:
    """Remove a video's words and files; its figures stay under a name of chance."""
    from ytempire.channels import forgetting

    def forget(for_good: bool) -> Forgetting:
        return forgetting.forget_video(video_id, for_good=for_good)

    names = (video_id,)
    _forget(video_id, forget, _BEYOND_VIDEO, names, yes=yes, without_airflow=without_airflow)


def _forget(
    asked: str,
    forget: Callable[[bool], Forgetting],
    beyond: Sequence[str],
    names: tuple[str, ...] = (),
    *,
    yes: bool,
    without_airflow: bool,
) -> None:
    """Airflow's runs first: afterwards nothing here knows which they are."""
    told = forget(False)
    if told.name is None:
        out.print(f"Nothing of {asked} is here.", highlight=False)
        return
    table = Table("table", "rows removed or renamed", title=f"{asked} -> {told.name}")
    if not without_airflow:
        told = told.model_copy(update={"changed": told.changed | _runs(names + told.aliases, yes)})
    if yes:
        done = forget(True)
        table.title = f"{asked} -> {done.name}"
    for name, count in sorted(told.changed.items()):
        table.add_row(name, f"{count:,}")
    out.print(table)
    out.print("Not reached:", *(f"\n- {each}" for each in (*beyond, *_BEYOND)), highlight=False)
    if yes:
        out.print("Forgotten. The marts follow with the next build, a full one.", highlight=False)
    else:
        out.print("Nothing was changed. Add --yes to do it; it cannot be undone.", highlight=False)


def _runs(names: Sequence[str], for_good: bool) -> dict[str, int]:
    from ytempire.config import settings
    from ytempire.local import forgotten
    from ytempire.local.airflow_api import AirflowAPI

    with AirflowAPI.installed() as api:
        found = forgotten.remove_runs(api, settings().home, names, for_good=for_good)
    return {"runs of Airflow": len(found)} if found else {}
