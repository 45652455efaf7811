"""What each saving is worth on two hundred fixed requests: `python tests/benchmarks/savings.py`.

`bench_money` shows it among its figures; alone it prints the table of docs/money.md.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

from figures import Figure  # noqa: E402 (the folder is no package)

from tests.paid_requests import paid_requests  # noqa: E402
from tests.savings import Row, table  # noqa: E402

GOAL_PCT = 30.0


def rows(*, is_each_missed: bool = False) -> list[Row]:
    """The table; two replays at a time."""
    with ProcessPoolExecutor(2) as executor:
        return table(paid_requests(), executor.map, is_each_missed=is_each_missed)


def measure() -> Iterator[Figure]:
    """Each effect alone, and all together, of what the naive pipeline costs."""
    naive, *effects, best = rows()
    for row in effects:
        yield Figure(f"savings: {row.name} alone", row.saved_pct, "%", reference=_told(row, naive))
    yield Figure("savings: all together", best.saved_pct, "%", GOAL_PCT, at_most=False,
                 reference=_told(best, naive))  # fmt: skip


def _told(row: Row, naive: Row) -> str:
    return f"{row.bill.usd:.2f} USD instead of {naive.bill.usd:.2f}"


def main() -> None:
    """Print it as Markdown."""
    lines = [
        "| | requests | tokens read | from cache | written | USD | saved | without it |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in rows(is_each_missed=True):
        bill, missed = row.bill, row.missed_usd
        lines.append(
            f"| {row.name} | {bill.requests} | {bill.read:,} | {bill.cached:,} | {bill.written:,} "
            f"| {bill.usd:.3f} | {f'{row.saved_pct:.1f} %' if row.saved_usd else ''} "
            f"| {f'+{missed:.3f}' if missed is not None else ''} |"
        )
    sys.stdout.write("\n".join([*lines, ""]))


if __name__ == "__main__":
    main()
