"""`make status`: each service, whether it lives and is well, and what it takes."""

from __future__ import annotations

import time
from dataclasses import dataclass

import psutil
from rich.console import Console
from rich.table import Table

from ytempire.config import Ports, own_settings, settings
from ytempire.local.installation import kept_ports, load_keys
from ytempire.local.place import find_place
from ytempire.local.postgres import NAME as POSTGRES
from ytempire.local.postgres import Postgres
from ytempire.local.preflight import MARKER
from ytempire.local.processes import Record, Supervisor
from ytempire.local.services import AIRFLOW, Context, airflow_health, health_check

COLOURS = {"healthy": "green", "unhealthy": "yellow", "dead": "red"}


@dataclass(frozen=True)
class Health:
    """One service as it is now. `memory_mb` is its share of memory (PSS) with all its children."""

    name: str
    state: str  # healthy, unhealthy, dead
    pid: int
    port: int | None
    seconds: float
    memory_mb: float


def status(console: Console) -> bool:
    """Print the health of each service. Returns whether all of them are healthy."""
    home = settings().home.resolve()
    found = healths(Supervisor(home)) if (home / MARKER).exists() else []
    if not found:
        console.print("Nothing is up. `make up` starts everything.")
        return False
    table = Table("service", "state", "pid", "address", "up for", "memory", box=None)
    for health in found:
        table.add_row(
            health.name,
            f"[{COLOURS[health.state]}]{health.state}[/]",
            str(health.pid),
            f"127.0.0.1:{health.port}" if health.port else "",
            f"{health.seconds / 60:.0f} min" if health.state != "dead" else "",
            f"{health.memory_mb:,.0f} MB" if health.state != "dead" else "",
        )
    console.print(table)
    is_well = all(health.state == "healthy" for health in found)
    if not is_well:
        console.print("`make up` mends what is not healthy; logs are in", home / "logs")
    return is_well


def healths(supervisor: Supervisor) -> list[Health]:
    """Every service that was started and not stopped since."""
    home = supervisor.home
    records = supervisor.records()
    if not records:
        return []
    ports = Ports(**kept_ports(home))
    context = Context(home, own_settings(), load_keys(home), ports)
    airflow = airflow_health(context)
    return [_health(supervisor, record, context, airflow) for record in records]


def _health(
    supervisor: Supervisor, record: Record, context: Context, airflow: dict[str, bool]
) -> Health:
    is_alive = supervisor.is_alive(record)
    if not is_alive:
        state = "dead"
    elif record.name in AIRFLOW:
        state = "healthy" if airflow.get(record.name) else "unhealthy"
    elif record.name == POSTGRES:
        place = find_place(context.home)
        postgres = Postgres(place, context.ports.postgres, context.keys, supervisor)
        state = "healthy" if postgres.is_ready() else "unhealthy"
    else:
        state = "healthy" if health_check(context, record.name)() else "unhealthy"
    members = supervisor.members(record.name) if is_alive else []
    return Health(
        name=record.name,
        state=state,
        pid=record.pid,
        port=record.port,
        seconds=time.time() - record.started_at,
        memory_mb=sum(_memory(process) for process in members) / 1024**2,
    )


def _memory(process: psutil.Process) -> float:
    """Bytes: the proportional share where the system tells it, else what is resident."""
    try:
        full = process.memory_full_info()
        return float(getattr(full, "pss", full.rss))
    except psutil.Error:
        return 0.0
