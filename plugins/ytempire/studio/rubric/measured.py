"""The parts of the rubric from measurements: of the words, of the voice's times, of the file."""

from __future__ import annotations

import statistics
from itertools import pairwise

from ytempire.domain import Frozen, Narration, QualityReport, Script, Word
from ytempire.providers.writers.cutting import seconds_of
from ytempire.studio.policy.facts import Facts
from ytempire.studio.rubric import claims
from ytempire.studio.rubric.wording import Wording, is_begging, is_meta, specific, words_of

#: Words a minute that a viewer follows at ease.
SLOW, FAST = 120.0, 195.0
#: Seconds of silence between words that feel like a fault.
LONGEST_REST_S = 1.5
#: Characters a second that a viewer can read (broadcasters ask for 17 to 20).
READABLE_CPS = 21.0
_CONTRAST = frozenset(
    {"but", "not", "never", "only", "without", "nobody", "nothing", "no", "instead", "forgot",
     "lost", "yet", "than", "neither", "wrong", "impossible", "first", "last", "why", "how"}
)  # fmt: skip
_LURID = ("won't believe", "shocking", "insane", "must watch", "gone wrong", "mind-blowing",
          "crazy", "must see")  # fmt: skip
#: Languages whose words are not parted by spaces.
_UNSPACED = frozenset({"ja", "zh", "ko", "th"})


class Measure(Frozen):
    """A score with how far it can be trusted and what it rests on."""

    score: float
    confidence: float
    evidence: tuple[str, ...]


def hook(script: Script, wording: Wording) -> Measure:
    """The first seconds: concrete, open, short; no greeting, no begging, no promise of wonders."""
    first = script.hook or " ".join(wording.sentences[:2])
    words = words_of(first)
    opening = f"{script.title} {first}".casefold()
    said = specific(first)
    notes = [
        (20.0, "asks a question", "?" in first or "？" in first),
        (12.0, "has a number", any(c.isdigit() for c in first)),
        (12.0, "sets a contrast", bool(set(words) & _CONTRAST)),
        (18.0, "is concrete", len(said) >= 3 or not wording.is_english),
        (-20.0, "says little", len(said) < 2 and wording.is_english),
        (-45.0, "greets instead of beginning", is_meta(first)),
        (-45.0, "begs", is_begging(first)),
        (-40.0, "promises wonders", any(word in opening for word in _LURID)),
        (
            -12.0,
            "is long",
            len(words_of(wording.sentences[0])) > 25 if wording.sentences else False,
        ),
    ]
    return _noted(50.0, 0.55 if wording.is_english else 0.35, notes)


def clarity(wording: Wording) -> Measure:
    """Sentences that can be followed by ear, and that follow from one another."""
    length, long_words = wording.sentence_length, wording.long_words
    faults = [
        (-3.0 * max(length - 20, 0), f"{length:.0f} words a sentence", length > 20),
        (-260.0 * max(long_words - 0.1, 0), f"{long_words:.0%} long words", long_words > 0.1),
        (-95.0, f"placeholders: {', '.join(wording.placeholders)}", bool(wording.placeholders)),
        (-45.0, f"only {len(wording.words)} words", len(wording.words) < 25),
        (-15.0, "addresses the viewer about the video", wording.meta > 0.15),
    ]
    if wording.is_english:
        small, cohesion, salad = wording.small_words, wording.cohesion, wording.salad
        faults += [
            (-300.0 * max(0.3 - small, 0), f"{small:.0%} small words: a list?", small < 0.3),
            (
                -200.0 * max(0.6 - cohesion, 0),
                f"{cohesion:.0%} of sentences connect",
                cohesion < 0.6,
            ),
            (-220.0 * salad, f"{salad:.0%} of sentences are no sentences", salad > 0.1),
        ]
    return _noted(100.0, 0.6 if wording.is_english else 0.4, faults)


def originality(wording: Wording, facts: Facts) -> Measure:
    """Says something of its own: not what the channel said, nor itself again, nor nothing."""
    substance, variety, twins = wording.substance, wording.variety, wording.twins
    close = f"{facts.similarity:.0%} like “{facts.similar_to}”"
    faults = [
        (-110.0 * max(facts.similarity - 0.35, 0), close, facts.similarity > 0.35),
        (-120.0 * twins, f"{twins:.0%} of sentences say an earlier one again", twins > 0.12),
        (-90.0 * wording.begging, f"{wording.begging:.0%} begs", wording.begging > 0.15),
        (-90.0 * wording.stock, f"{wording.stock:.0%} are stock phrases", wording.stock > 0.1),
        (-90.0, "left as a template", bool(wording.placeholders)),
    ]
    if wording.is_english:
        faults += [
            (-45.0 * max(1.9 - substance, 0), f"{substance:.1f} telling words a sentence",
             substance < 1.9),
            (-140.0 * max(0.55 - variety, 0), f"{variety:.0%} of its words are new",
             variety < 0.55 and len(wording.content) < 200),
        ]  # fmt: skip
    return _noted(100.0, 0.6 if wording.is_english else 0.4, faults)


def accuracy(script: Script, facts: Facts) -> tuple[Measure, tuple[str, ...]]:
    """Claims against what carries them; and those that nothing carries."""
    found = claims.claims_of(script, facts.given)
    bare = tuple(claim.text for claim in found if not claim.is_carried)
    evidence = [f"{len(found)} claims, {len(script.sources)} sources, {len(bare)} uncarried"]
    measure = Measure(
        score=claims.score_of(found),
        confidence=0.5 if bare or found else 0.6,
        evidence=(*evidence, *(f"no source: {text[:90]}" for text in bare[:5])),
    )
    return measure, bare


def pace(script: Script, narration: Narration | None) -> Measure:
    """Words a minute, and rests; without a voice, from the length of the text."""
    if narration is None or narration.seconds <= 0:
        longest = max(seconds_of(scene.narration) for scene in script.scenes)
        notes = [(-6.0 * max(longest - 12, 0), f"one picture for {longest:.0f} s", longest > 12)]
        return _noted(85.0, 0.3, notes)
    rests = [later.start - word.end for word, later in pairwise(narration.words)]
    rest = max(rests, default=0.0)
    notes = [(-25.0 * max(rest - LONGEST_REST_S, 0), f"a rest of {rest:.1f} s", rest > 1.5)]
    if narration.language.split("-")[0] in _UNSPACED:
        return _noted(85.0, 0.4, notes)
    rate = 60 * len(narration.words) / narration.seconds
    notes += [
        (-1.2 * max(SLOW - rate, 0), f"slow: {rate:.0f} words a minute", rate < SLOW),
        (-1.2 * max(rate - FAST, 0), f"fast: {rate:.0f} words a minute", rate > FAST),
        (0.0, f"{rate:.0f} words a minute", SLOW <= rate <= FAST),
        (-10.0, "no variation", len(rests) > 40 and statistics.pstdev(rests) < 0.004),
    ]
    return _noted(100.0, 0.8, notes)


def from_report(report: QualityReport | None, part: str) -> Measure | None:
    """Sound or picture as the release check found them; None: there is no file yet."""
    if report is None:
        return None
    rules = [finding for finding in report.findings if _part_of(finding.rule) == part]
    broken = [(-45.0, f"{f.rule}: {f.measured}, wanted {f.wanted}", True)
              for f in rules if not f.is_ok]  # fmt: skip
    held = [(0.0, f"{f.rule}: {f.measured}", True) for f in rules if f.is_ok]
    return _noted(100.0 if rules else 60.0, 0.9 if rules else 0.2, broken or held)


def captions(narration: Narration | None, report: QualityReport | None) -> Measure | None:
    """Whether every word is shown, in time, and slowly enough to read; None: no voice yet."""
    if narration is None:
        return None
    checked = from_report(report, "captions")
    speeds = [
        sum(len(word.text) + 1 for word in words) / max(words[-1].end - words[0].start, 0.5)
        for words in _lines(narration)
    ]
    fast = max(speeds, default=0.0)
    notes = [
        (-2.5 * max(fast - READABLE_CPS, 0), f"{fast:.0f} letters a second", fast > READABLE_CPS),
        (0.0, f"at most {fast:.0f} letters a second", fast <= READABLE_CPS),
    ]
    found = _noted(checked.score if checked else 80.0, 0.85 if checked else 0.5, notes)
    evidence = (*found.evidence, *(checked.evidence if checked else ()))
    return found.model_copy(update={"evidence": evidence})


def _lines(narration: Narration) -> list[list[Word]]:
    """Runs of eight words: about two lines of captions."""
    words = list(narration.words)
    return [words[start : start + 8] for start in range(0, len(words), 8)]


def _part_of(rule: str) -> str:
    if rule.startswith("caption"):
        return "captions"
    heard = ("sound", "loudness", "peak", "audio", "voice")
    return "sound" if any(word in rule for word in heard) else "picture"


def _noted(base: float, confidence: float, notes: list[tuple[float, str, bool]]) -> Measure:
    held = [(points, words) for points, words, is_so in notes if is_so]
    score = base + sum(points for points, _ in held)
    return Measure(
        score=round(min(max(score, 0.0), 100.0), 1),
        confidence=confidence,
        evidence=tuple(words for _, words in held),
    )
