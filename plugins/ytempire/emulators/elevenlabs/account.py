"""The account behind the local ElevenLabs: its key, voices, allowance and history."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from typing import Any, Literal

#: A good answer spoiled: no sound in it; a sound of 0 s; times that are no numbers; characters of
#: another text; no times; what is no sound at all; only the first tenth of the sound.
Spoil = Literal["silent", "empty", "nan", "other_text", "no_times", "noise", "broken_off"]

VOICES = {
    "JBFqnCBsd6RMkjVDRZzb": ("George", 150),
    "EXAVITQu4vr4xnSDxMaL": ("Sarah", 165),
    "onwK4e9ZLuTAKqWW03F9": ("Daniel", 178),
}
#: Model -> credits for a character, and characters that one request takes.
MODELS = {
    "eleven_multilingual_v2": (1.0, 10_000),
    "eleven_flash_v2_5": (0.5, 40_000),
    "eleven_turbo_v2_5": (0.5, 40_000),
    "eleven_v3": (1.0, 5_000),
}


#: What it takes for a good key.
KEY = "el-simulated-key"


@dataclass
class Made:
    """One thing that was spoken, and billed."""

    id: str
    voice: str
    model: str
    text: str
    at: float
    before: int
    after: int
    audio: bytes
    alignment: dict[str, list[Any]]


@dataclass
class Account:
    """What the server knows. `spoils` strike the next answers, one each."""

    key: str = KEY
    limit: int = 1_000_000
    used: int = 0
    seed: int = 7
    history: list[Made] = field(default_factory=list)
    spoils: list[Spoil] = field(default_factory=list)

    def spoil(self, *how: Spoil) -> None:
        """Let the next answers be bad ones, though they are billed."""
        self.spoils.extend(how)

    def book(
        self, voice: str, model: str, text: str, audio: bytes, alignment: dict[str, list[Any]]
    ) -> Made:
        """Bill it and keep it in the history."""
        cost = cost_of(model, text)
        number = f"{self.seed}/{len(self.history)}/{text}"
        made = Made(
            id=hashlib.sha256(number.encode()).hexdigest()[:20],
            voice=voice,
            model=model,
            text=text,
            at=time.time(),
            before=self.used,
            after=self.used + cost,
            audio=audio,
            alignment=alignment,
        )
        self.used += cost
        self.history.append(made)
        return made


def cost_of(model: str, text: str) -> int:
    """Credits for a text, never less than one."""
    return max(round(len(text) * MODELS[model][0]), 1)
