"""Rates a video: measures each part, asks the judge, weighs. The parts and weights: `rubric`."""

from __future__ import annotations

from ytempire.domain import Fallback, Narration, Part, QualityReport, Rating, Script
from ytempire.errors import (
    MalformedAnswer,
    ProviderRefused,
    ProviderUnavailable,
    QuotaExhausted,
)
from ytempire.journal import Journal
from ytempire.providers.judges import Judge, Opinion
from ytempire.studio.policy.facts import Facts
from ytempire.studio.rubric import measured
from ytempire.studio.rubric.measured import Measure
from ytempire.studio.rubric.wording import Wording

WEIGHTS = {
    "hook": 0.15,
    "clarity": 0.20,
    "pace": 0.10,
    "sound": 0.10,
    "picture": 0.10,
    "captions": 0.10,
    "originality": 0.10,
    "accuracy_of_claims": 0.15,
}
#: A video of less in all is not fit to publish. Words that fail in clarity, originality or accuracy
#: (below `FATAL`) hold the total at `CAP`: no sound and no picture make up for them.
GOOD, FATAL, CAP = 60.0, 40.0, 50.0
_WORDS = ("clarity", "originality", "accuracy_of_claims")
#: By how much an opinion may exceed what was measured.
_MOST_LIFT = 40.0


def rate(
    script: Script,
    narration: Narration | None,
    report: QualityReport | None,
    facts: Facts,
    journal: Journal,
    judge: Judge | None = None,
) -> Rating:
    """Rate a video; without narration or report, as far as its words go.

    A judge that cannot answer is noted as a fallback; the measurements stand.

    Raises:
        KeyRejected, NotConfigured: a person must mend the judge's key or price.
    """
    wording = Wording(script)
    accuracy, unsupported = measured.accuracy(script, facts)
    measures = {
        "hook": measured.hook(script, wording),
        "clarity": measured.clarity(wording),
        "pace": measured.pace(script, narration),
        "sound": measured.from_report(report, "sound"),
        "picture": measured.from_report(report, "picture"),
        "captions": measured.captions(narration, report),
        "originality": measured.originality(wording, facts),
        "accuracy_of_claims": accuracy,
    }
    opinions = _asked(script, facts, journal, judge)
    known = {name: measure for name, measure in measures.items() if measure is not None}
    whole = sum(WEIGHTS[name] for name in known)
    parts = tuple(
        _part(name, measure, opinions.get(name), WEIGHTS[name] / whole)
        for name, measure in known.items()
    )
    total = sum(part.score * part.weight for part in parts)
    if any(part.name in _WORDS and part.score < FATAL for part in parts):
        total = min(total, CAP)
    judged = opinions.get("accuracy_of_claims")
    doubted = judged.doubted if judged else ()
    return Rating(
        parts=parts,
        total=round(total, 1),
        confidence=round(sum(part.confidence * part.weight for part in parts), 3),
        unsupported=tuple(dict.fromkeys((*unsupported, *doubted))),
    )


def is_good(rating: Rating) -> bool:
    """Fit to publish as far as the rubric sees."""
    return rating.total >= GOOD


def _asked(
    script: Script, facts: Facts, journal: Journal, judge: Judge | None
) -> dict[str, Opinion]:
    if judge is None:
        return {}
    try:
        return judge.opinions(script, facts.given, journal)
    except (ProviderUnavailable, ProviderRefused, QuotaExhausted, MalformedAnswer) as error:
        journal.fell_back(
            Fallback(
                capability="judge", wanted=judge.name, used="measurements", reason=error.message
            )
        )
        return {}


def _part(name: str, measure: Measure, opinion: Opinion | None, weight: float) -> Part:
    if opinion is None:
        return Part(
            name=name,
            score=measure.score,
            weight=round(weight, 6),
            confidence=measure.confidence,
            evidence=measure.evidence,
        )
    trust = opinion.confidence / (opinion.confidence + measure.confidence or 1.0)
    mixed = trust * opinion.score + (1 - trust) * measure.score
    return Part(
        name=name,
        score=round(min(mixed, measure.score + _MOST_LIFT, 100.0), 1),
        weight=round(weight, 6),
        confidence=max(opinion.confidence, measure.confidence),
        evidence=(opinion.why, *measure.evidence),
        method="judged",
    )
