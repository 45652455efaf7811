"""Google's token endpoint for the own channels: codes, refresh, revocation.

Access tokens expire on the real clock; grants of an app in testing mode die on the emulated one.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ytempire.emulators.youtube.catalog import Channel
from ytempire.emulators.youtube.chance import identifier
from ytempire.emulators.youtube.clock import Clock
from ytempire.emulators.youtube.codes import Codes
from ytempire.emulators.youtube.store import Store

#: Seconds, real clock.
LIFETIME = 3600
#: Seconds that a grant lives while its app is in testing mode, emulated clock.
TESTING_LIFETIME = 7 * 86400
_PREFIX = "https://www.googleapis.com/auth/"
MONEY_SCOPE = f"{_PREFIX}yt-analytics-monetary.readonly"
AUDIT_SCOPE = f"{_PREFIX}youtubepartner-channel-audit"
#: What the grants that are there from the start reach.
SCOPES = (
    f"{_PREFIX}youtube.upload",
    f"{_PREFIX}youtube.force-ssl",
    f"{_PREFIX}youtube.readonly",
    f"{_PREFIX}yt-analytics.readonly",
    MONEY_SCOPE,
)


@dataclass(frozen=True)
class TokenAnswer:
    """Status and body of the token endpoint, whose errors are not shaped like the APIs'."""

    status: int
    body: dict[str, Any]


@dataclass(frozen=True)
class Held:
    """What a token stands for.

    Attributes:
        dies_at: when its grant ends by itself, emulated epoch seconds; None: it lasts.
    """

    channel_id: str
    scopes: tuple[str, ...]
    dies_at: float | None = None


class Grants:
    """Who may act as which channel, and how far.

    Each own channel has a grant from the start, whose token follows from the seed; consents add
    others.

    Args:
        store: keeps tokens and revocations.
        seed: of the world.
        channels: whose grants can be held.
        clock: the emulated one.
    """

    def __init__(
        self, store: Store, seed: int, channels: tuple[Channel, ...], clock: Clock
    ) -> None:
        self._store = store
        self._clock = clock
        self._channels = {channel.key: channel for channel in channels}
        self._first = {
            "1//0" + identifier(40, seed, "refresh", channel.key): channel for channel in channels
        }
        self.client_id = f"{identifier(12, seed, 'client')}.apps.googleusercontent.com".lower()
        self.client_secret = "GOCSPX-" + identifier(28, seed, "client secret")
        self.codes = Codes(store)

    def list(self, address: str) -> list[dict[str, str]]:
        """What the platform needs to connect each own channel."""
        return [
            {
                "key": channel.key,
                "channel_id": channel.channel_id,
                "title": channel.title,
                "handle": channel.handle,
                "niche": channel.niche,
                "refresh_token": token,
                "client_id": self.client_id,
                "client_secret": self.client_secret,
                "token_uri": f"{address}/token",
            }
            for token, channel in self._first.items()
        ]

    def exchange(self, form: Mapping[str, str]) -> TokenAnswer:
        """Answers a refresh, or a code that a consent gave."""
        kind = form.get("grant_type")
        if kind not in ("refresh_token", "authorization_code"):
            return _denied("unsupported_grant_type", f"Invalid grant_type: {kind}")
        known = (self.client_id, self.client_secret)
        if (form.get("client_id"), form.get("client_secret")) != known:
            return TokenAnswer(
                401,
                {"error": "invalid_client", "error_description": "The OAuth client was not found."},
            )
        if kind == "authorization_code":
            return self._bought(form)
        held = self.held_by_refresh(form.get("refresh_token", ""))
        if held is None:
            return _denied("invalid_grant", "Token has been expired or revoked.")
        return TokenAnswer(200, self._access(held))

    def _bought(self, form: Mapping[str, str]) -> TokenAnswer:
        """The grant that a code buys, once."""
        consent = self.codes.redeem(form)
        if consent is None:
            return _denied("invalid_grant", "Malformed auth code.")
        lives = TESTING_LIFETIME if self.is_in_testing else None
        held = Held(
            self._channels[consent.channel].channel_id,
            consent.scopes,
            None if lives is None else self._clock.seconds() + lives,
        )
        answer = self._access(held)
        if consent.is_lasting:
            answer["refresh_token"] = "1//0" + secrets.token_urlsafe(40)
            self._store.insert(
                "grants",
                {
                    "refresh_token": answer["refresh_token"],
                    "channel_id": held.channel_id,
                    "scopes": " ".join(held.scopes),
                    "dies_at": held.dies_at,
                },
            )
        return TokenAnswer(200, answer)

    def _access(self, held: Held) -> dict[str, Any]:
        token = "ya29." + secrets.token_urlsafe(48)
        scopes = " ".join(held.scopes)
        self._store.insert(
            "access_tokens",
            {
                "access_token": token,
                "channel_id": held.channel_id,
                "scopes": scopes,
                "expires_at": time.time() + LIFETIME,
            },
        )
        answer: dict[str, Any] = {
            "access_token": token,
            "expires_in": LIFETIME - 1,
            "scope": scopes,
            "token_type": "Bearer",
        }
        if held.dies_at is not None:
            answer["refresh_token_expires_in"] = int(held.dies_at - self._clock.seconds())
        return answer

    @property
    def is_in_testing(self) -> bool:
        """Whether new grants die after seven days, as those of an app in testing mode do."""
        return self._store.setting("testing") == "yes"

    def set_testing(self, *, testing: bool) -> None:
        """Puts the app in testing mode, or in production."""
        self._store.keep_setting("testing", "yes" if testing else "no")

    def revoke(self, token: str) -> TokenAnswer:
        """Ends all grants of the account that a refresh or access token belongs to, as Google."""
        held = self.held_by_refresh(token) or self.held(token)
        if held is None:
            return _denied("invalid_token", "Token expired or revoked")
        self.set_revoked(held.channel_id, revoked=True)
        return TokenAnswer(200, {})

    def set_revoked(self, channel_id: str, *, revoked: bool) -> None:
        """Revokes a channel's grants, access tokens included, or restores its first one."""
        if revoked:
            self._store.insert("revoked", {"channel_id": channel_id, "at": time.time()})
            self._store.run("delete from access_tokens where channel_id = ?", channel_id)
            self._store.run("delete from grants where channel_id = ?", channel_id)
        else:
            self._store.run("delete from revoked where channel_id = ?", channel_id)

    def held(self, access_token: str) -> Held | None:
        """What a live access token stands for."""
        row = self._store.row(
            "select channel_id, scopes from access_tokens "
            "where access_token = ? and expires_at > ?",
            access_token,
            time.time(),
        )
        return None if row is None else Held(row["channel_id"], tuple(row["scopes"].split()))

    def held_by_refresh(self, refresh_token: str) -> Held | None:
        """What a live refresh token stands for."""
        first = self._first.get(refresh_token)
        if first is not None:
            query = "select 1 from revoked where channel_id = ?"
            is_revoked = self._store.row(query, first.channel_id) is not None
            return None if is_revoked else Held(first.channel_id, SCOPES)
        row = self._store.row("select * from grants where refresh_token = ?", refresh_token)
        if row is None or (row["dies_at"] or float("inf")) <= self._clock.seconds():
            return None
        return Held(row["channel_id"], tuple(row["scopes"].split()), row["dies_at"])

    def expire(self, access_token: str) -> None:
        """Ends an access token before its time."""
        self._store.run("delete from access_tokens where access_token = ?", access_token)


def _denied(error: str, description: str) -> TokenAnswer:
    return TokenAnswer(400, {"error": error, "error_description": description})
