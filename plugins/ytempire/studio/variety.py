"""Whether a script repeats what its channel has shown: mass-produced content earns nothing.

YouTube pays nothing for content made from a template with little variation. Three measures find
it in the words: passages that recur, sentences that recur with other numbers or names in them, and,
for what was reworded from end to end, the vocabulary. The thresholds were set on the pairs in
tests/fixtures/variety.yaml: near copies repeat 0.75 and more, one reworded throughout shares 0.60
of the vocabulary; different videos on one topic repeat 0.01 and share 0.14 at most.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz import fuzz, process

from ytempire.domain import Frozen, Script
from ytempire.providers.writers.cutting import COMMON, sentences

#: How many of a channel's videos a new one is held against.
REMEMBERED = 50
#: From here on a script is too close: by its passages or sentences, its vocabulary, its title.
RECYCLED, REWORDED, SAME_TITLE = 0.60, 0.45, 0.93

#: A word of content is longer than this, and known by its beginning, whatever its ending.
_SHORT_WORD, _STEM = 3, 5
_SHINGLE_WORDS, _SHINGLE_CHARACTERS = 4, 6
#: Two sentences are twins from here on (0 to 100): a name or number may differ, little else.
_TWIN = 78.0
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff]")


class Previous(Frozen):
    """A video of the channel that a new one must not repeat."""

    video_id: str
    title: str
    text: str


class Resemblance(Frozen):
    """The earlier video that a script is closest to, each measure from 0 to 1.

    Attributes:
        passages: share of the script's runs of words that the earlier one has too.
        sentences: share of the script, by length, whose sentences have a twin there.
        words: how far their words of content are the same (Jaccard: 1 is the same vocabulary).
    """

    previous: Previous
    title: float
    passages: float
    sentences: float
    words: float

    @property
    def body(self) -> float:
        return max(self.passages, self.sentences)

    @property
    def is_recycled(self) -> bool:
        """It says again what was said, or under the same title."""
        return self.body >= RECYCLED or self.title >= SAME_TITLE

    @property
    def is_too_close(self) -> bool:
        """It is recycled, or the same video in other words."""
        return self.is_recycled or self.words >= REWORDED

    @property
    def in_words(self) -> str:
        """What is alike, for a person."""
        return (
            f"it repeats {self.body:.0%} of “{self.previous.title}” ({self.previous.video_id}), "
            f"with {self.words:.0%} of the vocabulary and {self.title:.0%} of the title the same"
        )


def closest(script: Script, previous: Sequence[Previous]) -> Resemblance | None:
    """The most alike of the channel's last videos, newest first; None where there are none."""
    found = [resemblance(script, each) for each in previous[:REMEMBERED]]
    return max(found, key=lambda r: (r.is_too_close, r.body, r.words, r.title), default=None)


def resemblance(script: Script, previous: Previous) -> Resemblance:
    """How much of a script an earlier video has said."""
    return Resemblance(
        previous=previous,
        title=round(_alike(script.title, previous.title), 3),
        passages=round(_contained(_shingles(script.text), _shingles(previous.text)), 3),
        sentences=round(_twinned(script.text, previous.text), 3),
        words=round(_shared(_content(script.text), _content(previous.text)), 3),
    )


def _alike(one: str, other: str) -> float:
    one, other = (" ".join(_words(each)) for each in (one, other))
    return fuzz.token_sort_ratio(one, other) / 100


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


@lru_cache(maxsize=4 * REMEMBERED)
def _shingles(text: str) -> frozenset[str]:
    """Runs of words, or of characters where a script sets no spaces."""
    if _UNSPACED.search(text):
        plain = "".join(_words(text))
        size = _SHINGLE_CHARACTERS
        return frozenset(plain[at : at + size] for at in range(max(len(plain) - size, 0) + 1))
    words, size = _words(text), _SHINGLE_WORDS
    return frozenset(" ".join(words[at : at + size]) for at in range(max(len(words) - size, 0) + 1))


@lru_cache(maxsize=4 * REMEMBERED)
def _content(text: str) -> frozenset[str]:
    """The beginnings of a text's words of content; none where a script sets no spaces."""
    if _UNSPACED.search(text):
        return frozenset()
    words = _words(text)
    return frozenset(w[:_STEM] for w in words if len(w) > _SHORT_WORD and w not in COMMON)


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one or other else 0.0


def _contained(new: frozenset[str], old: frozenset[str]) -> float:
    return len(new & old) / len(new) if new else 0.0


def _twinned(new: str, old: str) -> float:
    told, known = _told(new), _told(old)
    if not told or not known:
        return 0.0
    closest_of_each = process.cdist(told, known, scorer=fuzz.ratio).max(axis=1).tolist()
    scored = zip(told, closest_of_each, strict=True)
    twins = sum(len(sentence) for sentence, score in scored if score >= _TWIN)
    return twins / sum(len(sentence) for sentence in told)


@lru_cache(maxsize=4 * REMEMBERED)
def _told(text: str) -> tuple[str, ...]:
    return tuple(bare for sentence in sentences(text) if (bare := _bare(sentence)))


def _bare(sentence: str) -> str:
    """A sentence without its numbers: they change while a template stays."""
    return " ".join(re.sub(r"\d[\d.,]*", "#", " ".join(_words(sentence))).split())
