"""Google's token endpoint (RFC 6749, RFC 7009): a code bought for a grant, a grant tried, given
back. Calls of the APIs do not come here; their client renews its tokens itself."""

from __future__ import annotations

from typing import Any

import httpx
from pydantic import ConfigDict, Field, ValidationError

from ytempire.config import settings
from ytempire.domain import Frozen
from ytempire.errors import MalformedAnswer
from ytempire.providers import wire
from ytempire.providers.youtube.answers import token_error
from ytempire.providers.youtube.client import TOKEN_URI, Grant

AUTH_URI = "https://accounts.google.com/o/oauth2/auth"


class OAuthClient(Frozen):
    """The installed app that a person consents to."""

    client_id: str
    client_secret: str = Field(repr=False)
    auth_uri: str = AUTH_URI
    token_uri: str = TOKEN_URI


class Tokens(Frozen):
    """What the endpoint gave.

    Attributes:
        refresh_token: None when an existing one was used.
        scopes: what was granted; None: it did not say, so what was asked.
        dies_in_s: seconds until the refresh token ends by itself (an OAuth app in testing mode, or
            a consent for a time); None: it lasts.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    access_token: str = Field(repr=False)
    refresh_token: str | None = Field(default=None, repr=False)
    scope: str | None = None
    dies_in_s: float | None = Field(default=None, alias="refresh_token_expires_in")

    @property
    def scopes(self) -> tuple[str, ...] | None:
        return None if self.scope is None else tuple(self.scope.split())


def exchange(app: OAuthClient, code: str, redirect_uri: str, verifier: str) -> Tokens:
    """The grant that a consent's code buys, once.

    Raises:
        GrantRevoked: the code is spent or too old. KeyRejected: a wrong client.
        ProviderUnavailable, MalformedAnswer: no answer, or none that can be read.
    """
    return _asked(
        app.token_uri,
        grant_type="authorization_code",
        code=code,
        redirect_uri=redirect_uri,
        code_verifier=verifier,
        client_id=app.client_id,
        client_secret=app.client_secret,
    )


def refreshed(grant: Grant) -> Tokens:
    """A fresh access token, and what the endpoint says of the grant: whether it lives at all.

    Raises:
        GrantRevoked: it does not. Else as `exchange`.
    """
    return _asked(
        grant.token_uri,
        grant_type="refresh_token",
        refresh_token=grant.refresh_token,
        client_id=grant.client_id,
        client_secret=grant.client_secret,
    )


def revoke(grant: Grant) -> bool:
    """Give a grant back; False: it had ended already.

    Raises:
        ProviderUnavailable: it was not done; try again.
    """
    address = f"{grant.token_uri.removesuffix('/token')}/revoke"
    answer = _post(address, {"token": grant.refresh_token})
    if answer.status_code == 400 and _told(answer).get("error") == "invalid_token":
        return False
    if answer.is_error:
        raise wire.failed("Google's revocation endpoint", answer.status_code, "", answer.headers)
    return True


def _asked(address: str, **form: str) -> Tokens:
    answer = _post(address, form)
    told = _told(answer)
    if answer.is_error:
        code = told.get("error")
        raise token_error(
            code if isinstance(code, str) else "", str(told.get("error_description", ""))[:300]
        )
    try:
        return Tokens.model_validate(told)
    except ValidationError:
        raise MalformedAnswer("Google's token endpoint answered no token.") from None


def _post(address: str, form: dict[str, str]) -> httpx.Response:
    try:
        with wire.http(settings().youtube.timeout_s) as web:
            return web.post(address, data=form)
    except httpx.HTTPError as error:
        raise wire.lost("Google's token endpoint", error) from None


def _told(answer: httpx.Response) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
