"""The local OpenAI, by the official client: what it answers, counts, bills and refuses."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import httpx
import openai
import pytest
from ytempire.emulators.openai import ADMIN_KEY, KEY, Knobs, build
from ytempire.emulators.openai.filling import filled
from ytempire.emulators.openai.prompt_cache import PromptCache
from ytempire.emulators.openai.scripts import script_for
from ytempire.emulators.serving import Emulated, running

SCHEMA = {
    "type": "object",
    "properties": {
        "score": {"type": "integer", "minimum": 0, "maximum": 10},
        "confidence": {"type": "number"},
        "verdict": {"enum": ["publish", "hold"]},
        "parts": {"type": "array", "minItems": 2, "items": {"$ref": "#/$defs/Part"}},
        "note": {"anyOf": [{"type": "null"}, {"type": "string"}]},
    },
    "required": ["score", "confidence", "verdict", "parts", "note"],
    "additionalProperties": False,
    "$defs": {
        "Part": {
            "type": "object",
            "properties": {"is_ok": {"type": "boolean"}},
            "required": ["is_ok"],
            "additionalProperties": False,
        }
    },
}


@pytest.fixture
def knobs() -> Knobs:
    return Knobs()


@pytest.fixture
def local(knobs: Knobs) -> Iterator[Emulated]:
    with running(build(knobs=knobs)) as emulated:
        yield emulated


@pytest.fixture
def sdk(local: Emulated) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(api_key=KEY, base_url=f"{local.address}/v1", max_retries=0) as client:
        yield client


def chat(sdk: openai.OpenAI, text: str = "Judge this.", **how: object):  # type: ignore[no-untyped-def]
    shape = {"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMA, "strict": True}}
    messages = [{"role": "user", "content": text}]
    asked = {"model": "gpt-5.1", "messages": messages, "response_format": shape, **how}
    return sdk.chat.completions.create(**asked)  # type: ignore[call-overload]


def test_any_schema_is_filled_in_and_the_same_question_gets_the_same_answer(
    sdk: openai.OpenAI,
) -> None:
    said = json.loads(chat(sdk).choices[0].message.content)
    assert 7 <= said["score"] <= 9 and 0.7 <= said["confidence"] <= 0.9
    assert said["verdict"] in ("publish", "hold") and said["parts"] == [{"is_ok": True}] * 2
    assert "SIMULATED" in said["note"]
    assert json.loads(chat(sdk).choices[0].message.content) == said


def test_every_answer_is_labelled(local: Emulated) -> None:
    for path in ("/v1/models", "/v1/nothing"):
        assert httpx.get(local.address + path).headers["x-emulated"] == "simulated"


def test_a_bad_key_an_unknown_model_and_an_open_schema_are_refused(
    local: Emulated, sdk: openai.OpenAI
) -> None:
    wrong = openai.OpenAI(api_key="sk-no", base_url=f"{local.address}/v1", max_retries=0)
    with pytest.raises(openai.AuthenticationError):
        wrong.models.list()
    with pytest.raises(openai.NotFoundError):
        chat(sdk, model="gpt-9")
    loose = {"type": "object", "properties": {"a": {"type": "string"}}}
    shape = {"type": "json_schema", "json_schema": {"name": "x", "schema": loose, "strict": True}}
    with pytest.raises(openai.BadRequestError, match="additionalProperties"):
        chat(sdk, response_format=shape)


def test_a_long_prompt_that_begins_alike_is_counted_as_cached(sdk: openai.OpenAI) -> None:
    long = "The sea is wide and deep. " * 300
    first, second = chat(sdk, long + "One?"), chat(sdk, long + "Two?")
    assert first.usage.prompt_tokens_details.cached_tokens == 0
    assert 1024 <= second.usage.prompt_tokens_details.cached_tokens <= second.usage.prompt_tokens


LONG = "The sea is wide and deep. " * 300


def read(cache: PromptCache, at: float, text: str = LONG, **more: str) -> int:
    """How many tokens of a question are read from the cache at a moment."""
    message = {"role": "user", "content": text}
    return cache.read({"model": "gpt-5-mini", "messages": [message], **more}, at)[1]


def test_a_beginning_is_forgotten_after_ten_minutes_and_by_the_large_model_after_a_day() -> None:
    cache = PromptCache()
    assert [read(cache, at) > 0 for at in (0, 599, 1_198, 1_800)] == [False, True, True, False]
    large = {"model": "gpt-5.1"}
    assert [read(cache, at, **large) > 0 for at in (0, 86_000, 180_000)] == [False, True, False]


def test_a_beginning_is_known_where_it_was_read() -> None:
    cache = PromptCache()
    assert read(cache, 0) == 0 and read(cache, 1, prompt_cache_key="a") == 0
    assert read(cache, 2, prompt_cache_key="a") > 0 and read(cache, 3, "A" + LONG) == 0
    asked = [read(cache, 300 + n) > 0 for n in range(17)]
    assert asked.count(False) == 1 and asked.index(False) == 15  # the sixteenth: another machine


def test_what_is_too_short_or_differs_early_is_read_anew() -> None:
    cache = PromptCache()
    short = LONG[:4_000]
    assert read(cache, 0, short) == read(cache, 1, short) == 0
    assert read(cache, 2, LONG[:4_300]) == 0 and read(cache, 3, LONG[:4_300] + "?") == 1024


def test_the_next_answer_can_be_set_from_outside(local: Emulated, sdk: openai.OpenAI) -> None:
    httpx.post(
        f"{local.address}/emulator/next",
        json={"refusal": "No."},
        headers={"authorization": f"Bearer {KEY}"},
    )
    assert chat(sdk).choices[0].message.refusal == "No."
    assert chat(sdk).choices[0].message.refusal is None


def test_moderation_finds_words_and_takes_scores(sdk: openai.OpenAI, knobs: Knobs) -> None:
    found = sdk.moderations.create(
        model="omni-moderation-latest", input=["How tides work", "how to build a bomb at home"]
    ).results
    assert not found[0].flagged and found[0].category_scores.violence < 0.01
    assert found[1].flagged and found[1].categories.illicit_violent
    knobs.scores.append({"hate": 0.7})
    assert sdk.moderations.create(input="How tides work").results[0].categories.hate


def test_what_was_billed_is_told_by_day_model_and_way(local: Emulated, sdk: openai.OpenAI) -> None:
    used = chat(sdk).usage
    line = {
        "custom_id": "a",
        "method": "POST",
        "url": "/v1/chat/completions",
        "body": {"model": "gpt-5-mini", "messages": [{"role": "user", "content": "Hello."}]},
    }
    file = sdk.files.create(file=("in.jsonl", json.dumps(line).encode()), purpose="batch")
    batch = sdk.batches.create(
        input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h"
    )
    assert sdk.batches.retrieve(batch.id).status == "completed"

    def told(what: str, *groups: str) -> list[dict]:  # type: ignore[type-arg]
        page = httpx.get(
            f"{local.address}/v1/organization/{what}",
            params={"start_time": int(time.time()) - 3600, "group_by": groups},
            headers={"authorization": f"Bearer {ADMIN_KEY}"},
        ).json()
        return [result for bucket in page["data"] for result in bucket["results"]]

    found = told("usage/completions", "model", "batch")
    usage = {(result["model"], result["batch"]): result for result in found}
    assert usage["gpt-5.1-2025-11-13", False]["output_tokens"] == used.completion_tokens
    assert usage["gpt-5-mini-2025-08-07", True]["num_model_requests"] == 1
    [whole] = told("usage/completions")
    assert (whole["model"], whole["batch"], whole["num_model_requests"]) == (None, None, 2)
    costs = {
        result["line_item"]: result["amount"]["value"] for result in told("costs", "line_item")
    }
    assert costs["gpt-5.1, output"] == pytest.approx(used.completion_tokens * 10 / 1e6)
    written = usage["gpt-5-mini-2025-08-07", True]["output_tokens"]
    assert costs["gpt-5-mini batch, output"] == pytest.approx(written * 1 / 1e6)


def test_bills_come_by_pages_of_days_and_to_administrators(
    local: Emulated, sdk: openai.OpenAI
) -> None:
    usage = sdk.with_options(admin_api_key=ADMIN_KEY).admin.organization.usage
    start = int(time.time()) - 10 * 86_400
    page = usage.completions(start_time=start)
    assert len(page.data) == 7 and page.has_more
    rest = usage.completions(start_time=start, page=page.next_page)
    assert 3 <= len(rest.data) <= 4 and not rest.has_more
    with pytest.raises(openai.BadRequestError, match="between 1 and 31"):
        usage.completions(start_time=start, limit=32)
    with pytest.raises(openai.AuthenticationError, match="insufficient permissions"):
        sdk.with_options(admin_api_key=KEY).admin.organization.usage.completions(start_time=start)


def test_a_script_has_the_topic_and_the_length_that_were_asked_for() -> None:
    for words in (138, 700):
        said = script_for(f"Topic: salt marshes\nabout {words} spoken words", 7)
        told = " ".join(scene["narration"] for scene in said["scenes"])
        assert "salt marshes" in told and words <= len(told.split()) <= words + 25
        assert len({scene["narration"] for scene in said["scenes"]}) >= 0.8 * len(said["scenes"])
        assert said["description"].startswith("SIMULATED")


def test_two_seeds_write_two_scripts() -> None:
    assert script_for("Topic: kelp", 1) != script_for("Topic: kelp", 2)
    assert filled(SCHEMA, "1|x") != filled(SCHEMA, "2|x")
