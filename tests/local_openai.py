"""A local OpenAI for tests, with the settings that point at it and a journal that prices."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from pydantic import SecretStr
from ytempire.config import OpenAI
from ytempire.costs.prices import price_of
from ytempire.domain import Usage
from ytempire.emulators.openai import KEY, Knobs, build
from ytempire.emulators.openai.state import Billed, State
from ytempire.emulators.serving import Emulated, running
from ytempire.journal import Notes
from ytempire.providers.answer_cache import FolderCache

TODAY = date(2026, 11, 25)


class PricedNotes(Notes):
    """A journal that refuses what has no price, as the warehouse's does."""

    def __init__(self) -> None:
        super().__init__()
        self.allowed: list[Usage] = []

    def intend(self, purchase: str, *expected: Usage, can_look_up: bool = False) -> bool:
        for usage in expected:
            price_of(usage, TODAY)
        self.allowed.extend(expected)
        return super().intend(purchase, *expected, can_look_up=can_look_up)

    @property
    def spent(self) -> Decimal:
        return sum((price_of(u, TODAY)[0] * u.quantity for u in self.usages), Decimal(0))


@dataclass
class LocalOpenAI:
    """Where it is, what it will say, and what a caller of it needs."""

    emulated: Emulated
    knobs: Knobs
    config: OpenAI
    folder: Path
    state: State

    @property
    def billed(self) -> list[Billed]:
        """What it has billed."""
        return self.state.billed

    @property
    def cache(self) -> FolderCache:
        return FolderCache(self.folder)

    @property
    def chats(self) -> list[dict]:  # type: ignore[type-arg]
        """The bodies of the chat completions it was asked for."""
        return [each.body for each in self.emulated.asked if each.path.endswith("/completions")]


@contextmanager
def local_openai(
    folder: Path, *, key: str = KEY, deadline_s: float = 10.0
) -> Iterator[LocalOpenAI]:
    """One on a free port, with an empty cache in `folder`."""
    knobs = Knobs()
    application = build(knobs=knobs)
    with running(application) as emulated:
        config = OpenAI(
            api_key=SecretStr(key), base_url=f"{emulated.address}/v1", deadline_s=deadline_s
        )
        state = application.state.openai
        yield LocalOpenAI(emulated, knobs, config, folder / "answers", state)
