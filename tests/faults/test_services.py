"""The services of this machine, killed: each is seen dead, mended by `up`, and nothing is lost."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

import pytest
from ytempire.config import settings
from ytempire.local.installation import kept_ports
from ytempire.warehouse.database import connect

from tests.stack import SERVICES, Stack

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900)]


def until(holds: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"


def counted() -> dict[str, int]:
    with connect() as db:
        row = db.execute(
            "select (select count(*) from ops.ledger) as lines, "
            "(select count(*) from ops.uploads) as uploads, "
            "(select count(*) from raw.youtube_video_days) as days"
        ).fetchone()
    assert row is not None
    return row


def test_every_service_killed_at_once_is_seen_and_mended(stack: Stack) -> None:
    assert stack.states() == dict.fromkeys(SERVICES, "healthy")
    before, ports, rows = stack.records(), kept_ports(stack.home), counted()
    for record in before.values():
        os.kill(record.pid, signal.SIGKILL)
    until(lambda: not any(map(stack.supervisor.is_alive, before.values())))
    assert stack.run("status").returncode == 1
    assert stack.states() == dict.fromkeys(SERVICES, "dead")
    stack.up()
    assert stack.states() == dict.fromkeys(SERVICES, "healthy")
    assert kept_ports(stack.home) == ports, "nobody else took a port, so none has moved"
    after = stack.records()
    assert all(after[name].pid != record.pid for name, record in before.items())
    assert counted()["lines"] >= rows["lines"]
    assert counted()["uploads"] == rows["uploads"]
    assert counted()["days"] >= rows["days"]


def test_one_killed_service_is_mended_and_the_others_are_left_alone(stack: Stack) -> None:
    before = stack.records()
    os.kill(before["youtube"].pid, signal.SIGKILL)
    until(lambda: not stack.supervisor.is_alive(before["youtube"]))
    assert stack.states()["youtube"] == "dead"
    stack.up()
    after = stack.records()
    assert {name for name in SERVICES if after[name] != before[name]} == {"youtube"}


def test_up_again_starts_nothing_and_prints_the_same_summary(stack: Stack) -> None:
    before = stack.records()
    again = stack.up()
    assert stack.records() == before
    assert settings().youtube.endpoint
    assert "cut.mp4" in again
    assert "fct_video_economics" in again
