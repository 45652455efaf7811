"""Services that are a few lines of Python, and waiting with a deadline."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from ytempire.local.processes import Service, Supervisor


def until(holds: Callable[[], object], seconds: float = 15) -> None:
    """Wait for something that another process does; fail when it does not come."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"


def is_gone(pid: int) -> bool:
    """Whether a process has ended; that its adoptive parent has yet to collect it is no matter."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def service(name: str, code: str, **settings: object) -> Service:
    """A service that runs some Python."""
    return Service(
        name=name, command=(sys.executable, "-u", "-c", code), folder=Path("/"), **settings
    )


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    """A supervisor of a home of its own; whatever it started is ended."""
    made = Supervisor(tmp_path / "home")
    yield made
    for name in {record.name for record in made.records()} | made.marked():
        made.stop(name)
