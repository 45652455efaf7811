"""Connecting an account: a person's consent in a browser, here or elsewhere, or a grant's file.

Whatever way it comes, a grant is looked at before it is kept: its scopes, and which channel it is.
"""

from __future__ import annotations

import contextlib
import secrets
import webbrowser
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ytempire.channels import accounts, deletion, grants, quota, states
from ytempire.config import settings
from ytempire.domain import Frozen
from ytempire.errors import (
    ChannelMissing,
    GrantRevoked,
    InvalidInput,
    NotConfigured,
    ProviderUnavailable,
    ScopeMissing,
)
from ytempire.providers.youtube import tokens
from ytempire.providers.youtube.client import (
    AUDIT_SCOPE,
    SCOPES,
    TOKEN_URI,
    Grant,
    call,
    lost_without,
    service,
)
from ytempire.providers.youtube.tokens import OAuthClient, Tokens
from ytempire.warehouse import clock

#: Where the browser ends when nothing listens here: its address line is what the person copies.
ELSEWHERE = "http://127.0.0.1:8089/"
#: How long a person may take on Google's page.
PATIENCE_S = 900


class Connected(Frozen):
    """A channel that was connected.

    Attributes:
        title: of the YouTube channel.
        expires_at: when Google lets the grant die by itself; None: it lasts.
        has_audits: strikes can be read.
    """

    channel_id: str
    youtube_channel_id: str
    title: str
    expires_at: datetime | None
    has_audits: bool


def oauth_client() -> OAuthClient:
    """The OAuth client of the settings, at Google or at `youtube.endpoint`.

    Raises:
        NotConfigured: there is none.
    """
    youtube = settings().youtube
    if youtube.client_id is None or youtube.client_secret is None:
        raise NotConfigured(
            "No OAuth client is configured.",
            "Set YTEMPIRE_YOUTUBE__CLIENT_ID and YTEMPIRE_YOUTUBE__CLIENT_SECRET (a desktop "
            "client of your Google Cloud project), or give a grant's file with --grant.",
        )
    secret = youtube.client_secret.get_secret_value()
    return client_at(youtube.endpoint, youtube.client_id, secret)


def client_at(endpoint: str | None, client_id: str, client_secret: str) -> OAuthClient:
    """An OAuth client of Google's, or of a server that speaks its protocol."""
    if endpoint is None:
        return OAuthClient(client_id=client_id, client_secret=client_secret)
    base = endpoint.rstrip("/")
    return OAuthClient(
        client_id=client_id,
        client_secret=client_secret,
        auth_uri=f"{base}/o/oauth2/auth",
        token_uri=f"{base}/token",
    )


class Consent:
    """One consent under way: the address that a person opens, and what the browser brings back."""

    def __init__(self, app: OAuthClient) -> None:
        self.app = app
        self._flow = _flow(app)

    def address(self) -> str:
        """What a person opens in any browser; it ends at an address on `ELSEWHERE` to paste back.

        It carries a state and a PKCE challenge that are of this consent alone.
        """
        self._flow.redirect_uri = ELSEWHERE
        url, _ = self._flow.authorization_url(prompt="consent")
        return str(url)

    def answered(self, pasted: str) -> Tokens:
        """What the address buys where the person's browser has ended, or the code in it.

        Raises:
            InvalidInput: it is of another consent, says no, or holds no code.
        """
        text = pasted.strip()
        code = _code_of(text, self._flow.state) if "://" in text else text
        if not code:
            raise InvalidInput("Nothing was given.", "Paste the whole address, or the code in it.")
        try:
            return tokens.exchange(
                self.app, code, self._flow.redirect_uri, self._flow.code_verifier
            )
        except GrantRevoked:
            raise InvalidInput(
                "That code was used already, is too old, or is of another consent.",
                "Start again: each address is good for one answer.",
            ) from None

    def in_browser(self) -> Tokens:
        """Open the person's browser and wait for it to come back on loopback.

        Raises:
            ProviderUnavailable: nobody answered. InvalidInput: the answer was no.
        """
        from google_auth_oauthlib.flow import WSGITimeoutError

        try:
            self._flow.run_local_server(
                host="127.0.0.1",
                bind_addr="127.0.0.1",
                port=0,
                open_browser=_has_browser(),
                authorization_prompt_message="Allow it in your browser; if none opens:\n{url}",
                success_message="Thank you. You may close this window.",
                timeout_seconds=PATIENCE_S,
                prompt="consent",
            )
        except WSGITimeoutError:
            raise ProviderUnavailable(
                "Nobody answered Google's page.", "Try again, or use --headless."
            ) from None
        return self.answered(self._flow.ended_at)


def keep(channel_id: str, app: OAuthClient, given: Tokens) -> Connected:
    """Look at what a consent gave, and store it.

    Raises:
        ScopeMissing: it does not reach as far as it must; the message names what would be lost.
        ChannelMissing: the account has no channel. InvalidInput: it is another channel's.
    """
    if given.refresh_token is None:
        raise GrantRevoked(
            "Google gave no lasting grant.",
            "Remove the app at myaccount.google.com/permissions and try again.",
        )
    grant = Grant(
        refresh_token=given.refresh_token,
        client_id=app.client_id,
        client_secret=app.client_secret,
        token_uri=app.token_uri,
    )
    return _keep(channel_id, grant, given)


class AuthorizedUser(BaseModel):
    """Google's file of a grant, `authorized_user`, as its libraries write it."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    refresh_token: str = Field(min_length=1, repr=False)
    client_id: str = Field(min_length=1)
    client_secret: str = Field(min_length=1, repr=False)
    token_uri: str = TOKEN_URI


def take_file(channel_id: str, file: Path) -> Connected:
    """Connect a channel by a grant's file, whose token URI may be any server's.

    Raises:
        InvalidInput: it is no such file; every field that is wrong is named. Else as `keep`.
    """
    try:
        read = AuthorizedUser.model_validate_json(file.read_bytes())
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, each['loc'])) or 'the file'}: {each['msg']}"
            for each in error.errors(include_input=False, include_url=False)
        )
        raise InvalidInput(
            f"{file} is no grant of Google's kind `authorized_user`: {wrong}.",
            "It is JSON with refresh_token, client_id, client_secret and token_uri.",
        ) from None
    grant = Grant(**read.model_dump())
    return _keep(channel_id, grant, tokens.refreshed(grant))


def disconnect(channel_id: str) -> bool:
    """Give a channel's grant back to Google and forget it; its YouTube data go within 7 days.

    Returns:
        False when there was no grant, or it had ended already.

    Raises:
        ProviderUnavailable: Google could not be told; nothing was changed, try again.
    """
    is_live = False
    with contextlib.suppress(GrantRevoked, NotConfigured):  # none that could be given back
        is_live = tokens.revoke(grants.grant_of(channel_id))
    grants.remove(channel_id)
    states.disconnect(channel_id)
    deletion.request(channel_id, "revoked_here")
    return is_live


def _keep(channel_id: str, grant: Grant, given: Tokens) -> Connected:
    scopes = given.scopes if given.scopes is not None else tuple(SCOPES)
    lost = lost_without(scopes)
    if lost:
        raise ScopeMissing(
            f"The grant does not reach far enough: {'; '.join(lost)}.",
            "Connect again and leave every box of Google's page ticked.",
        )
    grant = grant.model_copy(update={"scopes": scopes})
    item = _channel_behind(grant)
    accounts.bind(channel_id, item["id"], item["snippet"]["title"])
    expires_at = None
    if given.dies_in_s is not None:
        expires_at = clock.now() + timedelta(seconds=given.dies_in_s)
    grants.connect_grant(channel_id, grant, expires_at)
    return Connected(
        channel_id=channel_id,
        youtube_channel_id=item["id"],
        title=item["snippet"]["title"],
        expires_at=expires_at,
        has_audits=AUDIT_SCOPE in scopes,
    )


def _channel_behind(grant: Grant) -> dict[str, Any]:
    quota.spend("connect", default=quota.LIST)
    request = service(grant, "youtube", "v3").channels().list(part="snippet", mine=True)
    items = call(request).get("items")
    if not items:
        raise ChannelMissing(
            "The account has no YouTube channel.",
            "The grant is good; create the channel at youtube.com, then connect it again.",
        )
    return dict(items[0])


def _code_of(address: str, state: str) -> str:
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    if not secrets.compare_digest(query.get("state", ""), state):
        raise InvalidInput(
            "That address answers another consent.", "Start again, and use the address given then."
        )
    if "error" in query:
        raise InvalidInput(
            f"Google's page was answered with no: {query['error']}.", "Start again and allow it."
        )
    return query.get("code", "")


def _has_browser() -> bool:
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


def _flow(app: OAuthClient) -> Any:
    """Google's installed-app flow; the code is exchanged by us, since its own exchange takes a
    scope left out for a failure, and a server on loopback for an unsafe one."""
    from google_auth_oauthlib.flow import InstalledAppFlow

    class Flow(InstalledAppFlow):  # type: ignore[misc]
        state = ""
        ended_at = ""

        def authorization_url(self, **asked: str) -> tuple[str, str]:
            url, self.state = super().authorization_url(**asked)
            return urlsplit(url)._replace(scheme=scheme).geturl(), self.state

        def fetch_token(self, authorization_response: str, **_: object) -> None:
            self.ended_at = authorization_response

        @property
        def credentials(self) -> None:
            return None

    scopes = [*SCOPES, *([AUDIT_SCOPE] if settings().youtube.audits else [])]
    scheme = urlsplit(app.auth_uri).scheme
    secure = urlsplit(app.auth_uri)._replace(scheme="https").geturl()
    return Flow.from_client_config(
        {"installed": app.model_dump() | {"auth_uri": secure}}, scopes=scopes
    )
