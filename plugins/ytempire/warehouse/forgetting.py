"""Forgetting: what names or describes someone goes, the figures stay under a name of chance.

So that the house's books stay what they were to the cent: a removed figure would change months
that were told long ago. What does it for a customer is `analytics.forgetting`, for a video
`channels.forgetting`; a channel has its own rules (`channels.deletion`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from ytempire.domain import Frozen
from ytempire.warehouse.database import connect
from ytempire.warehouse.load import LANDING_LOCK

Db = psycopg.Connection[DictRow]


class Forgetting(Frozen):
    """What goes, or went.

    Attributes:
        name: under which the figures stay; None: nothing of it is here.
        changed: rows removed or renamed, by table; and `files`, and `answers` of models.
        aliases: what else it goes by, as in a run's configuration: its request, its owners' names.
    """

    name: str | None
    changed: dict[str, int]
    aliases: tuple[str, ...] = ()


@contextmanager
def transaction(*, for_good: bool) -> Iterator[Db]:
    """Where all of it happens at once, and while no model is built; not `for_good`: it is undone,
    so that what is told before is what would be done."""
    with connect() as db, db.transaction(force_rollback=not for_good):
        db.execute("select pg_advisory_xact_lock_shared(%s)", (LANDING_LOCK,))
        yield db


class Changes:
    """Statements whose rows are counted by table."""

    def __init__(self, db: Db) -> None:
        self.db = db
        self.counts: dict[str, int] = {}

    def make(self, table: str, statement: Any, values: Any) -> None:
        """Execute a statement that removes or renames rows of a table."""
        count = self.db.execute(statement, values).rowcount
        if count > 0:
            self.counts[table] = self.counts.get(table, 0) + count

    def note(self, name: str, what: str) -> None:
        """Write down that it was forgotten; the marts follow with the next build, a full one."""
        self.db.execute(
            "insert into ops.forgotten (name, what, changed) values (%s, %s, %s) "
            "on conflict (name) do nothing",
            (name, what, Jsonb(self.counts)),
        )
        # Until the marts are built without it, nothing that they say is kept (`transform.run`).
        self.db.execute("insert into ops.rewrites (table_name) values ('forgotten')")

    def rename_in_reservations(self, scope: str, names: list[str], name: str) -> None:
        """Budgets of a scope, and what calls have reserved in them, bear the other name."""
        values = {"scope": scope, "names": names, "name": name}
        self.make(
            "ops.budgets",
            "update ops.budgets set name = %(name)s "
            "where scope = %(scope)s and name = any(%(names)s)",
            values,
        )
        for table in ("ops.intents", "ops.script_orders"):
            self.make(table, _RESERVATIONS.format(table=table), values)


_RESERVATIONS = """
    update {table} set reservations = (
        select jsonb_agg(case
            when taken ->> 'scope' = %(scope)s and taken ->> 'name' = any(%(names)s)
                then taken || jsonb_build_object('name', %(name)s::text)
            else taken end)
        from jsonb_array_elements(reservations) as taken
    )
    where exists (
        select from jsonb_array_elements(reservations) as taken
        where taken ->> 'scope' = %(scope)s and taken ->> 'name' = any(%(names)s)
    )
"""
