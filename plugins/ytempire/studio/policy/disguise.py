"""Sees through disguised spellings: k-i-l-l, b0mb, Cyrillic look-alikes, emoji inside words.

Everything is decoded only where that yields a word that the rules know, so that `mp3`, `e-mail` and
`Essex` stay what they are. What comes out is sentences of plain words, one space apart.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cached_property

#: Letters of other alphabets, and of none, that are drawn like Latin ones.
_LOOKALIKES = str.maketrans(
    "абвгеёзикмнопрстухіјѕԁһԛԝցαβεηικνορτυχωɑɡıⅼℓ",
    "a6bree3nkmhonpctyxijsdhqwgabenikvoptuxwagill",
)
#: Cyrillic and Greek letters that pass for a Latin letter in a word of their own.
_PASSING = frozenset("авеікмнорстухјѕԁһԛԝαεικνορτυχ")
_LEET = {
    "0": "o", "1": "il", "3": "e", "4": "a", "5": "s", "6": "g", "7": "t", "8": "b", "9": "g",
    "@": "a", "$": "s", "!": "il", "|": "li", "€": "e", "£": "l", "+": "t", "(": "c", "¡": "i",
}  # fmt: skip
_EMOJI = {
    "🔫": "gun", "💣": "bomb", "🧨": "explosives", "💊": "pills", "💉": "needle", "🔪": "knife",
    "🌽": "porn", "🍁": "weed", "🌿": "weed", "❄": "cocaine", "💀": "dead",
}  # fmt: skip
#: Letters set apart one by one: three or more, each followed by the same kind of sign.
_APART = re.compile(r"(?<![^\W_])[^\W_](?:([ .\-_*|/,·•~])\1?[^\W_](?![^\W_])){2,}")
_RUN = re.compile(r"(.)\1{2,}")
_SENTENCE = re.compile(r"[.!?;\n。！？؟।]+(?=\s|$)|[。！？؟।]")
_INSIDE = re.compile(r"[-_.*~·•/\\,#]+")
_MOST_READINGS = 64


class Reader:
    """Reads disguised text with a vocabulary: words, and beginnings of words, worth finding."""

    def __init__(self, words: Iterable[str], beginnings: Iterable[str], common: Iterable[str]):
        self._words = frozenset(words)
        self._beginnings = tuple(beginning for beginning in beginnings if len(beginning) >= 3)
        self._common = frozenset(common)

    def sentences(self, text: str) -> list[str]:
        """The text's sentences in plain words."""
        plain = _unmasked(text)
        plain = _APART.sub(lambda match: f" {self._joined(match)} ", plain)
        found = (self._sentence(part) for part in _SENTENCE.split(plain))
        return [sentence for sentence in found if sentence]

    def knows(self, word: str) -> bool:
        return word in self._words or word.startswith(self._beginnings)

    def _sentence(self, part: str) -> str:
        return " ".join(word for token in part.split() for word in self._read(token))

    def _joined(self, match: re.Match[str]) -> str:
        """The words behind letters that were set apart; two separators in a row part words."""
        sign = match[1]
        pieces = match[0].split(sign * 2) if sign * 2 in match[0] else [match[0]]
        words = []
        for piece in pieces:
            letters = "".join(character for character in piece if character.isalnum())
            known = next((word for word in _readings(letters) if self.knows(word)), None)
            words.append(known or " ".join(self._cut(letters)) or letters)
        return " ".join(words)

    def _cut(self, letters: str) -> list[str]:
        """Letters without spaces as known words, the fewest; [] when they are none."""
        best: list[list[str] | None] = [[]] + [None] * len(letters)
        for end in range(1, len(letters) + 1):
            for start in range(max(0, end - 16), end):
                before, word = best[start], letters[start:end]
                if before is None or not (word in self._words or word in self._common):
                    continue
                now = best[end]
                if now is None or len(before) + 1 < len(now):
                    best[end] = [*before, word]
        return best[-1] or []

    def _read(self, token: str) -> Iterator[str]:
        """A token as words: decoded when that gives a word we look for, else split at signs."""
        bare = token.strip("\"“”„«»()[]{}<>‹›,.;:!?…'’*_~")
        if not bare:
            return
        if known := self._known(bare):
            yield known
            return
        if "*" in bare and (hidden := self._starred(bare)):
            yield hidden
            return
        joined = _INSIDE.sub("", bare)
        if joined != bare and (known := self._known(joined)):
            pieces = [piece for piece in _INSIDE.split(bare) if piece]
            if not all(self.knows(piece) or piece in self._common for piece in pieces):
                yield known
                return
        for piece in re.split(r"[^\w'%+$€£@!|]+", bare):
            bit = piece.strip("'!|+")
            if bit:
                yield self._known(bit) or bit.strip("$€£@_") or bit

    def _known(self, word: str) -> str | None:
        if word.isdigit():
            return None
        return next((reading for reading in _readings(word) if self.knows(reading)), None)

    def _starred(self, token: str) -> str | None:
        """`b*mb`: the one known word that fits the stars."""
        letters = re.sub(r"[^\w*]", "", token)
        if sum(character.isalpha() for character in letters) < 2:
            return None
        shape = re.compile(re.escape(letters).replace(r"\*", r"\w"))
        fits = [word for word in self._ordered if shape.fullmatch(word)]
        return fits[0] if fits else None

    @cached_property
    def _ordered(self) -> list[str]:
        return sorted(self._words | set(self._beginnings))


def _readings(word: str) -> Iterator[str]:
    """What a word may stand for, the plainest first: as it is, decoded, repeats shortened."""
    for decoded in _decoded(word):
        yield decoded
        yield from _shortened(decoded)


def _decoded(word: str) -> Iterator[str]:
    yield word
    if not any(c.isalpha() for c in word) or not any(c in _LEET for c in word):
        return
    choices = [_LEET.get(character, character) for character in word]
    for letters in itertools.islice(itertools.product(*choices), _MOST_READINGS):
        yield "".join(letters)


def _shortened(word: str) -> Iterator[str]:
    """Letters repeated three times or more, as two and as one."""
    runs = _RUN.findall(word)
    if not runs or not any(run.isalpha() for run in runs):
        return
    pattern = _RUN.sub("\0", word).split("\0")
    for counts in itertools.islice(itertools.product((2, 1), repeat=len(runs)), _MOST_READINGS):
        pieces = [pattern[0]]
        for run, count, rest in zip(runs, counts, pattern[1:], strict=True):
            pieces += [run * count, rest]
        yield "".join(pieces)


def _unmasked(text: str) -> str:
    """One alphabet, one case, no invisible signs, emoji as words or gone."""
    text = unicodedata.normalize("NFKC", "".join(map(_letter, text)))
    text = "".join(c for c in text if unicodedata.category(c) != "Cf" or c in "\n\t")
    text = _without_marks(text).casefold().replace("’", "'").replace("ʼ", "'")
    text = re.sub(r"(?<=\d),(?=\d)", "", text)  # 10,000 is one number
    text = re.sub(r"\S+", lambda match: _latin(match[0]), text)
    return "".join(_emoji(text, index) for index in range(len(text)))


def _letter(character: str) -> str:
    """Enclosed letters (🅺, 🇰) that no normal form opens."""
    code = ord(character)
    for start in (0x1F130, 0x1F150, 0x1F170, 0x1F1E6):
        if start <= code < start + 26:
            return chr(ord("a") + code - start)
    return character


def _without_marks(text: str) -> str:
    """Zalgo and accents come off Latin, Greek and Cyrillic letters; other scripts need theirs."""
    parts: list[str] = []
    base = ""
    for character in unicodedata.normalize("NFD", text):
        if unicodedata.combining(character):
            if base and unicodedata.name(base, "").split(" ")[0] in ("LATIN", "GREEK", "CYRILLIC"):
                continue
        else:
            base = character
        parts.append(character)
    return unicodedata.normalize("NFC", "".join(parts))


def _latin(token: str) -> str:
    letters = [c for c in token if c.isalpha()]
    is_mixed = any(c.isascii() for c in letters) and not all(c.isascii() for c in letters)
    is_passing = bool(letters) and all(c in _PASSING for c in letters)
    return token.translate(_LOOKALIKES) if is_mixed or is_passing else token


def _emoji(text: str, index: int) -> str:
    character = text[index]
    if unicodedata.category(character) not in ("So", "Sk", "Mn") or ord(character) < 0x2000:
        return character
    before, after = text[index - 1 : index], text[index + 1 : index + 2]
    if before.isalpha() and after.isalpha():
        return ""
    return f" {_EMOJI.get(character, '')} "
