"""The day's quota, spent before the call: one atomic statement, never above the limit.

Google counts per project, bucket and Pacific day (its quota table of June 2026). An invalid
call still costs, so nothing is given back.
"""

from __future__ import annotations

from ytempire.config import settings
from ytempire.errors import QuotaExhausted
from ytempire.warehouse.database import connect

LIMITS = {"uploads": 100, "search": 100, "stats": 10_000, "default": 10_000}
#: Units in the default bucket.
LIST, THUMBNAIL = 1, 50


def spend(**units: int) -> None:
    """Reserve units of several buckets at once, all or none: `spend(uploads=1, default=50)`.

    Raises:
        QuotaExhausted: a bucket has too little left today; nothing was reserved.
    """
    project = settings().youtube.project
    with connect() as db:
        # Sorted, so that two reservations lock rows in one order.
        for bucket in sorted(units):
            row = db.execute(
                """
                insert into ops.quota (project, bucket, pacific_day, used, quota_limit)
                values (%(project)s, %(bucket)s, (now() at time zone 'America/Los_Angeles')::date,
                        0, %(limit)s)
                on conflict do nothing;
                """,
                {"project": project, "bucket": bucket, "limit": LIMITS[bucket]},
            )
            row = db.execute(
                """
                update ops.quota set used = used + %(units)s
                where project = %(project)s and bucket = %(bucket)s
                  and pacific_day = (now() at time zone 'America/Los_Angeles')::date
                  and used + %(units)s <= quota_limit
                returning used
                """,
                {"project": project, "bucket": bucket, "units": units[bucket]},
            )
            if row.fetchone() is None:
                raise QuotaExhausted(
                    f"Project {project} has fewer than {units[bucket]} units left in the bucket "
                    f"{bucket!r} today.",
                    "It comes back at midnight Pacific; clear the task then.",
                )


def close(bucket: str) -> None:
    """Google said that a bucket is spent: believe it, so that nothing more is tried today."""
    with connect() as db:
        db.execute(
            """
            insert into ops.quota (project, bucket, pacific_day, used, quota_limit)
            values (%(project)s, %(bucket)s, (now() at time zone 'America/Los_Angeles')::date,
                    %(limit)s, %(limit)s)
            on conflict (project, bucket, pacific_day) do update set used = ops.quota.quota_limit
            """,
            {"project": settings().youtube.project, "bucket": bucket, "limit": LIMITS[bucket]},
        )
