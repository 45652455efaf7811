"""Cuts prose into scenes of a few seconds, and finds the few words that stand for one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ytempire.providers.voices import is_speakable
from ytempire.providers.voices.unspaced import is_edge

#: A scene lasts between these, in seconds, where the sentences allow it.
SHORTEST_S, LONGEST_S = 3.0, 7.0
#: Letters and signs that the offline voice speaks in a second at 165 words a minute.
CHARACTERS_PER_S = 15.8
#: Of scripts without spaces: a kana is a syllable, most Han signs are two.
_SIGNS_PER_S = 6.5
_PAUSE_S = 0.35

_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”’')\]]*\s+|(?<=[。！？؟।])[\"”’')\]]*\s*")
_CLAUSE_END = re.compile(r"(?<=[;:,—–،、，])\s+|\s+(?=[—–] )")
_ABBREVIATED = re.compile(
    r"(?:\b(?:[A-Z]|Dr|Mr|Mrs|Ms|Prof|St|vs|etc|approx|No|Fig|e\.g|i\.e|U\.S|a\.m|p\.m)\.)$"
)
_NUMBER = re.compile(r"\d")
_COMMON_WORDS = """
    a about above after again all almost also am an and any are as at away be because been
    before being both but by can could did do does done down each even every few for from get
    gets go goes had has have he her here him his how i if in into is it its itself just keep
    keeps kept least less let like made make makes many may me might more most much must my
    nearly never no not nothing now of off on once one only or other our out over own rather
    say says she should so some still such take takes than that the their them then there these
    they this those through to too turn under until up upon us very was we went were what when
    where which while who whose why will with would yet you your don't doesn't isn't can't won't
    it's that's there's you're they're we're something someone across toward towards between
    around same another one two first last whole really actually simply first-ever"""
#: English words that carry no content of their own.
COMMON = frozenset(_COMMON_WORDS.split())


def seconds_of(text: str) -> float:
    """About how long the text lasts when spoken, in seconds.

    A sign of Japanese or Chinese stands for a syllable or two.
    """
    signs = sum(is_edge(sign) for sign in text)
    return (len(text) - signs) / CHARACTERS_PER_S + signs / _SIGNS_PER_S + _PAUSE_S


def sentences(text: str) -> list[str]:
    """The sentences of a text; an abbreviation's full stop ends none."""
    found: list[str] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        piece = text[start : match.end()].strip()
        is_end = text[match.end() : match.end() + 1].lower() != text[match.end() : match.end() + 1]
        if _ABBREVIATED.search(piece.rstrip("\"”’')")) and not (is_end and piece.endswith(".m.")):
            continue
        found.append(piece)
        start = match.end()
    found.append(text[start:].strip())
    return [piece for piece in found if piece]


def scenes(paragraph: str) -> list[str]:
    """A paragraph as narrations of about 3 to 7 seconds; joined by spaces they are it again."""
    parts: list[str] = []
    for sentence in sentences(" ".join(paragraph.split())):
        parts.extend(_shortened(sentence))
    return _gathered(parts)


def _shortened(sentence: str) -> Iterator[str]:
    """A sentence that is too long for one picture, cut at clauses, or between words at worst."""
    if seconds_of(sentence) <= LONGEST_S * 1.1:
        yield sentence
        return
    cut = _best_cut(sentence, _CLAUSE_END) or _best_cut(sentence, re.compile(r"\s+"))
    if cut is None:
        yield sentence
        return
    yield from _shortened(sentence[:cut].strip())
    yield from _shortened(sentence[cut:].strip())


def _best_cut(sentence: str, boundary: re.Pattern[str]) -> int | None:
    """The boundary nearest the middle that leaves both sides something to say."""
    middle = len(sentence) / 2
    if len(sentence) > 3 * LONGEST_S * CHARACTERS_PER_S:  # near the start keeps the work linear
        middle = LONGEST_S * CHARACTERS_PER_S * 0.8
    window = int(middle * 2) + 1
    places = [
        match.end()
        for match in boundary.finditer(sentence, 0, min(window, len(sentence)))
        if seconds_of(sentence[: match.start()]) > 1.6
        and seconds_of(sentence[match.end() :]) > 1.6
        and is_speakable(sentence[: match.start()])
        and is_speakable(sentence[match.end() :])
    ]
    return min(places, key=lambda place: abs(place - middle), default=None)


def _gathered(parts: Iterable[str]) -> list[str]:
    """Short neighbours joined; what cannot be spoken by itself joins the one before it."""
    gathered: list[str] = []
    for part in parts:
        if gathered and _belongs(gathered[-1], part):
            gathered[-1] = f"{gathered[-1]} {part}"
        else:
            gathered.append(part)
    if len(gathered) > 1 and not is_speakable(gathered[0]):
        gathered[:2] = [" ".join(gathered[:2])]
    return gathered


def _belongs(before: str, part: str) -> bool:
    together = seconds_of(f"{before} {part}")
    if not is_speakable(part):
        return True
    shorter = min(seconds_of(before), seconds_of(part))
    return shorter < SHORTEST_S and together <= LONGEST_S + max(0.0, 2.4 - shorter)


def key_phrase(narration: str, longest: int = 28) -> str:
    """The few words that stand for a scene: a number with its unit, else its weightiest run.

    The same narration always gives the same words; "" when nothing stands out.
    """
    best, best_weight = "", 0.0
    for run in _runs(narration):
        phrase = _fitting(run, longest)
        weight = _weight(phrase)
        if weight > best_weight:
            best, best_weight = phrase, weight
    return best[:1].upper() + best[1:]


def _runs(narration: str) -> Iterator[list[str]]:
    run: list[str] = []
    for word in narration.split():
        bare = word.strip("\"“”‘’'()[]—–-.,;:!?…")
        if bare and bare.lower() not in COMMON:
            run.append(bare)
            if word[-1:] not in ".,;:!?…—–":
                continue
        yield run
        run = []
    yield run


def _fitting(run: list[str], longest: int) -> str:
    numbers = [index for index, word in enumerate(run) if _NUMBER.search(word)]
    words = run[numbers[0] :] if numbers else run
    words = words[:3] if numbers else words[:4]
    while len(words) > 1 and len(" ".join(words)) > longest:
        words = words[:-1]
    return " ".join(words) if len(" ".join(words)) <= longest else ""


def _weight(phrase: str) -> float:
    words = phrase.split()
    if not words:
        return 0.0
    weight = sum(min(len(word), 9) for word in words) + 2.0 * min(len(words), 3)
    if _NUMBER.search(phrase):
        weight += 14 if len(words) > 1 else 8
    return weight + 3 * sum(word[:1].isupper() for word in words[1:])
