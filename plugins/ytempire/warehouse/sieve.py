"""A large load parted into rows whose key a table knows and rows of new keys.

The latter need no look at an earlier version, and COPY writes them in batches where an
`insert … select` writes one by one. So the keys alone go ahead and are looked up all at once,
while the rows wait in a file on this side. They wait in order of their keys, a unit at a time, so
that neighbours in the key's index are written together.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, TYPE_CHECKING, Any

import psycopg
from psycopg import sql
from psycopg.rows import DictRow

from ytempire.warehouse.copying import CHUNK, Values, copy
from ytempire.warehouse.keyed import Keyed, listed

if TYPE_CHECKING:
    from pyarrow import RecordBatch, Table

#: Rows that are put in order together; a load of fewer is not worth a look at its keys.
UNIT = 50_000


class Sieve:
    """The rows of one load that wait for what the table says to their keys."""

    def __init__(self, db: psycopg.Connection[DictRow], into: Keyed) -> None:
        #: Of the server's: the keys, and where each one's row waits.
        self.keys = sql.Identifier("pg_temp", f"keys_{into.table.replace('.', '_')}")
        self._db, self._into = db, into
        # Of what month the rows are is asked of these too.
        self._columns = [*dict.fromkeys((*into.key, into.month or into.key[0]))]
        self._file: IO[bytes] | None = None
        self._rows: list[int] = []
        self._known: dict[int, Any] = {}
        self._is_open = True

    @property
    def is_used(self) -> bool:
        """Whether anything waits."""
        return bool(self._rows)

    def takes(self, unit: list[Values] | Table) -> bool:
        """Let a unit wait, if that is worth it: of a large load whose first keys were mostly new.

        A load of keys that are known gains nothing by it.
        """
        if isinstance(unit, list) or not self._is_open:
            return False
        if not self.is_used and len(unit) < UNIT:
            self._is_open = False
            return False
        self._add(unit)
        if len(self._rows) == 1:
            self.look()
            self._is_open = 2 * sum(map(len, self._known.values())) < len(unit)
        return True

    def _add(self, unit: Table) -> None:
        import pyarrow as pa

        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 (`close` ends it)
            self._db.execute(
                sql.SQL(
                    "create temp table {} as select {}, 0 as unit, 0 as place from {} with no data"
                ).format(self.keys, listed(self._columns), self._into.name)
            )
        with pa.ipc.new_stream(self._file, unit.schema) as stream:
            stream.write_table(unit, CHUNK)
        places = range(len(unit))
        keys = (
            unit.select(self._columns)
            .append_column("unit", pa.repeat(len(self._rows), len(unit)))
            .append_column("place", pa.array(places))
        )
        self._rows.append(len(unit))
        copy(self._db, self.keys, self._into.table, keys.column_names, slices(keys))

    def look(self) -> None:
        """Ask the table for the keys of all that waits."""
        import numpy as np

        if not self.is_used:
            return
        self._db.execute(sql.SQL("analyze {}").format(self.keys))
        found = self._db.cursor(binary=True).execute(
            _KNOWN.format(
                keys=self.keys,
                table=self._into.name,
                same_key=self._into.same_key,
                in_months=self._into.within(self._into.months(self._db, self.keys)),
            )
        )
        self._known = {row["unit"]: np.frombuffer(row["places"], ">i4") for row in found}

    def known(self) -> Iterator[RecordBatch]:
        """The rows whose keys the table knew when it was asked."""
        return self._part(are_known=True)

    def unknown(self) -> Iterator[RecordBatch]:
        """All others, those with a null in the key among them."""
        return self._part(are_known=False)

    def _part(self, are_known: bool) -> Iterator[RecordBatch]:
        import numpy as np
        import pyarrow as pa

        if self._file is None or (are_known and not self._known):
            return
        self._file.seek(0)
        for number, count in enumerate(self._rows):
            chosen = np.full(count, not are_known)
            chosen[self._known.get(number, [])] = are_known
            start = 0
            for chunk in pa.ipc.open_stream(self._file):
                yield chunk.filter(pa.array(chosen[start : start + len(chunk)]))
                start += len(chunk)

    def close(self) -> None:
        """Let go of the file; the keys go with the transaction, or by who made use of them."""
        if self._file is not None:
            self._file.close()


# One value a unit: rows of a million numbers take as long to be read as the look itself.
_KNOWN = sql.SQL("""
    select unit, string_agg(int4send(place), '') as places
    from {keys} as incoming
    where exists (select from {table} as version where {same_key} and {in_months})
    group by unit
""")


def units(
    key: Sequence[str], chunks: Iterable[list[Values] | RecordBatch]
) -> Iterator[list[Values] | Table]:
    """Arrow's chunks put together and in order of the key; others as they are."""
    some: list[RecordBatch] = []
    for chunk in chunks:
        if some and (sum(map(len, some)) >= UNIT or not _fits(chunk, some)):
            yield _in_order(key, some)
            some = []
        if isinstance(chunk, list):
            yield chunk
        else:
            some.append(chunk)
    if some:
        yield _in_order(key, some)


def _fits(chunk: list[Values] | RecordBatch, some: list[RecordBatch]) -> bool:
    """Whether all have the same types; a column of nulls alone is of any."""
    import pyarrow as pa

    return not isinstance(chunk, list) and all(
        ours.equals(theirs) or pa.null() in (ours, theirs)
        for each in some
        for ours, theirs in zip(chunk.schema.types, each.schema.types, strict=True)
    )


def slices(unit: list[Values] | Table) -> Iterator[list[Values] | RecordBatch]:
    """A unit as chunks of one COPY each."""
    return iter([unit]) if isinstance(unit, list) else iter(unit.to_batches(max_chunksize=CHUNK))


def _in_order(key: Sequence[str], batches: list[RecordBatch]) -> Table:
    import pyarrow as pa

    together = pa.concat_tables(
        [pa.Table.from_batches([each]) for each in batches], promote_options="default"
    )
    return together.sort_by([(column, "ascending") for column in key])
