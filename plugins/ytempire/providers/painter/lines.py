"""Breaking text into lines: where a script allows it, as few lines as can be, and even ones.

Words part at spaces; Japanese, Chinese and Thai have none and part between phrases (BudouX) or,
where a phrase is too long, between characters, but never before a closing mark (kinsoku).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from ytempire.providers.painter import fonts
from ytempire.providers.voices import unspaced

#: Measures a text in ems.
Measure = Callable[[str], float]

#: Words that may not end a line: they belong to what follows.
_LEADING = frozenset(
    "a an the of in on at to for and or but by with from as is are its their".split()  # noqa: SIM905
)
#: What may not begin a line, and what may not end one.
_CLOSING = frozenset(
    "、。，．・：；！？!?,.:;)]}）］｝」』】〉》〕’”…‥ー〜々％%"
    "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ"
)
_OPENING = frozenset("([{（［｛「『【〈《〔‘“¥￥$＄")
_THAI = range(0xE00, 0xE80)


class Piece(NamedTuple):
    """What stays together on a line, and whether a space stands before it."""

    text: str
    is_spaced: bool


def is_unspaced(character: str) -> bool:
    """Whether a character belongs to a script that is written without spaces."""
    return unspaced.is_edge(character)


@lru_cache
def _parser(region: str) -> Any:
    import budoux

    return {
        "jp": budoux.load_default_japanese_parser,
        "sc": budoux.load_default_simplified_chinese_parser,
        "tc": budoux.load_default_traditional_chinese_parser,
        "th": budoux.load_default_thai_parser,
    }[region]()


def phrases(text: str, lettering: str) -> list[Piece]:
    """The pieces that a text would best be broken between."""
    found: list[Piece] = []
    for word in text.split():
        parts = [word]
        if any(is_unspaced(c) for c in word):
            is_thai = any(ord(c) in _THAI for c in word)
            region = "th" if is_thai else fonts.region_in(word, lettering)
            parts = _parser("jp" if region == "kr" else region).parse(word)
        found.extend(Piece(part, index == 0) for index, part in enumerate(_kept(parts)))
    return found


def _kept(parts: Sequence[str]) -> list[str]:
    """Parts, none of which begins with a closing mark or ends with an opening one."""
    kept: list[str] = []
    for part in parts:
        if kept and (part[:1] in _CLOSING or kept[-1][-1:] in _OPENING):
            kept[-1] += part
        else:
            kept.append(part)
    return kept


def _can_part(text: str, at: int) -> bool:
    """Whether a word too long for any line may be cut before the character at `at`."""
    before, after = text[at - 1], text[at]
    return not (
        unicodedata.category(after).startswith("M")
        or unicodedata.combining(before) == 9  # a virama joins what follows it
        or "\u200d" in (before, after)
        or after in _CLOSING
        or before in _OPENING
    )


def pieces(whole: Sequence[Piece], limit: float, wide: Measure) -> list[Piece]:
    """Pieces, those wider than `limit` ems cut where they still fit."""
    found: list[Piece] = []
    for text, is_spaced in whole:
        while len(text) > 1 and wide(text) > limit:
            cut = _longest(text, limit, wide)
            found.append(Piece(text[:cut] + _hyphen(text, cut), is_spaced))
            text, is_spaced = text[cut:], False
        found.append(Piece(text, is_spaced))
    return found


def _longest(text: str, limit: float, wide: Measure) -> int:
    """How many characters of `text` fit, at least one, cut where it may be."""
    low, high = 1, len(text) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if wide(text[:middle] + _hyphen(text, middle)) <= limit:
            low = middle
        else:
            high = middle - 1
    good = (at for at in range(low, max(low - 12, 0), -1) if _can_part(text, at))
    return next(good, low)


def _hyphen(text: str, at: int) -> str:
    """The sign that a word goes on, where its script has one."""
    around = text[at - 1 : at + 1]
    is_alphabetic = all(c.isalpha() and ord(c) < 0x0530 for c in around)  # Latin, Greek, Cyrillic
    return "-" if is_alphabetic else ""


def text_of(line: Sequence[Piece]) -> str:
    """A line's text."""
    return "".join(" " * (p.is_spaced and index > 0) + p.text for index, p in enumerate(line))


def _break(
    words: Sequence[Piece], widths: Sequence[float], space: float, limit: float
) -> list[Sequence[Piece]]:
    """The fewest lines, and of those the evenest: least squares of what is left blank."""
    count = len(words)
    best: list[tuple[int, float, int]] = [(0, 0.0, 0)] + [(10**6, 0.0, 0)] * count
    for end in range(1, count + 1):
        width = 0.0
        for start in range(end - 1, -1, -1):
            width += widths[start]
            if width > limit and start < end - 1:
                break
            blank = (max(limit - width, 0) / limit) ** 2
            if end < count and words[end - 1].text.lower() in _LEADING:
                blank += 0.12
            lines, cost, _ = best[start]
            best[end] = min(best[end], (lines + 1, cost + blank, start))
            width += space * words[start].is_spaced
    cuts, end = [], count
    while end:
        start = best[end][2]
        cuts.append(words[start:end])
        end = start
    return cuts[::-1]


def balanced(words: Sequence[Piece], limit: float, wide: Measure) -> list[str]:
    """Lines of about one length, none over `limit` ems."""
    widths = [wide(word.text) for word in words]
    space = wide(" ")
    first = _break(words, widths, space, limit)
    if len(first) > 1:  # tighten the measure until a line would be added: the lines grow even
        low, high = max(widths), limit
        for _ in range(6):
            middle = (low + high) / 2
            if len(_break(words, widths, space, middle)) == len(first):
                high = middle
            else:
                low = middle
        first = _break(words, widths, space, high)
    return [text_of(line) for line in first]
