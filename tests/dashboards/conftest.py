"""A real warehouse with filled marts, read by the real role, and the real server in front of it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import httpx
import pytest
from playwright.sync_api import Browser, sync_playwright
from starlette.testclient import TestClient
from ytempire.config import Ports, Settings, settings
from ytempire.warehouse.database import connect
from ytempire.warehouse.roles import ensure

from dashboards.app import create_app
from dashboards.people import HEADER
from tests.dashboards import marts

REPOSITORY = Path(__file__).parents[2]
HOST = "http://127.0.0.1:8501"
#: Noon in California, so that the Pacific day is the same as the UTC day.
NOW = datetime.now(UTC).replace(hour=20, minute=0)


class Visitor:
    """The browser that a page which Streamlit's test runner runs would answer: the client side
    that the runner lacks. `name` is whom the gate let in; None: nobody.
    """

    name: str | None = "admin"
    cookies: Mapping[str, str] = MappingProxyType({})
    remote_ip = "127.0.0.1"

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(HEADER, self.name)] if self.name else []


@pytest.fixture(autouse=True)
def visitor(monkeypatch: pytest.MonkeyPatch) -> Visitor:
    """Who looks at pages that Streamlit's test runner runs: the admin, unless a test says other."""
    found = Visitor()
    monkeypatch.setattr("streamlit.runtime.context._get_client_context", lambda: found)
    return found


@pytest.fixture(scope="module")
def empty_marts(postgres: Ports) -> Iterator[None]:
    """Schema `marts` with its tables, readable by the dashboards' role, and gone afterwards."""
    _clear_marts()
    with connect() as db:
        marts.create(db)
    yield
    _clear_marts()


@pytest.fixture(scope="module")
def filled_marts(empty_marts: None) -> None:
    """Three channels, one of them simulated, one video with a hostile title."""
    with connect() as db:
        marts.fill(db, now=NOW, days=100, simulated=frozenset({"orbital"}))


@pytest.fixture
def no_marts(filled_marts: None) -> Iterator[None]:
    """The marts out of sight for one test."""
    with connect() as db:
        db.execute("alter schema marts rename to marts_aside")
    yield
    with connect() as db:
        db.execute("alter schema marts_aside rename to marts")


@pytest.fixture(scope="module")
def configuration(filled_marts: None) -> Settings:
    """The settings that `make up` would leave: addresses, password and key."""
    return settings()


@pytest.fixture(scope="module")
def password(configuration: Settings) -> str:
    secret = configuration.secrets.dashboard_password
    assert secret is not None
    return secret.get_secret_value()


@pytest.fixture(scope="module")
def server(configuration: Settings) -> Iterator[str]:
    """The dashboards as `make up` starts them; their address."""
    with serving() as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, which asks nobody for anything of its own accord."""
    from tests.dashboards.browsing import CHROMIUM, FLAGS

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield running
        running.close()


@contextmanager
def in_this_process(configuration: Settings) -> Iterator[TestClient]:
    """The dashboards without a server of their own, as a client that speaks to them."""
    from streamlit.runtime import Runtime

    # There is one runtime a process, and it stays when its server has stopped: it may be another
    # file's of this run.
    Runtime._instance = None
    with TestClient(create_app(configuration), base_url=HOST) as client:
        yield client


@contextmanager
def serving(**own: str) -> Iterator[str]:
    """A server of its own with settings of its own (`WAREHOUSE__URL="…"`); its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "dashboards.app", "--port", str(port)],
        cwd=REPOSITORY,
        env={
            **os.environ,
            **{f"YTEMPIRE_{name}": value for name, value in own.items()},
            "PYTHONPATH": str(REPOSITORY / "plugins"),
        },
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _await_health(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def _await_health(address: str, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    with httpx.Client(transport=httpx.HTTPTransport(retries=0), timeout=2) as client:
        while process.poll() is None and time.monotonic() < deadline:
            try:
                assert client.get(f"{address}/healthz").text == "ok"
            except httpx.TransportError:
                continue
            return
    raise AssertionError("the dashboards did not start")


def _clear_marts() -> None:
    with connect() as db:
        db.execute("drop schema if exists marts cascade")
        ensure(db)
