"""Bulk landing in `raw` by COPY, in the caller's transaction.

Loads and dbt builds take turns by an advisory lock: a build never sees half of a pull, and no
rows land between the models and the tests of one build.

A row that has changed lands as another version and alters none: what a dashboard said on a day can
be told again, a table of any size has nothing to vacuum, and a month of it is dropped as a whole.
A table that is kept by month gets its partitions here, when rows of a month first come.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql
from psycopg.rows import DictRow

from ytempire.warehouse.copying import Row, chunks, copy
from ytempire.warehouse.keyed import Keyed, keyed, listed
from ytempire.warehouse.sieve import Sieve, slices, units

if TYPE_CHECKING:
    from pyarrow import RecordBatch

#: Shared by loads for the rest of their transaction, exclusive for a build.
LANDING_LOCK = 7_301_002
#: Columns that differ from look to look and say nothing about the thing looked at.
PROVENANCE = ("run_id", "fetched_at")
#: What the server may use for each of the sorts and joins of a load.
SORT_MEMORY = "256MB"
#: Where a row that lands without having been looked at first may lie: the months around today.
AROUND = timedelta(days=62)


def append(
    db: psycopg.Connection[DictRow],
    table: str,
    columns: Sequence[str],
    rows: Iterable[Row | RecordBatch],
) -> int:
    """COPY rows to the end of a table; returns how many.

    Args:
        table: with its schema, such as `raw.youtube_videos`.
        columns: what a row that is a sequence holds, in order; a row that is a mapping may lack
            some, which are null then; an Arrow batch holds many rows, with these columns.

    Raises:
        BadData: Postgres cannot store a value in its column; the transaction is lost.
    """
    db.execute("select pg_advisory_xact_lock_shared(%s)", (LANDING_LOCK,))
    into = keyed(db, table)
    if into.month:
        # Which months they are of shows when they are read; others than these land with the rest.
        db.execute(
            "select raw.make_months(%s, (ops.now() - %s)::date, ops.now()::date)",
            (table.partition(".")[2], AROUND),
        )
    return copy(db, into.name, table, columns, chunks(columns, rows))


def append_changed(
    db: psycopg.Connection[DictRow],
    table: str,
    columns: Sequence[str],
    rows: Iterable[Row | RecordBatch],
    key: tuple[str, ...],
    kept: tuple[str, ...] = (),
) -> int:
    """Append only rows that differ from the latest version of their key; returns how many.

    The latest version has the greatest `fetched_at`; `run_id` and `fetched_at` are not compared.
    All rows are held against what the table held before the load: a key that comes twice in one
    load is compared to that twice. A row with a null in its key has no versions and is always
    appended, for the expectations to find.

    Args:
        rows: as for `append`.
        kept: columns in which null says "not told": the latest version's value stays in them.

    Raises:
        BadData: as `append`.
    """
    db.execute("select pg_advisory_xact_lock_shared(%s)", (LANDING_LOCK,))
    into = keyed(db, table, key)
    stage = sql.Identifier("pg_temp", f"landing_{table.replace('.', '_')}")
    # Unlike the target's, its columns are all nullable: the insert below judges.
    db.execute(
        sql.SQL("create temp table {} as select {} from {} with no data").format(
            stage, listed(columns), into.name
        )
    )
    # A million rows are sorted in memory rather than in files; the caller's setting comes back.
    memory = db.execute("select current_setting('work_mem') as before").fetchone()
    assert memory is not None
    db.execute("select set_config('work_mem', %s, true)", (SORT_MEMORY,))
    with closing(Sieve(db, into)) as sieve:
        staged = written = 0
        for unit in units(key, chunks(columns, rows)):
            if not sieve.takes(unit):
                staged += copy(db, stage, table, columns, slices(unit))
        sieve.look()
        staged += copy(db, stage, table, columns, sieve.known())
        if staged:
            written = _insert_changed(db, stage, into, columns, kept)
        # Last, so that the above found what was there before the load.
        if sieve.is_used:
            into.make(db, into.months(db, sieve.keys))
            written += copy(db, into.name, table, columns, sieve.unknown())
            db.execute(sql.SQL("drop table {}").format(sieve.keys))
    db.execute("select set_config('work_mem', %s, true)", (memory["before"],))
    db.execute(sql.SQL("drop table {}").format(stage))
    return written


def _insert_changed(
    db: psycopg.Connection[DictRow],
    stage: sql.Identifier,
    into: Keyed,
    columns: Sequence[str],
    kept: tuple[str, ...],
) -> int:
    # How many there are decides whether versions are looked up one by one or merged.
    db.execute(sql.SQL("analyze {}").format(stage))
    months = into.months(db, stage)
    into.make(db, months)
    compared = [column for column in columns if column not in PROVENANCE]
    return db.execute(
        _INSERT_CHANGED.format(
            target=into.name,
            stage=stage,
            columns=listed(columns),
            incoming=_values(columns, kept),
            compared=_values(compared, kept),
            known=listed(compared, "version"),
            told_before=sql.SQL("").join(
                sql.SQL("{}, ").format(sql.Identifier("version", column)) for column in kept
            ),
            key=listed(into.key),
            same_key=into.same_key,
            in_months=into.within(months),
        )
    ).rowcount


# A row is held against the latest version of its key, and found again by its place in the stage:
# that sorts quicker than its key. All go in sorted, so that neighbours in the key's index are
# written together.
_INSERT_CHANGED = sql.SQL("""
    insert into {target} ({columns})
    with judged as (
        select distinct on (incoming.ctid)
            incoming.ctid as place,
            {told_before}
            version.fetched_at is not null
            and ({compared}) is not distinct from ({known}) as is_told
        from {stage} as incoming
        left join {target} as version on {same_key} and {in_months}
        order by incoming.ctid, version.fetched_at desc
    )
    select {incoming}
    from {stage} as incoming
    inner join judged as version on incoming.ctid = version.place
    where not version.is_told
    order by {key}
""")


def _values(columns: Sequence[str], kept: tuple[str, ...]) -> sql.Composed:
    """The incoming values, and the latest ones where nothing came in."""
    told_late = sql.SQL("coalesce(incoming.{0}, version.{0})")
    return sql.SQL(", ").join(
        told_late.format(sql.Identifier(column))
        if column in kept
        else sql.Identifier("incoming", column)
        for column in columns
    )
