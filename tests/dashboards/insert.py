"""Rows into the marts of a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import streamlit as st
from psycopg import sql
from ytempire.warehouse.database import connect


def insert(connection: psycopg.Connection[Any], table: str, rows: list[dict[str, Any]]) -> None:
    """Adds rows; a column that is not named stays null."""
    columns = sorted({name for row in rows for name in row})
    statement = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier("marts", table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([row.get(name) for name in columns])


@contextmanager
def altered(table: str, change: str) -> Iterator[None]:
    """The mart as a statement leaves it, for as long as this lasts; no page remembers answers."""
    mart, kept = sql.Identifier("marts", table), sql.Identifier("marts", f"{table}_kept")
    with connect() as db:
        db.execute(sql.SQL("create table {} as table {}").format(kept, mart))
        db.execute(change.encode())
    st.cache_data.clear()
    try:
        yield
    finally:
        with connect() as db:
            db.execute(sql.SQL("delete from {}").format(mart))
            db.execute(sql.SQL("insert into {} select * from {}").format(mart, kept))
            db.execute(sql.SQL("drop table {}").format(kept))
        st.cache_data.clear()
