"""Whatever the server does, a person gets a typed error, and what was paid is booked and kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import stamina
from pydantic import BaseModel, ConfigDict, Field
from ytempire.config import OpenAI
from ytempire.domain import Usage
from ytempire.errors import (
    KeyRejected,
    MalformedAnswer,
    NotConfigured,
    ProviderRefused,
    ProviderUnavailable,
)
from ytempire.providers.answer_cache import FolderCache, Kept, key_of
from ytempire.providers.completions import Completion, strict_schema
from ytempire.providers.openai_answers import Answer, Question, ask
from ytempire.providers.openai_client import call

from tests.local_openai import LocalOpenAI, PricedNotes, local_openai


class Opinion(BaseModel):
    model_config = ConfigDict(extra="forbid")

    score: int = Field(ge=0, le=100)
    why: str = Field(min_length=1)


QUESTION = Question("judge", "gpt-5-mini", (("system", "You judge."), ("user", "Is it good?")))
GOOD = {"score": 71, "why": "It says one thing."}


@pytest.fixture
def openai(tmp_path: Path) -> Iterator[LocalOpenAI]:
    with local_openai(tmp_path) as local:
        yield local


@pytest.fixture
def journal() -> PricedNotes:
    return PricedNotes()


def asked(local: LocalOpenAI, journal: PricedNotes, **how: Any) -> Answer[Opinion]:
    return ask(local.config, QUESTION, Opinion, journal=journal, cache=local.cache, **how)


def units(journal: PricedNotes) -> list[str]:
    return [usage.unit for usage in journal.usages]


def test_an_answer_has_the_shape_that_was_asked_for_and_is_booked_by_its_tokens(
    openai: LocalOpenAI, journal: PricedNotes
) -> None:
    openai.knobs.next.append(
        {
            "content": GOOD,
            "usage": {
                "prompt_tokens": 2000,
                "completion_tokens": 100,
                "prompt_tokens_details": {"cached_tokens": 1024},
            },
        }
    )
    answer = asked(openai, journal)
    assert answer.value == Opinion(**GOOD) and not answer.is_kept
    counted = {usage.unit: usage.quantity for usage in journal.usages}
    assert counted == {"input_token": 976, "cached_input_token": 1024, "output_token": 100}
    assert {(u.provider, u.kind, u.device) for u in journal.usages} == {
        ("openai/gpt-5-mini", "judge", "remote")
    }
    assert (
        journal.spent
        == Decimal("976") * 25 / 10**8 + Decimal("1024") * 25 / 10**9 + Decimal("100") * 2 / 10**6
    )
    most = {usage.unit: usage.quantity for usage in journal.allowed}
    assert most["output_token"] == QUESTION.most_tokens


def test_the_same_question_is_not_paid_twice(openai: LocalOpenAI, journal: PricedNotes) -> None:
    first = asked(openai, journal)
    paid = list(journal.usages)
    again = asked(openai, journal)
    assert again.value == first.value and again.is_kept
    assert journal.usages == paid and len(openai.chats) == 1
    assert "nothing is paid" in journal.reported[1]


def test_another_prompt_model_or_setting_is_another_question(openai: LocalOpenAI) -> None:
    keys = {
        key_of(question.request(Opinion), address)
        for address in ("http://a", "http://b")
        for question in (
            QUESTION,
            Question("judge", "gpt-5.1", QUESTION.messages),
            Question("judge", "gpt-5-mini", (("user", "Is it bad?"),)),
            Question("judge", "gpt-5-mini", QUESTION.messages, most_tokens=9),
        )
    }
    assert len(keys) == 8


def test_a_worker_that_died_before_booking_leaves_a_debt_that_is_settled_once(
    openai: LocalOpenAI, journal: PricedNotes
) -> None:
    asked(openai, PricedNotes())
    key = key_of(QUESTION.request(Opinion), openai.config.base_url)
    kept = openai.cache.get(key)
    assert kept is not None and kept.owed == ()
    owed = Usage(
        provider="openai/gpt-5-mini", kind="judge", unit="input_token", quantity=Decimal(9)
    )
    openai.cache.put(key, Kept(raw=kept.raw, owed=(owed,)))
    asked(openai, journal)
    asked(openai, journal)
    assert journal.usages == [owed]


def test_a_model_without_a_price_is_refused_before_anything_is_sent(
    openai: LocalOpenAI, journal: PricedNotes
) -> None:
    question = Question("judge", "llama-of-ours", QUESTION.messages)
    with pytest.raises(NotConfigured, match="Nothing was sent") as caught:
        ask(openai.config, question, Opinion, journal=journal, cache=openai.cache)
    assert 'usd: "0"' in caught.value.remedy
    assert not openai.emulated.asked


def test_without_a_key_nothing_is_asked(openai: LocalOpenAI, journal: PricedNotes) -> None:
    config = OpenAI(base_url=openai.config.base_url)
    with pytest.raises(NotConfigured, match="no key"):
        ask(config, QUESTION, Opinion, journal=journal, cache=openai.cache)


def test_a_wrong_key_is_for_a_person_to_mend_and_is_not_told(
    tmp_path: Path, journal: PricedNotes
) -> None:
    with local_openai(tmp_path, key="sk-wrong-1234567890") as local:
        with pytest.raises(KeyRejected) as caught:
            asked(local, journal)
        assert len(local.chats) == 1
    assert "sk-wrong" not in str(caught.value) and not journal.usages


def test_a_key_that_a_server_quotes_is_not_passed_on(
    openai: LocalOpenAI, journal: PricedNotes
) -> None:
    body = {"error": {"message": "Incorrect API key provided: sk-emulated."}}
    openai.emulated.fail("status", status=401, body=body)
    with pytest.raises(KeyRejected, match="Incorrect API key") as caught:
        asked(openai, journal)
    assert "sk-emulated" not in str(caught.value)


def test_spent_credit_is_not_waited_for(openai: LocalOpenAI, journal: PricedNotes) -> None:
    body = {"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}}
    openai.emulated.fail("status", status=429, body=body)
    with pytest.raises(KeyRejected, match="credit is spent"):
        asked(openai, journal)
    assert len(openai.chats) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_server_is_asked_again_as_it_says(
    openai: LocalOpenAI, journal: PricedNotes, status: int
) -> None:
    openai.emulated.fail("status", status=status, headers={"retry-after": "0"}, count=2)
    asked(openai, journal)
    assert len(openai.chats) == 3


def test_a_long_wait_is_left_to_the_stage(openai: LocalOpenAI, journal: PricedNotes) -> None:
    openai.emulated.fail("status", status=429, headers={"retry-after": "900"})
    with pytest.raises(ProviderUnavailable) as caught:
        asked(openai, journal)
    assert caught.value.retry_after_s == 900 and len(openai.chats) == 1


def test_a_bad_request_is_refused_and_not_repeated(
    openai: LocalOpenAI, journal: PricedNotes
) -> None:
    openai.emulated.fail("status", status=400, body={"error": {"message": "too long a prompt"}})
    with pytest.raises(ProviderRefused, match="too long a prompt"):
        asked(openai, journal)
    assert len(openai.chats) == 1


@pytest.mark.parametrize("fault", ["slow", "drip", "truncated"])
def test_an_answer_lost_on_its_way_may_be_paid_so_it_is_not_asked_for_again(
    tmp_path: Path, journal: PricedNotes, fault: Any
) -> None:
    with local_openai(tmp_path, deadline_s=0.4) as local:
        local.emulated.fail(fault, seconds=1.0 if fault == "slow" else 0.05)
        with pytest.raises(ProviderUnavailable, match="did not answer"):
            asked(local, journal)
        assert len(local.chats) == 1


@pytest.mark.parametrize("fault", ["truncated", "dropped", "malformed"])
def test_what_may_be_billed_is_booked_once_though_the_answer_is_lost_or_unreadable(
    openai: LocalOpenAI, journal: PricedNotes, fault: Any
) -> None:
    openai.emulated.fail(fault, path="completions")
    with pytest.raises((ProviderUnavailable, MalformedAnswer)):
        asked(openai, journal)
    assert "ambiguous" in journal.reported[1]
    assert units(journal) == ["input_token", "output_token"]
    read, written = (usage.quantity for usage in journal.usages)
    billed = openai.billed  # nothing, where the line broke before the server read the question
    assert read >= sum(bill.read for bill in billed)
    assert written >= sum(bill.written for bill in billed)
    asked(openai, journal)
    assert len(openai.chats) == 2 and units(journal)[2:] == ["input_token", "output_token"]
    asked(openai, journal)
    assert len(journal.usages) == 4


def test_what_is_no_completion_is_booked_as_it_counts(
    openai: LocalOpenAI, journal: PricedNotes
) -> None:
    body = {"choices": [], "usage": {"prompt_tokens": 11, "completion_tokens": 5}}
    openai.emulated.fail("status", path="completions", status=200, body=body)
    with pytest.raises(MalformedAnswer):
        asked(openai, journal)
    assert [usage.quantity for usage in journal.usages] == [11, 5]


class Killed(BaseException):
    """The process ends here."""


class Dying(PricedNotes):
    def used(self, *usages: Usage) -> None:
        raise Killed


@pytest.mark.parametrize("fault", ["truncated", "malformed"])
def test_the_debt_of_a_lost_answer_outlives_its_worker_and_the_question_is_asked_anew(
    openai: LocalOpenAI, journal: PricedNotes, fault: Any
) -> None:
    openai.emulated.fail(fault, path="completions")
    with pytest.raises(Killed):
        asked(openai, Dying())
    assert asked(openai, journal).value.why
    asked(openai, journal)
    assert len(journal.usages) == 4 and len(openai.chats) == 2


def test_what_was_never_sent_is_not_booked(tmp_path: Path, journal: PricedNotes) -> None:
    with local_openai(tmp_path) as local:
        pass
    with stamina.set_testing(True, attempts=1), pytest.raises(ProviderUnavailable):
        asked(local, journal)
    assert not journal.usages


def test_a_server_that_is_not_there_is_tried_three_times(tmp_path: Path) -> None:
    with local_openai(tmp_path) as local:
        config = local.config
    tries = []
    with (
        stamina.set_testing(True, attempts=3),
        pytest.raises(ProviderUnavailable, match="did not answer"),
    ):
        call(config, lambda sdk: tries.append(1) or sdk.models.list())
    assert len(tries) == 3


def test_half_an_answer_is_malformed_and_kept_for_a_look(
    openai: LocalOpenAI, journal: PricedNotes
) -> None:
    openai.emulated.fail("malformed")
    with pytest.raises(MalformedAnswer):
        asked(openai, journal)
    assert len(list(openai.folder.rglob("*.rejected.json"))) == 1
    assert asked(openai, journal).value.why


def test_a_refusal_is_paid_kept_and_final(openai: LocalOpenAI, journal: PricedNotes) -> None:
    openai.knobs.next.append({"refusal": "I can't help with that."})
    for _ in range(2):
        with pytest.raises(ProviderRefused, match="can't help"):
            asked(openai, journal)
    assert len(openai.chats) == 1 and units(journal) == ["input_token", "output_token"]


def test_a_filtered_answer_is_a_refusal(openai: LocalOpenAI, journal: PricedNotes) -> None:
    openai.knobs.next.append({"content": "", "finish_reason": "content_filter"})
    with pytest.raises(ProviderRefused, match="content filter"):
        asked(openai, journal)


def test_an_answer_off_the_schema_is_sent_back_once_with_what_is_wrong(
    openai: LocalOpenAI, journal: PricedNotes
) -> None:
    openai.knobs.next += [{"content": {"score": 300, "why": "x"}}, {"content": GOOD}]
    assert asked(openai, journal).value.score == 71
    told = openai.chats[1]["messages"][-1]["content"]
    assert "score" in told and "100" in told
    assert units(journal) == ["input_token", "output_token"] * 2
    assert asked(openai, journal).is_kept and len(openai.chats) == 2


def test_two_unusable_answers_are_booked_kept_and_not_found_again(
    openai: LocalOpenAI, journal: PricedNotes
) -> None:
    openai.knobs.next += [{"content": "not json"}, {"content": {"score": 1}}, {"content": GOOD}]
    with pytest.raises(MalformedAnswer, match="why"):
        asked(openai, journal)
    assert len(journal.usages) == 4
    assert len(list(openai.folder.rglob("*.rejected.json"))) == 2
    assert asked(openai, journal).value.score == 71


def test_an_answer_cut_at_its_limit_is_asked_for_shorter(
    openai: LocalOpenAI, journal: PricedNotes
) -> None:
    openai.knobs.next += [
        {"content": json.dumps(GOOD)[:20], "finish_reason": "length"},
        {"content": GOOD},
    ]
    asked(openai, journal)
    assert "shorter" in openai.chats[1]["messages"][-1]["content"]


def test_a_server_that_does_not_count_is_counted_for(
    openai: LocalOpenAI, journal: PricedNotes
) -> None:
    openai.knobs.next.append({"content": GOOD, "usage": None})
    asked(openai, journal)
    counted = {usage.unit: usage.quantity for usage in journal.usages}
    assert counted["input_token"] >= 8 and counted["output_token"] >= 10


def test_what_is_no_completion_is_told_with_where_to_look() -> None:
    with pytest.raises(MalformedAnswer, match="not a chat completion") as caught:
        Completion.read("<html>log in</html>")
    assert "BASE_URL" in caught.value.remedy


def test_a_strict_schema_requires_all_and_knows_no_lengths() -> None:
    class Inner(BaseModel):
        title: str = Field(default="", max_length=3)

    class Outer(BaseModel):
        default: Inner
        many: tuple[Inner, ...] = ()

    schema = strict_schema(Outer)
    assert schema["required"] == ["default", "many"]
    assert schema["additionalProperties"] is False
    inner = schema["$defs"]["Inner"]
    assert inner["required"] == ["title"] and inner["properties"]["title"] == {"type": "string"}


def test_a_spoilt_file_of_the_cache_counts_as_none(tmp_path: Path) -> None:
    cache = FolderCache(tmp_path)
    cache.put("abcd", Kept(raw="{}"))
    next(tmp_path.rglob("*.json")).write_text("{")
    assert cache.get("abcd") is None
