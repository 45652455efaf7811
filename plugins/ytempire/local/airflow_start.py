"""Airflow's start: its database migrated when it must be, four processes, pools, DAGs read."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import psycopg

from ytempire.config import REPOSITORY
from ytempire.errors import ProviderUnavailable, ServiceFailed
from ytempire.local import schedules
from ytempire.local.airflow_api import AirflowAPI
from ytempire.local.airflow_settings import POOLS, airflow_environment, write_airflow_home
from ytempire.local.postgres import Postgres
from ytempire.local.processes import Service, Supervisor
from ytempire.local.services import AIRFLOW, Context, airflow_health, airflow_services

MIGRATE_WITHIN_S = 240.0
HEALTHY_WITHIN_S = 240.0
READ_WITHIN_S = 180.0


def start(
    supervisor: Supervisor,
    context: Context,
    postgres: Postgres,
    give_up: threading.Event,
    say: Callable[[str], None],
) -> None:
    """Start Airflow's processes unless they run, and wait until it can run our DAGs.

    Raises:
        ServiceFailed: a process failed (with its log), or a DAG file cannot be read (with why).
    """
    if _revision(postgres) is None:
        schedules.hold(context.home)
    are_held = schedules.are_held(context.home)
    write_airflow_home(context.home, context.keys, are_schedules_held=are_held)
    began = datetime.now(UTC) - timedelta(seconds=1)
    _migrate(supervisor, context, postgres, give_up, say)
    for service in airflow_services(context):
        supervisor.ensure(service)
    _await_health(supervisor, context, give_up, say)
    with context.airflow_api() as api:
        there = api.pools()
        for name, (slots, description) in POOLS.items():
            if name not in there:
                api.ensure_pool(name, slots, description)
        _await_dags(api, began, give_up, say)
    say(f"127.0.0.1:{context.ports.airflow}, {len(AIRFLOW)} processes")


def _migrate(
    supervisor: Supervisor,
    context: Context,
    postgres: Postgres,
    give_up: threading.Event,
    say: Callable[[str], None],
) -> None:
    """Bring Airflow's own tables up to date, unless we did so for this version and database."""
    done = context.home / "airflow" / "migrated"
    current = _revision(postgres)
    if current and done.exists() and done.read_text() == f"{version('apache-airflow')} {current}":
        return
    say("making its tables (once)")
    for service in AIRFLOW:
        supervisor.stop(service)
    migration = Service(
        name="airflow-migrate",
        command=(sys.executable, "-m", "airflow", "db", "migrate"),
        folder=REPOSITORY,
        environment=airflow_environment(context.home, context.keys, context.ports),
    )
    supervisor.run_once(migration, MIGRATE_WITHIN_S, give_up)
    done.write_text(f"{version('apache-airflow')} {_revision(postgres)}")


def _revision(postgres: Postgres) -> str | None:
    """The revision of Airflow's tables; None when there are none."""
    with psycopg.connect(postgres.url("airflow"), connect_timeout=10) as db:
        exists = db.execute("select to_regclass('public.alembic_version')").fetchone()
        if exists is None or exists[0] is None:
            return None
        row = db.execute("select version_num from alembic_version").fetchone()
    return str(row[0]) if row else None


def _await_health(
    supervisor: Supervisor, context: Context, give_up: threading.Event, say: Callable[[str], None]
) -> None:
    said = ""

    def all_healthy() -> bool:
        nonlocal said
        for name in AIRFLOW:
            record = supervisor.record(name)
            if record is None or not supervisor.is_alive(record):
                raise supervisor.failure(name, "ended while it was starting")
        well = [name for name, is_well in airflow_health(context).items() if is_well]
        line = f"{len(well)} of {len(AIRFLOW)} processes are healthy"
        if line != said:
            said = line
            say(line)
        return len(well) == len(AIRFLOW)

    supervisor.await_health("api-server", all_healthy, HEALTHY_WITHIN_S, give_up)


def _await_dags(
    api: AirflowAPI, began: datetime, give_up: threading.Event, say: Callable[[str], None]
) -> None:
    """Wait until every file of dags/ was read; a file is a DAG of the same name."""
    wanted = {path.stem for path in (REPOSITORY / "dags").glob("*.py")}
    deadline = time.monotonic() + READ_WITHIN_S
    said = -1
    while True:
        errors = _import_errors(api, began)
        if errors:
            name, trace = next(iter(errors.items()))
            raise ServiceFailed(f"Airflow cannot read {name}.", "\n".join(trace.splitlines()[-12:]))
        missing = wanted - _dags(api)
        if not missing:
            return
        if len(missing) != said:
            said = len(missing)
            say(f"{len(wanted) - said} of {len(wanted)} DAGs are read")
        if time.monotonic() > deadline:
            raise ServiceFailed(
                f"Airflow did not read {', '.join(sorted(missing))} in {READ_WITHIN_S:.0f} s.",
                "Its log is logs/dag-processor.log in the home folder.",
            )
        if give_up.wait(0.5):
            raise ServiceFailed("Airflow: given up, since another service failed.")


def _dags(api: AirflowAPI) -> set[str]:
    try:
        return set(api.dags())
    except ProviderUnavailable:  # busy with its first requests; the deadline is the caller's
        return set()


def _import_errors(api: AirflowAPI, since: datetime) -> dict[str, str]:
    try:
        return {Path(name).name: why for name, why in api.import_errors(since).items()}
    except ProviderUnavailable:
        return {}
