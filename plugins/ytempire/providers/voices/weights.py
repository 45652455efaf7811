"""How long a word takes to say, by its spelling: vowels, consonants and signs of each script."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

#: Seconds, roughly, at a common pace; only their ratios matter.
_WORD, _VOWEL, _GLIDE, _CONSONANT = 0.03, 0.088, 0.035, 0.052
_VOWELS = frozenset("aeiouyœæøıəаеёиоуыэюяіїєαεηιουωάέήίόύώ")
#: A character of scripts that write syllables, or leave the short vowels out.
_SCRIPTS = {
    "HANGUL": 0.17, "HIRAGANA": 0.12, "KATAKANA": 0.12, "CJK": 0.22, "ARABIC": 0.085,
    "HEBREW": 0.09, "DEVANAGARI": 0.11, "THAI": 0.085,
}  # fmt: skip
_DIGIT = 0.3
_SILENT = {
    "en": re.compile(r"(?<=[^aeiouy\W])e(?=s?$)|gh(?=t)|(?<=[^aeiouytd])e(?=d$)"),
    "fr": re.compile(r"(?<=\w{2})(?:ent|es|e|[stdxpz]+)$"),
}
_DOUBLED = re.compile(r"([^aeiou\W])\1|ch|sh|th|ph|ck|qu|sch|ng")


@lru_cache(maxsize=4096)
def weight(said: str, language: str) -> float:
    """About how many seconds the words take, told apart from their neighbours'."""
    parts = re.findall(r"\w+", said.lower())
    return max(sum(_one(part, language[:2].lower()) for part in parts), 0.06)


def _one(word: str, language: str) -> float:
    if silent := _SILENT.get(language):
        word = silent.sub("", word) or word
    word = _DOUBLED.sub(lambda match: match[0][0], word)
    total, was_vowel = _WORD, False
    for character in unicodedata.normalize("NFC", word):
        base = unicodedata.normalize("NFD", character)[0]
        is_vowel = character in _VOWELS or base in _VOWELS
        if character.isdigit():
            total += _DIGIT
        elif is_vowel:
            total += _GLIDE if was_vowel else _VOWEL
        else:
            total += _by_script(character)
        was_vowel = is_vowel
    return total


def _by_script(character: str) -> float:
    if unicodedata.category(character) == "Mn":
        return 0.03
    script = unicodedata.name(character, "?").split()[0].split("-")[0]
    return _SCRIPTS.get(script, _CONSONANT)
