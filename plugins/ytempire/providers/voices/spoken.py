"""How written words are said: years, money, signs and units; word for word, so that captions fit.

Only English is respelled; other languages are left to the voice's own rules.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_YEAR = re.compile(r"(1[1-9]\d\d|20[1-9]\d)(s?)")
_MONEY = re.compile(r"([$€£¥])(\d[\d,]*(?:\.\d+)?)")
_RANGE = re.compile(r"(\d[\d,.]*)[–-](\d[\d,.]*)")
_EDGES = re.compile(r"^([^\w$€£¥]*)(.*?)([^\w%°]*)$", re.DOTALL)
_CURRENCIES = {"$": "dollars", "€": "euros", "£": "pounds", "¥": "yen"}
_SCALES = {"hundred", "thousand", "million", "billion", "trillion"}
_WORDS = {
    "&": "and",
    "+": "plus",
    "=": "equals",
    "%": "percent",
    "km": "kilometres",
    "km/h": "kilometres an hour",
    "kg": "kilograms",
    "mph": "miles an hour",
    "m/s": "metres a second",
    "°C": "degrees Celsius",
    "°F": "degrees Fahrenheit",
    "vs": "versus",
    "e.g": "for example",
    "i.e": "that is",
    "AI": "A I",
    "CO2": "C O 2",
}
#: Not years, when they come before a number: "page 1969" stays a plain count's reading.
_BEFORE_COUNTS = {"page", "room", "about", "nearly", "over", "under", "roughly", "than"}


def say(words: Sequence[str], language: str) -> list[str]:
    """What the voice is given for each written word; the same length as `words`."""
    if not language.lower().startswith("en"):
        return list(words)
    said: list[str] = []
    owed = ""  # a currency that is said after the scale word: $1.2 million
    for index, word in enumerate(words):
        before = words[index - 1].lower() if index else ""
        after = _bare(words[index + 1]).lower() if index + 1 < len(words) else ""
        lead, core, tail = _split(word)
        spoken = _core(core, is_count=before in _BEFORE_COUNTS)
        if owed and core.lower() in _SCALES:
            spoken, owed = f"{core} {owed}", ""
        elif money := _MONEY.fullmatch(core):
            currency = _CURRENCIES[money[1]]
            spoken = money[2] if after in _SCALES else f"{money[2]} {_one(currency, money[2])}"
            owed = currency if after in _SCALES else ""
        said.append(f"{lead}{spoken}{tail}")
    return said


def _core(core: str, *, is_count: bool) -> str:
    if core in _WORDS:
        return _WORDS[core]
    if (year := _YEAR.fullmatch(core)) and not is_count:
        return _year(year[1]) + ("s" if year[2] else "")
    if span := _RANGE.fullmatch(core):
        return f"{_core(span[1], is_count=False)} to {_core(span[2], is_count=False)}"
    if core.endswith("%") and core[:-1].replace(",", "").replace(".", "").isdigit():
        return f"{core[:-1]} percent"
    return core


def _year(year: str) -> str:
    century, rest = year[:2], year[2:]
    if rest == "00":
        return f"{century} hundred"
    return f"{century} oh {rest[1]}" if rest[0] == "0" else f"{century} {rest}"


def _one(currency: str, amount: str) -> str:
    return currency.removesuffix("s") if amount == "1" else currency


def _split(word: str) -> tuple[str, str, str]:
    match = _EDGES.match(word)
    return (match[1], match[2], match[3]) if match else ("", word, "")


def _bare(word: str) -> str:
    return _split(word)[1]
