"""A real Postgres and a real local YouTube, with its three channels connected."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from ytempire.config import Ports, settings
from ytempire.emulators import openai, pexels
from ytempire.emulators.elevenlabs.account import Account
from ytempire.emulators.elevenlabs.server import application as elevenlabs_application
from ytempire.emulators.google_voice.server import application as google_application
from ytempire.emulators.openai.server import application as openai_application
from ytempire.emulators.openai.state import State
from ytempire.emulators.pexels import Shelf
from ytempire.emulators.serving import running
from ytempire.emulators.youtube.catalog import STANDARD

from tests.local_studio import Live

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
def youtube(
    warehouse: None, postgres: Ports, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[LocalYouTube]:
    """A fresh local YouTube with its channels connected in an empty warehouse; of another size by
    an indirect parameter, a `Scale`."""
    from ytempire.emulators.youtube.server import running
    from ytempire.local.simulated import connect_channels

    scale = getattr(request, "param", STANDARD)
    with running(seed=SEED, speed=1.0, state=tmp_path / "youtube", scale=scale) as address:
        os.environ["YTEMPIRE_YOUTUBE__ENDPOINT"] = address
        settings.cache_clear()
        connect_channels(address, SEED)
        yield LocalYouTube(address)
    del os.environ["YTEMPIRE_YOUTUBE__ENDPOINT"]
    settings.cache_clear()


@pytest.fixture
def live(warehouse: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Live]:
    """Writer, voices and stock pictures that are configured and answer on loopback."""
    model, account, shelf = State(seed=7, knobs=openai.Knobs()), Account(), Shelf()
    # A free port may come again, and with it the answers of an earlier test's model.
    shutil.rmtree(settings().home / "cache", ignore_errors=True)
    with ExitStack() as stack:
        made = Live(
            stack.enter_context(running(openai_application(model))),
            stack.enter_context(running(elevenlabs_application(account))),
            stack.enter_context(running(google_application())),
            stack.enter_context(running(pexels.application(shelf))),
            model,
            account,
            shelf,
            monkeypatch,
        )
        made.set(
            OPENAI__API_KEY=openai.KEY,
            OPENAI__BASE_URL=f"{made.openai.address}/v1",
            ELEVENLABS__API_KEY=account.key,
            ELEVENLABS__BASE_URL=made.elevenlabs.address,
            GOOGLE_VOICE__ENABLED="true",
            GOOGLE_VOICE__ENDPOINT=made.google.address,
            PEXELS__API_KEY=pexels.KEY,
            PEXELS__BASE_URL=made.pexels.address,
        )
        yield made
    monkeypatch.undo()
    settings.cache_clear()
