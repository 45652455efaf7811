"""Landing of one pull in `raw`: one transaction with its watermark, changed rows only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb
from pydantic import TypeAdapter

from ytempire.analytics import polls
from ytempire.warehouse.database import connect
from ytempire.warehouse.load import append, append_changed

if TYPE_CHECKING:
    from ytempire.analytics.pull import Pull

#: What every row of a pull begins with.
MARKS = ("run_id", "fetched_at", "channel_id", "is_simulated")
_DAY = (
    "day", "views", "engaged_views", "watch_minutes", "likes", "comments", "shares",
    "subscribers_gained", "subscribers_lost", "revenue_usd", "ad_impressions",
    "monetized_playbacks",
)  # fmt: skip
#: Table -> its columns.
COLUMNS: dict[str, tuple[str, ...]] = {
    "youtube_channels": (
        *(*MARKS, "youtube_channel_id", "title", "subscribers", "views", "videos"),
    ),
    "youtube_videos": (
        *(*MARKS, "youtube_video_id", "title", "published_at", "seconds"),
        *("privacy_status", "upload_status"),
    ),
    "youtube_video_counts": (*MARKS, "youtube_video_id", "views", "likes", "comments"),
    "youtube_channel_days": (*MARKS, *_DAY),
    "youtube_video_days": (*MARKS, "youtube_video_id", *_DAY),
    "youtube_reach_days": (
        *(*MARKS, "youtube_video_id", "day", "impressions", "ctr", "report_id", "reported_at"),
    ),
    "youtube_retention": (
        *(*MARKS, "youtube_video_id", "elapsed_ratio", "watch_ratio", "relative_performance"),
    ),
}
#: Table -> what identifies a row's versions; None: every look is a row (counters over time).
KEYS: dict[str, tuple[str, ...] | None] = {
    "youtube_channels": None,
    "youtube_videos": ("youtube_video_id",),
    "youtube_video_counts": None,
    "youtube_channel_days": ("channel_id", "day"),
    "youtube_video_days": ("youtube_video_id", "day"),
    "youtube_reach_days": None,
    "youtube_retention": ("youtube_video_id", "elapsed_ratio"),
}
#: Told later than a day's views, and by another answer: one without it takes nothing back.
MONEY = ("revenue_usd", "ad_impressions", "monetized_playbacks")
_REPORT = (
    "report_id", "channel_id", "report_type", "day", "reported_at", "rows_read", "sha256",
    "run_id", "fetched_at",
)  # fmt: skip
_REJECT = ("source", "channel_id", "table_name", "run_id", "reason", "body", "fetched_at")
_DURATION = TypeAdapter(timedelta)


def land(pull: Pull, source: str) -> dict[str, int]:
    """Write a pull's rows, polling state and watermark; returns the rows written by table.

    A run that was landed before (a cleared task) lands nothing twice.
    """
    channel_id = pull.channel.channel_id
    with connect() as db:
        # Two pulls of one channel at once (a backfill beside the hour's) would both find a row new.
        db.execute("select pg_advisory_xact_lock(hashtext('pull ' || %s))", (channel_id,))
        if _is_landed(db, source, channel_id, pull.run_id):
            return {}
        read = _read_meanwhile(db, pull)
        written = {table: _land_table(db, pull, table, read) for table in KEYS}
        provenance = {
            "source": source,
            "run_id": pull.run_id,
            "fetched_at": pull.fetched_at,
            "channel_id": channel_id,
        }
        append(db, "raw.youtube_reports", _REPORT, _unread(provenance, pull.reports, read))
        append(
            *(db, "raw.rejects", _REJECT),
            (provenance | row | {"body": Jsonb(row["body"])} for row in pull.rejects),
        )
        polls.write(db, channel_id, list(pull.touched()))
        for mark, rows in {source: sum(written.values()), **pull.sources}.items():
            db.execute(_MARK, {**provenance, "source": mark, "rows": rows})
    return written


_MARK = """
    insert into raw.pulls (source, channel_id, run_id, fetched_at, watermark, rows_landed)
    values (%(source)s, %(channel_id)s, %(run_id)s, %(fetched_at)s, %(fetched_at)s, %(rows)s)
"""


def is_landed(source: str, channel_id: str, run_id: str) -> bool:
    """Whether a run has landed its rows of a channel already."""
    with connect() as db:
        return _is_landed(db, source, channel_id, run_id)


def _land_table(db: Any, pull: Pull, table: str, read: set[str]) -> int:
    rows, key = pull.tables[table], KEYS[table]
    if not rows.count:
        return 0
    if "report_id" in rows.columns and read:
        place = rows.columns.index("report_id")
        return append(
            db, f"raw.{table}", rows.columns, (row for row in rows if row[place] not in read)
        )
    if key is None:
        return append(db, f"raw.{table}", rows.columns, rows)
    kept = MONEY if "revenue_usd" in rows.columns else ()
    return append_changed(db, f"raw.{table}", rows.columns, rows, key=key, kept=kept)


def _read_meanwhile(db: Any, pull: Pull) -> set[str]:
    """Reports that another pull of the channel, which went on beside this one, has landed."""
    rows = db.execute(
        "select report_id from raw.youtube_reports where report_id = any(%s)",
        ([report["report_id"] for report in pull.reports],),
    ).fetchall()
    return {row["report_id"] for row in rows}


def _unread(
    provenance: dict[str, Any], reports: list[dict[str, Any]], read: set[str]
) -> Iterator[dict[str, Any]]:
    return (provenance | report for report in reports if report["report_id"] not in read)


def _is_landed(db: Any, source: str, channel_id: str, run_id: str) -> bool:
    found = db.execute(
        "select 1 from raw.pulls where source = %s and channel_id = %s and run_id = %s",
        (source, channel_id, run_id),
    ).fetchone()
    return found is not None


def seconds_of(duration: str | None) -> Decimal | None:
    """Seconds of an ISO 8601 duration such as PT1M2S; None while YouTube has none."""
    if not duration or duration == "P0D":
        return None
    return Decimal(str(_DURATION.validate_python(duration).total_seconds()))
