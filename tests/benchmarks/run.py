"""`make bench [ONLY=part]`: measures, prints a table, writes var/bench.json; never fails a build.

A part is a module `bench_<part>.py` beside this file with a function `measure()` that yields
`Figure`s. Figures of one run belong together: these machines are noisy.
"""

from __future__ import annotations

import importlib
import json
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from ytempire.config import settings

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER))

from figures import Figure  # noqa: E402 (the folder is no package)


def parts() -> list[str]:
    """The parts that can be measured, by name."""
    return sorted(path.stem.removeprefix("bench_") for path in FOLDER.glob("bench_*.py"))


def measured(part: str, console: Console) -> Iterator[Figure]:
    """The figures of one part; a part that breaks off keeps those it has."""
    console.print(f"[dim]measuring {part} …[/]")
    try:
        yield from importlib.import_module(f"bench_{part}").measure()
    except Exception:
        console.print(f"[red]{part} broke off[/]")
        traceback.print_exc()


def table_of(figures: list[Figure]) -> Table:
    """Name, figure, what it is held to, and whether it holds."""
    table = Table(box=box.SIMPLE_HEAD)
    for title in ("Measured", "Figure", "Goal", "Reference", "Ratio", ""):
        justify = "right" if title in ("Figure", "Goal", "Ratio") else "left"
        table.add_column(title, justify=justify)
    for each in figures:
        table.add_row(
            each.name,
            f"{each.figure:,.2f} {each.unit}",
            each.goal_text,
            each.reference,
            "" if each.ratio is None else f"{each.ratio:.2f}",
            {True: "[green]ok[/]", False: "[red]missed[/]", None: ""}[each.is_ok],
        )
    return table


def main(wanted: list[str]) -> None:
    console = Console()
    unknown = set(wanted) - set(parts())
    if unknown:
        console.print(f"No part {', '.join(unknown)}; parts: {', '.join(parts())}")
        raise SystemExit(2)
    figures = [each for part in wanted or parts() for each in measured(part, console)]
    console.print(table_of(figures))
    target = settings().home / "bench.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps([each.as_json() for each in figures], indent=1) + "\n")
    console.print(f"[dim]{target}[/]")


if __name__ == "__main__":
    main(sys.argv[1:])
