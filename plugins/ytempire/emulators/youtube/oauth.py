"""Google's token endpoint for the own channels: refresh, expiry on the real clock, revocation."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ytempire.emulators.youtube.catalog import Channel
from ytempire.emulators.youtube.chance import identifier
from ytempire.emulators.youtube.store import Store

#: Seconds, real clock.
LIFETIME = 3600
SCOPES = (
    "https://www.googleapis.com/auth/youtube.upload",
    "https://www.googleapis.com/auth/youtube.force-ssl",
    "https://www.googleapis.com/auth/youtube.readonly",
    "https://www.googleapis.com/auth/yt-analytics.readonly",
    "https://www.googleapis.com/auth/yt-analytics-monetary.readonly",
)


@dataclass(frozen=True)
class TokenAnswer:
    """Status and body of the token endpoint, whose errors are not shaped like the APIs'."""

    status: int
    body: dict[str, Any]


class Grants:
    """Who may act as which channel.

    Args:
        store: keeps tokens and revocations.
        seed: of the world; refresh tokens follow from it.
        channels: whose grants can be held.
    """

    def __init__(self, store: Store, seed: int, channels: tuple[Channel, ...]) -> None:
        self._store = store
        self._seed = seed
        self._channels = channels
        self.client_id = f"{identifier(12, seed, 'client')}.apps.googleusercontent.com".lower()
        self.client_secret = "GOCSPX-" + identifier(28, seed, "client secret")

    def refresh_token(self, channel: Channel) -> str:
        """The channel's refresh token, the same for a seed for ever."""
        return "1//0" + identifier(40, self._seed, "refresh", channel.key)

    def list(self, address: str) -> list[dict[str, str]]:
        """What the platform needs to connect each own channel."""
        return [
            {
                "key": channel.key,
                "channel_id": channel.channel_id,
                "title": channel.title,
                "handle": channel.handle,
                "niche": channel.niche,
                "refresh_token": self.refresh_token(channel),
                "client_id": self.client_id,
                "client_secret": self.client_secret,
                "token_uri": f"{address}/token",
            }
            for channel in self._channels
        ]

    def exchange(self, form: Mapping[str, str]) -> TokenAnswer:
        """Answers a refresh."""
        if form.get("grant_type") != "refresh_token":
            return _denied("unsupported_grant_type", "Only refresh_token grants are served.")
        known = (self.client_id, self.client_secret)
        if (form.get("client_id"), form.get("client_secret")) != known:
            return TokenAnswer(
                401,
                {"error": "invalid_client", "error_description": "The OAuth client was not found."},
            )
        channel = self._owner(form.get("refresh_token", ""))
        if channel is None or self.is_revoked(channel.channel_id):
            return _denied("invalid_grant", "Token has been expired or revoked.")
        token = "ya29." + secrets.token_urlsafe(48)
        self._store.insert(
            "tokens",
            {
                "access_token": token,
                "channel_id": channel.channel_id,
                "expires_at": time.time() + LIFETIME,
            },
        )
        return TokenAnswer(
            200,
            {
                "access_token": token,
                "expires_in": LIFETIME - 1,
                "scope": " ".join(SCOPES),
                "token_type": "Bearer",
            },
        )

    def revoke(self, token: str) -> TokenAnswer:
        """Ends the grant that a refresh or access token belongs to."""
        owner = self._owner(token)
        channel_id = owner.channel_id if owner else self.channel_of(token)
        if channel_id is None or self.is_revoked(channel_id):
            return _denied("invalid_token", "Token expired or revoked")
        self.set_revoked(channel_id, revoked=True)
        return TokenAnswer(200, {})

    def set_revoked(self, channel_id: str, *, revoked: bool) -> None:
        """Revokes a channel's grant, its access tokens included, or restores it."""
        if revoked:
            self._store.insert("revoked", {"channel_id": channel_id, "at": time.time()})
            self._store.run("delete from tokens where channel_id = ?", channel_id)
        else:
            self._store.run("delete from revoked where channel_id = ?", channel_id)

    def is_revoked(self, channel_id: str) -> bool:
        """Whether the channel's grant is dead."""
        return self._store.row("select 1 from revoked where channel_id = ?", channel_id) is not None

    def channel_of(self, access_token: str) -> str | None:
        """Id of the channel that a live access token acts as."""
        row = self._store.row(
            "select channel_id from tokens where access_token = ? and expires_at > ?",
            access_token,
            time.time(),
        )
        return None if row is None else str(row["channel_id"])

    def expire(self, access_token: str) -> None:
        """Ends an access token before its time."""
        self._store.run("delete from tokens where access_token = ?", access_token)

    def channel_of_refresh(self, refresh_token: str) -> str | None:
        """Id of the channel that a refresh token belongs to."""
        owner = self._owner(refresh_token)
        return None if owner is None else owner.channel_id

    def _owner(self, refresh_token: str) -> Channel | None:
        for channel in self._channels:
            if self.refresh_token(channel) == refresh_token:
                return channel
        return None


def _denied(error: str, description: str) -> TokenAnswer:
    return TokenAnswer(400, {"error": error, "error_description": description})
