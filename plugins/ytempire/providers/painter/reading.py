"""Reading a scene: the numbers, years, shares and steps that its words really contain.

Nothing here computes a figure: every value drawn later is a value found here, with the characters
that said it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["percent", "year", "count"]

_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_NUMBER = re.compile(
    r"(?<![\w.])(?P<sign>[$€£¥]?)(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?P<percent>\s?(?:%|percent\b|per cent\b))?"
    r"(?:\s(?P<scale>thousand|million|billion|trillion)\b)?"
    r"(?:\s?(?P<unit>[^\W\d_]+|°[CF]?))?"
)
_FRACTIONS = {
    "half": 1 / 2, "one half": 1 / 2, "a third": 1 / 3, "one third": 1 / 3, "two thirds": 2 / 3,
    "a quarter": 1 / 4, "one quarter": 1 / 4, "three quarters": 3 / 4, "a fifth": 1 / 5,
    "a tenth": 1 / 10,
}  # fmt: skip
_FRACTION = re.compile(rf"\b({'|'.join(sorted(_FRACTIONS, key=len, reverse=True))}) of\b", re.I)
_SEQUENCE = re.compile(
    r"(?:^|(?<=[.;:,]\s)|(?<=\band\s))(?:step (?:one|two|three|four|five|\d):?|"
    r"first(?:ly)?|second(?:ly)?|third(?:ly)?|fourth|then|next|after that|finally|last(?:ly)?|"
    r"at last)\b[,:]?\s+",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?:^|\s)(?:\d\s?[.)]|[①-⑨])\s+")
#: Not a thing that is counted: what may follow a number without naming its unit.
_NO_UNIT = frozenset(
    re.findall(
        r"\w+",
        """a an and are as at be but by for from had has he her his if in into is it its more of
        on or per she so than that the their then they this to was were which while who will with
        you""",
    )
)
#: Words that carry no picture of their own: never a label's first or last, never emphasised.
_WEAK = _NO_UNIT | frozenset(
    re.findall(
        r"\w+",
        """about almost around nearly over under only just some every each can could would may might
        most up down out we i my your our not no there these those when what how why got gets took
        takes away been""",
    )
)


@dataclass(frozen=True)
class Quantity:
    """A number of the text.

    Attributes:
        value: what it amounts to, scale words included; a share is 0..100.
        text: the number as it is written, such as `13.8 billion` or `71%`.
        unit: the noun that follows, or ``.
        label: a few words of the same clause that say what it is of.
    """

    value: float
    text: str
    unit: str
    label: str
    kind: Kind


_CUT = re.compile(r"[.;:!?](?:\s|$)|,\s|\b(?:and|while|but)\s")


def _trimmed(text: str) -> str:
    """At most four words, weak ones cut from both ends."""
    words = re.findall(r"[^\W\d_][\w'’-]*", text)
    while words and words[0].lower() in _WEAK:
        words.pop(0)
    words = words[:4]
    while words and words[-1].lower() in _WEAK:
        words.pop()
    return " ".join(words)


def _label(text: str, start: int, end: int) -> str:
    """What a number is of: the words of its clause before it, or else those after it."""
    left = max((match.end() for match in _CUT.finditer(text[:start])), default=0)
    right = _CUT.search(text[end:])
    stop = end + right.start() if right else len(text)
    return _trimmed(text[left:start]) or _trimmed(text[end:stop])


def quantities(text: str) -> tuple[Quantity, ...]:
    """The numbers of a text in order, each with its unit and a label from its own clause."""
    found: list[Quantity] = []
    for match in _NUMBER.finditer(text):
        digits, unit = match["digits"], match["unit"] or ""
        if unit.lower() in _NO_UNIT:
            unit = ""
        value = float(digits.replace(",", "")) * _SCALES.get(match["scale"] or "", 1.0)
        end = match.end("scale") if match["scale"] else match.end("digits")
        shown = match["sign"] + text[match.start("digits") : end]
        kind: Kind = "count"
        if match["percent"]:
            kind, shown, unit, end = "percent", digits + "%", "", match.end("percent")
        elif _is_year(match, text):
            kind, unit = "year", ""
        after = match.end("unit") if unit else end
        found.append(Quantity(value, shown, unit, _label(text, match.start(), after), kind))
    for match in _FRACTION.finditer(text):
        label = _label(text, match.start(), match.end())
        share = _FRACTIONS[match[1].lower()] * 100
        found.append(Quantity(share, match[1].lower(), "", label, "percent"))
    return tuple(found)


_YEAR_LEADS = frozenset(
    re.findall(
        r"\w+", "in year since by of until from to around after before between and late early"
    )
)


def _is_year(match: re.Match[str], text: str) -> bool:
    digits = match["digits"]
    if not re.fullmatch(r"(?:1\d|20)\d\d", digits) or match["sign"] or match["scale"]:
        return False
    if match["unit"] and match["unit"].lower() not in _NO_UNIT:
        return False
    before = text[: match.start()].lower().split()[-1:]
    return text.strip() == digits or before == [] or before[0] in _YEAR_LEADS


def comparable(found: tuple[Quantity, ...]) -> tuple[Quantity, ...]:
    """The longest group (2 to 6) of one kind and unit: what can stand side by side in a chart."""
    groups: dict[tuple[str, str], list[Quantity]] = {}
    for quantity in found:
        if quantity.kind != "year" and quantity.label and quantity.value > 0:
            sign = quantity.text[0] if quantity.text[0] in "$€£¥" else ""
            groups.setdefault(
                (quantity.kind, sign or quantity.unit.lower().rstrip("s")), []
            ).append(quantity)
    named = [g for (kind, unit), g in groups.items() if len(g) > 1 and (unit or kind == "percent")]
    distinct = [g for g in named if len({q.label for q in g}) == len(g)]
    return tuple(max(distinct, key=len)[:6]) if distinct else ()


def series(found: tuple[Quantity, ...]) -> tuple[tuple[Quantity, Quantity], ...]:
    """(year, value) pairs in the order of time, three at least: what a line can run through."""
    years = [q for q in found if q.kind == "year"]
    values = [q for q in found if q.kind != "year"]
    if len(years) < 3 or len(years) != len(values) or len({q.value for q in years}) != len(years):
        return ()
    if (
        len({(q.kind, q.unit.lower().rstrip("s")) for q in values if q.unit or q.kind == "percent"})
        > 1
    ):
        return ()
    return tuple(sorted(zip(years, values, strict=True), key=lambda pair: pair[0].value))


def steps(text: str) -> tuple[str, ...]:
    """The parts of a sequence (first, then, finally; 1. 2. 3.), two to five short phrases."""
    for pattern in (_NUMBERED, _SEQUENCE):
        cuts = list(pattern.finditer(text))
        if len(cuts) < 2:
            continue
        ends = [*(cut.start() for cut in cuts[1:]), len(text)]
        parts = [text[cut.end() : end] for cut, end in zip(cuts, ends, strict=True)]
        short = [_phrase(part) for part in parts]
        if all(short):
            return tuple(short[:5])
    return ()


def _phrase(part: str) -> str:
    """The head of a step: up to six words of its first clause."""
    clause = re.split(r"[.;:!?,](?:\s|$)", part.strip())[0]
    words = clause.split()[:6]
    while words and words[-1].lower() in _WEAK | {"and"}:
        words.pop()
    phrase = " ".join(words)
    return phrase[:1].upper() + phrase[1:]


def emphasis(text: str) -> str:
    """The word a headline leans on: its number, or its longest word that says something."""
    words: list[str] = re.findall(r"[\w'’,.%$€£-]*\w[\w'’%]*", text)
    numbers = [word for word in words if any(c.isdigit() for c in word)]
    if numbers:
        return numbers[0]
    content = [word for word in words if word.lower() not in _WEAK and len(word) > 2]
    return max(content, key=len) if len(words) > 1 and content else ""
