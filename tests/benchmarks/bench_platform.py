"""The platform as a newcomer meets it: `make up` on a clean clone, again, and one hourly cycle.

Runs in a clone of the last commit in a temporary folder, on free ports, and stops what it started.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from figures import Figure

ROOT = Path(__file__).resolve().parents[2]
CYCLE = """
import time
from datetime import UTC, datetime
from ytempire.local.airflow_api import AirflowAPI
from ytempire.warehouse.database import connect

api = AirflowAPI.installed()
until = time.monotonic() + 1200  # what the schedules began after the first video has to be over
while any(run["state"] in ("queued", "running") for run in api.runs("~", limit=100)):
    if time.monotonic() > until:
        raise SystemExit("Airflow was not idle after 1,200 s")
    time.sleep(2)
began, started = time.monotonic(), datetime.now(UTC)
api.trigger("pull_youtube", {}, f"bench.{started:%Y%m%dT%H%M%S}")
while True:
    with connect() as db:
        landed = db.execute("select max(fetched_at) as at from raw.pulls").fetchone()["at"]
        as_of = db.execute("select max(youtube_as_of) as at from marts.rpt_executive_days"
                           ).fetchone()["at"]
    if landed > started and as_of and as_of > started:
        break
    if time.monotonic() - began > 300:
        raise SystemExit("the marts were not fresh after 300 s")
    time.sleep(0.25)
print("SECONDS", time.monotonic() - began)
"""


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="ytempire-bench-") as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
        environment = _environment()
        try:
            first = _timed(["make", "up"], clone, environment)
            yield Figure("make up, clean clone, warm caches", first, "s", 300)
            yield Figure("make up, all is up", _timed(["make", "up"], clone, environment), "s", 75)
            yield from _cycles(clone, environment)
            _timed(["make", "down"], clone, environment)
            again = _timed(["make", "up"], clone, environment)
            yield Figure("make up, after make down", again, "s", 75)
            yield Figure("memory of all services (PSS)", _memory_mb(clone), "MB")
        finally:
            subprocess.run(["make", "clean"], cwd=clone, env=environment, check=False)


def _environment() -> dict[str, str]:
    """Ours without what belongs to this checkout; ports away from a running one's are chosen."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("YTEMPIRE_", "VIRTUAL_ENV", "AIRFLOW"))
    }


def _timed(command: list[str], folder: Path, environment: dict[str, str]) -> float:
    began = time.monotonic()
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


def _cycles(clone: Path, environment: dict[str, str]) -> Iterator[Figure]:
    python = clone / ".venv" / "bin" / "python"
    answer = subprocess.run(
        [python, "-c", CYCLE],
        cwd=clone,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    found = re.search(r"SECONDS ([\d.]+)", answer.stdout)
    assert found, answer.stdout + answer.stderr
    yield Figure("hourly cycle: 3 channels pulled, checked, modelled", float(found[1]), "s", 60)


def _memory_mb(clone: Path) -> float:
    """Proportional set size of every service and its children, in MB."""
    import psutil

    total = 0
    for record in (clone / "var" / "run").glob("*.json"):
        process = psutil.Process(json.loads(record.read_text())["pid"])
        for each in (process, *process.children(recursive=True)):
            total += each.memory_full_info().pss
    return total / 1e6
