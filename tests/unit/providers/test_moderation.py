"""The moderation endpoint: each text its own concerns, and a stranger's JSON is not trusted."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import stamina
from ytempire.config import OpenAI
from ytempire.errors import KeyRejected, MalformedAnswer, ProviderUnavailable
from ytempire.providers.moderation import OpenAIModeration, concerns, moderator

from tests.local_openai import LocalOpenAI, PricedNotes, local_openai


@pytest.fixture
def openai(tmp_path: Path) -> Iterator[LocalOpenAI]:
    stamina.set_testing(True, attempts=1)
    with local_openai(tmp_path) as local:
        yield local
    stamina.set_testing(False)


def test_each_text_has_its_own_concerns(openai: LocalOpenAI) -> None:
    answer, [usage] = OpenAIModeration(openai.config).moderate(
        ("The sea is wide.", "They are vermin.", "x" * 13_000 + " how to make meth")
    )
    assert answer[0] == ()
    assert [(c.category, c.severity) for c in answer[1]] == [("hate", "severe")]
    assert [(c.category, c.severity) for c in answer[2]] == [("regulated", "warn")]
    assert (usage.kind, usage.unit, usage.quantity) == ("moderation", "request", Decimal(1))
    PricedNotes().intend("it", usage)


def test_many_texts_are_asked_in_several_requests(openai: LocalOpenAI) -> None:
    answer, [usage] = OpenAIModeration(openai.config).moderate(["calm"] * 70)
    assert len(answer) == 70 and usage.quantity == 3


@pytest.mark.parametrize(
    ("scores", "found"),
    [
        ({"hate": 0.9}, [("hate", "severe")]),
        ({"hate": 0.6}, [("hate", "warn")]),
        ({"hate": 0.2}, []),
        ({"violence": 0.99}, [("violence", "warn")]),
        ({"sexual/minors": 0.35}, [("child_safety", "severe")]),
        ({"illicit/violent": 0.9}, [("dangerous", "severe")]),
        ({"brand-new/category": 1.0}, []),
    ],
)
def test_scores_become_concerns(scores: dict[str, float], found: list[tuple[str, str]]) -> None:
    assert [(c.category, c.severity) for c in concerns(scores)] == found


@pytest.mark.parametrize("spoiled", [{"hate": 7.0}, {"hate": -1.0}])
def test_scores_that_are_none_are_refused(openai: LocalOpenAI, spoiled: dict[str, float]) -> None:
    openai.knobs.scores.append(spoiled)
    with pytest.raises(MalformedAnswer):
        OpenAIModeration(openai.config).moderate(("calm",))


def test_an_outage_and_a_bad_key_are_typed(tmp_path: Path, openai: LocalOpenAI) -> None:
    openai.emulated.fail("status", status=503)
    with pytest.raises(ProviderUnavailable):
        OpenAIModeration(openai.config).moderate(("calm",))
    with local_openai(tmp_path, key="wrong") as locked, pytest.raises(KeyRejected):
        OpenAIModeration(locked.config).moderate(("calm",))


def test_without_a_key_or_a_model_the_rules_decide_alone(openai: LocalOpenAI) -> None:
    assert moderator(OpenAI(api_key=None)) is None
    assert moderator(openai.config.model_copy(update={"moderation_model": ""})) is None
    assert moderator(openai.config) is not None
