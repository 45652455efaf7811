"""The server: how it starts, refuses to, and stops."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import httpx
import pytest
from ytempire.config import Settings

from tests.dashboards.conftest import REPOSITORY

pytestmark = pytest.mark.slow


def _start(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dashboards.app", *arguments],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "plugins"), **environment},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def test_without_a_password_it_says_what_is_missing_and_ends(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    done = _start(YTEMPIRE_HOME=str(tmp_path_factory.mktemp("bare")))
    assert done.returncode == 1
    assert "YTEMPIRE_SECRETS__DASHBOARD_PASSWORD" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_told(configuration: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = _start("--port", str(port))
    assert done.returncode == 1
    assert f"127.0.0.1:{port}: in use" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_server_does_not_name_itself(server: str) -> None:
    assert "server" not in httpx.get(f"{server}/healthz").headers
