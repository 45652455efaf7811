"""Rows into the marts of a test."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql


def insert(connection: psycopg.Connection[Any], table: str, rows: list[dict[str, Any]]) -> None:
    """Adds rows; a column that is not named stays null."""
    columns = sorted({name for row in rows for name in row})
    statement = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier("marts", table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([row.get(name) for name in columns])
