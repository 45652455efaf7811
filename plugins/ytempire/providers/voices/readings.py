"""Japanese as it is read aloud: kanji to kana, for a voice that knows only kana."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from janome.tokenizer import Tokenizer

_UNKNOWN = "*"
_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]+")
_LETTERS = {
    **{"A": "エー", "B": "ビー", "C": "シー", "D": "ディー", "E": "イー", "F": "エフ", "G": "ジー"},
    **{"H": "エイチ", "I": "アイ", "J": "ジェー", "K": "ケー", "L": "エル", "M": "エム"},
    **{"N": "エヌ", "O": "オー", "P": "ピー", "Q": "キュー", "R": "アール", "S": "エス"},
    **{"T": "ティー", "U": "ユー", "V": "ブイ", "W": "ダブリュー", "X": "エックス"},
    **{"Y": "ワイ", "Z": "ゼット"},
}
#: Longer runs of letters are words, which the voice reads as such.
_LONGEST_INITIALS = 4


def kana(said: str) -> str:
    """A phrase in katakana, as it sounds: 東京は → トーキョーワ; initials by their names."""
    spelled = _LATIN.sub(_initials, said)
    if _JAPANESE.search(spelled) is None:
        return spelled
    tokens: Iterator[Any] = _tokenizer().tokenize(spelled)
    return "".join(
        token.surface if token.phonetic == _UNKNOWN else token.phonetic for token in tokens
    )


def _initials(match: re.Match[str]) -> str:
    letters = match[0]
    if len(letters) > _LONGEST_INITIALS or not letters.isupper():
        return letters
    return "".join(_LETTERS[letter] for letter in letters)


@lru_cache(maxsize=1)
def _tokenizer() -> Tokenizer:
    """Its dictionary is a second's work to open: once a process."""
    from janome.tokenizer import Tokenizer

    return Tokenizer()
