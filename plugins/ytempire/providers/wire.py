"""What every paid answer travels through: one deadline for the whole of it, a bound on its size,
errors in our own words, and patience that heeds `Retry-After`.

httpx's time-out is for each read: a server that sends a byte a second would hold a worker for
hours. These bounds are for the answer as a whole.
"""

from __future__ import annotations

import email.utils
import math
import ssl
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TypeVar

import httpx
import stamina

from ytempire.errors import KeyRejected, ProviderRefused, ProviderUnavailable, YTEmpireError

T = TypeVar("T")

#: A provider that asks for a longer wait is left to the task's own retry.
LONGEST_WAIT_S = 20.0
ATTEMPTS = 3
_LARGEST_BYTES = 256 * 1024 * 1024
_KEY = frozenset({401, 403})
_LATER = frozenset({408, 409, 425, 429})
#: Errors before a request went out: nothing was asked yet, so nothing is billed.
NOT_SENT = (
    *(httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError),
    *(httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.InvalidURL),
)


@lru_cache
def trusted() -> ssl.SSLContext:
    """Whom we believe. To read the authorities takes 40 ms, so a process reads them once."""
    return httpx.create_ssl_context()


class Deadline(httpx.BaseTransport):
    """A transport whose answers end in `seconds`, or in httpx.ReadTimeout."""

    def __init__(self, seconds: float, inner: httpx.BaseTransport | None = None) -> None:
        self._seconds = seconds
        self._inner = inner or httpx.HTTPTransport(verify=trusted())

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        ends = time.monotonic() + self._seconds
        answer = self._inner.handle_request(request)
        assert isinstance(answer.stream, httpx.SyncByteStream)
        return httpx.Response(
            answer.status_code,
            headers=answer.headers,
            stream=_Bounded(answer.stream, ends, request),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        self._inner.close()


class _Bounded(httpx.SyncByteStream):
    def __init__(self, stream: httpx.SyncByteStream, ends: float, request: httpx.Request) -> None:
        self._stream, self._ends, self._request = stream, ends, request

    def __iter__(self) -> Iterator[bytes]:
        seen = 0
        for chunk in self._stream:
            seen += len(chunk)
            if time.monotonic() > self._ends:
                raise httpx.ReadTimeout("The answer came too slowly.", request=self._request)
            if seen > _LARGEST_BYTES:
                raise httpx.ReadError("The answer does not end.", request=self._request)
            yield chunk

    def close(self) -> None:
        self._stream.close()


def http(deadline_s: float) -> httpx.Client:
    """A client for one provider, for its SDK or for plain calls; close it when done."""
    return httpx.Client(
        transport=Deadline(deadline_s),
        timeout=httpx.Timeout(deadline_s, connect=min(10.0, deadline_s)),
        follow_redirects=False,
    )


def failed(provider: str, status: int, said: str, headers: httpx.Headers) -> YTEmpireError:
    """An answer that is an error, in our words.

    Returns:
        KeyRejected, ProviderUnavailable (with what `Retry-After` asked), or ProviderRefused.
    """
    about = f"{provider} answered {status}: {' '.join(said.split())[:300] or 'nothing more'}"
    if status in _KEY:
        return KeyRejected(about, f"Look at the key and the plan of {provider} in .env.")
    if status in _LATER or status >= 500:
        error = ProviderUnavailable(about)
        error.retry_after_s = retry_after(headers)
        return error
    return ProviderRefused(about, "The message says what it would not take.")


def hush(said: str, *secrets: str) -> str:
    """What a server said, without the keys that it may have quoted."""
    for secret in filter(None, secrets):
        said = said.replace(secret, "(the key)")
    return said


def lost(provider: str, error: Exception) -> ProviderUnavailable:
    """An answer that did not come, or not whole."""
    return ProviderUnavailable(f"{provider} did not answer: {type(error).__name__}: {error}"[:300])


def retry_after(headers: httpx.Headers) -> float | None:
    """Seconds that an answer asks to wait, given as seconds or as a date; None: it does not."""
    said = headers.get("retry-after")
    if said is None:
        return None
    try:
        seconds = float(said)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(said).timestamp() - time.time()
        except ValueError:
            return None
    return max(seconds, 0.0) if math.isfinite(seconds) else None


def patiently(call: Callable[[], T]) -> T:
    """Call, and call again after a pause when the provider is unavailable; at most three times.

    Raises:
        Whatever the last try raised.
    """

    def wait(error: Exception) -> bool | float:
        if not isinstance(error, ProviderUnavailable):
            return False
        asked = error.retry_after_s
        if asked is None:
            return True
        return asked if asked <= LONGEST_WAIT_S else False

    for attempt in stamina.retry_context(
        on=wait, attempts=ATTEMPTS, timeout=None, wait_initial=0.5, wait_max=8.0, wait_jitter=0.5
    ):
        with attempt:
            return call()
    raise AssertionError("unreachable")
