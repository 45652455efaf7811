"""What the words of a script show without being understood: substance, repetition, cohesion,
begging, placeholders, and sentences that no speaker would say.

The word lists are English; of other languages only what needs no list is measured.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from ytempire.domain import Script
from ytempire.providers.writers.cutting import sentences

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_LISTS: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("words.yaml").read_text(encoding="utf-8")
)


def _listed(name: str) -> frozenset[str]:
    return frozenset(_LISTS[name].split())


def _phrases(name: str) -> re.Pattern[str]:
    return re.compile("|".join(_LISTS[name]), re.IGNORECASE)


_SMALL, _EMPTY, _LINKS = _listed("small"), _listed("empty"), _listed("links")
_DETERMINERS, _NO_END = _listed("determiners"), _listed("no_end")
_NOT_AFTER_DETERMINER, _NOT_AFTER_OF = _listed("not_after_determiner"), _listed("not_after_of")
_PLACEHOLDER, _BEGGING = _phrases("placeholders"), _phrases("begging")
_META, _STOCK = _phrases("meta"), _phrases("stock")


class Wording:
    """The measures of one script; shares are 0 to 1."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.sentences = [s for scene in script.scenes for s in sentences(scene.narration)]
        self.is_english = script.language.split("-")[0].lower() == "en"

    @cached_property
    def words(self) -> list[str]:
        return words_of(self.script.text)

    @cached_property
    def content(self) -> list[str]:
        """The words that carry meaning, shortened to their stems."""
        return [_stem(word) for word in self.words if len(word) > 2 and word not in _SMALL]

    @property
    def sentence_length(self) -> float:
        """Words in a sentence, on average."""
        return len(self.words) / max(len(self.sentences), 1)

    @property
    def long_words(self) -> float:
        return _share(self.words, lambda word: len(word) >= 12)

    @property
    def small_words(self) -> float:
        """About two in five words of English prose are small ones; in a list of keywords, few."""
        return _share(self.words, lambda word: word in _SMALL)

    @property
    def variety(self) -> float:
        """Distinct words among those that carry meaning."""
        return len(set(self.content)) / len(self.content) if self.content else 0.0

    @property
    def substance(self) -> float:
        """Distinct words that say something, to the sentence."""
        told = {stem for stem in self.content if stem not in _EMPTY_STEMS}
        return len(told) / max(len(self.sentences), 1)

    @property
    def cohesion(self) -> float:
        """The share of sentences that take up something said before."""
        followers = range(1, len(self.sentences))
        if not followers:
            return 1.0
        title = _content_stems(self.script.title)
        return _share(followers, lambda index: self._takes_up(index, title))

    @property
    def salad(self) -> float:
        """The share of sentences that no speaker would say."""
        return _share(self.sentences, _is_salad)

    @property
    def begging(self) -> float:
        return _share(self.sentences, lambda sentence: bool(_BEGGING.search(sentence)))

    @property
    def meta(self) -> float:
        return _share(self.sentences, is_meta)

    @property
    def stock(self) -> float:
        return _share(self.sentences, lambda sentence: bool(_STOCK.search(sentence)))

    @property
    def placeholders(self) -> tuple[str, ...]:
        text = f"{self.script.title}. {self.script.text}. {self.script.description}"
        return tuple(dict.fromkeys(match[0] for match in _PLACEHOLDER.finditer(text)))

    @property
    def twins(self) -> float:
        """The share of sentences that say an earlier one again."""
        from rapidfuzz import fuzz

        seen: list[str] = []
        again = 0
        for sentence in self.sentences:
            bare = " ".join(words_of(sentence))
            if any(fuzz.token_set_ratio(bare, each) >= 88 for each in seen[-40:]):
                again += 1
            seen.append(bare)
        return again / max(len(seen), 1)

    def _takes_up(self, index: int, title: set[str]) -> bool:
        spoken = set(words_of(self.sentences[index]))
        if spoken & _LINKS or self.sentences[index].rstrip().endswith("?"):
            return True
        before: set[str] = set(title)
        for sentence in self.sentences[max(0, index - 3) : index]:
            before |= _content_stems(sentence)
        return bool(_content_stems(self.sentences[index]) & before)


def words_of(text: str) -> list[str]:
    """The words, in small letters."""
    return [match[0].casefold().replace("’", "'") for match in _WORD.finditer(text)]


def specific(text: str) -> set[str]:
    """The words of a text that say something: neither small nor empty."""
    return {stem for stem in _content_stems(text) if stem not in _EMPTY_STEMS}


def is_meta(sentence: str) -> bool:
    """It speaks of the video instead of its matter."""
    return bool(_META.search(sentence))


def is_begging(sentence: str) -> bool:
    return bool(_BEGGING.search(sentence))


def _content_stems(text: str) -> set[str]:
    return {_stem(word) for word in words_of(text) if len(word) > 2 and word not in _SMALL}


def _stem(word: str) -> str:
    """A word without its commonest endings; crude, and the same for both sides of a comparison."""
    bare = word.removesuffix("'s")
    for ending in ("ings", "ing", "ies", "ed", "es", "s", "ly", "er"):
        if bare.endswith(ending) and len(bare) - len(ending) >= 4:
            return bare[: -len(ending)]
    return bare


_EMPTY_STEMS = frozenset(_stem(word) for word in _EMPTY) | _EMPTY


def _is_salad(sentence: str) -> bool:
    spoken = words_of(sentence)
    if not spoken:
        return False
    for one, other in pairwise(spoken):
        if one in _DETERMINERS and other in _NOT_AFTER_DETERMINER and (one, other) != ("no", "to"):
            return True
        if one == "of" and other in _NOT_AFTER_OF:
            return True
    return spoken[-1] in _NO_END and len(spoken) > 4 and spoken[-1] not in {"on", "under", "with"}


def _share(items: Sequence[object] | range, holds: object) -> float:
    assert callable(holds)
    return sum(bool(holds(item)) for item in items) / len(items) if len(items) else 0.0
