"""The rubric: labelled scripts are told apart without a key, and each part moves with its cause."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from ytempire.domain import (
    Finding,
    Narration,
    PolicyFinding,
    QualityReport,
    Rating,
    Scene,
    Script,
    Verdict,
    Word,
)
from ytempire.errors import KeyRejected, MalformedAnswer
from ytempire.journal import Journal, Notes
from ytempire.providers.judges import ASKED, Opinion
from ytempire.providers.writers import Brief, Signal
from ytempire.providers.writers.own_words import parse_script
from ytempire.providers.writers.trend_teller import TrendTeller
from ytempire.studio.policy import Facts, check
from ytempire.studio.rubric import WEIGHTS, confidence_of, is_good, rate
from ytempire.studio.rubric.claims import claims_of

ROOT = Path(__file__).resolve().parents[4]
FIXTURES = ROOT / "tests" / "fixtures" / "rubric"
THRESHOLD = 0.70


def scripts(name: str) -> list[tuple[bool, Script]]:
    data = yaml.safe_load((FIXTURES / f"{name}.yaml").read_text(encoding="utf-8"))
    return [
        (
            label == "good",
            Script(
                title=each["title"],
                scenes=tuple(Scene(narration=text) for text in each["scenes"]),
                sources=tuple(each.get("sources", ())),
                language=each.get("language", "en"),
            ),
        )
        for label in ("good", "bad")
        for each in data[label]
    ]


def good_script() -> Script:
    return next(script for is_fit, script in scripts("development") if is_fit)


def rated(script: Script, facts: Facts | None = None, **more: object) -> Rating:
    values = {"narration": None, "report": None, "judge": None} | more
    return rate(script, facts=facts or Facts(), journal=Notes(), **values)  # type: ignore[arg-type]


def spoken(script: Script, words_per_minute: float, rest_s: float = 0.0) -> Narration:
    step = 60 / words_per_minute
    words = [
        Word(text=text, start=i * step, end=(i + 1) * step - 0.01, scene=0)
        for i, text in enumerate(script.text.split())
    ]
    if rest_s:
        words[1:] = [
            w.model_copy(update={"start": w.start + rest_s, "end": w.end + rest_s})
            for w in words[1:]
        ]
    end = words[-1].end
    return Narration(audio=Path("v.wav"), words=tuple(words), scene_ends=(end,), seconds=end)


def report(**broken: bool) -> QualityReport:
    rules = ("loudness", "true peak", "no black frames", "captions keep time")
    return QualityReport(
        findings=tuple(
            Finding(
                rule=r, is_ok=not broken.get(r.replace(" ", "_"), False), measured="m", wanted="w"
            )
            for r in rules
        )
    )


@pytest.mark.parametrize("name", ["held_out", "development"])
def test_good_and_bad_scripts_are_told_apart(name: str) -> None:
    wrong = []
    for is_fit, script in scripts(name):
        verdict = check(script, Facts(), Notes())
        if (is_good(rated(script)) and not verdict.is_blocked) != is_fit:
            wrong.append(script.title)
    assert len(wrong) <= 0.1 * len(scripts(name)), wrong


def test_the_labelled_scripts_are_enough() -> None:
    assert len(scripts("held_out")) + len(scripts("development")) >= 60


def test_the_weights_are_a_whole_also_where_a_part_is_missing() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1)
    rating = rated(good_script())
    assert sum(part.weight for part in rating.parts) == pytest.approx(1, abs=1e-4)
    assert {"sound", "picture", "captions"}.isdisjoint(part.name for part in rating.parts)
    assert Rating.model_validate_json(rating.model_dump_json()) == rating


def test_a_whole_video_has_all_eight_parts_and_each_says_why() -> None:
    script = good_script()
    rating = rated(script, narration=spoken(script, 165), report=report())
    assert {part.name for part in rating.parts} == set(WEIGHTS)
    assert all(part.evidence for part in rating.parts if part.score < 100)


@pytest.mark.parametrize(
    ("broken", "part"),
    [("loudness", "sound"), ("no_black_frames", "picture"), ("captions_keep_time", "captions")],
)
def test_a_broken_rule_of_the_release_check_costs_its_part(broken: str, part: str) -> None:
    script = good_script()
    voice = spoken(script, 165)
    whole = rated(script, narration=voice, report=report())
    spoiled = rated(script, narration=voice, report=report(**{broken: True}))
    assert spoiled.part(part).score < whole.part(part).score - 30
    assert spoiled.total < whole.total


def test_a_pace_too_slow_too_fast_or_with_a_hole_costs() -> None:
    script = good_script()
    right, slow, fast, hole = (
        rated(script, narration=voice).part("pace").score
        for voice in (spoken(script, 160), spoken(script, 80), spoken(script, 260),
                      spoken(script, 160, rest_s=3))
    )  # fmt: skip
    assert right >= 90 and max(slow, fast, hole) < 70


def test_likeness_to_an_earlier_video_costs_originality() -> None:
    alike = Facts(similarity=0.95, similar_to="The sea, again")
    part = rated(good_script(), alike).part("originality")
    assert part.score < 40 and "The sea, again" in " ".join(part.evidence)


@pytest.mark.parametrize(
    ("text", "sources", "given", "bare"),
    [
        ("Scientists proved that 9 of 10 cats lie.", (), (), 1),
        ("Scientists proved that 9 of 10 cats lie.", ("Cat Studies 4",), (), 0),
        ("The video has 4,200 views.", (), ("{'views': 4200}",), 0),
        ("The video has 4,300 views.", (), ("{'views': 4200}",), 1),
        ("Cats sleep a lot.", (), (), 0),
        ("Is it 40 years old?", (), (), 0),
    ],
)
def test_claims_need_a_source_or_a_given_number(
    text: str, sources: tuple[str, ...], given: tuple[str, ...], bare: int
) -> None:
    script = Script(title="Cats", scenes=(Scene(narration=text),), sources=sources)
    assert sum(not claim.is_carried for claim in claims_of(script, given)) == bare


class Judge:
    """A judge of one opinion, or of none."""

    name = "openai/small"

    def __init__(self, score: float, confidence: float = 0.9, error: Exception | None = None):
        self.opinion = Opinion(score=score, confidence=confidence, why="So it seems.")
        self.error = error

    def opinions(
        self, script: Script, given: Sequence[str], journal: Journal
    ) -> dict[str, Opinion]:
        if self.error:
            raise self.error
        return dict.fromkeys(ASKED, self.opinion)


def test_a_judge_moves_the_parts_of_the_words_by_its_confidence() -> None:
    script = good_script()
    harsh, mild = (rated(script, judge=Judge(20, c)).part("clarity").score for c in (0.9, 0.1))
    assert harsh < mild < rated(script).part("clarity").score
    assert rated(script, judge=Judge(20)).part("clarity").method == "judged"
    assert rated(script, judge=Judge(20)).part("pace").method == "measured"


def test_a_judge_that_was_talked_over_cannot_save_a_bad_script() -> None:
    for is_fit, script in scripts("development"):
        if not is_fit and not is_good(rated(script)):
            praised = rated(script, judge=Judge(100, 0.9))
            for part in praised.parts:
                assert part.score <= rated(script).part(part.name).score + 40


def test_a_judge_that_fails_leaves_the_measurements_and_a_note() -> None:
    notes = Notes()
    script = good_script()
    without = rate(script, None, None, Facts(), notes, Judge(1, error=MalformedAnswer("x")))
    assert without == rated(script)
    assert [fallback.capability for fallback in notes.fallbacks] == ["judge"]
    with pytest.raises(KeyRejected):
        rate(script, None, None, Facts(), notes, Judge(1, error=KeyRejected("401")))


def sure(script: Script, facts: Facts, verdict: Verdict | None = None) -> float:
    rating = rated(script, facts)
    found = verdict or check(script, facts, Notes())
    return confidence_of(rating, found, report(), facts).value


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.md")), ids=lambda p: p.stem)
def test_a_persons_own_words_go_out_unseen(path: Path) -> None:
    script = parse_script(path.read_text(encoding="utf-8"))
    assert sure(script, Facts(is_own_words=True)) >= THRESHOLD


def test_the_trend_tellers_scripts_go_out_unseen() -> None:
    now = datetime(2026, 11, 25, tzinfo=UTC)
    for number, topic in enumerate(("rip currents", "bank notes", "black holes", "tides") * 5):
        signals = tuple(
            Signal(
                title=f"What {topic} do {k}",
                channel_title=f"Channel {k}",
                views=9_100 * (k + number + 1) ** 2,
                views_per_hour=37.5 * (k + 1) * (number + 1),
                published_at=now - timedelta(hours=5 + 40 * k),
            )
            for k in range(1 + number % 7)
        )
        brief = Brief(topic=topic, niche="sea", signals=signals, read_at=now, is_simulated=True)
        script = TrendTeller().write(brief, Notes())
        facts = Facts(is_simulated=True, given=tuple(str(s.model_dump()) for s in signals))
        assert sure(script, facts) >= THRESHOLD, script


WARNING = PolicyFinding(
    category="medical", severity="warn", field="title", excerpt="cures", rule="medical.miracle"
)


@pytest.mark.parametrize(
    ("is_own", "facts", "findings"),
    [
        (False, {}, (WARNING,)),
        (True, {}, (WARNING,)),
        (False, {"similarity": 0.8, "similar_to": "x"}, ()),
        (False, {}, (WARNING.model_copy(update={"severity": "severe"}),)),
    ],
)
def test_a_doubt_asks_a_person(
    is_own: bool, facts: dict[str, object], findings: tuple[PolicyFinding, ...]
) -> None:
    verdict = Verdict(findings=findings, confidence=0.85)
    known = Facts.model_validate({"is_own_words": is_own} | facts)
    assert sure(good_script(), known, verdict) < THRESHOLD


def test_claims_without_a_source_ask_a_person_unless_a_person_made_them() -> None:
    script = good_script().model_copy(update={"sources": ()})
    bold = script.model_copy(
        update={"scenes": (*script.scenes, Scene(narration="It costs 90 percent of 4,000 people."))}
    )
    assert sure(bold, Facts()) < THRESHOLD <= sure(bold, Facts(is_own_words=True))
    reasons = confidence_of(rated(bold), Verdict(confidence=0.85), None, Facts()).reasons
    assert any("90 percent of 4,000 people" in reason for reason in reasons)


def test_a_low_rating_asks_a_person() -> None:
    bad = [script for is_fit, script in scripts("held_out") if not is_fit]
    assert all(sure(script, Facts()) < THRESHOLD for script in bad)


@pytest.mark.parametrize("text", ["a" * 9_000, "…!?", "مرحبا بالعالم", "{\\an8} %s <b>", "1 2 3"])
def test_odd_texts_are_rated_like_any_other(text: str) -> None:
    rating = rated(Script(title="x", scenes=(Scene(narration=text),)))
    assert 0 <= rating.total <= 100
