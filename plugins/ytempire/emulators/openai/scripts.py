"""Scripts from a small seeded generator: of the schema, the topic and the length asked for."""

from __future__ import annotations

import hashlib
import random
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

_TOPIC = re.compile(r"^Topic:\s*(.+)$", re.MULTILINE)
_WORDS = re.compile(r"about (\d+) spoken words")
_CHOICE = re.compile(r"\{([^{}]*\|[^{}]*)\}")
_USUAL_WORDS, _LONGEST_TOPIC, _LONGEST_ON_SCREEN = 135, 60, 36


def is_script(schema: dict[str, Any]) -> bool:
    """Whether a schema asks for a video's script."""
    return {"title", "scenes", "hook"} <= set(schema.get("properties", {}))


def script_for(talk: str, seed: int) -> dict[str, Any]:
    """A script for what a prompt asks; the same prompt and seed give the same script."""
    chance = random.Random(hashlib.sha256(f"{seed}|{talk}".encode()).digest())  # noqa: S311
    found = _TOPIC.search(talk)
    topic = " ".join(found[1].split())[:_LONGEST_TOPIC] if found else "an ordinary thing"
    lengths = _WORDS.findall(talk)
    words = int(lengths[-1]) if lengths else _USUAL_WORDS

    def said(template: str) -> str:
        chosen = _CHOICE.sub(lambda match: chance.choice(match[1].split("|")), template)
        chosen = chosen.replace("{t}", topic)
        return chosen[:1].upper() + chosen[1:]

    stock = _stock()
    hook = said(chance.choice(stock["hooks"]))
    scenes = [_scene(hook, topic, said(chance.choice(stock["pictures"])))]
    left = words - len(hook.split())
    while left > 0:
        for template in _order(stock["angles"], chance):
            told = said(template)
            left -= len(told.split())
            scenes.append(_scene(told, "", said(chance.choice(stock["pictures"]))))
            if left <= 0:
                break
    return {
        "title": said(chance.choice(stock["titles"]))[:95],
        "hook": hook,
        "scenes": scenes,
        "description": f"SIMULATED: written by a local stand-in for OpenAI. About {topic}, and "
        "about how to look at it.",
        "sources": ["SIMULATED: no source; this text states nothing about its topic"],
        "tags": list(dict.fromkeys([topic.lower(), "simulated", *topic.lower().split()[:4]])),
        "thumbnail_text": said("{why so quiet?|look again|what moves it?|count it twice}").upper(),
    }


@lru_cache
def _stock() -> dict[str, Any]:
    stock: dict[str, Any] = yaml.safe_load(
        Path(__file__).with_name("sentences.yaml").read_text(encoding="utf-8")
    )
    return stock


def _order(angles: dict[str, list[str]], chance: random.Random) -> list[str]:
    """Sentences in an order of their own, two of each angle at a time, in the angle's order."""
    left = {name: list(told) for name, told in angles.items()}
    ordered: list[str] = []
    while left:
        name = chance.choice(sorted(left))
        picked = sorted(chance.sample(range(len(left[name])), min(2, len(left[name]))))
        ordered += [left[name][at] for at in picked]
        left[name] = [told for at, told in enumerate(left[name]) if at not in picked]
        left = {each: told for each, told in left.items() if told}
    return ordered


def _scene(told: str, on_screen: str, picture: str) -> dict[str, str]:
    return {"narration": told, "on_screen": on_screen[:_LONGEST_ON_SCREEN], "picture": picture}
