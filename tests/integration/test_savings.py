"""Each saving saves, alone and beside the others, on the bill of the local OpenAI."""

from __future__ import annotations

from pathlib import Path

import pytest
from ytempire.providers import judges
from ytempire.providers.writers.openai_writer import question_for

from tests.local_openai import local_openai
from tests.paid_requests import COUNT, paid_requests
from tests.savings import EFFECTS, Bill, Pipeline, replay

GOAL = 0.30


@pytest.fixture(scope="module")
def bills() -> dict[str, Bill]:
    """What twenty of the requests cost naively, with each effect alone, and with all."""
    asked = paid_requests(20)
    alone = {effect: replay(asked, (effect,)) for effect in EFFECTS}
    return {"naive": replay(asked, ()), **alone, "all": replay(asked, EFFECTS)}


@pytest.mark.parametrize("effect", EFFECTS)
def test_each_saves_alone(bills: dict[str, Bill], effect: str) -> None:
    assert bills["all"].usd < bills[effect].usd < bills["naive"].usd


def test_together_they_save_a_third_and_more(bills: dict[str, Bill]) -> None:
    assert 1 - bills["all"].usd / bills["naive"].usd >= GOAL
    assert {bills[each].written for each in EFFECTS if each != "result caching"} == {
        bills["naive"].written
    }


def test_all_together_ask_what_the_product_asks(tmp_path: Path) -> None:
    with local_openai(tmp_path) as local:
        best, naive = Pipeline(local, frozenset(EFFECTS)), Pipeline(local, frozenset())
        for asked in paid_requests(8):
            assert best.script_question(asked.brief) == question_for(asked.brief, local.config)
            assert best.judge_question(asked.brief).messages[0] == ("system", judges.system())
            assert naive.script_question(asked.brief).model == local.config.large_model


def test_the_set_is_what_it_is_said_to_be() -> None:
    asked = paid_requests()
    assert asked == paid_requests() and len(asked) == COUNT
    briefs = [each.brief for each in asked]
    assert len(set(briefs)) == 176 and sum(each.ordered_at is not None for each in asked) == 140
    assert len({(brief.tier, brief.format) for brief in briefs}) == 6
    assert {brief.language for brief in briefs} == {"en", "de", "es"}
