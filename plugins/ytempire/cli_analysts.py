"""What analysts use: metrics by name, the marts' documentation, owners' own logins."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

analyst_app = typer.Typer()
owner_app = typer.Typer(no_args_is_help=True, help="Owners' own logins to the marts.")
out = Console()


@analyst_app.command()
def metrics(
    names: Annotated[list[str] | None, typer.Argument(help="None: lists what there is.")] = None,
    first: Annotated[str | None, typer.Option("--from", help="YYYY-MM-DD")] = None,
    last: Annotated[str | None, typer.Option("--to", help="YYYY-MM-DD, in the period")] = None,
    by: Annotated[list[str] | None, typer.Option(help="Such as metric_time__month.")] = None,
) -> None:
    """Metrics of the semantic layer, as CSV."""
    from ytempire.warehouse import semantics

    if names:
        typer.echo(semantics.query(names, first=first, last=last, by=by or ()), nl=False)
        return
    table = Table("metric", "what it is")
    for name, description in semantics.known():
        table.add_row(name, description)
    out.print(table)


@analyst_app.command()
def docs() -> None:
    """Make docs/catalog.md anew, and dbt's own pages of the warehouse that is up."""
    from ytempire.warehouse import catalog, transform

    catalog.write()
    out.print(f"{catalog.CATALOG}\n{transform.document()}", highlight=False, soft_wrap=True)


@analyst_app.command()
def rejects(
    replay: Annotated[
        str | None, typer.Option(help="Read this source's once more, after a mend.")
    ] = None,
) -> None:
    """Rows that sources answered and no table may hold, by reason."""
    from ytempire.analytics import rejects as rejected
    from ytempire.warehouse import clock

    if replay:
        settled, left = rejected.replay(replay, f"replay {clock.now():%Y-%m-%dT%H:%M:%S}")
        out.print(f"{settled} landed, {left} still wait.", highlight=False)
        return
    table = Table("source", "table", "reason", "rows", "latest")
    for row in rejected.waiting():
        count, at = str(row["rows_waiting"]), f"{row['latest_at']:%Y-%m-%d %H:%M}"
        table.add_row(row["source"], row["table_name"], row["reason"], count, at)
    out.print(table if table.rows else "Nothing waits.")


@owner_app.command("add")
def owner_add(owner: str) -> None:
    """Make a login that reads this owner's rows; its DSN is printed once."""
    from ytempire.local.owner_logins import administrator, dsn_of
    from ytempire.warehouse import owners

    with administrator() as db:
        login, password = owners.admit(db, owner)
        out.print(dsn_of(db, login, password), highlight=False, markup=False, soft_wrap=True)


@owner_app.command("list")
def owner_list() -> None:
    """Every login and whose it is."""
    from ytempire.local.owner_logins import administrator
    from ytempire.warehouse import owners

    table = Table("login", "owner", "since")
    with administrator() as db:
        for row in owners.admitted(db):
            table.add_row(row["login"], row["owner"], f"{row['created_at']:%Y-%m-%d}")
    out.print(table)


@owner_app.command("remove")
def owner_remove(owner: str) -> None:
    """End all logins of an owner, at once."""
    from ytempire.local.owner_logins import administrator
    from ytempire.warehouse import owners

    with administrator() as db:
        out.print(f"{owners.dismiss(db, owner)} logins ended.", highlight=False)
