"""A landing table by the key of its rows' versions, and by the months it is kept in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import psycopg
from psycopg import sql
from psycopg.rows import DictRow

Months = tuple[date, date] | None


def listed(columns: Sequence[str], of: str | None = None) -> sql.Composed:
    """Columns as SQL lists them; `of`: the table that they are of."""
    return sql.SQL(", ").join(
        sql.Identifier(of, column) if of else sql.Identifier(column) for column in columns
    )


@dataclass(frozen=True)
class Keyed:
    """A table of `raw`.

    Attributes:
        table: with its schema, such as `raw.youtube_videos`.
        key: the columns that versions of a row have in common.
        month: the column by whose month the table is kept; None: it is whole.
    """

    table: str
    key: tuple[str, ...]
    month: str | None

    @property
    def name(self) -> sql.Identifier:
        """The table as SQL names it."""
        return sql.Identifier(*self.table.split("."))

    @property
    def same_key(self) -> sql.Composable:
        """Whether `incoming` and `version` have one key; never where it holds a null."""
        return sql.SQL(" and ").join(
            sql.SQL("incoming.{0} = version.{0}").format(sql.Identifier(column))
            for column in self.key
        )

    def months(self, db: psycopg.Connection[DictRow], of: sql.Identifier) -> Months:
        """From which day to which the rows of another table are; None: that tells nothing."""
        if self.month is None:
            return None
        found = db.execute(
            sql.SQL("select min({0})::date as first, max({0})::date as last from {1}").format(
                sql.Identifier(self.month), of
            )
        ).fetchone()
        assert found is not None
        return None if found["first"] is None else (found["first"], found["last"])

    def make(self, db: psycopg.Connection[DictRow], months: Months) -> None:
        """Make the partitions of these months that are missing."""
        if months is not None:
            db.execute(
                "select raw.make_months(%s, %s, %s)", (self.table.partition(".")[2], *months)
            )

    def within(self, months: Months) -> sql.Composable:
        """Whether a `version` can have a key of these months.

        Said in constants, so that Postgres opens their partitions only.
        """
        if self.month is None or self.month not in self.key or months is None:
            return sql.SQL("true")
        return sql.SQL("version.{} between {} and {}").format(
            sql.Identifier(self.month), *map(sql.Literal, months)
        )


def keyed(db: psycopg.Connection[DictRow], table: str, key: Sequence[str] = ()) -> Keyed:
    """A table of the warehouse, and how it is kept there."""
    found = db.execute(
        "select attname from pg_partitioned_table "
        "join pg_attribute on attrelid = partrelid and attnum = partattrs[0] "
        "where partrelid = %s::regclass",
        (table,),
    ).fetchone()
    return Keyed(table, tuple(key), found["attname"] if found else None)
