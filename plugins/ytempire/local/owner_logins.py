"""Who may make logins: the embedded Postgres's administrator, or the role of your own DSN."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow

from ytempire.config import own_settings, settings
from ytempire.local.installation import load_keys, warehouse_dsn
from ytempire.warehouse.database import connect

Db = psycopg.Connection[DictRow]


@contextmanager
def administrator() -> Iterator[Db]:
    """A transaction of a role that may create roles, where there is one.

    Raises:
        NotConfigured, ServiceFailed: there is no warehouse, or it does not answer.
    """
    url = settings().warehouse_url()
    if own_settings().warehouse.url is None:
        port = int(conninfo_to_dict(url)["port"] or 0)
        url = warehouse_dsn(port, "postgres", load_keys(settings().home).postgres, "warehouse")
    with connect(url) as db:
        yield db


def dsn_of(db: Db, login: str, password: str) -> str:
    """The DSN by which a login reaches this warehouse."""
    host = db.info.host or "127.0.0.1"
    return f"postgresql://{login}:{quote(password)}@{host}:{db.info.port}/{db.info.dbname}"
