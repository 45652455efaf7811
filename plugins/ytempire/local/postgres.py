"""The embedded Postgres: our own driver on the wheel's programs.

Loopback TCP on a port of its own, no socket, passwords by scram-sha-256 for everybody, data
checksums, fsync on. After kill -9 the next start clears what the dead one left and recovers.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from ytempire.errors import ServiceFailed
from ytempire.local.accounts import run_as
from ytempire.local.installation import Keys, warehouse_dsn
from ytempire.local.place import MAJOR, Place
from ytempire.local.ports import LOOPBACK
from ytempire.local.processes import Service, Supervisor
from ytempire.warehouse.roles import OWNERS

NAME = "postgres"
SUPERUSER = "postgres"
#: Modest: some 250 MB with the connections of Airflow, dbt and the dashboards, and more only as a
#: warehouse grows. Nothing follows this server's log, so tables that are built anew need none of it
#: (`minimal`): they are on the disk when their transaction is. A crash loses nothing all the same.
TUNING = {
    "shared_buffers": "512MB",
    "effective_cache_size": "2GB",
    "random_page_cost": "1.1",
    "work_mem": "16MB",
    "maintenance_work_mem": "64MB",
    "max_connections": "120",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "jit": "off",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
}
#: Each database and the role that owns it.
DATABASES = {"airflow": "airflow", "warehouse": "ytempire"}
#: Roles that may enter the warehouse without owning it; their grants are the warehouse's affair.
READERS = ("analyst", "dashboard")


class Postgres:
    """One Postgres cluster of this machine."""

    def __init__(self, place: Place, port: int, keys: Keys, supervisor: Supervisor) -> None:
        self.place = place
        self.port = port
        self._keys = keys
        self._supervisor = supervisor

    @property
    def service(self) -> Service:
        """How it is run."""
        options = {
            "listen_addresses": LOOPBACK,
            "port": str(self.port),
            "unix_socket_directories": "",
            **TUNING,
        }
        command = [str(self.place.programs / "postgres"), "-D", str(self.place.data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        return Service(
            name=NAME,
            command=tuple(command),
            folder=Path("/"),
            environment={"LC_ALL": "C", "TZ": "UTC"},
            port=self.port,
            account=self.place.account,
            stop_signal=signal.SIGINT,  # Postgres's fast shutdown: no waiting for its clients
            stop_seconds=30,
        )

    def url(self, database: str = "postgres") -> str:
        """DSN of the superuser."""
        return warehouse_dsn(self.port, SUPERUSER, self._keys.postgres, database)

    def is_ready(self) -> bool:
        """Whether it answers a query of ours, password and all."""
        try:
            with psycopg.connect(self.url(), connect_timeout=2) as db:
                db.execute("select 1")
        except psycopg.Error:
            return False
        return True

    def start(self) -> bool:
        """Start it, making the cluster first when there is none. Returns whether it was started.

        Raises:
            ServiceFailed: the data are another major's or another owner's, or it did not start.
        """
        record = self._supervisor.record(NAME)
        runs = record and record.fingerprint == self.service.fingerprint
        if record and runs and self._supervisor.is_alive(record) and self.is_ready():
            return False
        self._supervisor.stop(NAME)
        if not self.place.data.exists():
            self._create()
        self._check_data()
        self._clear_remains()
        self._supervisor.start(self.service)
        self._supervisor.await_health(NAME, self.is_ready, seconds=60)
        return True

    def stop(self) -> bool:
        """End it in order (and any server left on our data). Returns whether anything ran."""
        ran = self._supervisor.stop(NAME)
        return end_servers(self.place.data) or ran

    def ensure_databases(self) -> None:
        """Create what is missing of databases and roles, and set the generated passwords."""
        passwords = {
            "airflow": self._keys.airflow_database,
            "ytempire": self._keys.owner,
            "analyst": self._keys.analyst,
            "dashboard": self._keys.dashboard,
        }
        with psycopg.connect(self.url(), autocommit=True, connect_timeout=10) as db:
            _ensure_roles(db, passwords)
            _ensure_databases(db)

    def _create(self) -> None:
        """Make the cluster beside its place and move it there once it is whole."""
        part = self.place.base / "data.part"
        shutil.rmtree(part, ignore_errors=True)
        account = self.place.account
        with tempfile.NamedTemporaryFile("w", dir=self.place.base, prefix=".pw") as secret:
            secret.write(self._keys.postgres)
            secret.flush()
            if account is not None:
                os.chown(secret.name, account.uid, account.gid)
            command = [
                str(self.place.programs / "initdb"),
                f"--pgdata={part}",
                f"--username={SUPERUSER}",
                f"--pwfile={secret.name}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--data-checksums",
                "--no-instructions",
            ]
            done = subprocess.run(
                command,
                cwd="/",
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                capture_output=True,
                text=True,
                check=False,
                timeout=180,
                **run_as(account),
            )
        if done.returncode != 0:
            shutil.rmtree(part, ignore_errors=True)
            raise ServiceFailed("Postgres's data folder cannot be made.", done.stderr.strip())
        part.rename(self.place.data)

    def _check_data(self) -> None:
        data = self.place.data
        try:
            major = (data / "PG_VERSION").read_text().strip()
        except OSError as error:
            raise ServiceFailed(
                f"{data} is not a Postgres data folder that we may read ({error.strerror}).",
                "Move it away; `make up` makes a new one.",
            ) from error
        if major != str(MAJOR):
            raise ServiceFailed(
                f"{data} was made by Postgres {major}; this one is {MAJOR} and cannot open it.",
                f"Dump it with Postgres {major} (pg_dumpall), move it away, run `make up` and "
                "restore the dump.",
            )
        owner = self.place.account.uid if self.place.account else os.geteuid()
        if data.stat().st_uid != owner:
            raise ServiceFailed(
                f"{data} belongs to user {data.stat().st_uid}, and Postgres would run as {owner}.",
                "Run as the user who made it, or as root.",
            )

    def _clear_remains(self) -> None:
        """Remove a lock file whose owner is dead.

        Postgres takes any live process of that number for itself, so a number that was given away
        since would keep it from starting for good.
        """
        end_servers(self.place.data)
        (self.place.data / "postmaster.pid").unlink(missing_ok=True)


def end_servers(data: Path) -> bool:
    """End every server process on a data folder: an unrecorded one, or a dead one's children.

    Returns:
        Whether there were any.
    """
    servers = _processes_in(data)
    for process in servers:
        with suppress(psutil.Error):
            process.send_signal(signal.SIGINT)
    _, alive = psutil.wait_procs(servers, timeout=10)
    for process in alive:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(alive, timeout=5)
    return bool(servers)


def _processes_in(folder: Path) -> list[psutil.Process]:
    """Processes that work in a folder: Postgres's servers change to their data folder."""
    found = []
    wanted = str(folder.resolve())
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.name().startswith("postgres") and process.cwd() == wanted:
                found.append(process)
    return found


def _ensure_roles(db: psycopg.Connection[tuple[object, ...]], passwords: Mapping[str, str]) -> None:
    known = {row[0] for row in db.execute("select rolname from pg_roles")}
    for role, password in passwords.items():
        verb = sql.SQL("alter role {} " if role in known else "create role {} ")
        options = sql.SQL("login nosuperuser nocreatedb nocreaterole password {}")
        db.execute(verb.format(sql.Identifier(role)) + options.format(sql.Literal(password)))
    if OWNERS not in known:
        db.execute(sql.SQL("create role {} nologin").format(sql.Identifier(OWNERS)))


def _ensure_databases(db: psycopg.Connection[tuple[object, ...]]) -> None:
    known = {row[0] for row in db.execute("select datname from pg_database")}
    for name, owner in DATABASES.items():
        database, role = sql.Identifier(name), sql.Identifier(owner)
        if name not in known:
            db.execute(sql.SQL("create database {} owner {}").format(database, role))
        db.execute(sql.SQL("revoke all on database {} from public").format(database))
    for reader in READERS:
        db.execute(
            sql.SQL("grant connect on database warehouse to {}").format(sql.Identifier(reader))
        )
