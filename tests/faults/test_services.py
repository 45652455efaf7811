"""The services of this machine, started for real and killed: each is seen dead, and mended."""

from __future__ import annotations

import io
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rich.console import Console
from ytempire.config import Ports, settings
from ytempire.local.airflow_settings import POOLS
from ytempire.local.down import stop_all
from ytempire.local.place import remove_place
from ytempire.local.ports import choose
from ytempire.local.preflight import prepare_home
from ytempire.local.processes import Record, Supervisor
from ytempire.local.progress import Progress
from ytempire.local.services import Context
from ytempire.local.status import healths
from ytempire.local.up import start_all

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]
SERVICES = {
    "api-server",
    "dag-processor",
    "dashboards",
    "postgres",
    "scheduler",
    "triggerer",
    "youtube",
}


class Machine:
    """A started installation."""

    def __init__(self, home: Path) -> None:
        self.supervisor = Supervisor(home)
        self.context = self.up()

    def up(self) -> Context:
        with Progress(Console(file=io.StringIO())) as progress:
            return start_all(self.supervisor, progress)

    def states(self) -> dict[str, str]:
        return {health.name: health.state for health in healths(self.supervisor)}

    def records(self) -> dict[str, Record]:
        return {record.name: record for record in self.supervisor.records()}


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    folder = Path(tempfile.mkdtemp(prefix="ytempire-test-"))
    folder.chmod(0o755)
    home = prepare_home(folder / "home")
    before = os.environ["YTEMPIRE_HOME"]
    os.environ["YTEMPIRE_HOME"] = str(home)
    first = 30_000
    for name in Ports.model_fields:
        os.environ[f"YTEMPIRE_PORTS__{name.upper()}"] = str(first := choose(first + 1))
    settings.cache_clear()
    try:
        yield Machine(home)
    finally:
        stop_all(Supervisor(home))
        remove_place(home)
        shutil.rmtree(folder)
        for name in Ports.model_fields:
            del os.environ[f"YTEMPIRE_PORTS__{name.upper()}"]
        os.environ["YTEMPIRE_HOME"] = before
        settings.cache_clear()


def until(holds: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"


def test_everything_is_healthy_and_airflow_is_ready_for_work(machine: Machine) -> None:
    assert machine.states() == dict.fromkeys(SERVICES, "healthy")
    api = machine.context.airflow_api()
    assert {"produce_video", "pull_youtube", "refresh_warehouse", "plan_content"} <= set(api.dags())
    assert not any(api.dags().values()), "no DAG is paused"
    assert api.import_errors() == {}
    assert {name: slots for name, (slots, _) in POOLS.items()}.items() <= api.pools().items()
    assert api.pools()["gpu"] == 3
    api.close()


def test_nothing_listens_beyond_loopback(machine: Machine) -> None:
    listening = {
        (name, part.laddr.ip)
        for name in SERVICES
        for process in machine.supervisor.members(name)
        for part in process.net_connections("inet")
        if part.status == "LISTEN"
    }
    assert {name for name, _ in listening} == {"api-server", "dashboards", "postgres", "youtube"}
    assert {address for _, address in listening} == {"127.0.0.1"}


def test_up_again_starts_nothing_and_is_quick(machine: Machine) -> None:
    before = machine.records()
    began = time.monotonic()
    machine.up()
    assert machine.records() == before
    assert time.monotonic() - began < 20


def test_every_service_killed_at_once_is_seen_and_mended(machine: Machine) -> None:
    before = machine.records()
    for record in before.values():
        os.kill(record.pid, signal.SIGKILL)
    until(lambda: not any(map(machine.supervisor.is_alive, before.values())))
    assert machine.states() == dict.fromkeys(SERVICES, "dead")
    again = machine.up()
    assert machine.states() == dict.fromkeys(SERVICES, "healthy")
    assert again.ports == machine.context.ports, "nobody else took a port, so none has moved"
    after = machine.records()
    assert all(after[name].pid != record.pid for name, record in before.items())


def test_one_killed_service_is_mended_and_the_others_are_left_alone(machine: Machine) -> None:
    before = machine.records()
    os.kill(before["youtube"].pid, signal.SIGKILL)
    until(lambda: not machine.supervisor.is_alive(before["youtube"]))
    assert machine.states()["youtube"] == "dead"
    machine.up()
    after = machine.records()
    assert {name for name in SERVICES if after[name] != before[name]} == {"youtube"}


def test_down_leaves_nothing(machine: Machine) -> None:
    assert set(stop_all(machine.supervisor)) == SERVICES
    assert machine.supervisor.marked() == set()
    assert machine.supervisor.records() == []
    assert [name for name in SERVICES if machine.supervisor.members(name)] == []
