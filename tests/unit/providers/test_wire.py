"""One deadline for a whole answer, errors in our words, and patience that heeds the provider."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from ytempire.emulators.serving import Emulated, running
from ytempire.errors import KeyRejected, ProviderRefused, ProviderUnavailable
from ytempire.providers import wire


async def _hello(_: Request) -> PlainTextResponse:
    return PlainTextResponse("hello, this is the whole answer")


@pytest.fixture
def server() -> Iterator[Emulated]:
    with running(Starlette(routes=[Route("/", _hello)])) as emulated:
        yield emulated


def test_a_slow_drip_ends_at_the_deadline_of_the_whole_answer(server: Emulated) -> None:
    server.fail("drip", seconds=0.1)  # no single read takes half a second
    with wire.http(0.5) as client, pytest.raises(httpx.ReadTimeout):
        client.get(server.address)


@pytest.mark.parametrize("fault", ["truncated", "dropped"])
def test_an_answer_that_is_cut_is_an_error_not_a_short_answer(server: Emulated, fault: str) -> None:
    server.fail(fault)
    with wire.http(5) as client, pytest.raises(httpx.RemoteProtocolError):
        client.get(server.address)


def test_redirects_are_not_followed(server: Emulated) -> None:
    server.fail("status", status=302, headers={"location": "http://127.0.0.1:9/elsewhere"})
    with wire.http(5) as client:
        assert client.get(server.address).status_code == 302


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, KeyRejected),
        (403, KeyRejected),
        (429, ProviderUnavailable),
        (408, ProviderUnavailable),
        (500, ProviderUnavailable),
        (503, ProviderUnavailable),
        (400, ProviderRefused),
        (404, ProviderRefused),
    ],
)
def test_a_status_is_an_error_of_ours(status: int, kind: type[Exception]) -> None:
    error = wire.failed("Somebody", status, "because  of\nthis", httpx.Headers())
    assert type(error) is kind
    assert f"Somebody answered {status}: because of this" in error.message


@pytest.mark.parametrize(("said", "seconds"), [("7", 7), ("0", 0), ("-3", 0)])
def test_retry_after_is_read_as_seconds(said: str, seconds: float) -> None:
    assert wire.retry_after(httpx.Headers({"retry-after": said})) == seconds


def test_retry_after_is_read_as_a_date() -> None:
    def asked(seconds: int) -> float | None:
        at = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds))
        return wire.retry_after(httpx.Headers({"retry-after": at}))

    later = asked(3600)
    assert later is not None and 3000 < later <= 3600
    assert asked(-60) == 0


@pytest.mark.parametrize("said", ["soon", "nan", "inf", ""])
def test_a_retry_after_that_says_nothing_is_none(said: str) -> None:
    assert wire.retry_after(httpx.Headers({"retry-after": said})) is None


def _failing(times: int, error: Exception, calls: list[int]):
    def call() -> str:
        calls.append(1)
        if len(calls) <= times:
            raise error
        return "at last"

    return call


def _unavailable(after: float | None) -> ProviderUnavailable:
    error = ProviderUnavailable("busy")
    error.retry_after_s = after
    return error


def test_patience_waits_as_asked_and_tries_again() -> None:
    calls: list[int] = []
    assert wire.patiently(_failing(2, _unavailable(0.0), calls)) == "at last"
    assert len(calls) == 3


def test_patience_has_an_end() -> None:
    calls: list[int] = []
    with pytest.raises(ProviderUnavailable):
        wire.patiently(_failing(99, _unavailable(0.0), calls))
    assert len(calls) == wire.ATTEMPTS


def test_a_long_wait_is_left_to_the_task() -> None:
    calls: list[int] = []
    with pytest.raises(ProviderUnavailable):
        wire.patiently(_failing(99, _unavailable(wire.LONGEST_WAIT_S + 1), calls))
    assert len(calls) == 1


def test_what_another_try_cannot_mend_is_not_tried_again() -> None:
    calls: list[int] = []
    with pytest.raises(ProviderRefused):
        wire.patiently(_failing(99, ProviderRefused("no"), calls))
    assert len(calls) == 1


def test_keys_that_a_server_quotes_are_not_passed_on() -> None:
    assert wire.hush("bad k-1, or k-2?", "k-1", "k-2") == "bad (the key), or (the key)?"
    assert wire.hush("all well", "") == "all well"
