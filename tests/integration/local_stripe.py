"""A local Stripe whose clock stands still until a test moves it, and the house's clock with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from ytempire.emulators.serving import Emulated, running
from ytempire.emulators.stripe import KEY, Scale, build
from ytempire.emulators.stripe.world import World
from ytempire.emulators.youtube.clock import Clock
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

NOW = datetime(2026, 11, 15, 10, tzinfo=UTC)


class LocalStripe:
    """The server, its world, and what was landed of it.

    Attributes:
        emulated: its address, what it was asked, and faults on demand.
    """

    def __init__(self, emulated: Emulated, world: World) -> None:
        self.emulated, self.world = emulated, world

    @contextmanager
    def at(self, hours: float = 0) -> Iterator[None]:
        """Let so many hours pass, here and there, for a block."""
        self.world.clock.advance(hours)
        with clock.replayed(self.world.clock.now()):
            yield

    def asked(self, path: str) -> list[str]:
        """The queries of what was asked for below a path."""
        return [each.query for each in self.emulated.asked if each.path.startswith(path)]


@contextmanager
def local_stripe(seed: int = 7, customers: int = 40) -> Iterator[LocalStripe]:
    app = build(seed, Clock(None, 1.0, real=NOW.timestamp), Scale(customers))
    with running(app) as emulated:
        yield LocalStripe(emulated, app.state.stripe)


def landed(query: str, *values: object) -> list[dict]:
    with connect() as db:
        return db.execute(query, values).fetchall()


def count(table: str) -> int:
    [row] = landed(f"select count(*) as rows from raw.{table}")
    return row["rows"]


__all__ = ["KEY", "NOW", "LocalStripe", "count", "landed", "local_stripe"]
