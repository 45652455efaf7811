"""Planned scripts by OpenAI's Batch API: within a day, at half the price.

The answers go into the cache under the keys of their questions, booked at the batch's price; who
asks later finds them there. A batch is collected once, however often one asks.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from ytempire.config import OpenAI as Config
from ytempire.domain import Frozen, Usage
from ytempire.errors import InvalidInput, MalformedAnswer, ProviderRefused
from ytempire.journal import Journal
from ytempire.providers.answer_cache import AnswerCache, Kept, key_of
from ytempire.providers.completions import Completion, tokens_in
from ytempire.providers.openai_answers import Question, counted, intend, settle, usages_of
from ytempire.providers.openai_client import call
from ytempire.providers.writers.drafts import ScriptDraft

if TYPE_CHECKING:
    from openai import OpenAI
    from openai.types import Batch

_ENDPOINT = "/v1/chat/completions"
#: What `key_of` makes; a server that answers with another name has no say in where it is kept.
_KEY = re.compile(r"[0-9a-f]{64}")
#: Batches that are looked through, newest first: more than a house hands in within a day.
_LOOKED_THROUGH = 500
_WORKING = frozenset({"validating", "in_progress", "finalizing", "cancelling"})


class Collected(Frozen):
    """What a batch has brought.

    Attributes:
        state: OpenAI's word: `in_progress`, `completed`, `expired`, `failed`, `cancelled`, …
        arrived: answers that are in the cache now.
        failures: for each request without one, why; those scripts are written on demand instead.
    """

    batch_id: str
    state: str
    arrived: int = 0
    failures: tuple[str, ...] = ()

    @property
    def is_done(self) -> bool:
        """Nothing more will come."""
        return self.state not in _WORKING


class _Line(BaseModel):
    """A line of an output or error file."""

    model_config = ConfigDict(extra="ignore")

    custom_id: str
    response: dict[str, Any] | None = None
    error: dict[str, Any] | None = None


def submit(
    questions: Sequence[Question],
    config: Config,
    journal: Journal,
    cache: AnswerCache,
    *,
    request_id: str = "",
) -> tuple[str, ...]:
    """Hand in what is not answered yet; a batch takes one model, so there is one each.

    Args:
        request_id: whose order it is; it stands with the batch at OpenAI, where one that a worker
            handed in and did not live to note is found by it.

    Returns:
        The batches' ids, for `collect`; none when every answer is in the cache.

    Raises:
        NotConfigured: no key, or no batch price for a model; nothing was sent.
        KeyRejected, ProviderRefused, ProviderUnavailable: as `openai_client.call`.
    """
    files: dict[str, dict[str, Any]] = {}
    is_begun = False
    for question in questions:
        request = question.request(ScriptDraft)
        key = key_of(request, config.base_url)
        if cache.get(key) is None and key not in files.get(question.model, {}):
            is_begun |= intend(key, question, journal, is_batch=True)
            files.setdefault(question.model, {})[key] = request
    found = find(request_id, config) if is_begun else None
    if found is not None:
        return (found,)
    return tuple(_created(config, model, requests, request_id) for model, requests in files.items())


def find(request_id: str, config: Config) -> str | None:
    """The batch that was handed in for a request, among the newest few hundred.

    Raises:
        NotConfigured, KeyRejected, ProviderUnavailable: as `openai_client.call`.
    """

    def look(sdk: OpenAI) -> str | None:
        newest = itertools.islice(sdk.batches.list(limit=100), _LOOKED_THROUGH)
        mine = (each.id for each in newest if (each.metadata or {}).get("request") == request_id)
        return next(mine, None)

    return call(config, look, is_billed=False)


def collect(batch_id: str, config: Config, journal: Journal, cache: AnswerCache) -> Collected:
    """Put what a batch has answered into the cache, and book it.

    Raises:
        InvalidInput: there is no such batch.
        NotConfigured, KeyRejected, ProviderUnavailable: as `openai_client.call`.
    """
    done_key = key_of({"batch": batch_id}, config.base_url)
    before = cache.get(done_key)
    if before is not None:
        return Collected.model_validate_json(before.raw)
    batch = _batch(batch_id, config)
    if batch.status in _WORKING:
        return Collected(batch_id=batch_id, state=batch.status)
    failures = [f"the batch: {e.message}" for e in (batch.errors and batch.errors.data) or ()]
    arrived = 0
    for line in _lines(config, (batch.output_file_id, batch.error_file_id)):
        failure = _taken(line, batch, journal, cache)
        if failure:
            failures.append(f"{line.custom_id[:12]}: {failure}")
        else:
            arrived += 1
    collected = Collected(
        batch_id=batch_id, state=batch.status, arrived=arrived, failures=tuple(failures)
    )
    cache.put(done_key, Kept(raw=collected.model_dump_json()))
    return collected


def cancel(batch_id: str, config: Config) -> None:
    """Have a batch stop, within ten minutes; what it has written is billed, and `collect` has it.

    Raises:
        InvalidInput: there is no such batch.
        NotConfigured, KeyRejected, ProviderUnavailable: as `openai_client.call`.
    """
    if _batch(batch_id, config).status in _WORKING - {"cancelling"}:
        with suppress(ProviderRefused):  # it has ended in the meantime
            call(config, lambda sdk: sdk.batches.cancel(batch_id), is_billed=False)


def has_ended(batch_id: str, config: Config) -> bool:
    """Whether nothing more will come of a batch; it is neither fetched nor booked.

    Raises:
        InvalidInput: there is no such batch.
        NotConfigured, KeyRejected, ProviderUnavailable: as `openai_client.call`.
    """
    return _batch(batch_id, config).status not in _WORKING


def _batch(batch_id: str, config: Config) -> Batch:
    try:
        return call(config, lambda sdk: sdk.batches.retrieve(batch_id), is_billed=False)
    except ProviderRefused as error:
        raise InvalidInput(
            f"OpenAI knows no batch {batch_id}.",
            "Was it submitted with this key? Submit its scripts again, or let them be written.",
        ) from error


def _created(config: Config, model: str, requests: dict[str, Any], request_id: str) -> str:
    about = {"model": model, "kind": "script", "request": request_id}
    lines = (
        json.dumps({"custom_id": key, "method": "POST", "url": _ENDPOINT, "body": request})
        for key, request in requests.items()
    )
    content = "\n".join(lines).encode()
    file = call(
        config,
        lambda sdk: sdk.files.create(file=("scripts.jsonl", content), purpose="batch"),
        is_billed=False,
    )
    batch = call(
        config,
        lambda sdk: sdk.batches.create(
            input_file_id=file.id,
            endpoint=_ENDPOINT,  # type: ignore[arg-type]
            completion_window="24h",
            metadata={name: value for name, value in about.items() if value},
        ),
        is_order=True,
    )
    return batch.id


def _lines(config: Config, file_ids: Iterable[str | None]) -> Iterator[_Line]:
    """The lines of the files that there are; one that is none of the protocol is skipped."""
    for file_id in file_ids:
        if not file_id:
            continue
        for text in _content(config, file_id).splitlines():
            try:
                yield _Line.model_validate_json(text)
            except ValidationError:
                yield _Line(custom_id="a line", error={"message": "it cannot be read"})


def _content(config: Config, file_id: str) -> bytes:
    return call(config, lambda sdk: sdk.files.content(file_id).read(), is_billed=False)


def _taken(line: _Line, batch: Batch, journal: Journal, cache: AnswerCache) -> str:
    """Keep and book a line's answer; "" when there was one that can be used, else why not."""
    response = line.response or {}
    if response.get("status_code") != 200:
        body = response.get("body") or {}
        said = line.error or (body.get("error") if isinstance(body, dict) else None) or {}
        return str(said.get("message") or "no answer came")[:200]
    if not _KEY.fullmatch(line.custom_id):
        return "it answers no request of ours"
    raw = json.dumps(response.get("body"), ensure_ascii=False)
    question = Question("script", (batch.metadata or {}).get("model", ""), ())
    try:
        completion = Completion.read(raw)
    except MalformedAnswer as error:
        tokens = tokens_in(raw)
        if tokens is not None:
            _book(line, batch, tuple(counted(tokens, question, is_batch=True)), journal, cache)
        return error.message
    usages = tuple(usages_of(completion, question, is_batch=True))
    if cache.get(line.custom_id) is None:
        cache.put(line.custom_id, Kept(raw=raw))
    _book(line, batch, usages, journal, cache)
    return ""


def _book(
    line: _Line, batch: Batch, usages: tuple[Usage, ...], journal: Journal, cache: AnswerCache
) -> None:
    """Book a line once, though its collection is cut short, and though its question was answered
    on demand as well: both are billed."""
    key = key_of({"batch": batch.id, "line": line.custom_id}, "")
    settle(key, cache.get(key) or Kept(raw="", owed=usages), journal, cache)
