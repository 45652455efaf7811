"""Bulk landing in `raw` by COPY, in the caller's transaction.

Loads and dbt builds take turns by an advisory lock: a build never sees half of a pull, and no
rows land between the models and the tests of one build.

A row that has changed lands as another version and alters none: what a dashboard said on a day can
be told again, a table of any size has nothing to vacuum, and a month of it is dropped as a whole.
A table that is kept by month gets its partitions here, when rows of a month first come.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql
from psycopg.rows import DictRow

from ytempire.errors import BadData

if TYPE_CHECKING:
    from pyarrow import RecordBatch

#: Shared by loads for the rest of their transaction, exclusive for a build.
LANDING_LOCK = 7_301_002
#: Columns that differ from look to look and say nothing about the thing looked at.
PROVENANCE = ("run_id", "fetched_at")
#: Rows of one COPY. As CSV written by Arrow they cost half of what they do one by one, from so many
#: on that its import is worth it.
CHUNK, FEW = 10_000, 1_000
#: What the server may use for each of the two sorts of a load.
SORT_MEMORY = "256MB"
#: Where a row that lands without having been looked at first may lie: the months around today.
AROUND = timedelta(days=62)

Row = tuple[Any, ...] | list[Any] | Mapping[str, Any]
Values = tuple[Any, ...] | list[Any]


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
    if _month_column(db, table):
        # Which months they are of shows when they are read; others than these land with the rest.
        db.execute(
            "select raw.make_months(%s, (ops.now() - %s)::date, ops.now()::date)",
            (table.partition(".")[2], AROUND),
        )
    return _copy(db, _named(table), table, columns, rows)


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
    A row with a null in its key has no versions and is always appended, for the expectations to
    find.

    Args:
        rows: as for `append`.
        kept: columns in which null says "not told": the latest version's value stays in them.

    Raises:
        BadData: as `append`.
    """
    db.execute("select pg_advisory_xact_lock_shared(%s)", (LANDING_LOCK,))
    stage = sql.Identifier("pg_temp", f"landing_{table.replace('.', '_')}")
    target = _named(table)
    # Unlike the target's, its columns are all nullable: the insert below judges.
    db.execute(
        sql.SQL("create temp table {} as select {} from {} with no data").format(
            stage, _list(columns), target
        )
    )
    _copy(db, stage, table, columns, rows)
    # How many there are decides whether versions are looked up one by one or merged.
    db.execute(sql.SQL("analyze {}").format(stage))
    month = _month_column(db, table)
    first, last = _span(db, stage, month) if month else (None, None)
    if first is not None and last is not None:
        db.execute("select raw.make_months(%s, %s, %s)", (table.partition(".")[2], first, last))
    # A million rows are sorted in memory rather than in files; the caller's setting comes back.
    memory = db.execute("select current_setting('work_mem') as before").fetchone()
    assert memory is not None
    db.execute("select set_config('work_mem', %s, true)", (SORT_MEMORY,))
    compared = [column for column in columns if column not in PROVENANCE]
    written = db.execute(
        _INSERT_CHANGED.format(
            target=target,
            stage=stage,
            columns=_list(columns),
            arrived=_values(columns),
            incoming=_values(columns, kept),
            compared=_values(compared, kept),
            known=_list(compared, "version"),
            told_before=sql.SQL("").join(
                sql.SQL("{}, ").format(sql.Identifier("version", column)) for column in kept
            ),
            key=_list(key),
            same_key=sql.SQL(" and ").join(
                sql.SQL("incoming.{0} = version.{0}").format(sql.Identifier(column))
                for column in key
            ),
            in_months=_between("version", month, first, last) if month in key else sql.SQL("true"),
        )
    ).rowcount
    db.execute("select set_config('work_mem', %s, true)", (memory["before"],))
    db.execute(sql.SQL("drop table {}").format(stage))
    return written


# A row whose key is known is held against its latest version, which is found by the row's place in
# the stage: that sorts quicker than its key. All go in sorted, so that neighbours in the key's
# index are written together.
_INSERT_CHANGED = sql.SQL("""
    insert into {target} ({columns})
    with judged as (
        select distinct on (incoming.ctid)
            incoming.ctid as place,
            {told_before}
            ({compared}) is not distinct from ({known}) as is_told
        from {stage} as incoming
        inner join {target} as version on {same_key} and {in_months}
        order by incoming.ctid, version.fetched_at desc
    )
    select {arrived}
    from {stage} as incoming
    where not exists (select from {target} as version where {same_key} and {in_months})
    union all
    select {incoming}
    from {stage} as incoming
    inner join judged as version on incoming.ctid = version.place
    where not version.is_told
    order by {key}
""")


def _copy(
    db: psycopg.Connection[DictRow],
    into: sql.Composable,
    table: str,
    columns: Sequence[str],
    rows: Iterable[Row | RecordBatch],
) -> int:
    statement = sql.SQL("copy {} ({}) from stdin").format(into, _list(columns))
    as_csv = sql.SQL("{} (format csv)").format(statement)
    count = 0
    try:
        for chunk in _chunks(columns, rows):
            count += len(chunk)
            csv = _csv(columns, chunk)
            with db.cursor().copy(statement if csv is None else as_csv) as copy:
                if csv is not None:
                    copy.write(csv)
                else:
                    for row in chunk:
                        copy.write_row(row)
    except psycopg.DataError as error:
        raise BadData(
            f"A row cannot be stored in {table}: {error}",
            "Nothing of this load was stored. Look at what the source answered for that column.",
        ) from error
    return count


def _chunks(
    columns: Sequence[str], rows: Iterable[Row | RecordBatch]
) -> Iterator[list[Values] | RecordBatch]:
    """Rows as sequences, so many at a time; an Arrow batch is a chunk of its own."""
    some: list[Values] = []
    for row in rows:
        if isinstance(row, tuple | list):  # quicker to ask than the abstract Mapping
            some.append(row)
        elif isinstance(row, Mapping):
            some.append([row.get(column) for column in columns])
        else:
            for start in range(0, row.num_rows, CHUNK):
                yield row.slice(start, CHUNK)
        if len(some) == CHUNK:
            yield some
            some = []
    if some:
        yield some


def _csv(columns: Sequence[str], chunk: list[Values] | RecordBatch) -> memoryview | None:
    """A chunk as CSV; None where its rows are few, or of values that only Postgres can judge."""
    if isinstance(chunk, list) and len(chunk) < FEW:
        return None
    import pyarrow as pa
    from pyarrow.csv import WriteOptions, write_csv

    try:
        batch = (
            pa.RecordBatch.from_arrays(
                [pa.array(values) for values in zip(*chunk, strict=True)], names=columns
            )
            if isinstance(chunk, list)
            else chunk.select(list(columns))
        )
        sink = pa.BufferOutputStream()
        write_csv(batch, sink, WriteOptions(include_header=False))
    except (pa.ArrowException, ValueError, OverflowError, TypeError):
        if isinstance(chunk, list):
            return None
        raise
    return memoryview(sink.getvalue())


def _month_column(db: psycopg.Connection[DictRow], table: str) -> str | None:
    """The column by whose month a table is kept; None: it is whole."""
    found = db.execute(
        "select attname from pg_partitioned_table "
        "join pg_attribute on attrelid = partrelid and attnum = partattrs[0] "
        "where partrelid = %s::regclass",
        (table,),
    ).fetchone()
    return found["attname"] if found else None


def _span(
    db: psycopg.Connection[DictRow], stage: sql.Identifier, column: str
) -> tuple[date | None, date | None]:
    found = db.execute(
        sql.SQL("select min({0})::date as first, max({0})::date as last from {1}").format(
            sql.Identifier(column), stage
        )
    ).fetchone()
    assert found is not None
    return found["first"], found["last"]


def _between(of: str, column: str | None, first: date | None, last: date | None) -> sql.Composable:
    """Said in constants, so that Postgres opens the partitions of these months only."""
    if column is None or first is None or last is None:
        return sql.SQL("true")
    return sql.SQL("{} between {} and {}").format(
        sql.Identifier(of, column), sql.Literal(first), sql.Literal(last)
    )


def _named(table: str) -> sql.Identifier:
    return sql.Identifier(*table.split("."))


def _values(columns: Sequence[str], kept: tuple[str, ...] = ()) -> sql.Composed:
    """The incoming values, and the latest ones where nothing came in."""
    told_late = sql.SQL("coalesce(incoming.{0}, version.{0})")
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
