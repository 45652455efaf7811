"""Services of one account, by google-api-python-client and its static discovery documents.

One service object belongs to one account and one thread: a shared one mixes up answers.
"""

from __future__ import annotations

import contextlib
import json
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import stamina
from pydantic import ConfigDict, Field

from ytempire.config import settings
from ytempire.domain import Frozen
from ytempire.errors import MalformedAnswer, ProviderUnavailable, YTEmpireError
from ytempire.providers import wire
from ytempire.providers.youtube.answers import error_of, token_error

_AUTH = "https://www.googleapis.com/auth/"
#: Scope -> what is lost without it.
SCOPES = {
    f"{_AUTH}youtube.upload": "nothing can be published",
    f"{_AUTH}youtube.force-ssl": "no captions, thumbnails or playlists can be set",
    f"{_AUTH}youtube.readonly": "no statistics can be read",
    f"{_AUTH}yt-analytics.readonly": "no watch time, days or impressions can be read",
    f"{_AUTH}yt-analytics-monetary.readonly": "no revenue can be read",
}
#: A partner's scope, asked for only with `youtube.audits`.
AUDIT_SCOPE = f"{_AUTH}youtubepartner-channel-audit"
TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105
#: Seconds that one file of the Reporting API may take.
DOWNLOAD_S = 300.0


def lost_without(scopes: tuple[str, ...]) -> list[str]:
    """What cannot be done with these scopes only, in words."""
    return [lost for scope, lost in SCOPES.items() if scope not in scopes]


class Grant(Frozen):
    """What an account gave us: enough to get access tokens until it is revoked.

    Its secrets show in no repr and in no error about it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    refresh_token: str = Field(repr=False)
    client_id: str
    client_secret: str = Field(repr=False)
    token_uri: str = TOKEN_URI
    scopes: tuple[str, ...] = tuple(SCOPES)


def service(grant: Grant, name: str, version: str, http: Any = None) -> Any:
    """A service of one account: `service(grant, "youtube", "v3")`.

    `client_options.api_endpoint` would move only part of the traffic (media keeps its scheme, the
    batch address stays Google's), so the discovery document itself is changed.

    Args:
        http: of `connection`, so that several services share one access token; None: its own.
    """
    from googleapiclient import discovery

    # Parsed anew for each: the client writes into it while it builds methods.
    document = json.loads(_document(name, version))
    if endpoint := settings().youtube.endpoint:
        document["rootUrl"] = document["baseUrl"] = f"{endpoint.rstrip('/')}/"
        document.pop("mtlsRootUrl", None)
    return discovery.build_from_document(document, http=http or connection(grant))


def connection(grant: Grant) -> Any:
    """An account's HTTP with its access token, for one thread; it gives up after
    `youtube.timeout_s` seconds of silence."""
    import google_auth_httplib2
    import httplib2

    credentials = _credentials()(
        None,
        refresh_token=grant.refresh_token,
        token_uri=grant.token_uri,
        client_id=grant.client_id,
        client_secret=grant.client_secret,
        # None: a token of all that was granted. Named ones that were not would be refused whole.
        scopes=None,
    )
    http = httplib2.Http(timeout=settings().youtube.timeout_s)
    http.redirect_codes = http.redirect_codes - {308}  # "resume incomplete", not a redirect
    return google_auth_httplib2.AuthorizedHttp(credentials, http=http)


def call(request: Any) -> dict[str, Any]:
    """Send one request once and return its answer.

    Raises:
        YTEmpireError: what Google's error means to us (`answers.error_of`, `token_error`).
        ProviderUnavailable: no answer. MalformedAnswer: an answer that is no JSON object.
    """
    from google.auth.exceptions import GoogleAuthError
    from googleapiclient.errors import HttpError
    from httplib2 import HttpLib2Error

    try:
        answer = request.execute(num_retries=0)
    except HttpError as error:
        raise error_of(error.resp.status, error.content, error.resp) from error
    except (GoogleAuthError, HttpLib2Error, HTTPException, OSError) as error:
        raise ProviderUnavailable(f"YouTube did not answer: {error}.") from error
    except ValueError as error:
        raise MalformedAnswer(f"YouTube answered something that is not JSON: {error}.") from error
    if not isinstance(answer, dict):
        raise MalformedAnswer(f"YouTube answered {type(answer).__name__} instead of an object.")
    return answer


def read(request: Any, again: Callable[[], None] = lambda: None) -> dict[str, Any]:
    """`call` for requests that only read: tried again, up to three times, when that can help.

    Args:
        again: called before each further try: YouTube counts each; what it raises ends them.
    """
    for attempt in stamina.retry_context(on=_wait, attempts=3, timeout=30.0):
        with attempt:
            if attempt.num > 1:
                again()
            return call(request)
    raise AssertionError("unreachable")


def _wait(error: Exception) -> bool | float:
    """Whether another try soon can help, or the seconds that YouTube asked to wait."""
    if not isinstance(error, YTEmpireError) or not error.is_transient:
        return False
    asked = getattr(error, "retry_after_s", None)
    return True if asked is None else asked if asked <= wire.LONGEST_WAIT_S else False


def download(http: Any, url: str) -> Iterator[bytes]:
    """A file of the Reporting API, piece by piece, unzipped.

    Args:
        http: of `connection`.

    Raises:
        YTEmpireError: as `call`; what came before it is not the whole file.
    """
    if not _is_googles(url):
        raise MalformedAnswer(f"A report lies at {urlsplit(url).hostname}, which is not YouTube's.")
    try:
        with wire.http(DOWNLOAD_S) as web, _opened(http, web, url) as answer:
            if answer.is_error:
                raise error_of(answer.status_code, answer.read(), answer.headers)
            is_zipped = answer.headers.get("content-encoding") == "gzip"
            yield from _unzipped(answer.iter_raw()) if is_zipped else answer.iter_raw()
    except zlib.error as error:
        raise MalformedAnswer(f"A report's bytes are garbled: {error}.") from error
    except httpx.HTTPError as error:
        raise wire.lost("YouTube", error) from error


def _unzipped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """httpx would take a stream that ends too early for a whole one, and lose videos silently."""
    zipped = zlib.decompressobj(16 + zlib.MAX_WBITS)
    for piece in pieces:
        if plain := zipped.decompress(piece):
            yield plain
    if not zipped.eof:
        raise MalformedAnswer("A report ends before its end.")


def _opened(http: Any, web: httpx.Client, url: str) -> Any:
    """The answer, opened; a token that was refused is renewed once, as the client does."""
    for is_last in (False, True):
        headers: dict[str, str] = {"Accept-Encoding": "gzip"}
        http.credentials.before_request(http._request, "GET", url, headers)
        answer = web.send(web.build_request("GET", url, headers=headers), stream=True)
        if answer.status_code != 401 or is_last:
            break
        answer.close()
        http.credentials.refresh(http._request)
    return contextlib.closing(answer)


def _is_googles(url: str) -> bool:
    """The access token goes nowhere else, whatever an answer says."""
    at, endpoint = urlsplit(url), settings().youtube.endpoint
    if endpoint:
        return (at.scheme, at.netloc) == urlsplit(endpoint)[:2]
    host = at.hostname or ""
    return at.scheme == "https" and (host == "googleapis.com" or host.endswith(".googleapis.com"))


@cache
def _document(name: str, version: str) -> str:
    from googleapiclient import discovery_cache

    folder = Path(discovery_cache.__file__).parent / "documents"
    return (folder / f"{name}.{version}.json").read_text(encoding="utf-8")


@cache
def _credentials() -> Any:
    """Google's credentials, whose refusals are our errors and never carry a token."""
    from google.auth.exceptions import RefreshError
    from google.oauth2.credentials import Credentials

    class Renewing(Credentials):
        def refresh(self, request: Any) -> None:
            try:
                super().refresh(request)  # type: ignore[no-untyped-call]
            except RefreshError as error:
                told = error.args[1] if len(error.args) > 1 else {}
                if not isinstance(told, dict) or not isinstance(told.get("error"), str):
                    raise ProviderUnavailable("Google's token endpoint gave no token.") from None
                raise token_error(
                    told["error"], str(told.get("error_description", ""))[:300]
                ) from None
            # An answer that is text, or whose fields are of other types, fails inside the client.
            except (TypeError, AttributeError, ValueError):
                raise MalformedAnswer("Google's token endpoint answered no JSON.") from None

    return Renewing
