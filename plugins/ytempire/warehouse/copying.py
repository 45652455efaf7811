"""Rows into a table by COPY: as CSV written by Arrow where they are many, else one by one."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql
from psycopg.rows import DictRow

from ytempire.errors import BadData
from ytempire.warehouse.keyed import listed

if TYPE_CHECKING:
    from pyarrow import RecordBatch

#: Rows of one COPY. As CSV written by Arrow they cost half of what they do one by one, from so many
#: on that its import is worth it.
CHUNK, FEW = 10_000, 1_000

Row = tuple[Any, ...] | list[Any] | Mapping[str, Any]
Values = tuple[Any, ...] | list[Any]


def chunks(
    columns: Sequence[str], rows: Iterable[Row | RecordBatch]
) -> Iterator[list[Values] | RecordBatch]:
    """Rows, some at a time: Arrow's, or as they came where few or for Postgres alone to judge.

    Args:
        columns: what a row that is a sequence holds, in order; one that is a mapping, or an Arrow
            batch, is asked for them.
    """
    some: list[Values] = []
    for row in rows:
        if isinstance(row, tuple | list):  # quicker to ask than the abstract Mapping
            some.append(row)
        elif isinstance(row, Mapping):
            some.append([row.get(column) for column in columns])
        else:
            for start in range(0, row.num_rows, CHUNK):
                yield row.slice(start, CHUNK).select(list(columns))
        if len(some) == CHUNK:
            yield _as_arrow(columns, some)
            some = []
    if some:
        yield _as_arrow(columns, some)


def copy(
    db: psycopg.Connection[DictRow],
    into: sql.Composable,
    table: str,
    columns: Sequence[str],
    chunks: Iterable[list[Values] | RecordBatch],
) -> int:
    """COPY chunks; returns how many rows they hold.

    Args:
        into: what they are written to.
        table: what that is called where a person reads of it.

    Raises:
        BadData: Postgres cannot store a value in its column; the transaction is lost.
    """
    statement = sql.SQL("copy {} ({}) from stdin").format(into, listed(columns))
    as_csv = sql.SQL("{} (format csv)").format(statement)
    count = 0
    try:
        for chunk, csv in _with_csv(chunks):
            count += len(chunk)
            with db.cursor().copy(statement if csv is None else as_csv) as writer:
                if csv is not None:
                    writer.write(csv)
                else:
                    for row in chunk:
                        writer.write_row(row)
    except psycopg.DataError as error:
        raise BadData(
            f"A row cannot be stored in {table}: {error}",
            "Nothing of this load was stored. Look at what the source answered for that column.",
        ) from error
    return count


def _with_csv(
    chunks: Iterable[list[Values] | RecordBatch],
) -> Iterator[tuple[list[Values] | RecordBatch, memoryview | None]]:
    """Each chunk with its CSV, which Arrow writes while the server takes the chunk before."""
    begun: deque[tuple[list[Values] | RecordBatch, Future[memoryview] | None]] = deque()
    with ThreadPoolExecutor(1, "csv") as aside:  # starts a thread when it gets something to do
        for chunk in chunks:
            begun.append((chunk, None if isinstance(chunk, list) else aside.submit(_csv, chunk)))
            if len(begun) > 1:
                yield _ended(*begun.popleft())
        for each in begun:
            yield _ended(*each)


def _ended(
    chunk: list[Values] | RecordBatch, csv: Future[memoryview] | None
) -> tuple[list[Values] | RecordBatch, memoryview | None]:
    return chunk, csv.result() if csv else None


def _csv(batch: RecordBatch) -> memoryview:
    import pyarrow as pa
    from pyarrow.csv import WriteOptions, write_csv

    sink = pa.BufferOutputStream()
    write_csv(batch, sink, WriteOptions(include_header=False))
    return memoryview(sink.getvalue())


def _as_arrow(columns: Sequence[str], rows: list[Values]) -> list[Values] | RecordBatch:
    if len(rows) < FEW:
        return rows
    import pyarrow as pa

    try:
        arrays = [pa.array(values) for values in zip(*rows, strict=True)]
        batch = pa.RecordBatch.from_arrays(
            # A decimal's type tells its longest value, so that no two chunks would fit together.
            [each.cast(pa.string()) if pa.types.is_decimal(each.type) else each for each in arrays],
            names=list(columns),
        )
        _csv(batch.slice(0, 0))  # tells whether all of its types can be written
    except (pa.ArrowException, ValueError, OverflowError, TypeError):
        return rows
    return batch
