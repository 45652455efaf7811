"""What `up` decides before it starts anything, and how `down` and `clean` behave at the edges."""

from __future__ import annotations

import io
import os
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console
from ytempire.config import Ports, Settings, settings
from ytempire.errors import NoWriteAccess, ServiceFailed
from ytempire.local.down import clean, down, stop_all
from ytempire.local.ports import choose
from ytempire.local.preflight import MARKER, prepare_home
from ytempire.local.processes import Supervisor
from ytempire.local.status import status
from ytempire.local.up import _side_by_side, choose_ports, end_remains

from .conftest import is_gone, service, until

LISTEN = (
    "import socket, signal; s = socket.socket(); s.setsockopt(1, 2, 1);"
    " s.bind(('127.0.0.1', {port})); s.listen(); print('ready'); signal.pause()"
)
WAIT = "import signal; print('ready'); signal.pause()"


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("YTEMPIRE_HOME", str(tmp_path / "home"))
    settings.cache_clear()
    yield prepare_home(tmp_path / "home")
    settings.cache_clear()


def free_ports() -> Ports:
    """None of the defaults: the product itself may be running on this machine."""
    first = choose(26_000 + os.getpid() % 1000)
    return Ports(
        postgres=first,
        airflow=choose(first + 1),
        dashboards=first + 100,
        youtube=first + 200,
        stripe=first + 300,
        sdxl=first + 400,
    )


def test_a_port_in_use_is_replaced_and_told(supervisor: Supervisor) -> None:
    told: list[str] = []
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        busy = listener.getsockname()[1]
        wanted = free_ports().model_copy(update={"airflow": busy})
        ports = choose_ports(Settings(ports=wanted), supervisor, told.append)
    assert ports.airflow != busy
    assert told == [f"Port {busy} is in use: Airflow gets {ports.airflow}."]


def test_a_port_held_by_our_own_service_is_kept(supervisor: Supervisor) -> None:
    ports = free_ports()
    supervisor.start(
        service("dashboards", LISTEN.format(port=ports.dashboards), port=ports.dashboards)
    )
    until(lambda: supervisor.log("dashboards").read_text())
    told: list[str] = []
    assert choose_ports(Settings(ports=ports), supervisor, told.append) == ports
    assert told == []


def test_the_port_of_last_time_is_kept(supervisor: Supervisor) -> None:
    kept = choose(27_000)
    supervisor.home.mkdir()
    (supervisor.home / "local.env").write_text(f"YTEMPIRE_PORTS__AIRFLOW={kept}\n")
    assert choose_ports(Settings(), supervisor, lambda line: None).airflow == kept


def test_a_configured_port_comes_before_the_one_of_last_time(supervisor: Supervisor) -> None:
    supervisor.home.mkdir()
    (supervisor.home / "local.env").write_text(f"YTEMPIRE_PORTS__AIRFLOW={choose(27_000)}\n")
    wanted = choose(28_000)
    own = Settings(ports=Ports(airflow=wanted))
    assert choose_ports(own, supervisor, lambda line: None).airflow == wanted


def test_no_two_services_get_one_port(supervisor: Supervisor) -> None:
    one = choose(29_000)
    own = Settings(ports=Ports(postgres=one, airflow=one, dashboards=one, youtube=one))
    chosen = choose_ports(own, supervisor, lambda line: None)
    assert len(set(chosen.model_dump().values())) == len(Ports.model_fields)


def test_remains_of_a_killed_up_are_ended_and_healthy_services_kept(supervisor: Supervisor) -> None:
    healthy = supervisor.start(service("healthy", WAIT))
    lost = supervisor.start(service("lost", WAIT))
    until(lambda: "lost" in supervisor.marked())
    (supervisor.run / "lost.json").unlink()
    dead = supervisor.start(service("dead", WAIT))
    os.kill(dead.pid, signal.SIGKILL)
    until(lambda: not supervisor.is_alive(dead))
    end_remains(supervisor)
    assert is_gone(lost.pid)
    assert [record.name for record in supervisor.records()] == ["healthy"]
    assert supervisor.is_alive(healthy)


def test_the_first_failure_ends_the_others_and_is_the_one_told() -> None:
    give_up = threading.Event()
    ended: list[bool] = []

    def fails() -> None:
        raise ServiceFailed("scheduler ended while it was starting.")

    def waits() -> None:
        ended.append(give_up.wait(20))
        raise ServiceFailed("given up")

    with pytest.raises(ServiceFailed, match="scheduler ended"):
        _side_by_side(give_up, waits, fails)
    assert ended == [True]


def test_down_ends_every_service_and_says_which(own_home: Path) -> None:
    supervisor = Supervisor(own_home)
    records = [supervisor.start(service(name, WAIT)) for name in ("one", "two")]
    output = io.StringIO()
    assert down(Console(file=output)) == ["one", "two"]
    assert "one is down." in output.getvalue()
    assert all(is_gone(record.pid) for record in records)
    assert stop_all(supervisor) == []


def test_down_and_status_where_nothing_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YTEMPIRE_HOME", str(tmp_path / "none"))
    settings.cache_clear()
    output = io.StringIO()
    assert down(Console(file=output)) == []
    assert not status(Console(file=output))
    assert "Nothing runs here." in output.getvalue()
    assert "Nothing is up." in output.getvalue()
    assert not (tmp_path / "none").exists(), "looking makes nothing"
    settings.cache_clear()


def test_status_names_a_killed_service(own_home: Path) -> None:
    supervisor = Supervisor(own_home)
    record = supervisor.start(service("dashboards", WAIT))
    os.kill(record.pid, signal.SIGKILL)
    until(lambda: not supervisor.is_alive(record))
    output = io.StringIO()
    assert not status(Console(file=output, width=120))
    assert "dead" in output.getvalue()
    assert "make up" in output.getvalue()


def test_clean_removes_the_home_and_ends_what_runs(own_home: Path) -> None:
    record = Supervisor(own_home).start(service("one", WAIT))
    clean(Console(file=io.StringIO()))
    assert not own_home.exists()
    assert is_gone(record.pid)


def test_clean_leaves_a_folder_alone_that_up_did_not_make(own_home: Path) -> None:
    (own_home / MARKER).unlink()
    (own_home / "thesis.odt").write_text("years of work")
    with pytest.raises(NoWriteAccess, match="left alone"):
        clean(Console(file=io.StringIO()))
    assert (own_home / "thesis.odt").exists()
