"""SIMULATED: a business of any size in an empty warehouse, as pulls and runs would have left it.

Statements make whole tables at once, so that 36,500 videos with a year of days take minutes. The
same seed, size and present make the same world; every row says that it is simulated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import DictRow

from ytempire.errors import InvalidInput
from ytempire.warehouse.database import connect
from ytempire.world import business, catalogue, hour, landing

__all__ = ["World", "fill", "next_hour"]

#: A month of the largest world is written in less; the house's limit for a statement is for loads.
STATEMENT_TIMEOUT = "30min"
#: Videos of a channel; a world has 3 to 15.
EACH = 20


@dataclass(frozen=True)
class World:
    """How large a world is.

    Attributes:
        videos: published ones; 95 of 100 in the year (or in as many days as are told) before the
            first day that is told.
        days: Pacific days told of them, up to the day before yesterday.
        seed: what its numbers are drawn from.
    """

    videos: int
    days: int
    seed: int

    @property
    def channels(self) -> int:
        return max(3, min(15, self.videos // EACH))

    def parameters(self) -> dict[str, Any]:
        return {
            "videos": self.videos,
            "days": self.days,
            "days_before": max(self.days, 365),
            "seed": self.seed,
            "channels": self.channels,
        }


def fill(world: World) -> dict[str, int]:
    """Fill an empty warehouse, month by month; returns its largest tables and their rows.

    Raises:
        InvalidInput: the warehouse has channels already.
    """
    with connect() as db:
        if db.execute("select from ops.channels limit 1").fetchone() is not None:
            raise InvalidInput(
                "A world is made in an empty warehouse only, and this one has channels.",
                "`make clean` empties the local one; or name another by YTEMPIRE_WAREHOUSE__URL.",
            )
        db.execute(f"set local statement_timeout = '{STATEMENT_TIMEOUT}'")
        sizes = world.parameters()
        _run(db, (*catalogue.STEPS, *business.STEPS, landing.PREPARE), sizes)
        for month in db.execute(landing.MONTHS).fetchall():
            _run(db, landing.BY_MONTH, sizes | month)
        _run(db, landing.STEPS, sizes)
        rows = {name: _count(db, name) for name in landing.LARGE}
    with connect(autocommit=True) as db:
        db.execute(f"set statement_timeout = '{STATEMENT_TIMEOUT}'")
        # What autovacuum would have done in all that time.
        db.execute("vacuum analyze")
    return rows


def next_hour(number: int) -> int:
    """What the pulls and runs of one more hour leave; returns the versions of days that landed.

    Args:
        number: 1, 2, 3 …: other numbers change other rows.
    """
    with connect() as db:
        _run(db, hour.STEPS, {"number": number})
        landed = db.execute(hour.LANDED, {"number": number}).fetchone()
    assert landed is not None
    return int(landed["rows"])


def _run(
    db: psycopg.Connection[DictRow], steps: tuple[str, ...], parameters: dict[str, Any]
) -> None:
    for step in steps:
        db.execute(step, parameters)


def _count(db: psycopg.Connection[DictRow], table: str) -> int:
    row = db.execute(f"select count(*) as rows from {table}").fetchone()  # noqa: S608 (ours)
    assert row is not None
    return int(row["rows"])
