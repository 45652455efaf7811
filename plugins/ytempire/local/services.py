"""The services of this machine beside Postgres: how each is run, and how it is known to be well."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

from ytempire.config import REPOSITORY, Ports, Settings
from ytempire.errors import YTEmpireError
from ytempire.local.airflow_api import AirflowAPI
from ytempire.local.airflow_settings import airflow_environment, library_environment
from ytempire.local.installation import (
    Keys,
    runs_sdxl,
    speaks_to_local_stripe,
    speaks_to_local_youtube,
)
from ytempire.local.ports import LOOPBACK
from ytempire.local.processes import Service
from ytempire.providers import wire

#: Airflow's processes, its arguments, and the part of its health report that speaks of it. The log
#: servers are left out: they listen on every address, and one machine reads its logs from disk.
AIRFLOW = {
    "api-server": (("api-server", "--host", LOOPBACK, "--workers", "1"), "metadatabase"),
    "scheduler": (("scheduler", "--skip-serve-logs"), "scheduler"),
    "dag-processor": (("dag-processor",), "dag_processor"),
    "triggerer": (("triggerer", "--skip-serve-logs"), "triggerer"),
}
YOUTUBE = "youtube"
STRIPE = "stripe"
DASHBOARDS = "dashboards"
SDXL = "sdxl"


@dataclass(frozen=True)
class Context:
    """What every service's command line is made of."""

    home: Path
    own: Settings
    keys: Keys
    ports: Ports

    def address(self, port: int) -> str:
        return f"http://{LOOPBACK}:{port}"

    @property
    def airflow_address(self) -> str:
        return self.address(self.ports.airflow)

    def airflow_api(self) -> AirflowAPI:
        return AirflowAPI(self.airflow_address, self.keys.airflow_password)


def airflow_services(context: Context) -> list[Service]:
    """Airflow's four processes."""
    environment = airflow_environment(context.home, context.keys, context.ports)
    port = str(context.ports.airflow)
    return [
        Service(
            name=name,
            command=(
                sys.executable,
                "-m",
                "airflow",
                *arguments,
                *(("--port", port) if name == "api-server" else ()),
            ),
            folder=REPOSITORY,
            environment=environment,
            port=context.ports.airflow if name == "api-server" else None,
        )
        for name, (arguments, _) in AIRFLOW.items()
    ]


def youtube_service(context: Context) -> Service | None:
    """The local YouTube; None when a person configured Google's or another one."""
    if not speaks_to_local_youtube(context.own):
        return None
    emulator = context.own.emulator
    return Service(
        name=YOUTUBE,
        command=(
            *(sys.executable, "-m", "ytempire.cli", "emulate", "youtube"),
            *("--port", str(context.ports.youtube)),
            *("--seed", str(emulator.seed)),
            *("--speed", str(emulator.speed)),
            *("--channels", str(emulator.channels)),
        ),
        folder=REPOSITORY,
        environment=library_environment(context.home, context.ports),
        port=context.ports.youtube,
    )


def stripe_service(context: Context) -> Service | None:
    """The local Stripe; None when a person configured a key or another server."""
    if not speaks_to_local_stripe(context.own):
        return None
    emulator = context.own.emulator
    return Service(
        name=STRIPE,
        command=(
            *(sys.executable, "-m", "ytempire.cli", "emulate", "stripe"),
            *("--port", str(context.ports.stripe)),
            *("--seed", str(emulator.seed)),
            *("--speed", str(emulator.speed)),
        ),
        folder=REPOSITORY,
        environment=library_environment(context.home, context.ports),
        port=context.ports.stripe,
    )


def dashboards_service(context: Context) -> Service:
    """Streamlit behind its gate."""
    return Service(
        name=DASHBOARDS,
        command=(
            *(sys.executable, "-m", "dashboards.app"),
            *("--port", str(context.ports.dashboards)),
        ),
        folder=REPOSITORY,
        environment=library_environment(context.home, context.ports),
        port=context.ports.dashboards,
    )


def sdxl_service(context: Context) -> Service | None:
    """The resident pipeline that all slots of the pool `gpu` feed; None without weights."""
    if not runs_sdxl(context.own):
        return None
    port = context.ports.sdxl
    return Service(
        name=SDXL,
        command=(sys.executable, "-m", "ytempire.cli", "sdxl", "--port", str(port)),
        folder=REPOSITORY,
        environment=library_environment(context.home, context.ports),
        port=port,
    )


def answers(address: str) -> bool:
    """Whether a GET of the address succeeds within two seconds."""
    try:
        # Whom to trust is read once: anew it takes 60 ms, and a start asks five times a second.
        answer = httpx.get(address, timeout=2, trust_env=False, verify=wire.trusted())
        return answer.is_success
    except httpx.HTTPError:
        return False


def airflow_health(context: Context) -> dict[str, bool]:
    """Each Airflow process by name, and whether its heartbeat is fresh; empty: no answer."""
    with context.airflow_api() as api:
        try:
            parts = api.health()
        except YTEmpireError:
            return {}
    return {name: parts[part] for name, (_, part) in AIRFLOW.items()}


def health_check(context: Context, name: str) -> Callable[[], bool]:
    """How to ask a service whether it is well."""
    if name == YOUTUBE:
        return lambda: answers(f"{context.address(context.ports.youtube)}/healthz")
    if name == STRIPE:
        return lambda: answers(f"{context.address(context.ports.stripe)}/healthz")
    if name == DASHBOARDS:
        return lambda: answers(f"{context.address(context.ports.dashboards)}/healthz")
    if name == SDXL:
        return lambda: answers(f"{context.address(context.ports.sdxl)}/healthz")
    return lambda: airflow_health(context).get(name, False)
