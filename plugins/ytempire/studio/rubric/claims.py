"""Claims that could be wrong, numbers, shares, authorities, and whether anything carries them.

A claim is carried by what the writer was given, or by the sources that the script lists. Whether a
source says so is not read here: that a source is named at all is what tells care from invention.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ytempire.domain import Frozen, Script
from ytempire.providers.writers.cutting import sentences

_NUMBER = re.compile(r"(?<![\w.])\d[\d,.]*\d|(?<![\w.])\d")
_SHARE = re.compile(
    r"\d[\d,.]*\s?(?:%|per ?cent\b|percent\b)|\b\d+ (?:out )?(?:of|in) (?:every )?\d+\b",
    re.IGNORECASE,
)
_WHO = (
    r"scientists?|researchers?|experts?|doctors?|studies|a study|research|statistics|science|"
    r"harvard|stanford|oxford|nasa|mit|professor \w+|dr\.? \w+"
)
_SAYS = (
    r"prov\w+|show\w*|found|finds?|said|says?|agree\w*|confirm\w*|discover\w*|reveal\w*|tested|"
    r"warns?|admits?"
)
_AUTHORITY = re.compile(rf"\b(?:{_WHO})\b[^.!?]{{0,40}}\b(?:{_SAYS})\b", re.IGNORECASE)
_GRAND = re.compile(
    r"\b(?:heals?|cures?|replaces? (?:all|every|\d+)|adds? [^.]{0,20}\byears\b"
    r"|live [^.]{0,12}years longer|(?:faster|deeper|longer|stronger) by)\b",
    re.IGNORECASE,
)
#: How many claims one listed source is taken to carry.
_A_SOURCE_CARRIES = 14
#: What an uncarried claim takes from the score.
_COST = {"authority": 30.0, "grand": 30.0, "share": 18.0, "number": 9.0}


class Claim(Frozen):
    """A sentence that states something checkable, and its weightiest kind."""

    text: str
    kind: str
    is_carried: bool = False


def claims_of(script: Script, given: Sequence[str] = ()) -> tuple[Claim, ...]:
    """The script's claims; each says whether something carries it."""
    found = list(_claims(script))
    known = {_plain(number) for text in given for number in _NUMBER.findall(text)}
    room = _A_SOURCE_CARRIES * len(script.sources)
    judged = []
    for claim in found:
        numbers = {_plain(number) for number in _NUMBER.findall(claim.text)}
        is_given = bool(numbers) and numbers <= known
        is_carried = is_given or room > 0
        room -= 0 if is_given else 1
        judged.append(claim.model_copy(update={"is_carried": is_carried}))
    return tuple(judged)


def score_of(claims: Sequence[Claim]) -> float:
    """100 for nothing uncarried, less for each claim that nothing carries."""
    lost = sum(_COST[claim.kind] for claim in claims if not claim.is_carried)
    return max(100.0 - lost, 0.0)


def _claims(script: Script) -> Iterator[Claim]:
    for scene in script.scenes:
        for sentence in sentences(scene.narration):
            kind = _kind(sentence)
            if kind:
                yield Claim(text=sentence, kind=kind)


def _kind(sentence: str) -> str:
    if sentence.rstrip().endswith("?") and not _AUTHORITY.search(sentence):
        return "share" if _SHARE.search(sentence) else ""
    if _AUTHORITY.search(sentence):
        return "authority"
    if _GRAND.search(sentence):
        return "grand"
    if _SHARE.search(sentence):
        return "share"
    return "number" if any(len(_plain(n)) > 1 for n in _NUMBER.findall(sentence)) else ""


def _plain(number: str) -> str:
    return number.replace(",", "").rstrip(".")
