"""A real Postgres and a real local YouTube, with its three channels connected."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from ytempire.config import Ports, settings

SEED = 7


class LocalYouTube:
    """The local YouTube's side door, for what a test arranges and asserts."""

    def __init__(self, address: str) -> None:
        self.address = address

    def admin(self, path: str, method: str = "GET", **kwargs: object):
        answer = httpx.request(method, f"{self.address}/admin/{path}", timeout=20, **kwargs)
        answer.raise_for_status()
        return answer.json()

    def fault(self, **fault: object) -> None:
        self.admin("faults", "POST", json=fault)

    def calls(self, method: str) -> list[dict]:
        return self.admin("requests", params={"method": method})

    def videos(self) -> list[dict]:
        return self.admin("videos")


@pytest.fixture
def youtube(warehouse: None, postgres: Ports, tmp_path: Path) -> Iterator[LocalYouTube]:
    """A fresh local YouTube with its channels connected in an empty warehouse."""
    from ytempire.emulators.youtube.server import running
    from ytempire.local.simulated import connect_channels

    with running(seed=SEED, speed=1.0, state=tmp_path / "youtube") as address:
        os.environ["YTEMPIRE_YOUTUBE__ENDPOINT"] = address
        settings.cache_clear()
        connect_channels(address, SEED)
        yield LocalYouTube(address)
    del os.environ["YTEMPIRE_YOUTUBE__ENDPOINT"]
    settings.cache_clear()
