"""Captions that somebody else wrote, as words with times: SRT cues and lists of timed words."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Protocol

from ytempire.domain import Word
from ytempire.errors import InvalidInput

_TIME = r"(\d{1,3}):(\d{1,2}):(\d{1,2})[,.](\d{1,3})"
_CUE = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}.*$", re.MULTILINE)
#: Tags that players know (<i>, <font …>, {\an8}): their marks are not part of what is said.
_TAGS = re.compile(r"</?[a-zA-Z][^<>]*>|\{\\[^{}]*\}")
#: What draws nothing and could steer a renderer.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


class Timed(Protocol):
    """A word as it was given."""

    text: str
    start: float
    end: float


def words_of_srt(text: str, name: str) -> tuple[Word, ...]:
    """The words of SubRip cues; within a cue each lasts in proportion to its letters.

    Raises:
        InvalidInput: there is no cue in it, or one ends before it begins.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    found = list(_CUE.finditer(text))
    if not found:
        raise InvalidInput(
            f"captions: {name} has no cue.", "An SRT cue is 00:00:01,000 --> 00:00:02,500 and text."
        )
    words: list[Word] = []
    for number, cue in enumerate(found):
        start, end = _seconds(cue.groups()[:4]), _seconds(cue.groups()[4:])
        if end < start:
            raise InvalidInput(f"captions: {name}: cue {number + 1} ends before it begins.")
        stop = found[number + 1].start() if number + 1 < len(found) else len(text)
        words += _spread(_said(text[cue.end() : stop], number + 1 < len(found)), start, end, number)
    return _in_order(words)


def _seconds(parts: tuple[str, ...]) -> float:
    hours, minutes, seconds, rest = parts
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + int(rest.ljust(3, "0")) / 1000


def _said(block: str, has_next: bool) -> list[str]:
    """A cue's words, without its tags and without the next cue's number."""
    lines = [line for line in block.split("\n") if line.strip()]
    if has_next and lines and lines[-1].strip().isdigit():
        lines.pop()
    return _CONTROL.sub("", html.unescape(_TAGS.sub("", " ".join(lines)))).split()


def _spread(texts: Sequence[str], start: float, end: float, cue: int) -> list[Word]:
    letters = sum(len(text) + 1 for text in texts)
    words, at = [], start
    for text in texts:
        until = at + (end - start) * (len(text) + 1) / letters
        words.append(Word(text=text, start=at, end=until, scene=cue))
        at = until
    return words


def words_of_times(given: Sequence[Timed]) -> tuple[Word, ...]:
    """Timed words, sorted; a pair of words never overlaps."""
    words = []
    for each in given:
        text = " ".join(_CONTROL.sub("", each.text).split())
        if text:
            end = max(each.start, each.end)
            words.append(Word(text=text, start=each.start, end=end, scene=0))
    return _in_order(words)


def _in_order(words: list[Word]) -> tuple[Word, ...]:
    words = sorted(words, key=lambda word: word.start)
    followed = zip(words, [*words[1:], None], strict=True)
    return tuple(
        word.model_copy(update={"end": min(word.end, after.start)}) if after else word
        for word, after in followed
    )
