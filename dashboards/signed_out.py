"""Sessions that were signed out of: good for nothing until their cookies expire by themselves.

They are kept in the database, so that a restart forgets none, and here, so that none is asked for
twice. One that was signed out of while the database was down is written with the next one.
"""

from __future__ import annotations

import threading

import psycopg
from ytempire.errors import YTEmpireError
from ytempire.warehouse.database import connect


class SignedOut:
    """The sessions that have ended before their time, by id.

    Args:
        seconds: that a cookie is good for; later its session needs no mention.
    """

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds
        self._ended: set[str] = set()
        self._unwritten: set[str] = set()
        self._lock = threading.Lock()
        #: Whether those of the servers before this one are known.
        self.is_read = False

    def __contains__(self, session_id: str) -> bool:
        return session_id in self._ended

    def read(self) -> None:
        """Learns of those that ended before this server began; nothing while nobody answers."""
        with self._lock:
            if self.is_read:
                return
            try:
                with connect() as db:
                    rows = db.execute(
                        "select session_id from ops.ended_sessions where forgotten_at > now()"
                    ).fetchall()
            except (YTEmpireError, psycopg.Error):
                return
            self._ended |= {row["session_id"] for row in rows}
            self.is_read = True

    def add(self, session_id: str) -> None:
        """Ends a session, at once and for good. Never fails."""
        with self._lock:
            self._ended.add(session_id)
            self._unwritten.add(session_id)
            try:
                with connect() as db:
                    db.execute("delete from ops.ended_sessions where forgotten_at <= now()")
                    db.execute(
                        "insert into ops.ended_sessions (session_id, forgotten_at) "
                        "select each, now() + make_interval(secs => %s) "
                        "from unnest(%s::text[]) as each on conflict do nothing",
                        (self._seconds, sorted(self._unwritten)),
                    )
            except (YTEmpireError, psycopg.Error):
                return
            self._unwritten.clear()
