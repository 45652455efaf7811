"""The real stack, as `make up` starts it, for all tests that need it: it starts once."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
from ytempire.config import settings
from ytempire.local.airflow_api import AirflowAPI
from ytempire.local.installation import kept_ports, load_keys
from ytempire.local.processes import Record, Supervisor
from ytempire.local.status import healths

ROOT = Path(__file__).resolve().parents[1]
SERVICES = frozenset(
    {
        "api-server",
        "dag-processor",
        "dashboards",
        "postgres",
        "scheduler",
        "stripe",
        "triggerer",
        "youtube",
    }
)


def is_busy(run: dict) -> bool:
    return run["state"] in ("queued", "running")


@dataclass
class Stack:
    """A running stack in a home of its own.

    Attributes:
        printed: what the first `up` printed.
    """

    home: Path
    printed: str = ""

    def run(self, *arguments: str, timeout: float = 600) -> subprocess.CompletedProcess[str]:
        """A `ytempire` command in this home."""
        return subprocess.run(
            [sys.executable, "-m", "ytempire.cli", *arguments],
            cwd=ROOT,
            env=os.environ | {"YTEMPIRE_HOME": str(self.home), "COLUMNS": "200"},
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
        )

    def up(self) -> str:
        """`ytempire up`, which must succeed; what it printed."""
        up = self.run("up", timeout=880)
        assert up.returncode == 0, f"{up.stdout}\n{up.stderr}"
        settings.cache_clear()
        return up.stdout

    def rest(self, seconds: float = 900) -> None:
        """Wait until no run is under way: the schedules begin as `up` ends, and what was due at
        that hour would share the machine with the first tests. No bound on speed."""
        end = time.monotonic() + seconds
        with self.api() as api:
            while busy := [r["dag_run_id"] for r in api.runs("~", limit=100) if is_busy(r)]:
                assert time.monotonic() < end, f"still under way: {busy}"
                time.sleep(2)

    def api(self) -> AirflowAPI:
        """Airflow's REST API, signed in."""
        address = f"http://127.0.0.1:{kept_ports(self.home)['airflow']}"
        return AirflowAPI(address, load_keys(self.home).airflow_password)

    @property
    def supervisor(self) -> Supervisor:
        return Supervisor(self.home)

    def records(self) -> dict[str, Record]:
        """What was started, by service."""
        return {record.name: record for record in self.supervisor.records()}

    def states(self) -> dict[str, str]:
        """Healthy, unhealthy or dead, by service."""
        return {health.name: health.state for health in healths(self.supervisor)}

    def processes(self) -> list[psutil.Process]:
        """Every process of every service, children included."""
        return [p for name in self.records() for p in self.supervisor.members(name)]
