"""Who may sign in to the dashboards, and what they did: `ytempire people …`, `ytempire audit`."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ytempire.people.roster import BUILT_IN, Db, Role

people_app = typer.Typer(no_args_is_help=True, help="Who may sign in to the dashboards.")
audit_app = typer.Typer()
out = Console()
Name = Annotated[str, typer.Argument(help="A name or an e-mail address.")]
RoleOf = Annotated[Role, typer.Option("--role", help="viewer, user or admin.")]


@people_app.command("add")
def people_add(
    name: Name,
    role: RoleOf,
    organisation: Annotated[
        bool, typer.Option("--organisation", help="Signs in by OpenID Connect only: no password.")
    ] = False,
) -> None:
    """Add a person; their password is printed once."""
    from ytempire.people import passwords, roster

    password = None if organisation else passwords.generated()
    _do("add", name, lambda db: roster.add(db, name, role, password), role=str(role))
    _print(password or f"{name} may sign in through the organisation.")


@people_app.command("list")
def people_list() -> None:
    """Everyone who may sign in, and as what."""
    from ytempire.people import roster
    from ytempire.warehouse.database import connect

    table = Table("name", "role", "signs in by", "since")
    table.add_row(BUILT_IN, "admin", "this installation's password", "")
    with connect() as db:
        for each in roster.everyone(db):
            by = "password" if each.has_password else "organisation"
            table.add_row(escape(each.name), each.role, by, f"{each.made_at:%Y-%m-%d}")
    out.print(table)


@people_app.command("role")
def people_role(name: Name, role: RoleOf) -> None:
    """Give a person another role, from their next click on."""
    from ytempire.people import roster

    _do("role", name, lambda db: roster.change_role(db, name, role), role=str(role))
    _print(f"{name} is {role} now.")


@people_app.command("password")
def people_password(name: Name) -> None:
    """Give a person a new password, printed once, and end their sessions."""
    from ytempire.people import passwords, roster

    password = passwords.generated()
    _do("new password", name, lambda db: roster.change_password(db, name, password))
    _print(password)


@people_app.command("remove")
def people_remove(name: Name) -> None:
    """Let a person in no more, and end their sessions."""
    from ytempire.people import roster

    _do("remove", name, lambda db: roster.remove(db, name))
    _print(f"{name} may sign in no more.")


@audit_app.command("audit")
def audit_log(
    rows: Annotated[int, typer.Option(min=1, max=100_000, help="How many of the latest.")] = 20,
    actor: Annotated[str, typer.Option(help="Only what this person did.")] = "",
) -> None:
    """What people did, latest last, and whether the log is whole; exits 1 when it is not.

    The digest that it ends with can be kept elsewhere: a log that was written anew ends with
    another one.
    """
    from ytempire.people import audit
    from ytempire.warehouse.database import connect

    table = Table("row", "at (UTC)", "who", "what", "to", "outcome", "details")
    with connect() as db:
        for entry in reversed(audit.latest(db, limit=rows, actor=actor)):
            details = ", ".join(f"{name} {value}" for name, value in entry.details.items())
            cells = (entry.actor, entry.action, entry.target, entry.outcome, details)
            number, at = str(entry.audit_id), f"{entry.at:%Y-%m-%d %H:%M:%S}"
            table.add_row(number, at, *(escape(cell) for cell in cells))
        chain = audit.verify(db)
    out.print(table if table.rows else "Nobody has done anything yet.")
    if chain.misfit is not None:
        _print(f"NOT WHOLE: row {chain.misfit} does not fit; it was edited, or is missing.")
        raise typer.Exit(1)
    _print(f"{chain.rows} rows, each fits the one before. It ends with {chain.last or 'nothing'}.")


def _do(change: str, name: str, deed: Callable[[Db], object], **details: str) -> None:
    """Does it in the name of whoever sits at this terminal, with its row in the audit log."""
    from ytempire.people import audit
    from ytempire.warehouse.database import connect

    who, told = f"terminal:{getpass.getuser()}", {"change": change, **details}
    with audit.recorded(who, "people.manage", name.lower(), told), connect() as db:
        deed(db)


def _print(words: str) -> None:
    out.print(words, highlight=False, markup=False, soft_wrap=True)
