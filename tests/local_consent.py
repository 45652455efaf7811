"""A consent page and token endpoint (RFC 6749, RFC 7636) for the local YouTube's accounts.

It gives out that YouTube's own refresh tokens, so what it connects can be used there. A person is
played by `&approve=CHANNEL` behind the page's address.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlencode

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from ytempire.emulators.serving import running


class ConsentPage:
    """The page and its endpoint.

    Attributes:
        unticked: scopes that the person leaves out.
        dies_in_s: how long its refresh tokens say they live; None: they last.
    """

    def __init__(self, youtube: str) -> None:
        self.youtube = youtube
        self.address = ""
        self.unticked: set[str] = set()
        self.dies_in_s: int | None = None
        self._codes: dict[str, dict[str, str]] = {}

    async def ask(self, request: Request) -> Response:
        asked = dict(request.query_params)
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        back = urlencode({"state": asked["state"], "code": code, "scope": asked["scope"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{back}", 302)

    async def token(self, request: Request) -> Response:
        form = {
            name: values[0] for name, values in parse_qs((await request.body()).decode()).items()
        }
        if form["grant_type"] == "refresh_token":
            given = httpx.post(f"{self.youtube}/token", data=form)
            return self._lasting(given.json(), given.status_code)
        asked = self._codes.pop(form["code"], None)  # a code is good once
        if asked is None or not _is_proven(asked, form):
            return JSONResponse(
                {"error": "invalid_grant", "error_description": "Malformed auth code."}, 400
            )
        accounts = {each["key"]: each for each in httpx.get(f"{self.youtube}/admin/grants").json()}
        scopes = [each for each in asked["scope"].split() if each not in self.unticked]
        return self._lasting(
            {
                "access_token": secrets.token_urlsafe(16),
                "refresh_token": accounts[asked["approve"]]["refresh_token"],
                "scope": " ".join(scopes),
                "expires_in": 3599,
                "token_type": "Bearer",
            },
            200,
        )

    def _lasting(self, answer: dict[str, Any], status: int) -> Response:
        dies = {} if self.dies_in_s is None else {"refresh_token_expires_in": self.dies_in_s}
        return JSONResponse(answer | dies, status)


def _is_proven(asked: dict[str, str], form: dict[str, str]) -> bool:
    """The redirect is the one of the page, and the verifier the one of its challenge."""
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return (challenge, form["redirect_uri"]) == (asked["code_challenge"], asked["redirect_uri"])


@contextmanager
def consent_page(youtube: str) -> Iterator[ConsentPage]:
    """The page on a free port of loopback.

    Args:
        youtube: address of the local YouTube whose accounts it asks for.
    """
    page = ConsentPage(youtube)
    routes = [
        Route("/o/oauth2/auth", page.ask),
        Route("/token", page.token, methods=["POST"]),
    ]
    with running(Starlette(routes=routes)) as emulated:
        page.address = emulated.address
        yield page
