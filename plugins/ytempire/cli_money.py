"""What is spent, foreseen, billed and saved: `ytempire costs`, `forecast`, `budgets`, `alerts`,
`savings`."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from ytempire.errors import InvalidInput

money_app = typer.Typer()
out = Console()


@money_app.command()
def costs(
    video_id: Annotated[str | None, typer.Argument(help="Whose ledger to show.")] = None,
    reconcile: Annotated[
        bool, typer.Option("--reconcile", help="Compare with what the providers have billed.")
    ] = False,
    days: Annotated[int, typer.Option(min=1, max=366, help="With --reconcile: how far back.")] = 30,
) -> None:
    """The ledger of one video, line by line; or with --reconcile all of it beside the usage reports
    of OpenAI and ElevenLabs, which also settles the calls that were never answered.

    Exits 1 when something differs or could not be compared, or when lines of the ledger were edited
    by hand. What a report may still change (days that ended less than 48 hours ago) does not count.
    """
    from ytempire.analytics import provider_bills
    from ytempire.costs.audit import audit
    from ytempire.costs.ledger import lines_of
    from ytempire.local import reconciling
    from ytempire.local.summary import cost_table
    from ytempire.warehouse.database import connect

    if reconcile == (video_id is not None):
        raise InvalidInput("Name a video, or give --reconcile.")
    if reconcile:
        seen = provider_bills.compare(days)
        reconciling.show(out, seen)
        if not seen.agrees:
            raise typer.Exit(1)
        return
    with connect() as db:
        lines = lines_of(db, str(video_id))
        edited = audit(db, video_id=video_id)
    if not lines and not edited:
        raise InvalidInput(f"The ledger has no line of a video {video_id!r}.")
    out.print(cost_table(lines))
    reconciling.show_edited(out, edited)
    if edited:
        raise typer.Exit(1)


@money_app.command()
def forecast(video_id: Annotated[str, typer.Argument()] = "") -> None:
    """What the month will cost, and how well forecasts hold; of a video, stage by stage."""
    from ytempire.costs import forecast, ledger, month_end, tiers
    from ytempire.local import foreseen
    from ytempire.warehouse.database import connect

    with connect() as db:
        if not video_id:
            out.print(foreseen.month_table(month_end.month_ends(db)))
            out.print(foreseen.calibration_table(forecast.calibration(db)))
            return
        kept, spent = forecast.kept(db, video_id), ledger.spent_by_stage(db, video_id)
        if not kept and not spent:
            raise InvalidInput(f"Nothing is known of a video {video_id!r}.", "See `ytempire sql`.")
        out.print(foreseen.video_table(kept, spent, tiers.choices_of(db, video_id)))


@money_app.command()
def budgets() -> None:
    """What may be spent, is promised to calls under way, and was spent, in the periods of now."""
    from ytempire.costs.budgets import current
    from ytempire.local.summary import budget_table
    from ytempire.warehouse.database import connect

    with connect() as db:
        out.print(budget_table(current(db)))


@money_app.command()
def alerts(
    days: Annotated[int, typer.Option(min=1, help="How far back.")] = 7,
    test: Annotated[
        bool, typer.Option("--test", help="Send a test message to the channels.")
    ] = False,
) -> None:
    """What people were told, or would be: budgets, pace, unusual prices; the newest first."""
    from ytempire.alerts.notes import latest
    from ytempire.alerts.telling import try_out
    from ytempire.local.summary import alert_table
    from ytempire.warehouse.database import connect

    if test:
        tried = try_out()
        for name, took_it in tried:
            out.print(f"{name}: {'took it' if took_it else 'did not take it'}", highlight=False)
        raise typer.Exit(not all(took_it for _, took_it in tried))
    with connect() as db:
        out.print(alert_table(latest(db, days)))


@money_app.command()
def savings(
    days: Annotated[int, typer.Option(min=1, max=366, help="How far back to look.")] = 30,
) -> None:
    """What could be saved, with the money behind it, from what was bought lately."""
    from ytempire.costs.advice import advice
    from ytempire.local.advised import show
    from ytempire.warehouse.database import connect

    with connect() as db:
        found = advice(db, days)
    show(out, found, days)
