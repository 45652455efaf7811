"""The day's quota, taken before the call: one atomic statement, never above the limit.

Google counts per project, bucket and Pacific day (its quota table of June 2026). An invalid call
still costs, so what was spent is not given back; a bundle that is held and not used is.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from ytempire.config import settings
from ytempire.domain import Frozen
from ytempire.errors import QuotaExhausted
from ytempire.warehouse.clock import next_pacific_midnight
from ytempire.warehouse.database import connect

Connection = psycopg.Connection[dict[str, Any]]

BUCKETS = ("uploads", "search", "stats", "default")
#: Units in the default bucket (`quota` of the method in Google's table).
LIST, UPDATE, THUMBNAIL, PLAYLIST_ITEM, CAPTION_LIST, CAPTION = 1, 50, 50, 50, 50, 400
#: How long a bundle that nobody comes back for keeps its units from others.
HOLD_FOR = timedelta(hours=6)
#: How the database says which bucket is short.
_SHORT = "YQ001"


class Forecast(Frozen):
    """A bucket today, and when it will be empty.

    Attributes:
        held: reserved for bundles that are not wholly spent.
        per_hour: units an hour over the last six hours.
        exhausted_at: None: not before it comes back at `resets_at`.
    """

    bucket: str
    used: int
    held: int
    quota_limit: int
    headroom: int
    per_hour: float
    resets_at: datetime
    exhausted_at: datetime | None

    def spare(self, now: datetime) -> int:
        """Units that will be left over at midnight if the pace stays as it is; 0 at least."""
        hours = max((self.resets_at - now).total_seconds() / 3600, 0.0)
        return max(0, int(self.headroom - self.per_hour * hours))


def limits() -> dict[str, int]:
    """Units that the project is granted a Pacific day, by bucket."""
    youtube = settings().youtube
    return {
        "uploads": youtube.uploads_per_day,
        "search": youtube.searches_per_day,
        "stats": youtube.stats_per_day,
        "default": youtube.units_per_day,
    }


def spend(purpose: str, **units: int) -> None:
    """Take units of several buckets at once, all or none: `spend("pull", stats=1, default=2)`.

    Args:
        purpose: what for, as the forecast and the operator see it: `publish`, `pull`, `trends`, …

    Raises:
        QuotaExhausted: a bucket has too little left today; nothing was taken.
    """
    with connect() as db:
        spend_on(db, purpose, **units)


def spend_on(db: Connection, purpose: str, **units: int) -> None:
    """`spend` in the caller's transaction: an autocommit connection keeps no bucket from others."""
    _run(
        db,
        "take_quota(%(project)s, %(units)s, %(limits)s, %(purpose)s, null, null)",
        units,
        purpose=purpose,
    )


def hold(key: str, **units: int) -> None:
    """Reserve a whole bundle for a while, all or none; holding it again the same day is one hold.

    Raises:
        QuotaExhausted: a bucket has too little left today; nothing was held.
    """
    with connect() as db:
        _run(
            db,
            "hold_quota(%(project)s, %(units)s, %(limits)s, %(key)s, %(hold_for)s)",
            units,
            key=key,
            hold_for=HOLD_FOR,
        )


def use(key: str, purpose: str, **units: int) -> None:
    """Spend what a bundle holds; what it no longer holds (a new day, a late hour) is taken anew.

    Raises:
        QuotaExhausted: it held too little, and too little is left.
    """
    with connect() as db:
        _run(
            db,
            "use_quota(%(project)s, %(units)s, %(limits)s, %(purpose)s, %(key)s)",
            units,
            key=key,
            purpose=purpose,
        )


def release(key: str) -> None:
    """Give back what a bundle still holds: it will not be needed."""
    with connect() as db:
        db.execute("select ops.release_quota(%s, %s)", (settings().youtube.project, key))


def close(bucket: str) -> None:
    """Google said that a bucket is spent: believe it, so that nothing more is tried today."""
    with connect() as db:
        db.execute(
            "select ops.close_quota(%s, %s, %s)",
            (settings().youtube.project, bucket, limits()[bucket]),
        )


def forecast() -> dict[str, Forecast]:
    """Each bucket today, with what is left of it and when it will be empty."""
    with connect() as db:
        now = db.execute("select ops.now() as now").fetchone()
        rows = db.execute(
            """
            select bucket, used, held, quota_limit, headroom, per_hour::float as per_hour,
                   resets_at, forecast_exhausted_at as exhausted_at
            from ops.quota_forecast
            where project = %s and pacific_day = ops.pacific_day(ops.now())
            """,
            (settings().youtube.project,),
        ).fetchall()
    assert now is not None
    untouched = {
        bucket: Forecast(
            bucket=bucket,
            used=0,
            held=0,
            quota_limit=limit,
            headroom=limit,
            per_hour=0.0,
            resets_at=next_pacific_midnight(now["now"]),
            exhausted_at=None,
        )
        for bucket, limit in limits().items()
    }
    return untouched | {row["bucket"]: Forecast.model_validate(row) for row in rows}


def _run(db: Connection, function: str, units: dict[str, int], **more: object) -> None:
    wanted = {bucket: count for bucket, count in units.items() if count}
    if not wanted:
        return
    project = settings().youtube.project
    values = {"project": project, "units": Jsonb(wanted), "limits": Jsonb(limits()), **more}
    try:
        db.execute(f"select ops.{function}", values)
    except psycopg.Error as error:
        if error.sqlstate != _SHORT:
            raise
        bucket = str(error.diag.message_primary)
        raise QuotaExhausted(
            f"Project {project} has fewer than {wanted.get(bucket, 0)} units left in the bucket "
            f"{bucket!r} today.",
            "It comes back at midnight Pacific.",
        ) from error
