"""The rules as data, and how they are matched.

A pattern is words: `make|build` one of these, `[how to|ways to]` one of these phrases, `murder*` a
beginning, `<people>` a group of the file, `very?` may be missing, `..` up to two and `...` up to
five words that do not deny, `/[0-9]+/` a word of that form, `^` the start of the sentence.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field

from ytempire.domain import Frozen
from ytempire.studio.policy.disguise import Reader

FOLDER = Path(__file__).parent / "rules"
_DENIALS = "not|never|no|none|nobody|without|cannot|\\S+n't"
_ELEMENT = re.compile(r"\[[^\]]*\]\??|\S+")
#: Words of two neighbouring sentences that are read as one.
_SHORT_PAIR = 16
_NOTHING = re.compile(r"(?!)")
_GAPS = {"..": 2, "...": 5}


class Rule(Frozen):
    """What is looked for, and what excuses it.

    Attributes:
        any: patterns; one is enough. `rot13` holds more of them, stored rotated.
        together: patterns joined by ` + `: all of one line, in one sentence, in any order.
        unless: names of contexts that excuse it when they are in the same sentence: it becomes a
            warning, or nothing where the file counts the context as `lifting`.
        fields: where it holds; empty: everywhere.
    """

    id: str
    category: str
    severity: Literal["severe", "warn"] = "severe"
    any: tuple[str, ...] = ()
    rot13: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    confidence: float = Field(default=0.9, ge=0, le=1)

    @property
    def patterns(self) -> tuple[str, ...]:
        return (*self.any, *(codecs.decode(pattern, "rot13") for pattern in self.rot13))


class Match(Frozen):
    """A rule met in a sentence: the words, and how bad it is with its excuses counted."""

    rule: Rule
    severity: Literal["severe", "warn"]
    excerpt: str


class RuleBook:
    """The rules of one language."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._groups = {
            name: " | ".join(value) if isinstance(value, list) else value
            for name, value in data.get("groups", {}).items()
        }
        for name in data.get("rot13_groups", []):
            self._groups[name] = codecs.decode(self._groups[name], "rot13")
        self.rules = tuple(Rule.model_validate(rule) for rule in data["rules"])
        self._patterns = {rule.id: self._compiled(rule.patterns) for rule in self.rules}
        self._together = {
            rule.id: [
                [self._compiled((each,)) for each in line.split(" + ")] for line in rule.together
            ]
            for rule in self.rules
        }
        self._lifting = frozenset(data.get("lifting", []))
        contexts = data.get("contexts", {})
        self._contexts = {name: self._compiled(patterns) for name, patterns in contexts.items()}
        words = set(_words(self._groups.values()))
        words |= {w for rule in self.rules for w in _words((*rule.patterns, *rule.together))}
        self.reader = Reader(
            (word for word in words if not word.endswith("*")),
            (word[:-1] for word in words if word.endswith("*")),
            str(data.get("common", "")).split(),
        )

    def matches(self, text: str, field: str) -> Iterator[Match]:
        """What the text meets; each rule at most once."""
        met: set[str] = set()
        for sentence in _with_short_pairs(self.reader.sentences(text)):
            padded = f" {sentence} "
            for rule in self.rules:
                if rule.id in met or (rule.fields and field.split(" ")[0] not in rule.fields):
                    continue
                found = self._found(rule, padded)
                if found and (severity := self._weighed(rule, padded)):
                    met.add(rule.id)
                    yield Match(rule=rule, severity=severity, excerpt=found.strip()[:80])

    def _found(self, rule: Rule, sentence: str) -> str:
        """The words that meet the rule, or ""."""
        if found := self._patterns[rule.id].search(sentence):
            return found[0]
        for line in self._together[rule.id]:
            if all(pattern.search(sentence) for pattern in line):
                return sentence
        return ""

    def _weighed(self, rule: Rule, sentence: str) -> Literal["severe", "warn"] | None:
        excuses = [name for name in rule.unless if self._contexts[name].search(sentence)]
        if not excuses:
            return rule.severity
        return None if self._lifting & set(excuses) else "warn"

    def _compiled(self, patterns: tuple[str, ...] | list[str]) -> re.Pattern[str]:
        if not patterns:
            return _NOTHING
        return re.compile("|".join(f"(?:{self._regex(pattern)})(?= )" for pattern in patterns))

    def _regex(self, pattern: str) -> str:
        start = "^" if pattern.startswith("^") else ""
        return start + "".join(map(self._element, _ELEMENT.findall(pattern.removeprefix("^"))))

    def _element(self, element: str) -> str:
        if element in _GAPS:
            return rf"(?: (?!(?:{_DENIALS}) )\S+){{0,{_GAPS[element]}}}?"
        is_optional = element.endswith("?")
        element = element.removesuffix("?").removeprefix("[").removesuffix("]")
        if element.startswith("/"):  # a bare expression for one word
            body = f" (?:{element.strip('/')})"
        else:
            body = "|".join(self._phrase(phrase) for phrase in self._spread(element))
        return f"(?:{body}){'?' if is_optional else ''}"

    def _spread(self, element: str) -> Iterator[str]:
        """The phrases that an element stands for; a group may hold groups."""
        for phrase in element.split("|"):
            if phrase.strip().startswith("<"):
                yield from self._spread(self._groups[phrase.strip().strip("<>")])
            elif phrase.strip():
                yield phrase

    @staticmethod
    def _phrase(phrase: str) -> str:
        words = (re.escape(word).replace(r"\*", r"\S*") for word in phrase.split())
        return "".join(f" {word}" for word in words)


def _with_short_pairs(sentences: list[str]) -> Iterator[str]:
    """The sentences, and short neighbours as one: a pitch is often cut in two."""
    yield from sentences
    for one, other in pairwise(sentences):
        if len(one.split()) + len(other.split()) <= _SHORT_PAIR:
            yield f"{one} {other}"


def _words(patterns: Any) -> Iterator[str]:
    for pattern in patterns:
        for word in re.split(r"[\s|\[\]]+", pattern):
            bare = word.removesuffix("?")
            if len(bare.strip("^*")) > 1 and not bare.startswith(("<", "/", ".")):
                yield bare


@cache
def book(language: str) -> RuleBook | None:
    """The rules of a language (`en`, `de`, …); None: there are none yet."""
    path = FOLDER / f"{language.split('-')[0].lower()}.yaml"
    if not path.is_file():
        return None
    return RuleBook(yaml.safe_load(path.read_text(encoding="utf-8")))
