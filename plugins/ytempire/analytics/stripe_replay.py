"""What was rejected of Stripe's answers, read once more after a mend, theirs or ours."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import Any

from pydantic import ValidationError

from ytempire.analytics.inbox import MARKS
from ytempire.analytics.stripe_landing import SOURCE, latest, lock
from ytempire.analytics.stripe_rows import KINDS, TABLES, Row, rows_of
from ytempire.warehouse.database import connect
from ytempire.warehouse.load import append_changed

_KIND_OF = {kind.table: kind for kind in KINDS.values()}


def replay(run_id: str) -> tuple[int, int]:
    """Land what can be read now, as of when it was fetched; how many are settled, how many wait.

    A thing of which a later pull has landed a version is settled by that, and nothing is landed.
    """
    with connect() as db:
        lock(db)
        waiting = db.execute(
            """
            select reject_id, table_name, body, fetched_at from raw.rejects
            where source = %s and replayed_at is null order by reject_id for update
            """,
            (SOURCE,),
        ).fetchall()
        settled = [row["reject_id"] for row in waiting if _is_settled(db, row, run_id)]
        db.execute(
            "update raw.rejects set replayed_at = ops.now() where reject_id = any(%s)", (settled,)
        )
    return len(settled), len(waiting) - len(settled)


def _is_settled(db: Any, rejected: dict[str, Any], run_id: str) -> bool:
    kind, body = _KIND_OF[rejected["table_name"]], rejected["body"]
    try:
        rows = rows_of(kind, body)
    except ValidationError:
        return False
    later = latest(db, kind.table, kind.key, [body["id"]])
    if not later or later[0]["fetched_at"] < rejected["fetched_at"]:
        marks = (run_id, rejected["fetched_at"], not body["livemode"])
        for table, group in groupby(sorted(rows, key=itemgetter(0)), key=itemgetter(0)):
            _land(db, table, list(group), marks)
    return True


def _land(db: Any, table: str, rows: list[Row], marks: tuple[Any, ...]) -> None:
    columns, key = TABLES[table]
    values = [(*marks, *(row.get(name) for name in columns[len(MARKS) :])) for _, row in rows]
    append_changed(db, f"raw.{table}", columns, values, key=(key,))
