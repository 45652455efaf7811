"""Answers bound to a schema, from any OpenAI-compatible model: kept, booked, then read.

An answer that does not fit its schema is sent back once; both tries are paid, and booked.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Generic, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from ytempire.config import OpenAI as Config
from ytempire.domain import Usage
from ytempire.errors import MalformedAnswer, NotConfigured, ProviderRefused, YTEmpireError
from ytempire.journal import Journal
from ytempire.providers.answer_cache import AnswerCache, Kept, key_of
from ytempire.providers.completions import Completion, estimated_tokens, strict_schema, tokens_in
from ytempire.providers.openai_client import Lost, call

M = TypeVar("M", bound=BaseModel)

log = logging.getLogger(__name__)

#: Batches are billed at their own price.
BATCH = "openai-batch"


@dataclass(frozen=True)
class Question:
    """What a model is asked.

    Attributes:
        kind: what is bought, for the ledger: `script`, `judge`.
        messages: (role, text) pairs, `system` first.
        most_tokens: the longest answer, thinking included, that is paid for.
    """

    kind: str
    model: str
    messages: tuple[tuple[str, str], ...]
    most_tokens: int = 8_000

    def request(self, schema: type[BaseModel]) -> dict[str, Any]:
        """The body of the chat completion."""
        return {
            "model": self.model,
            "messages": [{"role": role, "content": text} for role, text in self.messages],
            "max_completion_tokens": self.most_tokens,
            "response_format": {
                "type": "json_schema",
                "json_schema": {
                    "name": schema.__name__,
                    "strict": True,
                    "schema": strict_schema(schema),
                },
            },
        }


@dataclass(frozen=True)
class Answer(Generic[M]):
    """A parsed answer. What it cost is booked already.

    Attributes:
        is_kept: it lay in the cache; nothing was paid.
    """

    value: M
    is_kept: bool


def ask(
    config: Config,
    question: Question,
    schema: type[M],
    *,
    journal: Journal,
    cache: AnswerCache,
    wrong: Callable[[M], str] = lambda _: "",
) -> Answer[M]:
    """A question's answer in the shape of `schema`; one that does not fit is sent back once.

    Each paid answer is kept, then booked, then read. One from the cache is not paid again.

    Args:
        wrong: what else is wrong with an answer that fits the schema, in words for the model; ""
            when nothing is.

    Raises:
        NotConfigured: no key, or no price for the model; nothing was asked.
        ProviderRefused: the model declines.
        MalformedAnswer: the second answer does not fit either, or one is no completion.
        KeyRejected, ProviderUnavailable: as `call`. What may be billed (`Lost`) is booked.
    """
    keys = []
    problem = ""
    for asked in range(2):
        key = key_of(question.request(schema), config.base_url)
        keys.append(key)
        completion, is_kept = _completion(config, question, schema, key, journal, cache)
        if completion.declined:
            raise ProviderRefused(
                f"{question.model} declines: {completion.declined[:300]}",
                "Change the topic or the wording; the same question gets the same answer.",
            )
        try:
            value = schema.model_validate_json(completion.text)
            problem = wrong(value)
        except ValidationError as error:
            problem = _problems(error)
        else:
            if not problem:
                return Answer(value, is_kept)
        if completion.is_cut:
            problem = "The answer is longer than its limit and was cut off. Be shorter."
        log.info("%s answered off the mark (%s of 2): %s", question.model, asked + 1, problem)
        question = _sent_back(question, completion.text, problem)
    for key in keys:
        cache.reject(key)
    raise MalformedAnswer(
        f"{question.model} answered twice in a way that cannot be used: {problem[:300]}",
        "Try again, or use a larger model; both answers are kept beside the cache.",
    )


def usages_of(completion: Completion, question: Question, *, is_batch: bool = False) -> list[Usage]:
    """What a completion consumed: tokens read, read from the provider's cache, and written.

    A server that does not count is counted for: about a token for three bytes.
    """
    read = estimated_tokens(*(text for _, text in question.messages))
    tokens = completion.tokens or (read, 0, estimated_tokens(completion.text))
    return counted(tokens, question, is_batch=is_batch)


def counted(
    tokens: tuple[int, int, int], question: Question, *, is_batch: bool = False
) -> list[Usage]:
    """Tokens read, cached and written, as the ledger knows them."""
    read, cached, written = tokens
    units = {
        "input_token": read - cached,
        "cached_input_token": cached,
        "output_token": written,
    }
    return [_usage(question, u, n, is_batch=is_batch) for u, n in units.items() if n]


def intend(key: str, question: Question, journal: Journal, *, is_batch: bool = False) -> bool:
    """Reserve the most that a question can cost; whether a worker that died had begun it.

    Raises:
        NotConfigured: the price book does not know the model.
        OverBudget: too little is left for it.
    """
    read = estimated_tokens(*(text for _, text in question.messages))
    expected = {"input_token": read, "cached_input_token": 0, "output_token": question.most_tokens}
    try:
        return journal.intend(
            key, *(_usage(question, unit, n, is_batch=is_batch) for unit, n in expected.items())
        )
    except NotConfigured as error:
        raise NotConfigured(
            f"{error.message} Nothing was sent to {question.model}.",
            "Add its three prices (input_token, cached_input_token, output_token) to the price "
            'book; for a server of your own, usd: "0".',
        ) from error


def _usage(question: Question, unit: str, count: int, *, is_batch: bool) -> Usage:
    family = BATCH if is_batch else "openai"
    return Usage(
        provider=f"{family}/{question.model}",
        kind=question.kind,
        unit=unit,
        quantity=Decimal(count),
        device="remote",
    )


def settle(key: str, kept: Kept, journal: Journal, cache: AnswerCache) -> None:
    """Book what is owed for an answer, once."""
    if kept.owed:
        journal.settle(key, *kept.owed, is_ambiguous=kept.is_ambiguous)
        cache.put(key, kept.model_copy(update={"owed": ()}))


def _completion(
    config: Config,
    question: Question,
    schema: type[BaseModel],
    key: str,
    journal: Journal,
    cache: AnswerCache,
) -> tuple[Completion, bool]:
    """The completion, bought or kept, and whether it was kept."""
    kept = cache.get(key)
    if kept is not None:
        settle(key, kept, journal, cache)
        try:
            completion = Completion.read(kept.raw)
        except MalformedAnswer:  # a worker died before it could put it aside
            cache.reject(key)
        else:
            journal.progress(0.9, f"{question.model} answered this before; nothing is paid")
            log.info("%s: the answer is kept from an earlier call; nothing is paid", question.model)
            return completion, True
    intend(key, question, journal)
    request = question.request(schema) | routing(question, config)
    raw = ""
    try:
        raw = call(
            config, lambda sdk: sdk.chat.completions.with_raw_response.create(**request).text
        )
        completion = Completion.read(raw)
    except (Lost, MalformedAnswer):
        tokens = tokens_in(raw) or _foreseen(request, question, raw)
        owed = tuple(counted(tokens, question))
        _book_ambiguous(key, Kept(raw=raw, owed=owed, is_ambiguous=True), journal, cache)
        raise
    except YTEmpireError:
        journal.void(key)
        raise
    kept = Kept(raw=raw, owed=tuple(usages_of(completion, question)))
    cache.put(key, kept)
    settle(key, kept, journal, cache)
    return completion, False


def routing(question: Question, config: Config) -> dict[str, str]:
    """What sends questions that begin alike to one machine, which then knows their beginning.

    OpenAI's own field: other servers may refuse what they do not know. A key of one kind of
    question serves some 15 a minute; one for each channel would keep their common rules apart.
    """
    is_openai = httpx.URL(config.base_url).host == "api.openai.com"
    return {"prompt_cache_key": f"ytempire-{question.kind}"} if is_openai else {}


def _foreseen(request: dict[str, Any], question: Question, came: str) -> tuple[int, int, int]:
    """About what an answer costs that does not say: its output is what came, and the most that was
    asked for where nothing came, so that the ledger is not below the bill."""
    read = estimated_tokens(json.dumps(request, ensure_ascii=False))
    return read, 0, estimated_tokens(came) if came else question.most_tokens


def _book_ambiguous(key: str, kept: Kept, journal: Journal, cache: AnswerCache) -> None:
    """Book, once, an answer that may have been billed and cannot be used; a person can look at it.

    It is kept with its debt first, so that a worker that dies meanwhile leaves the debt.
    """
    cache.put(key, kept)
    settle(key, kept, journal, cache)
    cache.reject(key)
    note = "ambiguous: an answer was lost or unreadable on its way; booked as if it was billed"
    journal.progress(0.9, note)
    log.warning("OpenAI: %s", note)


def _sent_back(question: Question, said: str, problem: str) -> Question:
    mend = f"This cannot be used: {problem}\nAnswer the whole again, mended."
    return replace(question, messages=(*question.messages, ("assistant", said), ("user", mend)))


def _problems(error: ValidationError) -> str:
    lines = [
        f"{'.'.join(str(part) for part in item['loc']) or 'the answer'}: {item['msg']}"
        for item in error.errors()[:8]
    ]
    return "; ".join(lines)
