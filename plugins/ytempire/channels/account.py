"""One channel's account in use: its services, its quota spent, its errors acted on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cached_property
from typing import Any

from ytempire.channels import accounts, events, quota, states
from ytempire.channels.accounts import Channel
from ytempire.errors import ChannelResting, GrantRevoked, QuotaExhausted
from ytempire.providers.youtube import client
from ytempire.warehouse import clock


class Account:
    """Google's services of one channel; not shared between threads.

    Args:
        purpose: what its quota is spent for: `publish`, `pull`, `trends`, `guard`, …
    """

    def __init__(self, channel_id: str, purpose: str) -> None:
        self.purpose = purpose
        self.channel: Channel = accounts.channel(channel_id)
        self.grant = accounts.grant_of(channel_id)

    @cached_property
    def data(self) -> Any:
        """YouTube Data API v3."""
        return client.service(self.grant, "youtube", "v3")

    @cached_property
    def analytics(self) -> Any:
        """YouTube Analytics API v2; its calls have a quota of their own, not counted here."""
        return client.service(self.grant, "youtubeAnalytics", "v2")

    def read(self, request: Any, **units: int) -> dict[str, Any]:
        """Send a request that only reads; `units` by bucket are spent first."""
        return self.acting_on_errors(client.read, request, **units)

    def write(self, request: Any, **units: int) -> dict[str, Any]:
        """Send a request that changes something: once."""
        return self.acting_on_errors(client.call, request, **units)

    def acting_on_errors(
        self, send: Callable[[Any], dict[str, Any]], request: Any, **units: int
    ) -> dict[str, Any]:
        """Spend, send, and let an error have its consequence: a bucket closed, a channel paused."""
        if units:
            quota.spend(self.purpose, **units)
        try:
            return send(request)
        except QuotaExhausted as error:
            others = [bucket for bucket in units if bucket != "uploads"] or ["default"]
            for bucket in ["uploads"] if error.is_of_uploads else others:
                quota.close(bucket)
            raise
        except GrantRevoked as error:
            states.lose_grant(self.channel.channel_id, error.message)
            raise
        except ChannelResting as error:
            self._meet_cap(error.message)
            raise

    def _meet_cap(self, message: str) -> None:
        """The channel's own cap, which moves: rest for a day, and tell of it once a day."""
        name, now = self.channel.channel_id, clock.now()
        events.note(
            name, "cap_met", "warning", message, cause=f"cap/{name}/{clock.pacific_day(now)}"
        )
        states.rest(name, now + timedelta(hours=states.REST_HOURS), "It met its upload cap.")
