"""What is varied on purpose, and what came of it: `ytempire experiments …`."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ytempire.errors import InvalidInput

experiments_app = typer.Typer(
    no_args_is_help=True, help="Settings that are varied on purpose, and what came of it."
)
out = Console()
Name = Annotated[str, typer.Argument(help="As in faster-voice.")]


@experiments_app.command("list")
def experiments_list() -> None:
    """Every experiment: what it varies, how far it is, what was decided."""
    from ytempire.learning.experiments import plans
    from ytempire.warehouse.database import connect

    table = Table("experiment", "varies", "on", "videos", "look", "decision", "hypothesis")
    with connect() as db:
        rows = plans.listed(db)
    for row in rows:
        is_own = row["kind"] == "setting"
        cells = (
            row["experiment_id"],
            f"{row['setting']}\n{row['variants']}" if is_own else row["setting"],
            row["channel"] or "every channel",
            f"{row['taken']} of {row['units']}" if is_own else "YouTube's own test",
            f"{row['look']} of {row['looks']}" if is_own else "",
            f"{row['decision']} {row['winner'] or ''}".strip(),
            row["hypothesis"],
        )
        table.add_row(*(escape(cell) for cell in cells))
    out.print(table if rows else "There is no experiment yet: `ytempire experiments plan --help`.")


@experiments_app.command("plan")
def experiments_plan(
    name: Name,
    hypothesis: Annotated[str, typer.Option(help="What will change, and why: one sentence.")],
    setting: Annotated[str, typer.Option(help="pace, captions, texture or typeface.")],
    variant: Annotated[
        list[str],
        typer.Option(help="NAME=VALUE, the control first; NAME= leaves the profile's own."),
    ],
    channel: Annotated[str | None, typer.Option(help="Whose videos; default: all.")] = None,
    outcome: Annotated[str, typer.Option(help="views_7d or loaded_cost.")] = "views_7d",
    videos: Annotated[int, typer.Option(min=1, help="Of all variants together.")] = 240,
    looks: Annotated[int, typer.Option(min=1, max=5, help="How often it is looked at.")] = 3,
    alpha: Annotated[float, typer.Option(help="Findings by chance, of all looks.")] = 0.05,
) -> None:
    """Write a plan down; it can be planned anew until it is started."""
    from ytempire.learning.experiments import plans

    if outcome not in ("views_7d", "loaded_cost"):
        raise InvalidInput(f"There is no outcome {outcome!r}.", "It is views_7d or loaded_cost.")
    plan = plans.of(
        name,
        hypothesis,
        setting,
        _values(variant),
        channel_id=channel,
        outcome=outcome,
        units=videos,
        looks=looks,
        alpha=Decimal(str(alpha)),
    )
    _do("plan", name, lambda db, who: plans.put(db, plan, who))
    _print(f"Planned: {name}. `ytempire experiments start {name}` begins it and fixes the plan.")


@experiments_app.command("start")
def experiments_start(name: Name) -> None:
    """Begin: videos begun from now on are in it, and its plan stays as it is."""
    from ytempire.learning.experiments import plans

    _do("start", name, lambda db, who: plans.start(db, name, who))
    _print(f"{name} runs: each video that is begun on its channels is made in one of its variants.")


@experiments_app.command("stop")
def experiments_stop(
    name: Name, why: Annotated[str, typer.Option(help="For whoever reads it later.")]
) -> None:
    """End before its time; nothing is decided. Videos keep the variant they were begun in."""
    from ytempire.learning.experiments import plans

    _do("stop", name, lambda db, who: plans.stop(db, name, who, why), why=why)
    _print(f"{name} is stopped.")


@experiments_app.command("import")
def experiments_import(
    file: Annotated[Path, typer.Argument(help="CSV, as docs/experiments.md has it.")],
) -> None:
    """Take results of YouTube's Test & Compare from a file; again replaces them."""
    from ytempire.learning.experiments import imports

    taken: list[int] = []
    _do("import", file.name, lambda db, who: taken.append(imports.load(db, file, who)))
    _print(f"{sum(taken)} taken from {file.name}.")


def _values(variants: list[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for each in variants:
        name, sign, value = each.partition("=")
        if not sign or name in values:
            raise InvalidInput(
                f"{each!r} is no variant, or stands there twice.",
                "Write NAME=VALUE; NAME= for what the profile has.",
            )
        values[name] = value
    return values


def _do(change: str, name: str, deed: Callable[[Any, str], object], **details: str) -> None:
    """Does it in the name of whoever sits at this terminal, with its row in the audit log."""
    from ytempire.people import audit
    from ytempire.warehouse.database import connect

    who, action = f"terminal:{getpass.getuser()}", "stop" if change == "stop" else "plan"
    told = {"change": change, **details}
    with audit.recorded(who, f"experiment.{action}", name, told), connect() as db:
        deed(db, who)


def _print(words: str) -> None:
    out.print(words, highlight=False, markup=False, soft_wrap=True)
