"""The local Stripe as a process of its own: its clock outlives it, and a folder is of one world."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from ytempire.emulators.stripe import KEY, Scale, serve
from ytempire.errors import InvalidInput

ROOT = Path(__file__).resolve().parents[4]
HEADERS = {"Authorization": f"Bearer {KEY}"}


@contextmanager
def served(home: Path) -> Iterator[httpx.Client]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["-m", "ytempire.cli", "emulate", "stripe", "--port", str(port)]
    environment = os.environ | {
        "YTEMPIRE_HOME": str(home),
        "PYTHONPATH": str(ROOT / "plugins"),
    }
    process = subprocess.Popen(
        [sys.executable, *command], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers=HEADERS, trust_env=False
        ) as client:
            until = time.monotonic() + 90
            while True:
                try:
                    assert client.get("/healthz").json() == {"status": "ok", "simulated": True}
                    break
                except httpx.TransportError:
                    assert process.poll() is None and time.monotonic() < until, "no answer"
            yield client
    finally:
        process.terminate()
        printed, _ = process.communicate(timeout=20)
    assert f"SIMULATED: address http://127.0.0.1:{port}, key {KEY}" in printed


@pytest.mark.timeout(200)
def test_a_restart_goes_on_with_the_same_world_at_its_time(tmp_path: Path) -> None:
    with served(tmp_path) as client:
        newest = client.get("/v1/customers?limit=1").json()["data"][0]
        moved = client.post("/emulator/advance", json={"hours": 24 * 60}).json()["now"]
        later = client.get("/v1/charges?limit=1").json()["data"][0]
        assert newest["created"] < moved - 50 * 86400 < later["created"]
    with served(tmp_path) as client:
        assert client.get(f"/v1/customers/{newest['id']}").json() == newest
        assert client.get(f"/v1/charges/{later['id']}").json()["created"] == later["created"]
        assert client.post("/emulator/advance", json={"hours": 0}).json()["now"] >= moved
    with pytest.raises(InvalidInput, match="keeps a local Stripe of"):
        serve(1, 8, 1.0, tmp_path / "stripe", Scale())
