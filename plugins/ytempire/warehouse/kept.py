"""Sessions that a process keeps to use again: a new one costs Postgres a process and a password.

Between two users all that a session was told is forgotten, Postgres itself ends one
that lies unused, and before use it is tried: one that ended is replaced, and its user sees nothing.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import psycopg
from psycopg.rows import DictRow

Connection = psycopg.Connection[DictRow]

#: Sessions that a process keeps at most; threads beyond them open and close their own.
KEPT = 8
#: Seconds after which Postgres ends one that nobody uses.
KEEP_SECONDS = 120.0

#: `discard all`, but for prepared statements and the plans of functions, which hold nothing of a
#: user and cost most of a short transaction's time to make again.
_FORGET = """
    close all; set session authorization default; reset all; unlisten *;
    select pg_advisory_unlock_all(); discard temp; discard sequences;
"""
#: DSN and options: what makes a session.
Key = tuple[str, str]

_idle: list[tuple[Key, Connection]] = []
_lock = threading.Lock()


@contextmanager
def session(dsn: str, options: str, opened: Callable[[], Connection]) -> Iterator[Connection]:
    """A transaction on a kept session, or on one that is opened; only one that ended well is kept.

    Args:
        opened: opens one with that DSN and these options, each of whose statements commits itself.
    """
    key = (dsn, options)
    connection = _taken(key) or _begun(opened())
    with ExitStack() as ending:
        ending.enter_context(connection)  # rolls back and closes if what follows raises
        yield connection
        _committed(connection)
        ending.pop_all()
    _keep(key, connection)


def close() -> None:
    """Close all that nobody uses."""
    with _lock:
        closing, _idle[:] = _idle[:], []
    for _, connection in closing:
        connection.close()


def _taken(key: Key) -> Connection | None:
    while True:
        with _lock:
            found = [number for number, (its, _) in enumerate(_idle) if its == key]
            if not found:
                return None
            _, connection = _idle.pop(found[-1])  # so that the others come to their end
        try:
            return _begun(connection)
        except psycopg.Error:
            connection.close()


def _begun(connection: Connection) -> Connection:
    """The transaction begins here and not with the user's first statement: one round trip less."""
    connection.prepare_threshold = 1
    connection.execute("begin; reset idle_session_timeout")
    return connection


def _committed(connection: Connection) -> None:
    """Commit and forget in one message: its user waits for one answer. An error is the commit's,
    whose outcome is unknown if the session ended in it, as with any commit."""
    idle = f"set idle_session_timeout = {KEEP_SECONDS * 1000:.0f}"
    connection.execute(f"commit; {_FORGET} {idle}")


def _keep(key: Key, connection: Connection) -> None:
    with _lock:
        _idle.append((key, connection))
        surplus, _idle[:] = _idle[:-KEPT], _idle[-KEPT:]
    for _, each in surplus:
        each.close()


def _leave_to_the_parent() -> None:
    """A fork has its parent's sockets: they are closed here without a word to Postgres, or it would
    not see the parent die; psycopg itself ends no session that another process opened."""
    global _lock
    _lock = threading.Lock()  # a thread of the parent may have held it
    for _, connection in _idle:
        os.close(connection.fileno())
    _idle.clear()


os.register_at_fork(after_in_child=_leave_to_the_parent)
atexit.register(close)
