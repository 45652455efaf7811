"""Supervision without a daemon: start a service, know whether it lives, stop all of it.

A service runs in a session of its own with its output in `logs/<name>.log` and a record in
`run/<name>.json`. Every process of it carries a mark in its environment, so children that left
the process group, and services whose starter was killed before it could write the record, are
found as well.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from pydantic import ValidationError

from ytempire.config import inherited_environment
from ytempire.domain import Frozen
from ytempire.errors import ServiceFailed
from ytempire.local.accounts import Account, run_as
from ytempire.local.files import write_private

MARK = "YTEMPIRE_SERVICE"
#: A wall clock that is set moves a process's reported start by as much; below this it is the same.
SAME_START_S = 2.0
LOG_LIMIT_BYTES = 20 * 1024 * 1024
POLL_S = 0.2
#: What outlives its service has this long to end by itself.
ORPHAN_SECONDS = 2.0


@dataclass(frozen=True)
class Service:
    """What to run.

    Attributes:
        environment: added to the starter's own; a change of it restarts the service.
        port: the loopback port it listens on, for a person's eyes.
        account: whom it runs as; None: whoever started it.
        stop_signal: the signal that asks it to end in order.
        stop_seconds: how long it may take to do so before it is killed.
    """

    name: str
    command: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int | None = None
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 15.0

    @property
    def fingerprint(self) -> str:
        """Changes when the service would be started differently."""
        said = json.dumps([self.command, sorted(self.environment.items())])
        return hashlib.sha256(said.encode()).hexdigest()[:16]


class Record(Frozen):
    """What was started: enough to know it again and to stop it."""

    name: str
    pid: int
    started_at: float
    fingerprint: str
    command: tuple[str, ...]
    port: int | None = None
    stop_signal: int = int(signal.SIGTERM)
    stop_seconds: float = 15.0


class Supervisor:
    """The services of one home folder."""

    def __init__(self, home: Path) -> None:
        self.home = home.resolve()
        self.run = self.home / "run"
        self.logs = self.home / "logs"
        self._mark = hashlib.sha256(str(self.home).encode()).hexdigest()[:12]
        self._children: dict[int, subprocess.Popen[bytes]] = {}
        self._guard = threading.Lock()

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the installation: one `up`, `down` or `clean` at a time.

        The kernel lets go of it when its holder dies, however it dies.

        Raises:
            ServiceFailed: another one is at work.
        """
        self.run.mkdir(parents=True, exist_ok=True)
        with (self.run / "lock").open("a") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise ServiceFailed(
                    f"Another `make up` or `make down` is at work on {self.home}.",
                    "Wait for it to end, then try again.",
                ) from error
            yield

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def record(self, name: str) -> Record | None:
        """What is known of a service; None when it was not started or was stopped in order."""
        path = self.run / f"{name}.json"
        try:
            return Record.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return None
        except ValidationError:  # cut off by a full disk: the mark still finds its processes
            path.unlink()
            return None

    def records(self) -> list[Record]:
        found = (self.record(path.stem) for path in sorted(self.run.glob("*.json")))
        return [record for record in found if record is not None]

    def start(self, service: Service) -> Record:
        """Start a service, after ending whatever an earlier one of that name left behind."""
        self.stop(service.name)
        self.logs.mkdir(parents=True, exist_ok=True)
        self.run.mkdir(parents=True, exist_ok=True)
        log = self.log(service.name)
        if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
            log.replace(log.with_suffix(".log.1"))
        environment = {
            **inherited_environment(),
            **service.environment,
            MARK: f"{self._mark}/{service.name}",
            "SPT_NOENV": "1",  # else setproctitle writes its title over the mark
        }
        with log.open("ab") as output:
            try:
                process = subprocess.Popen(
                    service.command,
                    cwd=service.folder,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    **run_as(service.account),
                )
            except OSError as error:
                raise ServiceFailed(f"{service.name} cannot be started: {error}") from error
        with self._guard:
            self._children[process.pid] = process
        record = Record(
            name=service.name,
            pid=process.pid,
            started_at=_started_at(process.pid),
            fingerprint=service.fingerprint,
            command=service.command,
            port=service.port,
            stop_signal=int(service.stop_signal),
            stop_seconds=service.stop_seconds,
        )
        write_private(self.run / f"{service.name}.json", record.model_dump_json(indent=1))
        return record

    def ensure(self, service: Service) -> bool:
        """Start a service unless it runs already, just so. Returns whether it was started."""
        record = self.record(service.name)
        if record and record.fingerprint == service.fingerprint and self.is_alive(record):
            return False
        self.start(service)
        return True

    def run_once(self, service: Service, seconds: float, give_up: threading.Event) -> None:
        """Run something that ends by itself.

        Raises:
            ServiceFailed: it failed, took more than `seconds`, or was given up; it is ended.
        """
        record = self.start(service)
        child = self._children[record.pid]
        deadline = time.monotonic() + seconds
        while child.poll() is None and time.monotonic() < deadline:
            if give_up.wait(POLL_S):
                break
        code = child.poll()
        self.stop(service.name)
        if code != 0:
            what = "did not end in time" if code is None else f"failed (exit status {code})"
            raise self.failure(service.name, what)

    def is_alive(self, record: Record) -> bool:
        """The process of this record runs: not another that was given its number since."""
        with self._guard:
            child = self._children.get(record.pid)
        if child is not None and child.poll() is not None:
            return False
        try:
            process = psutil.Process(record.pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            if abs(process.create_time() - record.started_at) < SAME_START_S:
                return True
            return self._mark_of(process) == record.name
        except psutil.Error:
            return False

    def members(self, name: str) -> list[psutil.Process]:
        """Every live process of a service, also those that left its group or lost their parent."""
        session = self._session_of(self.record(name))
        found = {}
        for process in psutil.process_iter():
            if process.pid == os.getpid():
                continue
            with suppress(psutil.Error, OSError):
                if process.status() == psutil.STATUS_ZOMBIE:
                    continue
                if self._mark_of(process) == name or os.getsid(process.pid) == session:
                    found[process.pid] = process
                    found.update({child.pid: child for child in process.children(recursive=True)})
        return list(found.values())

    def marked(self) -> set[str]:
        """Names of services of this home that have a live process, recorded or not."""
        names: set[str] = set()
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                name = self._mark_of(process)
                if name and process.pid != os.getpid():
                    names.add(name)
        return names

    def stop(self, name: str) -> bool:
        """End a service: ask, wait, kill, and see that nothing of it is left.

        Returns:
            Whether anything ran.

        Raises:
            ServiceFailed: a process outlived SIGKILL (it hangs in the kernel).
        """
        record = self.record(name)
        members = self.members(name)
        if record and self.is_alive(record):
            with suppress(ProcessLookupError):
                os.killpg(record.pid, record.stop_signal)
            deadline = time.monotonic() + record.stop_seconds
            while self.is_alive(record) and time.monotonic() < deadline:
                time.sleep(POLL_S / 4)
        for number, seconds in ((signal.SIGTERM, ORPHAN_SECONDS), (signal.SIGKILL, 10.0)):
            for process in self.members(name):
                with suppress(psutil.Error):
                    process.send_signal(number)
            left = self._wait_gone(name, seconds)
        if left:
            raise ServiceFailed(f"{name} cannot be ended: {', '.join(map(str, left))} still run.")
        (self.run / f"{name}.json").unlink(missing_ok=True)
        return bool(members)

    def await_health(
        self,
        name: str,
        is_healthy: Callable[[], bool],
        seconds: float,
        give_up: threading.Event | None = None,
    ) -> None:
        """Wait until a service is healthy.

        Raises:
            ServiceFailed: it ended, or took more than `seconds`; the last lines of its log are in
                the message.
        """
        deadline = time.monotonic() + seconds
        while not is_healthy():
            record = self.record(name)
            if record is None or not self.is_alive(record):
                raise self.failure(name, "ended while it was starting")
            if time.monotonic() > deadline:
                raise self.failure(name, f"was not healthy after {seconds:.0f} s")
            if give_up is not None and give_up.wait(POLL_S):
                raise ServiceFailed(f"{name}: given up, since another service failed.")
            if give_up is None:
                time.sleep(POLL_S)

    def failure(self, name: str, what: str) -> ServiceFailed:
        """The error for a service that failed, with the end of its log."""
        log = self.log(name)
        return ServiceFailed(f"{name} {what}.", f"The end of {log}:\n{tail(log)}")

    def _session_of(self, record: Record | None) -> int | None:
        """The session to end; None when its number belongs to somebody else by now."""
        if record is None or (psutil.pid_exists(record.pid) and not self.is_alive(record)):
            return None
        return record.pid

    def _mark_of(self, process: psutil.Process) -> str | None:
        try:
            value = process.environ().get(MARK, "")
        except (psutil.Error, OSError):
            return None
        mark, _, name = value.partition("/")
        return name if mark == self._mark else None

    def _wait_gone(self, name: str, seconds: float) -> list[int]:
        deadline = time.monotonic() + seconds
        while True:
            left = [process.pid for process in self.members(name) if not self._is_reaped(process)]
            if not left or time.monotonic() > deadline:
                return left
            time.sleep(POLL_S / 2)

    def _is_reaped(self, process: psutil.Process) -> bool:
        with self._guard:
            child = self._children.get(process.pid)
        return child is not None and child.poll() is not None


def tail(path: Path, lines: int = 15) -> str:
    """The last lines of a log."""
    try:
        with path.open("rb") as handle:
            handle.seek(max(0, path.stat().st_size - 16_384))
            text = handle.read().decode(errors="replace")
    except FileNotFoundError:
        return "(it wrote nothing)"
    return "\n".join(text.splitlines()[-lines:]) or "(it wrote nothing)"


def _started_at(pid: int) -> float:
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.Error:  # ended at once: its health check says so with its log
        return time.time()
