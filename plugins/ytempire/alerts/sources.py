"""Causes of alerts in what is read: a source that is silent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ytempire.alerts.notes import Alert, Db

#: After it was late (`ops.sources`): a night's outage is nobody's alarm.
PATIENCE = timedelta(days=1)
#: Sources that people or other systems put down as files.
_FILES = {"ads": "inbox/ads", "events": "inbox/events", "rates": "inbox/rates"}


def silent(db: Db) -> list[Alert]:
    """Sources that were not read, or have told of no newer day, for a day longer than is usual."""
    rows = db.execute(
        """
        select source, title, looked_at, told_until, late_at,
               looked_at < ops.now() - %(patience)s as is_unread
        from ops.sources where late_at < ops.now() - %(patience)s
        """,
        {"patience": PATIENCE},
    ).fetchall()
    return [_silent(row) for row in rows]


def _silent(row: dict[str, Any]) -> Alert:
    read = f"{row['looked_at']:%Y-%m-%d %H:%M} UTC"
    if row["is_unread"]:
        dag = "pull_youtube" if row["source"] == "youtube_reach" else "pull_business"
        what, why = f"not read since {read}", f"The log of `{dag}` in Airflow says why."
    else:
        what = f"nothing newer than {row['told_until']}"
        folder = _FILES.get(row["source"])
        why = f"It was read at {read} and had nothing new. " + (
            f"Newer files belong into `{folder}`." if folder else "YouTube has made no newer file."
        )
    return Alert(
        f"silent-source/{row['source']}/{row['late_at']:%Y-%m-%d}",
        "silent_source",
        "warning",
        f"{row['title']}: {what}",
        f"Figures that rest on it are as of then. {why}",
    )
