"""The policy check: everything that a viewer reads or hears, and how the video is made, against
YouTube's Community Guidelines.

Rules decide alone when there is no moderator, and always count: a moderator adds findings and never
lifts one. The check is no lawyer. It finds what the guidelines name, in the words of its rule files
(`rules/en.yaml` is the full one; other languages have a short list).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ytempire.domain import Fallback, PolicyFinding, Script, Verdict
from ytempire.errors import (
    MalformedAnswer,
    ProviderRefused,
    ProviderUnavailable,
    QuotaExhausted,
)
from ytempire.journal import Journal
from ytempire.providers.moderation import Concern, Moderation
from ytempire.studio.policy.about import about
from ytempire.studio.policy.facts import Facts
from ytempire.studio.policy.rules import book

__all__ = ["Facts", "check", "fields_of", "judge_texts"]

#: How sure a verdict is that it found all there is: with a moderator's second look, by rules in
#: English, by the short rules of another language, and where there are none.
WITH_MODERATOR, BY_RULES, BY_SHORT_RULES, BY_ENGLISH_ALONE = 0.95, 0.85, 0.75, 0.7
#: Languages whose rules are as full as English.
_FULL = frozenset({"en"})


def check(
    script: Script, facts: Facts, journal: Journal, moderation: Moderation | None = None
) -> Verdict:
    """The verdict on a script and what is known about its video.

    A moderator that cannot answer is noted as a fallback; the rules' verdict stands.

    Raises:
        KeyRejected, NotConfigured: a person must mend the moderator's key.
    """
    texts = fields_of(script)
    if facts.credits:
        texts["credits"] = ". ".join(facts.credits)
    verdict = judge_texts(texts, script.language)
    concerns, was_asked = _moderated(texts, journal, moderation)
    findings = (*verdict.findings, *about(script, facts), *concerns)
    return Verdict(
        findings=_distinct(findings),
        confidence=WITH_MODERATOR if was_asked else verdict.confidence,
    )


def judge_texts(texts: dict[str, str], language: str = "en") -> Verdict:
    """The rules' verdict on texts by the name of their field. English is looked for everywhere."""
    findings: list[PolicyFinding] = []
    own = book(language)
    books = [each for each in (book("en"), own) if each is not None]
    for rules in dict.fromkeys(books):
        for field, text in texts.items():
            findings += [
                PolicyFinding(
                    category=match.rule.category,
                    severity=match.severity,
                    field=field,
                    excerpt=match.excerpt,
                    rule=match.rule.id,
                    confidence=match.rule.confidence,
                )
                for match in rules.matches(text, field)
            ]
    return Verdict(findings=_distinct(findings), confidence=_confidence(language, own is not None))


def fields_of(script: Script) -> dict[str, str]:
    """Everything of a script that a viewer reads or hears, and what its pictures are asked to show.

    The narration is one piece: a sentence may run over two scenes.
    """
    fields = {
        "title": script.title,
        "hook": script.hook,
        "description": script.description,
        "tags": ". ".join(script.tags),
        "thumbnail": script.thumbnail_text,
        "sources": ". ".join(script.sources),
        "narration": script.text,
    }
    for number, scene in enumerate(script.scenes, start=1):
        fields[f"on screen {number}"] = scene.on_screen
        fields[f"picture {number}"] = scene.picture
    return {name: text for name, text in fields.items() if text.strip()}


def _confidence(language: str, has_rules: bool) -> float:
    if language.split("-")[0].lower() in _FULL:
        return BY_RULES
    return BY_SHORT_RULES if has_rules else BY_ENGLISH_ALONE


def _moderated(
    texts: dict[str, str], journal: Journal, moderation: Moderation | None
) -> tuple[list[PolicyFinding], bool]:
    if moderation is None:
        return [], False
    try:
        answer, usages = moderation.moderate(tuple(texts.values()))
    except (ProviderUnavailable, ProviderRefused, QuotaExhausted, MalformedAnswer) as error:
        journal.fell_back(
            Fallback(
                capability="moderation",
                wanted=moderation.name,
                used="rules",
                reason=error.message,
            )
        )
        return [], False
    journal.used(*usages)
    found = zip(texts.items(), answer, strict=True)
    return [
        _finding(concern, field, text) for (field, text), each in found for concern in each
    ], True


def _finding(concern: Concern, field: str, text: str) -> PolicyFinding:
    return PolicyFinding(
        category=concern.category,
        severity=concern.severity,
        field=field,
        excerpt=text[:80],
        rule=concern.label,
        by="model",
        confidence=concern.score,
    )


def _distinct(findings: Iterable[PolicyFinding]) -> tuple[PolicyFinding, ...]:
    """Each rule once in each field."""

    def once() -> Iterator[PolicyFinding]:
        seen: set[tuple[str, str]] = set()
        for finding in findings:
            if (key := (finding.rule, finding.field)) not in seen:
                seen.add(key)
                yield finding

    return tuple(once())
