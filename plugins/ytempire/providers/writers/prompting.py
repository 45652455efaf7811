"""The prompts: versioned files, and the words of strangers fenced off within them.

What is the same for every video comes first, and is long enough for OpenAI to bill it at a tenth
when it was read lately (1,024 tokens with the answer's schema); then what a channel's videos have
in common; what is of one video comes last.

After an edit of a prompt, raise its `version`, and measure it again: `tokens` counts it in
o200k_base, `sha256` begins the digest of what was counted. With the package bpe-openai, installed
for that moment only (its vocabularies are 75 MB, and tiktoken would download its own):
`len(bpe_openai.get_encoding("o200k_base").encode(prompt("script.system").text))`.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path
from string import Template

import yaml

from ytempire.domain import Format, Frozen
from ytempire.providers.writers import Brief, cleaning
from ytempire.providers.writers.drafts import wanted_seconds
from ytempire.providers.writers.trend_teller import plain_text

FOLDER = Path(__file__).with_name("prompts")
#: Nobody but the system prompt says this: an answer that does has leaked it.
CANARY = "KESTREL-7Q41-VELLUM"
#: So many words in a row of the system prompt are no coincidence.
_LEAKED_WORDS = 9
_WORDS_PER_S, _CHARACTERS_PER_S, _SCENE_S = 2.5, 6.5, 6.5
_MOST_SIGNALS, _MOST_COMMENTS, _MOST_AVOIDED = 20, 20, 12
_FENCE = re.compile(r"\b(BEGIN|END)\s+(DATA)\b", re.IGNORECASE)


class Prompt(Frozen):
    """A prompt's text and what its file says about it.

    Attributes:
        tokens: of `text`, in o200k_base, as measured when it was edited last.
        sha256: the first 16 hex digits of the text it was measured on.
    """

    name: str
    version: int
    tokens: int
    sha256: str
    text: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]


@lru_cache
def prompt(name: str) -> Prompt:
    """The prompt in `prompts/<name>.md`."""
    _, front, text = (FOLDER / f"{name}.md").read_text(encoding="utf-8").split("---\n", 2)
    return Prompt(name=name, text=text.strip(), **yaml.safe_load(front))


def messages_for(brief: Brief) -> tuple[tuple[str, str], ...]:
    """What a model is told to write a brief's script: our rules, then the task with its data.

    Two tries at one brief differ in their last block alone.
    """
    seconds = wanted_seconds(brief)
    data = {
        "topic": stranger(brief.topic, 200) or "(none: take it from the titles)",
        "niche": stranger(brief.niche, 100) or "(any)",
        "signals": _titled("What videos on it do now:", _signals(brief)),
        "comments": _titled("What viewers say:", _comments(brief)),
    }
    avoid = "\n".join(f"- {stranger(each, 300)}" for each in brief.avoid[:_MOST_AVOIDED])
    task = Template(prompt("script.user").text).substitute(
        data,
        format="a vertical short" if brief.format is Format.SHORT else "a wide video",
        language=cleaning.line(brief.language, 35),
        words=round(seconds * _WORDS_PER_S),
        characters=round(seconds * _CHARACTERS_PER_S),
        scenes=max(4, round(seconds / _SCENE_S)),
        voice=cleaning.line(brief.voice, 300) or "calm, exact, a little amused",
        mark=_mark(*data.values()),
        avoid=avoid or "(nothing yet)",
        avoid_mark=_mark(avoid),
    )
    return (("system", rules()), ("user", task))


def rules() -> str:
    """What every script is held to: the same for each video, to the byte."""
    return f"{prompt('script.system').text}\n\n{prompt('script.examples').text}"


def leaks(answer: str) -> bool:
    """Whether an answer gives the system prompt away."""
    if CANARY.casefold() in answer.casefold():
        return True
    said = " ".join(_words(answer))
    rules = _words(prompt("script.system").text)
    return any(
        " ".join(rules[at : at + _LEAKED_WORDS]) in said
        for at in range(len(rules) - _LEAKED_WORDS + 1)
    )


def stranger(text: str, longest: int) -> str:
    """A stranger's text as one short plain line that cannot close the fence around it."""
    return _FENCE.sub(r"\1-\2", plain_text(text, longest))


def _signals(brief: Brief) -> list[str]:
    ranked = sorted(brief.signals, key=lambda signal: signal.views_per_hour, reverse=True)
    return [
        f"{stranger(s.title, 120)} | {stranger(s.channel_title, 60)} | "
        f"{s.views} views, {s.views_per_hour:.0f} an hour"
        for s in ranked[:_MOST_SIGNALS]
    ]


def _comments(brief: Brief) -> list[str]:
    return [stranger(comment, 200) for comment in brief.comments[:_MOST_COMMENTS]]


def _titled(title: str, lines: list[str]) -> str:
    return "\n".join([title, *(f"- {line}" for line in lines)]) if lines else f"{title} (nothing)"


def _mark(*texts: str) -> str:
    """A sign for the fence that changes with every letter inside: it cannot be foretold."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
