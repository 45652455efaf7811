"""Supervision with real processes: what lives, what is left, what is ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from ytempire.errors import ServiceFailed
from ytempire.local.processes import Supervisor, tail

from .conftest import is_gone, service, until

WAIT = "import signal; print('ready'); signal.pause()"
STUBBORN = (
    "import signal; signal.signal(15, signal.SIG_IGN); print('ready')\nwhile 1: signal.pause()"
)
#: Starts a child in a session of its own, as Airflow's task runners and Postgres's servers are.
PARENT = (
    "import subprocess, sys, signal\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()'],"
    " start_new_session=True)\n"
    "print('child', child.pid)\n"
    "signal.pause()"
)


def is_ready(supervisor: Supervisor, name: str) -> bool:
    return supervisor.log(name).exists() and "ready" in supervisor.log(name).read_text()


def test_a_started_service_is_alive_and_logged(supervisor: Supervisor) -> None:
    record = supervisor.start(service("one", WAIT, port=4711))
    until(lambda: is_ready(supervisor, "one"))
    assert supervisor.is_alive(record)
    assert supervisor.record("one") == record
    assert record.port == 4711
    assert [member.pid for member in supervisor.members("one")] == [record.pid]


def test_a_stopped_service_leaves_neither_process_nor_record(supervisor: Supervisor) -> None:
    record = supervisor.start(service("one", WAIT))
    assert supervisor.stop("one")
    assert is_gone(record.pid)
    assert supervisor.record("one") is None
    assert not supervisor.stop("one"), "there was nothing more to stop"


def test_a_service_that_ignores_the_signal_is_killed(supervisor: Supervisor) -> None:
    record = supervisor.start(service("stubborn", STUBBORN, stop_seconds=0.3))
    until(lambda: is_ready(supervisor, "stubborn"))
    supervisor.stop("stubborn")
    assert is_gone(record.pid)


def test_children_in_other_sessions_are_ended_even_when_the_parent_was_killed(
    supervisor: Supervisor,
) -> None:
    record = supervisor.start(service("parent", PARENT))
    until(lambda: "child" in tail(supervisor.log("parent")))
    child = int(tail(supervisor.log("parent")).split()[-1])
    os.kill(record.pid, signal.SIGKILL)
    until(lambda: not supervisor.is_alive(record))
    assert not is_gone(child)
    assert supervisor.stop("parent")
    assert is_gone(child)


def test_starting_ends_what_an_earlier_one_left(supervisor: Supervisor) -> None:
    supervisor.start(service("parent", PARENT))
    until(lambda: "child" in tail(supervisor.log("parent")))
    child = int(tail(supervisor.log("parent")).split()[-1])
    supervisor.start(service("parent", WAIT))
    assert is_gone(child)


def test_a_service_whose_starter_died_before_the_record_is_still_found(
    supervisor: Supervisor,
) -> None:
    record = supervisor.start(service("lost", WAIT))
    until(lambda: is_ready(supervisor, "lost"))
    (supervisor.run / "lost.json").unlink()
    assert Supervisor(supervisor.home).marked() == {"lost"}
    assert Supervisor(supervisor.home).stop("lost")
    until(lambda: is_gone(record.pid))


def test_a_recycled_number_is_neither_alive_nor_ended(supervisor: Supervisor) -> None:
    other = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
    try:
        record = supervisor.start(service("one", WAIT))
        supervisor.stop("one")
        stale = record.model_copy(update={"pid": other.pid, "started_at": 1.0})
        (supervisor.run / "one.json").write_text(stale.model_dump_json())
        assert not supervisor.is_alive(stale)
        supervisor.stop("one")
        assert other.poll() is None, "somebody else's process was ended"
    finally:
        other.kill()
        other.wait()


def test_another_home_does_not_see_it(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start(service("one", WAIT))
    until(lambda: is_ready(supervisor, "one"))
    other = Supervisor(tmp_path / "other")
    assert other.marked() == set()
    assert other.members("one") == []


def test_ensure_restarts_only_what_died_or_changed(supervisor: Supervisor) -> None:
    assert supervisor.ensure(service("one", WAIT))
    first = supervisor.record("one")
    assert first is not None
    assert not supervisor.ensure(service("one", WAIT))
    assert supervisor.record("one") == first
    assert supervisor.ensure(service("one", WAIT, environment={"CHANGED": "yes"}))
    second = supervisor.record("one")
    assert second is not None and second.pid != first.pid
    os.kill(second.pid, signal.SIGKILL)
    until(lambda: not supervisor.is_alive(second))
    assert supervisor.ensure(service("one", WAIT, environment={"CHANGED": "yes"}))


def test_a_service_that_ends_at_once_is_told_with_its_log(supervisor: Supervisor) -> None:
    supervisor.start(service("broken", "raise SystemExit('no such table: dags')"))
    with pytest.raises(ServiceFailed, match="ended while it was starting") as failure:
        supervisor.await_health("broken", lambda: False, seconds=20)
    assert "no such table: dags" in failure.value.remedy
    assert str(supervisor.log("broken")) in failure.value.remedy


def test_a_service_that_never_gets_healthy_is_given_up(supervisor: Supervisor) -> None:
    supervisor.start(service("slow", WAIT))
    with pytest.raises(ServiceFailed, match="not healthy after 0 s"):
        supervisor.await_health("slow", lambda: False, seconds=0.2)


def test_run_once_waits_for_success_and_tells_failure(supervisor: Supervisor) -> None:
    supervisor.run_once(service("job", "print('done')"), 20, threading.Event())
    assert supervisor.record("job") is None
    with pytest.raises(ServiceFailed, match=r"failed \(exit status 3\)"):
        supervisor.run_once(service("job", "raise SystemExit(3)"), 20, threading.Event())


def test_run_once_is_ended_when_it_is_given_up(supervisor: Supervisor) -> None:
    give_up = threading.Event()
    give_up.set()
    with pytest.raises(ServiceFailed, match="did not end in time"):
        supervisor.run_once(service("job", WAIT), 20, give_up)
    assert supervisor.marked() == set()


def test_a_second_up_is_turned_away_until_the_first_lets_go(supervisor: Supervisor) -> None:
    second = Supervisor(supervisor.home)
    with supervisor.lock(), pytest.raises(ServiceFailed, match="at work"), second.lock():
        pass
    with second.lock():
        pass


def test_a_damaged_record_is_forgotten(supervisor: Supervisor) -> None:
    supervisor.run.mkdir(parents=True)
    (supervisor.run / "one.json").write_text('{"name": "one", "pi')
    assert supervisor.records() == []


def test_a_program_that_does_not_exist_is_a_clear_error(supervisor: Supervisor) -> None:
    from dataclasses import replace

    missing = replace(service("none", WAIT), command=("/nowhere/program",))
    with pytest.raises(ServiceFailed, match="cannot be started"):
        supervisor.start(missing)
