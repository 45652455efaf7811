"""Planned scripts: handed in once, collected once, at half the price, found by the writer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ytempire.domain import Tier
from ytempire.errors import InvalidInput, NotConfigured, ProviderUnavailable
from ytempire.providers.answer_cache import key_of
from ytempire.providers.writers import Brief
from ytempire.providers.writers.batches import Collected, cancel, collect, has_ended, submit
from ytempire.providers.writers.openai_writer import OpenAIWriter, question_for

from tests.local_openai import LocalOpenAI, PricedNotes, local_openai

BRIEFS = tuple(Brief(topic=topic) for topic in ("king tides", "salt marshes", "kelp", "fjords"))


@pytest.fixture
def openai(tmp_path: Path) -> Iterator[LocalOpenAI]:
    with local_openai(tmp_path) as local:
        yield local


def handed_in(
    local: LocalOpenAI, briefs: tuple[Brief, ...] = BRIEFS, **about: str
) -> tuple[str, ...]:
    questions = [question_for(brief, local.config) for brief in briefs]
    return submit(questions, local.config, PricedNotes(), local.cache, **about)


def collected(local: LocalOpenAI, batch_id: str, journal: PricedNotes | None = None) -> Collected:
    return collect(batch_id, local.config, journal or PricedNotes(), local.cache)


def test_a_planned_script_is_found_by_its_writer_and_costs_half(openai: LocalOpenAI) -> None:
    (batch,) = handed_in(openai)
    journal = PricedNotes()
    found = collected(openai, batch, journal)
    assert found.is_done and found.arrived == len(BRIEFS) and not found.failures
    assert {usage.provider for usage in journal.usages} == {"openai-batch/gpt-5-mini"}

    later = PricedNotes()
    script = OpenAIWriter(openai.config, openai.cache).write(BRIEFS[0], later)
    assert "king tides" in script.text and not later.usages and not openai.chats

    on_demand = PricedNotes()
    other = openai.folder / "other"
    writer = OpenAIWriter(openai.config, type(openai.cache)(other))
    for brief in BRIEFS:
        writer.write(brief, on_demand)
    assert 0.4 < journal.spent / on_demand.spent < 0.6


def test_a_batch_is_booked_once_however_often_it_is_collected(openai: LocalOpenAI) -> None:
    (batch,) = handed_in(openai)
    journal = PricedNotes()
    first = collected(openai, batch, journal)
    booked = list(journal.usages)
    assert collected(openai, batch, journal) == first and journal.usages == booked


def test_a_collection_that_was_cut_short_goes_on_where_it_stopped(openai: LocalOpenAI) -> None:
    openai.knobs.batches = "expired"
    (batch,) = handed_in(openai)
    journal = PricedNotes()
    collected(openai, batch, PricedNotes())  # so that the files exist
    for each in openai.folder.rglob("*.json"):
        each.unlink()
    files = [each for each in openai.emulated.asked if each.path.endswith("/content")]
    openai.emulated.fail("status", path=files[-1].path, status=500, headers={"retry-after": "99"})
    with pytest.raises(ProviderUnavailable):
        collected(openai, batch, journal)
    booked = list(journal.usages)
    assert booked
    assert collected(openai, batch, journal).arrived == 2 and journal.usages == booked


def test_each_model_has_its_batch(openai: LocalOpenAI) -> None:
    premium = BRIEFS[0].model_copy(update={"tier": Tier.PREMIUM})
    assert len(handed_in(openai, (*BRIEFS, premium))) == 2


def test_what_is_answered_already_is_not_handed_in(openai: LocalOpenAI) -> None:
    (batch,) = handed_in(openai, (*BRIEFS, BRIEFS[0]))
    assert collected(openai, batch).arrived == len(BRIEFS)
    assert handed_in(openai) == ()


def test_a_batch_at_work_is_left_alone(openai: LocalOpenAI) -> None:
    openai.knobs.batches = "in_progress"
    (batch,) = handed_in(openai)
    journal = PricedNotes()
    assert not collected(openai, batch, journal).is_done and not journal.usages
    assert not has_ended(batch, openai.config)
    openai.knobs.batches = "completed"
    assert has_ended(batch, openai.config) and not journal.usages
    assert collected(openai, batch, journal).arrived == len(BRIEFS)


def test_an_expired_batch_gives_what_it_has_and_names_the_rest(openai: LocalOpenAI) -> None:
    openai.knobs.batches = "expired"
    (batch,) = handed_in(openai)
    found = collected(openai, batch)
    assert (found.state, found.arrived, len(found.failures)) == ("expired", 2, 2)
    assert "in time" in found.failures[0]
    again = handed_in(openai)
    openai.knobs.batches = "completed"
    assert collected(openai, again[0]).arrived == 2


def test_a_line_that_fails_leaves_the_others(openai: LocalOpenAI) -> None:
    (batch,) = handed_in(openai)
    upload = next(each for each in openai.emulated.asked if each.path == "/v1/files")
    openai.knobs.failing = {upload.body.split('"custom_id": "')[1][:64]}
    found = collected(openai, batch)
    assert found.arrived == 3 and "Told to fail" in found.failures[0]


def test_a_batch_that_failed_whole_says_why(openai: LocalOpenAI) -> None:
    openai.knobs.batches = "failed"
    (batch,) = handed_in(openai)
    found = collected(openai, batch)
    assert found.is_done and found.arrived == 0 and "Told to fail" in found.failures[0]


def test_an_unknown_batch_is_an_error_that_says_what_to_do(openai: LocalOpenAI) -> None:
    with pytest.raises(InvalidInput, match="batch_nobody") as caught:
        collected(openai, "batch_nobody")
    assert "again" in caught.value.remedy


def test_a_model_without_a_batch_price_is_refused_before_anything_is_sent(
    openai: LocalOpenAI,
) -> None:
    config = openai.config.model_copy(update={"small_model": "llama-of-ours"})
    with pytest.raises(NotConfigured):
        submit([question_for(BRIEFS[0], config)], config, PricedNotes(), openai.cache)
    assert not openai.emulated.asked


def _spoilt(local: LocalOpenAI, batch_id: str, **changes: Any) -> None:
    """The first line of a batch's output, answered otherwise."""
    has_ended(batch_id, local.config)  # so that the files exist
    line = json.loads(_output(local).splitlines()[0])
    line |= changes
    rest = _output(local).splitlines()[1:]
    content = "\n".join([json.dumps(line), *rest])
    name = next(id for id, (about, _) in local.state.files.items() if about["purpose"] != "batch")
    local.state.files[name] = (local.state.files[name][0], content.encode())


def _output(local: LocalOpenAI) -> str:
    kept = [text for about, text in local.state.files.values() if about["purpose"] != "batch"]
    return kept[0].decode()


def test_a_line_that_is_no_completion_is_booked_once_when_it_counts_its_tokens(
    openai: LocalOpenAI,
) -> None:
    (batch,) = handed_in(openai, BRIEFS[:1])
    body = {"choices": [], "usage": {"prompt_tokens": 11, "completion_tokens": 5}}
    _spoilt(openai, batch, response={"status_code": 200, "body": body})
    journal = PricedNotes()
    found = collected(openai, batch, journal)
    assert found.arrived == 0 and "not a chat completion" in found.failures[0]
    assert [usage.quantity for usage in journal.usages] == [11, 5]
    openai.cache.reject(key_of({"batch": batch}, openai.config.base_url))  # cut short at its end
    collected(openai, batch, journal)
    assert len(journal.usages) == 2


@pytest.mark.parametrize("name", ["../../../outside", "A" * 64, "batch", ""])
def test_a_line_under_a_name_that_is_no_key_of_ours_is_not_kept(
    openai: LocalOpenAI, name: str
) -> None:
    (batch,) = handed_in(openai, BRIEFS[:1])
    _spoilt(openai, batch, custom_id=name)
    found = collected(openai, batch)
    assert found.arrived == 0 and "no request of ours" in found.failures[0]
    assert len(list(openai.folder.parent.rglob("*.json"))) == 1  # what the collection brought


def test_a_line_whose_question_was_answered_on_demand_as_well_is_booked(
    openai: LocalOpenAI,
) -> None:
    (batch,) = handed_in(openai, BRIEFS[:1])
    OpenAIWriter(openai.config, openai.cache).write(BRIEFS[0], PricedNotes())
    journal = PricedNotes()
    assert collected(openai, batch, journal).arrived == 1
    batched = openai.billed[-1]
    assert batched.is_batch
    assert sum(usage.quantity for usage in journal.usages) == batched.read + batched.written


def test_a_batch_says_whose_it_is_and_can_be_stopped(openai: LocalOpenAI) -> None:
    openai.knobs.batches = "in_progress"
    (batch,) = handed_in(openai, BRIEFS[:1], request_id="request-9")
    assert openai.state.batches[batch]["metadata"]["request"] == "request-9"
    cancel(batch, openai.config)
    assert has_ended(batch, openai.config)
    cancel(batch, openai.config)  # again does no harm
    found = collected(openai, batch)
    assert (found.state, found.arrived) == ("cancelled", 0)
    with pytest.raises(InvalidInput):
        cancel("batch_nobody", openai.config)
