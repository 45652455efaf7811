"""Where one word ends in scripts that put no space between words: Japanese, Chinese, Thai.

A word here is what a caption lights up at once: a phrase of a few characters, never a letter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache

_HAN = r"々〆〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_KANA = r"\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f"
_THAI = r"\u0e01-\u0e3a\u0e40-\u0e4e"
#: Ideographic and full-width punctuation: no space stands beside it.
_SIGNS = r"\u3000-\u3004\u3008-\u3020\u3030\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
_LETTER = re.compile(f"[{_HAN}{_KANA}{_THAI}]")
_EDGE = re.compile(f"[{_HAN}{_KANA}{_THAI}{_SIGNS}]")
_KANA_LETTER = re.compile(f"[{_KANA}]")
_THAI_LETTER = re.compile(f"[{_THAI}]")
_SPACED_RUN = re.compile(rf"(?:(?![{_HAN}{_KANA}{_THAI}])\w)+")

LONGEST = 8
#: What clings to the character before it: small kana, the long-vowel mark, closing signs.
_CLINGING = frozenset(
    "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶー々ゝゞヽヾ"
    "、。，．・：；！？」』）］｝〉》】〕…"
    "ๆฯะาำๅ"
)
#: What clings to the character after it: opening signs, Thai vowels that are written first.
_LEADING = frozenset("「『（［｛〈《【〔เแโใไ")


def is_unspaced(text: str) -> bool:
    """Whether the text as a whole is written without spaces between words.

    A few words of another script do not change it: "GPSとAIを使う" is, "I like 東京 a lot" is not.
    """
    return len(_LETTER.findall(text)) > len(_SPACED_RUN.findall(_LETTER.sub(" ", text)))


def is_edge(character: str) -> bool:
    """Whether no space stands beside this character in a text without spaces."""
    return _EDGE.match(character) is not None


def segments(piece: str, *, is_japanese: bool) -> Iterator[str]:
    """The words of a piece of text that has no spacing in it; joined they are the piece."""
    if not _LETTER.search(piece):
        yield piece
        return
    for part in _repaired(_parser(_name(piece, is_japanese=is_japanese))(piece)):
        yield from _short(part)


def has_kana(text: str) -> bool:
    """Whether the text is Japanese, not Chinese: only Japanese has kana."""
    return _KANA_LETTER.search(text) is not None


def _name(piece: str, *, is_japanese: bool) -> str:
    if _THAI_LETTER.search(piece):
        return "thai"
    return "japanese" if is_japanese else "simplified_chinese"


@lru_cache
def _parser(name: str) -> Callable[[str], list[str]]:
    import budoux

    parser = getattr(budoux, f"load_default_{name}_parser")()
    parse: Callable[[str], list[str]] = parser.parse
    return parse


def _repaired(parts: list[str]) -> list[str]:
    """Parts without a cut inside a number or a Latin word, or before what clings."""
    whole: list[str] = []
    for part in parts:
        if whole and not _may_part(whole[-1][-1], part[0]):
            whole[-1] += part
        else:
            whole.append(part)
    return whole


def _may_part(before: str, after: str) -> bool:
    if after in _CLINGING or before in _LEADING or unicodedata.category(after)[0] == "M":
        return False
    return is_edge(before) or is_edge(after)


def _short(part: str) -> Iterator[str]:
    """A long part cut near its middle, where its characters change their kind if they do."""
    cuts = [at for at in range(1, len(part)) if _may_part(part[at - 1], part[at])]
    if len(part) <= LONGEST or not cuts:
        yield part
        return
    middle = len(part) / 2

    def awkwardness(at: int) -> float:
        return abs(at - middle) - (2.5 if _kind(part[at - 1]) != _kind(part[at]) else 0.0)

    at = min(cuts, key=awkwardness)
    yield from _short(part[:at])
    yield from _short(part[at:])


def _kind(character: str) -> str:
    return unicodedata.name(character, "?").split()[0]
