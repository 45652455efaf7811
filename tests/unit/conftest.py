"""Local voice servers, and settings that are changed for a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from ytempire.config import settings
from ytempire.emulators.elevenlabs.account import Account
from ytempire.emulators.elevenlabs.server import application as elevenlabs_application
from ytempire.emulators.google_voice.server import application as google_application
from ytempire.emulators.serving import Emulated, running


@pytest.fixture
def account() -> Account:
    return Account()


@pytest.fixture
def elevenlabs(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulated]:
    with running(elevenlabs_application(account)) as emulated:
        monkeypatch.setenv("YTEMPIRE_ELEVENLABS__API_KEY", account.key)
        monkeypatch.setenv("YTEMPIRE_ELEVENLABS__BASE_URL", emulated.address)
        settings.cache_clear()
        yield emulated
    settings.cache_clear()


@pytest.fixture
def google(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulated]:
    with running(google_application()) as emulated:
        monkeypatch.setenv("YTEMPIRE_GOOGLE_VOICE__ENABLED", "true")
        monkeypatch.setenv("YTEMPIRE_GOOGLE_VOICE__ENDPOINT", emulated.address)
        settings.cache_clear()
        yield emulated
    settings.cache_clear()


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Changes settings: `given(BUDGETS__VIDEO_USD="1")`."""

    def sets(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"YTEMPIRE_{name}", value)
        settings.cache_clear()

    yield sets
    monkeypatch.undo()
    settings.cache_clear()
