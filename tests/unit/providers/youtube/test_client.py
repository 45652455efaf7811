"""Google's client at the local YouTube: refusals, garbled answers and tokens are told apart."""

from __future__ import annotations

import gzip
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from ytempire import errors
from ytempire.config import settings
from ytempire.emulators.serving import Emulated
from ytempire.emulators.serving import running as emulating
from ytempire.emulators.youtube.server import running
from ytempire.providers.youtube import client
from ytempire.providers.youtube.client import Grant

pytestmark = pytest.mark.slow
LIST = "youtube.channels.list"


class YouTube:
    """The local YouTube, and one of its accounts by Google's client."""

    def __init__(self, address: str) -> None:
        self.address = address
        told = httpx.get(f"{address}/admin/grants", timeout=20).json()[0]
        self.channel_id = told["channel_id"]
        self.grant = Grant(**{name: told[name] for name in Grant.model_fields if name in told})

    def set(self, path: str, **values: object) -> None:
        httpx.post(f"{self.address}/admin/{path}", json=values, timeout=20).raise_for_status()

    def asked(self, method: str) -> int:
        return len(httpx.get(f"{self.address}/admin/requests", params={"method": method}).json())

    def ask(self, how: Any = client.call, grant: Grant | None = None) -> dict[str, Any]:
        service = client.service(grant or self.grant, "youtube", "v3")
        answer: dict[str, Any] = how(service.channels().list(part="id", mine=True))
        return answer


@pytest.fixture
def youtube(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[YouTube]:
    with running(state=tmp_path / "youtube") as address:
        monkeypatch.setenv("YTEMPIRE_YOUTUBE__ENDPOINT", address)
        settings.cache_clear()
        yield YouTube(address)
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("quota_exceeded", errors.QuotaExhausted),
        ("upload_quota", errors.QuotaExhausted),
        ("upload_limit", errors.ChannelResting),
        ("signup_required", errors.ChannelMissing),
        ("thumbnail_throttle", errors.ProviderUnavailable),
        ("403", errors.NotConfigured),
        ("400", errors.InvalidInput),
        ("429", errors.ProviderUnavailable),
        ("500", errors.ProviderUnavailable),
        ("503", errors.ProviderUnavailable),
        ("401", errors.GrantRevoked),
        ("grant_revoked", errors.GrantRevoked),
        ("malformed", errors.MalformedAnswer),
        ("truncated", (errors.MalformedAnswer, errors.ProviderUnavailable)),
        ("dropped", errors.ProviderUnavailable),
    ],
)
def test_what_youtube_answers_becomes_its_typed_error(
    youtube: YouTube, kind: str, wanted: type[Exception]
) -> None:
    youtube.set("faults", kind=kind, method=LIST, count=9)
    with pytest.raises(wanted):
        youtube.ask()


def test_a_token_that_expired_is_renewed_unseen(youtube: YouTube) -> None:
    youtube.set("faults", kind="token_expired", method=LIST, count=1)
    assert youtube.ask()["items"]


def test_a_passing_fault_is_ridden_out_by_a_read_and_told_by_a_call(youtube: YouTube) -> None:
    youtube.set("faults", kind="503", method=LIST, count=2)
    with pytest.raises(errors.ProviderUnavailable):
        youtube.ask(client.call)
    assert youtube.ask(client.read)["items"]


def test_the_end_of_the_uploads_is_asked_once(youtube: YouTube) -> None:
    youtube.set("faults", kind="upload_quota", method=LIST, count=9)
    with pytest.raises(errors.QuotaExhausted):
        youtube.ask(client.read)
    assert youtube.asked(LIST) == 1


@pytest.mark.parametrize("kind", ["503", "malformed", "truncated", "dropped"])
def test_a_token_endpoint_that_is_unwell_is_not_a_dead_grant(youtube: YouTube, kind: str) -> None:
    youtube.set("faults", kind=kind, method="oauth.token", count=9)
    with pytest.raises((errors.ProviderUnavailable, errors.MalformedAnswer)):
        youtube.ask()


def test_a_wrong_client_is_the_installations_mistake_not_the_channels(youtube: YouTube) -> None:
    with pytest.raises(errors.KeyRejected, match="CLIENT_SECRET"):
        youtube.ask(grant=youtube.grant.model_copy(update={"client_secret": "guessed"}))


def test_no_secret_shows_in_a_repr_an_error_or_its_traceback(youtube: YouTube) -> None:
    canary = youtube.grant.model_copy(update={"refresh_token": "canary-r", "client_secret": "x-c"})
    shown = repr(canary) + str(canary)
    for grant in (canary, youtube.grant.model_copy(update={"refresh_token": "canary-r"})):
        try:
            youtube.ask(grant=grant)
        except errors.YTEmpireError as error:
            shown += "".join(traceback.format_exception(error))
    try:
        Grant.model_validate_json('{"refresh_token": "canary-r", "client_id": 5}')
    except ValueError as error:
        shown += str(error)
    assert "Traceback" in shown
    assert "canary-r" not in shown
    assert "x-c" not in shown


def test_services_of_an_account_share_one_token(youtube: YouTube) -> None:
    http = client.connection(youtube.grant)
    data = client.service(youtube.grant, "youtube", "v3", http)
    analytics = client.service(youtube.grant, "youtubeAnalytics", "v2", http)
    client.call(data.channels().list(part="id", mine=True))
    days = {"startDate": "2026-01-01", "endDate": "2026-01-02", "metrics": "views"}
    client.call(analytics.reports().query(ids="channel==MINE", dimensions="day", **days))
    assert youtube.asked("oauth.token") == 1


class Reports:
    """A server of report files: a token for whoever asks, and one file."""

    CSV = b"date,video_id,views\n" + b"".join(b"20261120,v%05d,7\n" % i for i in range(20_000))

    def __init__(self, emulated: Emulated, monkeypatch: pytest.MonkeyPatch) -> None:
        self.emulated = emulated
        monkeypatch.setenv("YTEMPIRE_YOUTUBE__ENDPOINT", emulated.address)
        settings.cache_clear()

    @classmethod
    def app(cls) -> Starlette:
        async def token(_: Request) -> Response:
            return JSONResponse({"access_token": "a", "expires_in": 3599, "token_type": "Bearer"})

        async def media(request: Request) -> Response:
            if "gzip" not in request.headers["accept-encoding"]:
                return Response(cls.CSV)
            return Response(gzip.compress(cls.CSV), headers={"content-encoding": "gzip"})

        return Starlette(routes=[Route("/token", token, methods=["POST"]), Route("/m", media)])

    def fetch(self) -> bytes:
        uri = f"{self.emulated.address}/token"
        grant = Grant(refresh_token="r", client_id="c", client_secret="s", token_uri=uri)
        return b"".join(
            client.download(client.connection(grant), f"{self.emulated.address}/m?alt=media")
        )


@pytest.fixture
def reports(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reports]:
    with emulating(Reports.app()) as emulated:
        yield Reports(emulated, monkeypatch)
    monkeypatch.undo()
    settings.cache_clear()


def test_a_report_is_fetched_zipped_and_read_whole(reports: Reports) -> None:
    assert reports.fetch() == Reports.CSV


def test_a_report_asked_for_with_an_old_token_is_asked_for_again(reports: Reports) -> None:
    reports.emulated.fail("status", status=401, path="/m")
    assert reports.fetch() == Reports.CSV


@pytest.mark.parametrize("kind", ["malformed", "truncated", "dropped"])
def test_half_a_report_is_no_report(reports: Reports, kind: Any) -> None:
    reports.emulated.fail(kind, path="/m")
    with pytest.raises((errors.MalformedAnswer, errors.ProviderUnavailable)):
        reports.fetch()


def test_a_report_that_is_refused_says_why(reports: Reports) -> None:
    reports.emulated.fail("status", status=503, path="/m", headers={"retry-after": "40"})
    with pytest.raises(errors.ProviderUnavailable) as found:
        reports.fetch()
    assert found.value.retry_after_s == 40


def test_a_token_is_sent_to_no_foreign_address(youtube: YouTube) -> None:
    http = client.connection(youtube.grant)
    with pytest.raises(errors.MalformedAnswer, match=r"example\.com"):
        next(client.download(http, "https://example.com/v1/media/report?alt=media"))
    assert youtube.asked("oauth.token") == 0
