"""The one door to OpenAI, and to any server that speaks its protocol: calls with one deadline and
errors in our own words. `openai_answers` asks questions through it.

Patience is for what nobody has billed: a refused connection, 429, 5xx. An answer that got lost on
its way may have been paid, so it is not asked for again here (`Lost`); the stage's retry or its
fallback decides.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import httpx

from ytempire.config import OpenAI as Config
from ytempire.errors import KeyRejected, MalformedAnswer, NotConfigured, ProviderUnavailable
from ytempire.providers import wire

if TYPE_CHECKING:
    from openai import OpenAI

T = TypeVar("T")

NAME = "OpenAI"


class Lost(ProviderUnavailable):
    """The request went out, and no whole answer came back: whether it is billed is not known."""


def is_configured(config: Config) -> bool:
    """There is a key. A local server that wants none takes any: `none` will do."""
    return config.api_key is not None and bool(config.api_key.get_secret_value())


@contextmanager
def client(config: Config) -> Iterator[OpenAI]:
    """The official client, without retries of its own.

    Raises:
        NotConfigured: there is no key.
    """
    from openai import OpenAI

    if config.api_key is None or not config.api_key.get_secret_value():
        raise NotConfigured(
            "OpenAI was asked for, and there is no key for it.",
            "Set YTEMPIRE_OPENAI__API_KEY in .env; for a local server any word will do.",
        )
    with wire.http(config.deadline_s) as http:
        yield OpenAI(
            api_key=config.api_key.get_secret_value(),
            base_url=config.base_url,
            http_client=http,  # type: ignore[arg-type]  # the SDK takes httpx's, typed as httpx2's
            max_retries=0,
            timeout=config.deadline_s,
        )


def call(
    config: Config, ask: Callable[[OpenAI], T], *, is_billed: bool = True, is_order: bool = False
) -> T:
    """Ask the server, patiently, with errors in our words.

    Args:
        is_billed: an answer lost on its way may have been paid: it is not asked for again.
        is_order: work goes on after the answer: what failed on the server's side (5xx, and no word
            of when to come again) may have begun all the same, and counts as lost.

    Raises:
        NotConfigured: there is no key.
        KeyRejected, ProviderRefused, ProviderUnavailable: see `wire.failed` and `wire.lost`.
        Lost: it may be billed.
        MalformedAnswer: the answer is not JSON.
    """

    def attempt() -> T | Lost:
        try:
            with client(config) as sdk:
                return ask(sdk)
        except Exception as error:
            said = _in_our_words(error, config)
            if said is None:
                raise
            if (
                is_billed
                and isinstance(said, ProviderUnavailable)
                and (_was_sent(error) or (is_order and _may_have_begun(error, said)))
            ):
                return Lost(said.message)
            raise said from error

    found = wire.patiently(attempt)
    if isinstance(found, Lost):
        raise found
    return found


def _in_our_words(error: Exception, config: Config) -> Exception | None:
    import openai

    def hushed(said: str) -> str:
        return wire.hush(said, config.api_key.get_secret_value() if config.api_key else "")

    if isinstance(error, openai.APIStatusError):
        if error.code == "insufficient_quota":  # a 429 that no waiting mends
            return KeyRejected(
                f"{NAME} serves this key no more: its credit is spent, or its limit is reached.",
                "Look at the account's billing and limits.",
            )
        headers = httpx.Headers(list(error.response.headers.items()))
        return wire.failed(NAME, error.status_code, hushed(error.message), headers)
    if isinstance(error, openai.APIConnectionError):
        return wire.lost(NAME, _cause(error))
    if isinstance(error, httpx.HTTPError):
        return wire.lost(NAME, error)
    if isinstance(error, openai.APIError | json.JSONDecodeError | UnicodeDecodeError):
        said = hushed(str(error))
        return MalformedAnswer(f"{NAME} answered what is not its protocol: {said}"[:300])
    return None


def _cause(error: Exception) -> Exception:
    return error.__cause__ if isinstance(error.__cause__, Exception) else error


def _may_have_begun(error: Exception, said: ProviderUnavailable) -> bool:
    import openai

    is_servers = isinstance(error, openai.APIStatusError) and error.status_code >= 500
    return is_servers and said.retry_after_s is None


def _was_sent(error: Exception) -> bool:
    """The request may have reached the server, and the answer may have been billed."""
    import openai

    if isinstance(error, openai.APIStatusError):
        return False
    return not isinstance(_cause(error), wire.NOT_SENT)
