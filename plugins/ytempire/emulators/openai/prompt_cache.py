"""Beginnings of prompts that were read lately: they are billed at a tenth.

As OpenAI documents it (developers.openai.com, guide "Prompt caching"): exact beginnings from 1,024
tokens on, in steps of 128, the schema of the answer before the messages. A request goes to a
machine by its first 256 tokens and its `prompt_cache_key`; one machine takes about 15 a minute, and
those above go to another. A beginning is forgotten after some minutes without use; gpt-5.1 keeps
it for a day.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

_FROM, _STEP = 1024, 128
_ROUTED_BY = 256
_A_MINUTE = 15
_KEPT_S, _KEPT_A_DAY_S, _FOR_A_DAY = 600, 86_400, frozenset({"gpt-5.1"})
_MOST_KEPT = 64
_BLANK = re.compile(r"\s+")


@dataclass(frozen=True)
class _Read:
    at: float
    machine: int
    prompt: str


@dataclass
class PromptCache:
    """What each machine has read, newest last."""

    _read: dict[tuple[str, str, str], list[_Read]] = field(default_factory=dict)

    def read(self, asked: dict[str, Any], now: float) -> tuple[int, int]:
        """Tokens of a request's prompt, and how many of its beginning were read lately."""
        shape = json.dumps(asked.get("response_format"), separators=(",", ":"))
        prompt = "\n".join(
            [shape, *(f"{m.get('role')}: {m['content']}" for m in asked["messages"])]
        )
        model, key = asked["model"], str(asked.get("prompt_cache_key", ""))
        earlier = self._read.setdefault((model, key, prompt[: 4 * _ROUTED_BY]), [])
        machine = sum(each.at > now - 60 for each in earlier) // _A_MINUTE
        oldest = now - (_KEPT_A_DAY_S if model in _FOR_A_DAY else _KEPT_S)
        known = max(
            (
                _shared(prompt, each.prompt)
                for each in earlier
                if each.machine == machine and each.at > oldest
            ),
            default=0,
        )
        earlier.append(_Read(now, machine, prompt))
        del earlier[:-_MOST_KEPT]
        tokens = tokens_of(prompt[:known])
        return tokens_of(prompt), tokens // _STEP * _STEP if tokens >= _FROM else 0


def tokens_of(text: str) -> int:
    """About how many tokens a text is: four bytes to one; white space in a row is one byte."""
    return -(-len(_BLANK.sub(" ", text).encode()) // 4)


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low
