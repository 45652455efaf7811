"""To speak: the Protocol of a voice. Implementations lie beside it, one module each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from ytempire.domain import Frozen, Usage
from ytempire.errors import MalformedAnswer
from ytempire.providers.voices import unspaced


class SpokenWord(Frozen):
    """A word as the script writes it, and when it is heard: seconds from the sound's start."""

    text: str
    start: float
    end: float


class Voice(Protocol):
    """Something that reads text aloud and knows when each word is heard."""

    #: Whom the ledger names as the provider.
    name: str
    #: FFmpeg audio filters that this voice needs to sound its best; empty for a natural voice.
    finish: str
    #: Characters that one call takes at most; a longer text is spoken in parts.
    longest: int

    @property
    def signature(self) -> str:
        """All that decides the sound besides text and language: its id, model, pace."""

    def expected(self, text: str, language: str) -> Usage | None:
        """The most that speaking this is billed by its provider; None: nobody bills it."""

    def speak(
        self, text: str, language: str, out: Path
    ) -> tuple[tuple[SpokenWord, ...], float, Usage]:
        """Write `text` as a mono WAV to `out`.

        Returns:
            every word of `written_words(text)` exactly once, in order, with rising times; the
            length of the sound in seconds; and what it consumed.

        Raises:
            InvalidScript: there is nothing in the text that can be spoken.
            NotConfigured: the offline voice does not speak this language.
            KeyRejected, QuotaExhausted, ProviderRefused: as they say.
            ProviderUnavailable: the voice failed, also after some patience; nothing was billed.
            Unusable: it is billed, or may be, but nothing can be made of the answer.
        """


class Unusable(MalformedAnswer):
    """A paid answer that did not come whole, or is no sound; `usage` is what it cost.

    Args:
        is_ambiguous: whether it was billed is not known.
    """

    def __init__(self, message: str, usage: Usage, *, is_ambiguous: bool = False) -> None:
        super().__init__(message, "It is booked; another try would be paid again.")
        self.usage = usage
        self.is_ambiguous = is_ambiguous


_WORD = re.compile(r"\S+")
_HEARD = re.compile(r"\w", re.UNICODE)


def is_speakable(text: str) -> bool:
    """Whether a letter or digit of any script is in the text."""
    return _HEARD.search(text.replace("_", "")) is not None


def written_words(text: str) -> list[str]:
    """The words of a text as captions show them; a lone dash or sign stays with its neighbour.

    In scripts written without spaces a word is a phrase of a few characters. `joined` makes them
    the text again, runs of spacing aside.
    """
    pieces = _WORD.findall(text)
    is_close = unspaced.is_unspaced(text)
    if is_close:
        is_japanese = unspaced.has_kana(text)
        pieces = [w for piece in pieces for w in unspaced.segments(piece, is_japanese=is_japanese)]
    return list(_gather(pieces, is_close=is_close))


def joined(words: Sequence[str]) -> str:
    """Words as a text: a space between them, but none where their script is written without.

    `joined(written_words(text))` is the text in its plainest spacing: compare texts by it.
    """
    return _joined(words, is_close=unspaced.is_unspaced(" ".join(words)))


def _joined(words: Sequence[str], *, is_close: bool) -> str:
    if not is_close:
        return " ".join(words)
    parts: list[str] = []
    for word in words:
        touches = parts and (unspaced.is_edge(parts[-1][-1:]) or unspaced.is_edge(word[:1]))
        parts.append(word if touches or not parts else f" {word}")
    return "".join(parts)


def _gather(pieces: list[str], *, is_close: bool) -> Iterator[str]:
    waiting: list[str] = []
    for piece in pieces:
        if is_speakable(piece) and is_speakable(" ".join(waiting)):
            yield _joined(waiting, is_close=is_close)
            waiting = []
        waiting.append(piece)
    if waiting:
        yield _joined(waiting, is_close=is_close)
