"""Landing of one pull of Stripe: one transaction with its watermarks, changed rows only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from psycopg import sql

from ytempire.analytics.inbox import MARKS, reject
from ytempire.analytics.stripe_forgotten import Forgotten
from ytempire.analytics.stripe_rows import ITEMS, KINDS, TABLES, Kind
from ytempire.warehouse.database import connect
from ytempire.warehouse.load import append, append_changed

if TYPE_CHECKING:
    from ytempire.analytics.stripe_pull import Pull

SOURCE = "stripe"
_BALANCES = (*MARKS, "currency", "available_minor", "pending_minor")


def land(pull: Pull, watermarks: Mapping[str, datetime]) -> dict[str, int]:
    """Write a pull's rows and watermarks; returns the rows written by table, and those rejected.

    A run that was landed before (a cleared task) lands nothing twice: the answer is empty.
    """
    with connect() as db:
        lock(db)
        if any(_is_landed(db, source, pull.run_id) for source in watermarks):
            return {}
        forgotten = Forgotten(db)
        for kind, names in pull.gone.items():
            told = names if kind == "customers" else map(forgotten.told, names)
            _tell_gone(db, pull, KINDS[kind].table, told, KINDS[kind].gone or {})
        _tell_dropped_items(db, pull, forgotten)
        written = {
            table: append_changed(
                db, f"raw.{table}", columns,
                forgotten.hidden(table, columns, pull.tables[table]), key=(key,),
            )
            for table, (columns, key) in TABLES.items()
            if pull.tables[table].count
        }  # fmt: skip
        forgotten.keep(db)
        pull.rejects = [row for row in pull.rejects if not forgotten.concerns(row["body"])]
        written["stripe_balances"] = append(db, "raw.stripe_balances", _BALANCES, pull.balances)
        written["rejects"] = reject(db, SOURCE, pull.run_id, pull.fetched_at, pull.rejects)
        for source, at in watermarks.items():
            db.execute(_MARK, (source, pull.run_id, pull.fetched_at, at, sum(written.values())))
    return written


_MARK = """
    insert into raw.pulls (source, channel_id, run_id, fetched_at, watermark, rows_landed)
    values (%s, '', %s, %s, %s, %s)
"""


def lock(db: Any) -> None:
    """One at a time: two (a backfill beside the hour's pull) would both find a row new."""
    db.execute("select pg_advisory_xact_lock(hashtext('pull stripe'))")


def is_landed(source: str, run_id: str) -> bool:
    """Whether a run has landed already."""
    with connect() as db:
        return _is_landed(db, source, run_id)


def _is_landed(db: Any, source: str, run_id: str) -> bool:
    found = db.execute(
        "select 1 from raw.pulls where source = %s and channel_id = '' and run_id = %s",
        (source, run_id),
    ).fetchone()
    return found is not None


def _tell_gone(
    db: Any, pull: Pull, table: str, names: Iterable[str], gone: Mapping[str, Any]
) -> None:
    """A version of each that says it is gone, else as it was last known."""
    if gone:
        for row in latest(db, table, TABLES[table][1], list(names)):
            _add(pull, table, {**row, **gone})


def _tell_dropped_items(db: Any, pull: Pull, forgotten: Forgotten) -> None:
    """Items that a subscription was known to have, and that its answer has no more."""
    items = {
        forgotten.told(name): {*map(forgotten.told, there)} for name, there in pull.items.items()
    }
    for row in latest(db, ITEMS, "subscription_id", list(items)):
        is_there = row["subscription_item_id"] in items[row["subscription_id"]]
        if not is_there and not row["is_deleted"]:
            _add(pull, ITEMS, row | {"is_deleted": True})


def _add(pull: Pull, table: str, row: Mapping[str, Any]) -> None:
    spool = pull.tables[table]
    spool.add((*pull.marks, *(row[name] for name in spool.columns[len(MARKS) :])))


def latest(db: Any, table: str, column: str, values: list[str]) -> list[dict[str, Any]]:
    """The latest version of each row of a table that has one of the values in a column."""
    found: list[dict[str, Any]] = db.execute(
        sql.SQL(
            "select distinct on ({key}) * from {table} where {column} = any(%s) "
            "order by {key}, fetched_at desc"
        ).format(
            key=sql.Identifier(TABLES[table][1]),
            table=sql.Identifier("raw", table),
            column=sql.Identifier(column),
        ),
        (values,),
    ).fetchall()
    return found


def newest(kind: Kind, but: list[str], most: int) -> list[str]:
    """Ids of a kind's things that landed and were created last, without some."""
    with connect() as db:
        rows = db.execute(
            sql.SQL(
                "select {key} as name from {table} "
                "where {key} <> all(%s) and {key} not like 'forgotten-%%' "
                "group by {key} order by max(created_at) desc limit %s"
            ).format(key=sql.Identifier(kind.key), table=sql.Identifier("raw", kind.table)),
            (but, most),
        ).fetchall()
    return [row["name"] for row in rows]


def lacking_prices(named: Iterable[str]) -> list[str]:
    """Those of some prices, and of all that lines and items name, that never landed."""
    with connect() as db:
        rows = db.execute(
            """
            select price_id from (
                select unnest(%s::text[]) as price_id
                union select price_id from raw.stripe_invoice_lines
                union select price_id from raw.stripe_subscription_items
            ) as named
            where price_id is not null and not exists (
                select from raw.stripe_prices as known where known.price_id = named.price_id)
            """,
            (list(named),),
        ).fetchall()
    return [row["price_id"] for row in rows]
