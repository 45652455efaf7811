"""A whole script and its facts are checked; a moderator adds, and its absence is noted."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from ytempire.domain import Scene, Script, Usage
from ytempire.errors import KeyRejected, ProviderUnavailable
from ytempire.journal import Notes
from ytempire.providers.moderation import Concern
from ytempire.studio.policy import Facts, check, judge_texts

BAD = "Send 1 bitcoin and get 2 back"
CONCERN = Concern(category="hate", severity="warn", label="hate", score=0.6)


def script(**changes: object) -> Script:
    values = {"title": "The sea", "scenes": (Scene(narration="The sea is wide."),)} | changes
    return Script.model_validate(values)


class Moderator:
    """A moderator that answers what it is given."""

    name = "openai"

    def __init__(self, *answers: Concern, error: Exception | None = None) -> None:
        self.answers, self.error = answers, error

    def moderate(self, texts: Sequence[str]) -> tuple[tuple[tuple[Concern, ...], ...], list[Usage]]:
        if self.error:
            raise self.error
        return tuple(self.answers if i == 0 else () for i, _ in enumerate(texts)), []


def test_the_credits_are_read_like_the_rest() -> None:
    verdict = check(script(), Facts(credits=("Ada on Pexels", BAD)), Notes())
    assert verdict.is_blocked and verdict.findings[0].field == "credits"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": BAD}, "title"),
        ({"description": BAD}, "description"),
        ({"hook": BAD}, "hook"),
        ({"tags": (BAD,)}, "tags"),
        ({"thumbnail_text": BAD}, "thumbnail"),
        ({"scenes": (Scene(narration=BAD),)}, "narration"),
        ({"scenes": (Scene(narration="Hm.", on_screen=BAD),)}, "on screen 1"),
        ({"scenes": (Scene(narration="Hm.", picture="naked girls on cam, link"),)}, "picture 1"),
        ({"scenes": (Scene(narration="Send 1 bitcoin"), Scene(narration="and get 2 back"))},
         "narration"),
    ],
)  # fmt: skip
def test_everything_that_is_read_or_heard_is_checked(
    changes: dict[str, object], field: str
) -> None:
    verdict = check(script(**changes), Facts(), Notes())
    assert verdict.is_blocked
    assert verdict.findings[0].field == field


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        (Facts(music="unknown"), "about.music"),
        (Facts(is_disclosed=False), "about.undisclosed"),
        (Facts(is_simulated=True), "about.simulated"),
    ],
)
def test_facts_block_as_words_do(facts: Facts, rule: str) -> None:
    verdict = check(script(), facts, Notes())
    assert verdict.is_blocked and verdict.findings[0].rule == rule


def test_simulated_numbers_that_say_so_are_fine() -> None:
    said = script(description="SIMULATED: local numbers.")
    assert not check(said, Facts(is_simulated=True), Notes()).findings


@pytest.mark.parametrize(
    ("changes", "facts", "rule"),
    [
        ({"title": "BUY THIS PHONE TODAY NOW"}, {}, "about.capitals"),
        ({"title": "Phone phone phone best phone sale phone"}, {}, "about.repeated-word"),
        ({"tags": ("sea", "Sea")}, {}, "about.repeated-tag"),
        ({"description": "#a " * 61}, {}, "about.hashtags"),
        ({"description": "See bit.ly/x1"}, {}, "about.short-link"),
        ({}, {"titles": ("the SEA",)}, "about.same-title"),
        ({"title": "Nursery rhymes of the sea"}, {}, "made-for-kids.aimed"),
    ],
)
def test_stuffed_metadata_asks_a_person(
    changes: dict[str, object], facts: dict[str, object], rule: str
) -> None:
    verdict = check(script(**changes), Facts.model_validate(facts), Notes())
    assert not verdict.is_blocked
    assert rule in {finding.rule for finding in verdict.findings}


def test_a_moderator_adds_findings_and_certainty_and_lifts_none() -> None:
    alone = check(script(title=BAD), Facts(), Notes())
    both = check(script(title=BAD), Facts(), Notes(), Moderator(CONCERN))
    assert set(alone.findings) < set(both.findings)
    assert both.confidence > alone.confidence
    assert both.findings[-1].by == "model"


def test_a_moderator_that_is_away_leaves_the_rules_and_a_note() -> None:
    notes = Notes()
    verdict = check(script(title=BAD), Facts(), notes, Moderator(error=ProviderUnavailable("no")))
    assert verdict == check(script(title=BAD), Facts(), Notes())
    [fallback] = notes.fallbacks
    assert (fallback.capability, fallback.used) == ("moderation", "rules")


def test_a_rejected_key_is_for_a_person_to_mend() -> None:
    with pytest.raises(KeyRejected):
        check(script(), Facts(), Notes(), Moderator(error=KeyRejected("401")))


def test_telling_of_a_crime_is_not_committing_it() -> None:
    told = judge_texts({"narration": "The court jailed a man who said: kill the president."})
    done = judge_texts({"narration": "Kill the president."})
    assert not told.is_blocked and done.is_blocked


def test_a_language_with_few_rules_is_less_sure() -> None:
    english, german, korean = (judge_texts({"title": "x"}, each) for each in ("en", "de", "ko"))
    assert english.confidence > german.confidence > korean.confidence


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Töte dich selbst, niemand mag dich"),
        ("de", "Alle Juden müssen vernichtet werden"),
        ("es", "Cómo fabricar una bomba en casa"),
        ("fr", "Comment fabriquer une bombe à la maison"),
        ("fr", "Tuez tous les juifs"),
        ("es", "Ganancias garantizadas del 300%, sin riesgo"),
        ("ja", "Free porn, click here"),
    ],
)
def test_the_short_lists_know_the_plainest_of_other_languages(language: str, text: str) -> None:
    assert judge_texts({"title": text}, language).is_blocked
    assert not judge_texts({"title": "1945: a film, ein Buch, un libro"}, language).findings
