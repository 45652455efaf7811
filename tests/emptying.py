"""A warehouse made empty again, between tests."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

_TABLES = """
select space.nspname as schema, made.relname as name
from pg_class as made join pg_namespace as space on space.oid = made.relnamespace
where space.nspname in ('ops', 'raw', 'snapshots') and made.relkind in ('r', 'p')
    and not made.relispartition and made.relname not in ('alembic_version', 'rewrites')
"""


def empty(db: psycopg.Connection[Any]) -> None:
    """Takes every row out of `ops`, `raw` and `snapshots`.

    Only tables that hold one are truncated: each truncation makes new files, and most tests fill
    few of some hundred tables.
    """
    tables = [sql.Identifier(row["schema"], row["name"]) for row in db.execute(_TABLES).fetchall()]
    looks = sql.SQL(" union all ").join(
        sql.SQL("select {} as place where exists (select from {})").format(place, table)
        for place, table in enumerate(tables)
    )
    filled = [tables[row["place"]] for row in db.execute(looks).fetchall()]
    if filled:
        db.execute(sql.SQL("truncate {} cascade").format(sql.SQL(", ").join(filled)))
    # What dbt has built of these rows is no ground to go on from.
    db.execute("insert into ops.rewrites (table_name) values ('emptied')")
