"""The one door to ElevenLabs: its SDK with one deadline and errors in our own words.

`voices.elevenlabs` speaks through it, `usage_reports.elevenlabs` reads the account's history.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx

from ytempire.config import ElevenLabs as Config
from ytempire.errors import KeyRejected, NotConfigured, QuotaExhausted, YTEmpireError
from ytempire.providers import wire

if TYPE_CHECKING:
    from elevenlabs.client import ElevenLabs

ONE_TRY: Any = {"max_retries": 0}  # patience is ours, see `wire.patiently`


class Lost(YTEmpireError):
    """The request went out whole, and no whole answer came back."""


def key_of(config: Config) -> str:
    """The account's key.

    Raises:
        NotConfigured: there is none.
        KeyRejected: it cannot be one.
    """
    if config.api_key is None:
        raise NotConfigured(
            "ElevenLabs has no key.", "Set YTEMPIRE_ELEVENLABS__API_KEY, or use another voice."
        )
    key = config.api_key.get_secret_value().strip()
    if not key.isascii() or not key.isprintable():
        raise KeyRejected(
            "The ElevenLabs key holds characters that no key has.",
            "Copy it again into YTEMPIRE_ELEVENLABS__API_KEY.",
        )
    return key


@contextmanager
def connected(config: Config) -> Iterator[ElevenLabs]:
    """The official client; its calls take `ONE_TRY`.

    Raises:
        NotConfigured: there is no key, or the address cannot be used.
        KeyRejected: the key cannot be one.
    """
    from elevenlabs.client import ElevenLabs

    key = key_of(config)
    with wire.http(config.deadline_s) as http:
        try:
            client = ElevenLabs(
                api_key=key,
                base_url=config.base_url.rstrip("/"),
                timeout=config.deadline_s,
                httpx_client=http,
            )
        except ValueError as error:
            raise NotConfigured(
                f"ElevenLabs' address cannot be used: {error}.",
                "Write YTEMPIRE_ELEVENLABS__BASE_URL like https://api.elevenlabs.io.",
            ) from error
        yield client


@contextmanager
def in_our_words(key: str) -> Iterator[None]:
    """Errors of the SDK and of the wire, as ours; the key stands in none."""
    from elevenlabs.core.api_error import ApiError

    try:
        yield
    except ApiError as error:
        raise _failed(error.status_code or 0, error.body, error.headers or {}, key) from error
    except wire.NOT_SENT as error:
        raise wire.lost("ElevenLabs", error) from error
    except httpx.HTTPError as error:
        raise Lost(wire.lost("ElevenLabs", error).message) from error
    except (TypeError, ValueError, AttributeError) as error:
        said = wire.hush(str(error), key)
        raise Lost(f"ElevenLabs answered something else: {said}"[:300]) from error


def _failed(status: int, body: Any, headers: Mapping[str, str], key: str) -> YTEmpireError:
    if 200 <= status < 300:
        return Lost("ElevenLabs' answer did not come whole.")
    detail = body.get("detail", body) if isinstance(body, dict) else body
    kind = str(detail.get("status", "")) if isinstance(detail, dict) else ""
    told = detail.get("message", detail) if isinstance(detail, dict) else detail
    said = wire.hush(str(told), key)
    if kind == "quota_exceeded" or status == httpx.codes.PAYMENT_REQUIRED:
        return QuotaExhausted(
            f"The ElevenLabs plan has too little left: {said[:300]}",
            "It comes back with the plan's next period; or take a larger plan.",
        )
    return wire.failed("ElevenLabs", status, said, httpx.Headers(dict(headers)))
