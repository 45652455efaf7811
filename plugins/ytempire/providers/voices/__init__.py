"""To speak: the Protocol of a voice. Implementations lie beside it, one module each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from ytempire.domain import Frozen, Usage


class SpokenWord(Frozen):
    """A word as the script writes it, and when it is heard: seconds from the sound's start."""

    text: str
    start: float
    end: float


class Voice(Protocol):
    """Something that reads text aloud and knows when each word is heard."""

    #: FFmpeg audio filters that this voice needs to sound its best; empty for a natural voice.
    finish: str

    def speak(
        self, text: str, language: str, out: Path
    ) -> tuple[tuple[SpokenWord, ...], float, Usage]:
        """Write `text` as a mono WAV to `out`.

        Returns:
            every word of `written_words(text)` exactly once, in order, with rising times; the
            length of the sound in seconds; and what it consumed.

        Raises:
            InvalidScript: there is nothing in the text that can be spoken.
            NotConfigured: the voice does not speak this language.
            ProviderUnavailable: the voice failed; another try may work.
        """
        ...


_WORD = re.compile(r"\S+")
_HEARD = re.compile(r"\w", re.UNICODE)


def is_speakable(text: str) -> bool:
    """Whether a letter or digit of any script is in the text."""
    return _HEARD.search(text.replace("_", "")) is not None


def written_words(text: str) -> list[str]:
    """The words of a text as captions show them; a lone dash or sign stays with its neighbour.

    Joined by spaces they are the text again, runs of spacing aside.
    """
    return list(_gather(_WORD.findall(text)))


def _gather(pieces: list[str]) -> Iterator[str]:
    waiting: list[str] = []
    for piece in pieces:
        if is_speakable(piece) and is_speakable(" ".join(waiting)):
            yield " ".join(waiting)
            waiting = []
        waiting.append(piece)
    if waiting:
        yield " ".join(waiting)
