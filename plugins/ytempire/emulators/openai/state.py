"""What the local OpenAI remembers: files, batches, what it billed, and what it shall say next."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from ytempire.emulators.openai.prompt_cache import PromptCache

#: The key it takes, that of its administrator, and whose project the first is of.
KEY, ADMIN_KEY, PROJECT = "sk-emulated", "sk-admin-emulated", "proj_emulated"
MODELS = ("gpt-5.1", "gpt-5-mini", "omni-moderation-latest")


@dataclass
class Knobs:
    """What a test or a person sets.

    Attributes:
        next: the next completions, first in first out: `content` (text, or JSON to be), `refusal`,
            `finish_reason`, `usage` (None: it does not count); what is left out is as usual.
        scores: the next moderations' scores by category; the others stay as found.
        batches: what becomes of batches: `expired` leaves the second half undone.
        stops_slowly: batches that are told to stop stay at it, as OpenAI's do for ten minutes.
        failing: custom ids of a batch that fail.
    """

    key: str = KEY
    models: tuple[str, ...] = MODELS
    next: list[dict[str, Any]] = field(default_factory=list)
    scores: list[dict[str, float]] = field(default_factory=list)
    batches: Literal["completed", "in_progress", "expired", "failed"] = "completed"
    stops_slowly: bool = False
    failing: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Billed:
    """One billed answer, in tokens."""

    at: float
    model: str
    read: int
    cached: int
    written: int
    is_batch: bool


@dataclass
class State:
    """Everything it keeps; in memory, since it lives as long as a test or a session.

    Attributes:
        clock: Unix seconds; a replay of days sets its own.
    """

    seed: int
    knobs: Knobs
    billed: list[Billed] = field(default_factory=list)
    files: dict[str, tuple[dict[str, Any], bytes]] = field(default_factory=dict)
    batches: dict[str, dict[str, Any]] = field(default_factory=dict)
    prompts: PromptCache = field(default_factory=PromptCache)
    clock: Callable[[], float] = time.time
    _count: int = 0

    def new_id(self, prefix: str) -> str:
        """An id nobody had before; the same in the same order of calls."""
        self._count += 1
        return f"{prefix}-emulated{self.seed}{self._count:06d}"

    def now(self) -> int:
        return int(self.clock())

    def keep_file(self, name: str, purpose: str, content: bytes) -> dict[str, Any]:
        """A file as OpenAI describes it."""
        about = {
            "id": self.new_id("file"),
            "object": "file",
            "bytes": len(content),
            "created_at": self.now(),
            "filename": name,
            "purpose": purpose,
            "status": "processed",
        }
        self.files[str(about["id"])] = (about, content)
        return about
