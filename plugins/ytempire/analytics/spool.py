"""Rows that wait for their landing: few in memory, many in a file without a name."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator
from typing import IO, Any

#: Rows kept in memory; a first pull of two years has a million and more.
IN_MEMORY = 1_000

Values = tuple[Any, ...]


class Spool:
    """An append-only list of rows, read back in order.

    Args:
        columns: what each row holds, in order.
    """

    def __init__(self, columns: tuple[str, ...]) -> None:
        self.columns = columns
        self.count = 0
        self._rows: list[Values] = []
        self._file: IO[bytes] | None = None

    def add(self, row: Values) -> None:
        """Append a row, its values in the order of the columns."""
        self._rows.append(row)
        self.count += 1
        if len(self._rows) >= IN_MEMORY:
            if self._file is None:
                self._file = tempfile.TemporaryFile()  # noqa: SIM115 (`close` ends it)
            pickle.dump(self._rows, self._file, pickle.HIGHEST_PROTOCOL)
            self._rows = []

    def __iter__(self) -> Iterator[Values]:
        if self._file is not None:
            self._file.seek(0)
            for _ in range((self.count - len(self._rows)) // IN_MEMORY):
                # Written by `add` above, to a file that nobody else can open.
                yield from pickle.load(self._file)  # noqa: S301
            self._file.seek(0, 2)
        yield from self._rows

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
