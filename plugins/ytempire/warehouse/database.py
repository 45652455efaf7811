"""Connections to the warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import psycopg
from psycopg.rows import DictRow, dict_row

from ytempire.config import settings
from ytempire.errors import ServiceFailed
from ytempire.warehouse import kept

#: Seconds until a Postgres that does not answer is given up.
CONNECT_SECONDS = 10
#: Seconds that one statement may take; a load or model that needs more is a defect to see.
STATEMENT_SECONDS = 300

#: What `ops.now()` answers in sessions of this process; None: the time (see `warehouse.clock`).
replayed_at: datetime | None = None


@contextmanager
def connect(
    url: str | None = None, *, autocommit: bool = False
) -> Iterator[psycopg.Connection[DictRow]]:
    """A connection whose rows are dicts: commits when the block ends, rolls back when it raises.

    It is for the block alone: afterwards another one may use it (`warehouse.kept`).

    Args:
        url: a DSN; unset, the owner's of the settings.
        autocommit: each statement is its own transaction (LISTEN, CREATE DATABASE); the session is
            new, and ends with the block.

    Raises:
        NotConfigured: no URL is given and none is configured.
        ServiceFailed: Postgres does not answer, or does not let this role in.
    """
    dsn = url or settings().warehouse_url()
    options = _options()
    if autocommit:
        with _opened(dsn, options) as db:
            yield db
    else:
        with kept.session(dsn, options, lambda: _opened(dsn, options)) as db:
            yield db


def _opened(dsn: str, options: str) -> psycopg.Connection[DictRow]:
    try:
        return psycopg.connect(
            dsn,
            autocommit=True,
            row_factory=dict_row,
            connect_timeout=CONNECT_SECONDS,
            # Also a session that is tried again notices that its server is gone.
            tcp_user_timeout=CONNECT_SECONDS * 1000,
            application_name="ytempire",
            options=options,
        )
    except psycopg.OperationalError as error:
        # libpq's words name host, port and role, never the password.
        raise ServiceFailed(
            f"The warehouse cannot be reached: {str(error).strip()}",
            "Start the local one with `make up` (`make status` shows it), or correct "
            "YTEMPIRE_WAREHOUSE__URL.",
        ) from error


def _options() -> str:
    return f"-c statement_timeout={STATEMENT_SECONDS}s -c timezone=UTC {clock_option()}"


def clock_option() -> str:
    """What tells a session of Postgres the replayed time; empty without one."""
    return f"-c ytempire.now={replayed_at.isoformat()}" if replayed_at else ""


def alchemy_url(url: str | None = None) -> str:
    """The same DSN in SQLAlchemy's spelling, for Alembic and Great Expectations."""
    dsn = url or settings().warehouse_url()
    _, _, rest = dsn.partition("://")
    return f"postgresql+psycopg://{rest}"
