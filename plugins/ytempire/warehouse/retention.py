"""Old months of `raw` are dropped, but for the rows that the models read of them.

A month that YouTube restates no more is closed: in one transaction what a full rebuild needs is
copied into a partition of its own, the month's partition is dropped, and the copy takes its place
and name. So models, pulls and whoever forgets someone stay unaware: a copied row keeps its
`landing` and is no news, a backfill finds the version that it is held against, and what lands late
in a closed month lies beside it and wins as ever (the next run takes the version that it beat).
"""

from __future__ import annotations

import logging
from datetime import date
from types import MappingProxyType
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import DictRow

from ytempire.config import settings
from ytempire.domain import Frozen
from ytempire.warehouse.database import connect
from ytempire.warehouse.load import LANDING_LOCK

Db = psycopg.Connection[DictRow]

#: How long a video's looks are read one by one: `launch_hours` of dbt/dbt_project.yml. A longer
#: launch than when a month was closed finds no more looks in it.
LAUNCH_HOURS = 336
#: Seconds for which readers of a table are waited for, while others that come queue behind.
LOCK_SECONDS = 30

_log = logging.getLogger(__name__)


class ClosedMonth(Frozen):
    """A month of a table of `raw`, after what no model reads was dropped.

    Attributes:
        bytes_freed: of the table and its indexes.
    """

    table: str
    month: date
    rows_dropped: int
    rows_kept: int
    bytes_freed: int


#: The latest version of each video and day, as `int_video_days_deduplicated` takes it.
_VIDEO_DAYS = """
    select distinct on (youtube_video_id, day) * from raw.youtube_video_days
    where day >= %(from)s and day < %(to)s
    order by youtube_video_id, day, fetched_at desc, run_id desc
"""
#: All but the reports that another of the same day replaced whole (`int_reach_days_deduplicated`).
_REACH_DAYS = """
    select reach.* from raw.youtube_reach_days as reach
    where reach.day >= %(from)s and reach.day < %(to)s and not exists (
        select from raw.youtube_reports as report
        join raw.youtube_reports as later using (channel_id, report_type, day)
        where report.report_id = reach.report_id
          and (later.reported_at, later.report_id) > (report.reported_at, report.report_id))
    order by reach.channel_id, reach.day
"""
#: A video's last two looks of all, which its pace is made of (`int_video_counts_latest`), and those
#: of its launch (`fct_video_counts`) by each moment at which it is said to have been published; of
#: a video of which nobody says when, every one.
_VIDEO_COUNTS = """
    with videos as materialized (
        select seen.youtube_video_id, last_but_one.fetched_at as paced_from
        from (
            select distinct youtube_video_id from raw.youtube_video_counts
            where fetched_at >= %(from)s and fetched_at < %(to)s
        ) as seen
        left join lateral (
            select distinct fetched_at from raw.youtube_video_counts as look
            where look.youtube_video_id = seen.youtube_video_id
            order by fetched_at desc offset 1 limit 1
        ) as last_but_one on true
    ),

    published as (
        select youtube_video_id, published_at from ops.videos
        union
        select youtube_video_id, published_at from ops.video_polls
        union
        select youtube_video_id, published_at from raw.youtube_videos
    ),

    launches as materialized (
        select youtube_video_id, range_agg(tstzrange(
            published_at, published_at + make_interval(hours => %(launch_hours)s))) as moments
        from published where published_at is not null
        group by youtube_video_id
    )

    select look.* from raw.youtube_video_counts as look
    left join videos using (youtube_video_id)
    left join launches using (youtube_video_id)
    where look.fetched_at >= %(from)s and look.fetched_at < %(to)s and (
        look.fetched_at >= videos.paced_from or videos.paced_from is null
        or look.fetched_at <@ launches.moments or launches.moments is null)
    order by look.fetched_at
"""
#: Table of `raw` that is kept by month -> what the models read of a month.
NEEDED = MappingProxyType(
    {
        "youtube_video_days": _VIDEO_DAYS,
        "youtube_reach_days": _REACH_DAYS,
        "youtube_video_counts": _VIDEO_COUNTS,
    }
)


def close_months() -> list[ClosedMonth]:
    """Close months of `raw` that are older than `YTEMPIRE_WAREHOUSE__RAW_MONTHS`, and those closed
    ones in which something has landed since; each in a transaction of its own. Of an old month in
    which nothing is the partition goes, and nothing is told.

    Asked twice it does nothing more; killed, the month at hand is as it was. Builds and loads wait
    for one month at a time, and it waits for them.

    Raises:
        psycopg.errors.LockNotAvailable: something reads the table for long, such as a dump; that
            month was left as it was, and a later try closes it.
    """
    with connect() as db:
        due = _due(db)
    closed = [_close(month) for month in due]
    return [each for each in closed if each is not None]


def _due(db: Db, part: str | None = None) -> list[dict[str, Any]]:
    """Months that are to be closed, the oldest first; or of one whether it still is."""
    values = {"months": settings().warehouse.raw_months, "tables": [*NEEDED], "part": part}
    months = db.execute(_OLD, values).fetchall()
    return [month for month in months if month["landing"] is None or _has_news(db, month)]


#: Partitions by their names, which `raw.make_months` gives them.
_OLD = """
    with parts as (
        select whole.relname as table_name, part.relname as part,
               pg_get_expr(part.relpartbound, part.oid) as bounds,
               to_date(right(part.relname, 7), 'YYYY_MM') as month
        from pg_inherits
        join pg_class as part on part.oid = inhrelid
        join pg_class as whole on whole.oid = inhparent
        where part.relnamespace = 'raw_months'::regnamespace
          and whole.relname = any(%(tables)s) and part.relname ~ '_\\d{4}_\\d{2}$'
    )

    select parts.*, closed.landing from parts
    left join ops.closed_months as closed using (table_name, month)
    where month < date_trunc('month', ops.pacific_day(ops.now()))
          - make_interval(months => %(months)s)
      and part = coalesce(%(part)s, part)
    order by month, table_name
"""


def _has_news(db: Db, month: dict[str, Any]) -> bool:
    found = db.execute(
        sql.SQL("select exists (select from {} where landing > %s) as it").format(
            sql.Identifier("raw_months", month["part"])
        ),
        (month["landing"],),
    ).fetchone()
    assert found is not None
    return bool(found["it"])


def _close(month: dict[str, Any]) -> ClosedMonth | None:
    table, part = month["table_name"], month["part"]
    with connect() as db:
        db.execute("set local statement_timeout = 0")
        db.execute("select pg_advisory_xact_lock(%s)", (LANDING_LOCK,))
        db.execute(f"set local lock_timeout = '{LOCK_SECONDS}s'")
        if not _due(db, part):
            return None  # another one has closed it meanwhile
        rows, bytes_before = _size(db, part)
        kept, bytes_kept = _replace(db, month) if rows else _drop(db, part)
        if not rows:
            return None
        closed = ClosedMonth(
            table=table,
            month=month["month"],
            rows_dropped=rows - kept,
            rows_kept=kept,
            bytes_freed=bytes_before - bytes_kept,
        )
        db.execute(_NOTE, closed.model_dump() | {"bytes_kept": bytes_kept})
    _log.info(
        "raw.%s of %s: %s rows dropped, %s kept, %s bytes freed.",
        *(table, f"{closed.month:%Y-%m}", closed.rows_dropped, kept, closed.bytes_freed),
    )
    return closed


def _replace(db: Db, month: dict[str, Any]) -> tuple[int, int]:
    """A partition by what is needed of it; returns that one's rows and bytes."""
    table, part, kept_part = month["table_name"], month["part"], f"{month['part']}_kept"
    names = {
        "table": sql.Identifier("raw", table),
        "part": sql.Identifier("raw_months", part),
        "kept": sql.Identifier("raw_months", kept_part),
        "name": sql.Identifier(part),
        "bounds": sql.SQL(month["bounds"]),
    }
    span = {"from": month["month"], "to": _next(month["month"]), "launch_hours": LAUNCH_HOURS}
    db.execute(sql.SQL("create table {kept} (like {table} including all)").format(**names))
    db.execute(sql.SQL("insert into {kept} ").format(**names) + sql.SQL(NEEDED[table]), span)
    db.execute(sql.SQL("analyze {kept}").format(**names))
    size = _size(db, kept_part)
    for statement in _TAKE_ITS_PLACE:
        db.execute(sql.SQL(statement).format(**names))
    return size


_TAKE_ITS_PLACE = (
    "alter table {table} detach partition {part}",
    "drop table {part}",
    "alter table {kept} rename to {name}",
    "alter table {table} attach partition {part} {bounds}",
)


def _drop(db: Db, part: str) -> tuple[int, int]:
    """A month in which nothing is; one that something lands in late is made again."""
    db.execute(sql.SQL("drop table {}").format(sql.Identifier("raw_months", part)))
    return 0, 0


#: Loads and builds stand still: every number up to the last is there to be seen.
_NOTE = """
    insert into ops.closed_months as known
        (table_name, month, landing, rows_dropped, rows_kept, bytes_freed, bytes_kept)
    select %(table)s, %(month)s, last_value, %(rows_dropped)s, %(rows_kept)s, %(bytes_freed)s,
           %(bytes_kept)s
    from raw.landings
    on conflict (table_name, month) do update set
        closed_at = ops.now(), landing = excluded.landing,
        rows_dropped = known.rows_dropped + excluded.rows_dropped, rows_kept = excluded.rows_kept,
        bytes_freed = known.bytes_freed + excluded.bytes_freed, bytes_kept = excluded.bytes_kept
"""


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _size(db: Db, part: str) -> tuple[int, int]:
    """Rows of a partition, and its bytes with its indexes."""
    place = sql.Identifier("raw_months", part)
    found = db.execute(
        sql.SQL(
            "select count(*) as rows, pg_total_relation_size({}::regclass) as bytes from {}"
        ).format(sql.Literal(f"raw_months.{part}"), place)
    ).fetchone()
    assert found is not None
    return int(found["rows"]), int(found["bytes"])
