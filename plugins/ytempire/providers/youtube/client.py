"""Services of one account, by google-api-python-client and its static discovery documents.

One service object belongs to one account and one thread: a shared one mixes up answers.
"""

from __future__ import annotations

import json
from http.client import HTTPException
from pathlib import Path
from typing import Any

import stamina

from ytempire.config import settings
from ytempire.domain import Frozen
from ytempire.errors import GrantRevoked, MalformedAnswer, ProviderUnavailable, YTEmpireError
from ytempire.providers.youtube.answers import error_of

SCOPES = (
    "https://www.googleapis.com/auth/youtube.upload",
    "https://www.googleapis.com/auth/youtube.force-ssl",
    "https://www.googleapis.com/auth/youtube.readonly",
    "https://www.googleapis.com/auth/yt-analytics.readonly",
    "https://www.googleapis.com/auth/yt-analytics-monetary.readonly",
)


class Grant(Frozen):
    """What an account gave us: enough to get access tokens until it is revoked."""

    refresh_token: str
    client_id: str
    client_secret: str
    token_uri: str = "https://oauth2.googleapis.com/token"  # noqa: S105
    scopes: tuple[str, ...] = SCOPES


def service(grant: Grant, name: str, version: str) -> Any:
    """A service of one account: `service(grant, "youtube", "v3")`.

    `client_options.api_endpoint` would move only part of the traffic (media keeps its scheme, the
    batch address stays Google's), so the discovery document itself is changed.
    """
    from google.oauth2.credentials import Credentials
    from googleapiclient import discovery, discovery_cache

    folder = Path(discovery_cache.__file__).parent / "documents"
    document = json.loads((folder / f"{name}.{version}.json").read_text(encoding="utf-8"))
    if endpoint := settings().youtube.endpoint:
        document["rootUrl"] = document["baseUrl"] = f"{endpoint.rstrip('/')}/"
        document.pop("mtlsRootUrl", None)
    credentials = Credentials(  # type: ignore[no-untyped-call]
        None,
        refresh_token=grant.refresh_token,
        token_uri=grant.token_uri,
        client_id=grant.client_id,
        client_secret=grant.client_secret,
        scopes=list(grant.scopes),
    )
    return discovery.build_from_document(document, http=authorized_http(credentials))


def authorized_http(credentials: Any) -> Any:
    """An HTTP client that gives up after `youtube.timeout_s` seconds of silence."""
    import google_auth_httplib2
    import httplib2

    http = httplib2.Http(timeout=settings().youtube.timeout_s)
    http.redirect_codes = http.redirect_codes - {308}  # "resume incomplete", not a redirect
    return google_auth_httplib2.AuthorizedHttp(credentials, http=http)


def call(request: Any) -> dict[str, Any]:
    """Send one request once and return its answer.

    Raises:
        YTEmpireError: what Google's error means to us (`answers.error_of`).
        GrantRevoked: the refresh token is dead.
        ProviderUnavailable: no answer. MalformedAnswer: an answer that is no JSON object.
    """
    from google.auth.exceptions import GoogleAuthError, RefreshError
    from googleapiclient.errors import HttpError
    from httplib2 import HttpLib2Error

    try:
        answer = request.execute(num_retries=0)
    except HttpError as error:
        raise error_of(error.resp.status, error.content) from error
    except RefreshError as error:
        if getattr(error, "retryable", False):
            raise ProviderUnavailable(f"Google gave no token: {error}.") from error
        raise GrantRevoked(
            "The account's grant is no longer valid.", "Connect the channel again."
        ) from error
    except (GoogleAuthError, HttpLib2Error, HTTPException, OSError) as error:
        raise ProviderUnavailable(f"YouTube did not answer: {error}.") from error
    except ValueError as error:
        raise MalformedAnswer(f"YouTube answered something that is not JSON: {error}.") from error
    if not isinstance(answer, dict):
        raise MalformedAnswer(f"YouTube answered {type(answer).__name__} instead of an object.")
    return answer


def read(request: Any) -> dict[str, Any]:
    """`call` for requests that only read: tried again, up to three times, when that can help."""
    for attempt in stamina.retry_context(on=_is_worth_a_retry, attempts=3, timeout=30.0):
        with attempt:
            return call(request)
    raise AssertionError("unreachable")


def _is_worth_a_retry(error: Exception) -> bool:
    return isinstance(error, YTEmpireError) and error.is_transient
