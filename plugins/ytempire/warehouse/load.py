"""Bulk landing in `raw` by COPY, in the caller's transaction.

Loads and dbt builds take turns by an advisory lock: a build never sees half of a pull, and no
rows land between the models and the tests of one build.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import DictRow

from ytempire.errors import BadData

#: Shared by loads for the rest of their transaction, exclusive for a build.
LANDING_LOCK = 7_301_002
#: Columns that differ from look to look and say nothing about the thing looked at.
PROVENANCE = ("run_id", "fetched_at")

Row = tuple[Any, ...] | list[Any] | Mapping[str, Any]


def append(
    db: psycopg.Connection[DictRow], table: str, columns: Sequence[str], rows: Iterable[Row]
) -> int:
    """COPY rows to the end of a table; returns how many.

    Args:
        table: with its schema, such as `raw.youtube_videos`.
        columns: what a row that is a sequence holds, in order; a row that is a mapping may lack
            some, which are null then.

    Raises:
        BadData: Postgres cannot store a value in its column; the transaction is lost.
    """
    db.execute("select pg_advisory_xact_lock_shared(%s)", (LANDING_LOCK,))
    return _copy(db, _named(table), table, columns, rows)


def append_changed(
    db: psycopg.Connection[DictRow],
    table: str,
    columns: Sequence[str],
    rows: Iterable[Row],
    key: tuple[str, ...],
    kept: tuple[str, ...] = (),
) -> int:
    """Append only rows that differ from the latest version of their key; returns how many.

    The latest version has the greatest `fetched_at`; `run_id` and `fetched_at` are not compared.
    A row with a null in its key has no versions and is always appended, for the expectations to
    find.

    Args:
        kept: columns in which null says "not told": the latest version's value stays in them.

    Raises:
        BadData: as `append`.
    """
    db.execute("select pg_advisory_xact_lock_shared(%s)", (LANDING_LOCK,))
    stage = sql.Identifier("pg_temp", f"landing_{table.replace('.', '_')}")
    target = _named(table)
    # Unlike the target's, its columns are all nullable: the insert below judges.
    db.execute(sql.SQL("create temp table {} as table {} with no data").format(stage, target))
    _copy(db, stage, table, columns, rows)
    compared = [column for column in columns if column not in PROVENANCE]
    written = db.execute(
        _INSERT_CHANGED.format(
            target=target,
            stage=stage,
            columns=_list(columns),
            incoming=_values(columns, kept),
            latest=_list(compared, "latest"),
            compared=_values(compared, kept),
            same_key=sql.SQL(" and ").join(
                sql.SQL("version.{0} = incoming.{0}").format(sql.Identifier(column))
                for column in key
            ),
        )
    ).rowcount
    db.execute(sql.SQL("drop table {}").format(stage))
    return written


_INSERT_CHANGED = sql.SQL("""
    insert into {target} ({columns})
    select {incoming}
    from {stage} as incoming
    left join lateral (
        select version.*, true as is_known
        from {target} as version
        where {same_key}
        order by version.fetched_at desc
        limit 1
    ) as latest on true
    where latest.is_known is null or ({compared}) is distinct from ({latest})
""")


def _copy(
    db: psycopg.Connection[DictRow],
    into: sql.Composable,
    table: str,
    columns: Sequence[str],
    rows: Iterable[Row],
) -> int:
    statement = sql.SQL("copy {} ({}) from stdin").format(into, _list(columns))
    count = 0
    try:
        with db.cursor().copy(statement) as copy:
            for row in rows:
                if not isinstance(row, tuple | list):  # quicker to ask than the abstract Mapping
                    row = [row.get(column) for column in columns]
                copy.write_row(row)
                count += 1
    except psycopg.DataError as error:
        raise BadData(
            f"A row cannot be stored in {table}: {error}",
            "Nothing of this load was stored. Look at what the source answered for that column.",
        ) from error
    return count


def _named(table: str) -> sql.Identifier:
    return sql.Identifier(*table.split("."))


def _values(columns: Sequence[str], kept: tuple[str, ...]) -> sql.Composed:
    """The incoming values, and the latest ones where nothing came in."""
    told_late = sql.SQL("coalesce(incoming.{0}, latest.{0})")
    return sql.SQL(", ").join(
        told_late.format(sql.Identifier(column))
        if column in kept
        else sql.Identifier("incoming", column)
        for column in columns
    )


def _list(columns: Sequence[str], of: str | None = None) -> sql.Composed:
    return sql.SQL(", ").join(
        sql.Identifier(of, column) if of else sql.Identifier(column) for column in columns
    )
