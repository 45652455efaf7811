"""Landing of one pull in `raw`: one transaction with its watermark, changed rows only."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter

from ytempire.warehouse.database import connect
from ytempire.warehouse.load import append, append_changed

#: Table -> what identifies a row's versions; None: every look is a row (counters over time).
KEYS: dict[str, tuple[str, ...] | None] = {
    "youtube_channels": None,
    "youtube_videos": ("youtube_video_id",),
    "youtube_video_counts": None,
    "youtube_channel_days": ("channel_id", "day"),
    "youtube_video_days": ("youtube_video_id", "day"),
}
_DURATION = TypeAdapter(timedelta)


def land(
    channel_id: str, run_id: str, fetched_at: datetime, tables: dict[str, list[dict[str, Any]]]
) -> dict[str, int]:
    """Write a pull's rows and its watermark; returns the rows written by table.

    A run that was landed before (a cleared task) lands nothing twice.
    """
    written: dict[str, int] = {}
    with connect() as db:
        if _is_landed(db, channel_id, run_id):
            return {}
        for table, rows in tables.items():
            # Not every row has every column: a day's revenue comes later than its views.
            columns = tuple({name: None for row in rows for name in row})
            key = KEYS[table]
            if not rows:
                written[table] = 0
            elif key is None:
                written[table] = append(db, f"raw.{table}", columns, rows)
            else:
                written[table] = append_changed(db, f"raw.{table}", columns, rows, key=key)
        db.execute(
            """
            insert into raw.pulls (source, channel_id, run_id, fetched_at, watermark, rows_landed)
            values ('youtube', %s, %s, %s, %s, %s)
            """,
            (channel_id, run_id, fetched_at, fetched_at, sum(written.values())),
        )
    return written


def _is_landed(db: Any, channel_id: str, run_id: str) -> bool:
    found = db.execute(
        "select 1 from raw.pulls where source = 'youtube' and channel_id = %s and run_id = %s",
        (channel_id, run_id),
    ).fetchone()
    return found is not None


def seconds_of(duration: str | None) -> Decimal | None:
    """Seconds of an ISO 8601 duration such as PT1M2S; None while YouTube has none."""
    if not duration or duration == "P0D":
        return None
    return Decimal(str(_DURATION.validate_python(duration).total_seconds()))
