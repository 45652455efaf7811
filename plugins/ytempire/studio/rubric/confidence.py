"""How sure we are that a video may go out without a person seeing it, and why not more.

It starts at 0.90 for a person's own words and 0.85 for a machine's, and each doubt takes something:

| doubt                                        | own words | machine-written |
|----------------------------------------------|-----------|-----------------|
| a severe policy finding                      | all       | all             |
| the release check failed                     | 0.50      | 0.50            |
| a policy warning; each further one           | 0.22; 0.05 | 0.22; 0.05     |
| the policy check was not full (no list, …)   | 0.85 less its own confidence | same |
| a rating below 60, or a fatal part           | 0.10      | 0.30            |
| a rating below 70                            | 0.03      | 0.05            |
| claims that nothing carries                  | 0         | 0.20            |
| close to an earlier video (over 0.6 alike)   | 0.10      | 0.20            |
| each thing that served instead of another    | 0.03, at most 0.09 | same   |

So a person's own words that break nothing go out (0.70 is the default threshold), whatever the
rubric thinks of their style; a machine's go out only when nothing speaks against them.
"""

from __future__ import annotations

from collections.abc import Iterator

from ytempire.domain import Confidence, QualityReport, Rating, Verdict
from ytempire.studio.policy.facts import Facts
from ytempire.studio.rubric.rating import is_good

OWN_WORDS, MACHINE = 0.90, 0.85
_FULL_CHECK = 0.85

Doubt = tuple[float, str]


def confidence_of(
    rating: Rating, verdict: Verdict, report: QualityReport | None, facts: Facts
) -> Confidence:
    """The confidence of a video, with what lowers it in words for a person."""
    doubts = [
        *_of_policy(verdict),
        *_of_release(report),
        *_of_rating(rating, facts),
        *_of_making(facts),
    ]
    value = (OWN_WORDS if facts.is_own_words else MACHINE) - sum(cost for cost, _ in doubts)
    if verdict.is_blocked:
        value = 0.0
    return Confidence(
        value=round(min(max(value, 0.0), 1.0), 3), reasons=tuple(words for _, words in doubts)
    )


def _of_policy(verdict: Verdict) -> Iterator[Doubt]:
    for number, finding in enumerate(verdict.findings):
        if finding.severity == "severe":
            cost, what = 1.0, "a policy forbids it"
        else:
            cost, what = (0.05 if number else 0.22), "a policy may mind it"
        where = f"{finding.field}, “{finding.excerpt}” ({finding.rule})"
        yield cost, f"{what}: {finding.category} in {where}"
    if (missing := _FULL_CHECK - verdict.confidence) > 1e-9:
        yield missing, "the policy check knows this language only in part"


def _of_release(report: QualityReport | None) -> Iterator[Doubt]:
    if report is not None and not report.is_ok:
        broken = ", ".join(finding.rule for finding in report.failures)
        yield 0.5, f"the release check failed: {broken}"


def _of_rating(rating: Rating, facts: Facts) -> Iterator[Doubt]:
    own = facts.is_own_words
    weak = ", ".join(f"{part.name} {part.score:.0f}" for part in rating.parts if part.score < 60)
    if not is_good(rating):
        yield (0.10 if own else 0.30), f"rated {rating.total:.0f} of 100 ({weak or 'all weak'})"
    elif rating.total < 70:
        yield (0.03 if own else 0.05), f"rated {rating.total:.0f} of 100 ({weak or 'none weak'})"
    if rating.unsupported:
        claims = "; ".join(f"“{claim[:80]}”" for claim in rating.unsupported[:3])
        more = len(rating.unsupported) - 3
        yield (
            0.0 if own else 0.2,
            f"no source for {claims}" + (f" and {more} more" if more > 0 else ""),
        )


def _of_making(facts: Facts) -> Iterator[Doubt]:
    if facts.similarity > 0.6:
        yield (
            0.1 if facts.is_own_words else 0.2,
            f"{facts.similarity:.0%} like this channel's “{facts.similar_to}”",
        )
    for number, fallback in enumerate(facts.fallbacks):
        yield (0.03 if number < 3 else 0.0), f"not as wanted: {fallback}"
