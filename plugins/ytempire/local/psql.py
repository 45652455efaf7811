"""The wheel's psql on the warehouse, as the read-only analyst."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime

from ytempire.config import settings
from ytempire.local.place import wheel_programs
from ytempire.warehouse import history


def psql(query: str | None = None, as_of: datetime | None = None) -> int:
    """Open psql, or run one query; returns its exit status.

    The DSN goes through the environment: a command line can be read by every user of the machine.

    Args:
        as_of: the marts as they were at that moment (`warehouse.history`); in an open psql by
            their bare names.

    Raises:
        InvalidInput: of a mart in the query no versions are kept.
    """
    dsn = settings().analyst_url()
    environment = libpq_environment(dsn)
    if as_of:
        query = query and history.rewritten(query)
        environment["PGOPTIONS"] = f"-c search_path=as_of -c ytempire.as_of={as_of.isoformat()}"
    command = [str(wheel_programs() / "psql"), "--no-psqlrc", "-v", "ON_ERROR_STOP=1"]
    if query is not None:
        command += ["-c", query]
    if not sys.stdout.isatty():
        command += ["-P", "pager=off"]
    return subprocess.run(command, env=environment, check=False).returncode


def libpq_environment(dsn: str) -> dict[str, str]:
    """A DSN as libpq's environment variables."""
    from psycopg.conninfo import conninfo_to_dict

    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "dbname": "PGDATABASE"}
    parts = conninfo_to_dict(dsn)
    values = {variable: str(parts[name]) for name, variable in names.items() if name in parts}
    if "password" in parts:
        values["PGPASSWORD"] = str(parts["password"])
    return {"PATH": "/usr/bin:/bin", "TERM": "xterm-256color", "LANG": "C.UTF-8"} | values
