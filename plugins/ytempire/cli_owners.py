"""`ytempire owner …`: logins that see their own channels and customers in the marts."""

from __future__ import annotations

import typer
from rich.console import Console
from rich.table import Table

owner_app = typer.Typer(no_args_is_help=True, help="Owners' own logins to the marts.")
out = Console()


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
