"""How written words are said, word for word, so that captions fit: numbers, signs, short forms.

English has rules of its own; in other languages numbers are spelled out, the rest is the voice's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from ytempire.providers.voices import english, is_speakable
from ytempire.providers.voices.numerals import figure, numbers_said

_EDGES = re.compile(r"^([^\w$€£¥₹#@&+=%~≈<>°−±×÷'’-]*)(.*?)([^\w%°€£+²]*)$", re.DOTALL)
_SUM = re.compile(r"([$€£¥₹])(\d[\d,]*(?:\.\d+)?)")
_TAG = re.compile(r"</?[A-Za-z!][^<>]*>")
_HALF_TAG = re.compile(r"<(?=/?[A-Za-z!])|(?<=[\w\"'/])>")
#: Invisible characters that shape letters are kept: Persian and Hindi need them.
_JOINERS = frozenset("\u200c\u200d")


def say(words: Sequence[str], language: str) -> list[str]:
    """What the voice is given for each written word; the same length as `words`."""
    cleaned = [_clean(word) for word in words]
    if not language.lower().startswith("en"):
        return [numbers_said(word, language) for word in cleaned]
    pieces = [word.split() or [word] for word in cleaned]  # "5 <" is one written word
    said = iter(_english([_split(piece) for parts in pieces for piece in parts]))
    spoken = [" ".join(next(said) for _ in parts) for parts in pieces]
    return [
        now if is_speakable(now) or not is_speakable(before) else before
        for now, before in zip(spoken, cleaned, strict=True)
    ]


def _english(parts: Sequence[tuple[str, str, str]]) -> list[str]:
    said: list[str] = []
    owed = ""  # a currency that is said after the scale word: $1.2 million
    for index, (lead, core, tail) in enumerate(parts):
        around = _around(parts, index)
        spoken = english.titled(core, around, tail) or english.core_said(core, around) or core
        if owed and english.is_scale(core):
            spoken, owed = f"{core} {owed}", ""
        elif (money := _SUM.fullmatch(core)) and english.is_scale(around.after):
            spoken, owed = figure(money[2]) or money[2], english.currency(money[1])
        if english.is_short_form(core):
            tail = tail.removeprefix(".")
        said.append(f"{lead}{spoken}{tail}")
    return said


def _clean(word: str) -> str:
    """A word without what no voice should see: markup and characters that only steer."""
    plain = _HALF_TAG.sub("", _TAG.sub(" ", word))
    kept = "".join(
        character
        for character in plain
        if character in _JOINERS or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co")
    )
    kept = " ".join(kept.split())
    if is_speakable(kept):
        return kept
    letters = re.sub(r"[^\w\s]", " ", word)
    return " ".join(letters.split()) or word


def _around(parts: Sequence[tuple[str, str, str]], index: int) -> english.Around:
    before = parts[index - 1][1] if index else ""
    after = parts[index + 1][1] if index + 1 < len(parts) else ""
    return english.Around(before.lower(), after.lower(), before)


def _split(word: str) -> tuple[str, str, str]:
    match = _EDGES.match(word)
    return (match[1], match[2], match[3]) if match and match[2] else ("", word, "")
