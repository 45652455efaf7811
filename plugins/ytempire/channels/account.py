"""One channel's account in use: its services, its quota spent, its errors acted on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from typing import Any

from ytempire.channels import accounts, events, grants, quota, states
from ytempire.channels.accounts import Channel
from ytempire.channels.events import Kind, Severity
from ytempire.config import settings
from ytempire.errors import (
    ChannelMissing,
    ChannelResting,
    GrantRevoked,
    MalformedAnswer,
    ProviderUnavailable,
    QuotaExhausted,
    UploadRejected,
    YTEmpireError,
)
from ytempire.providers.youtube import client
from ytempire.warehouse import clock


class Account:
    """Google's services of one channel; not shared between threads.

    Args:
        purpose: what its quota is spent for: `publish`, `pull`, `trends`, `guard`, …
        video_id: the video that it is used for, which events name.

    Raises:
        UnknownChannel, NotConfigured, GrantUnreadable, GrantRevoked: it cannot be used.
    """

    def __init__(self, channel_id: str, purpose: str, video_id: str | None = None) -> None:
        self.purpose, self.video_id = purpose, video_id
        self.channel: Channel = accounts.channel(channel_id)
        self.grant, self._granted_at = grants.grant_and_date(channel_id)

    @cached_property
    def data(self) -> Any:
        """YouTube Data API v3."""
        return client.service(self.grant, "youtube", "v3", self._http)

    @cached_property
    def analytics(self) -> Any:
        """YouTube Analytics API v2; its calls have a quota of their own, not counted here."""
        return client.service(self.grant, "youtubeAnalytics", "v2", self._http)

    @cached_property
    def reporting(self) -> Any:
        """YouTube Reporting API v1; as Analytics, outside the buckets."""
        return client.service(self.grant, "youtubereporting", "v1", self._http)

    @cached_property
    def _http(self) -> Any:
        """All services share one access token."""
        return client.connection(self.grant)

    def read(self, request: Any, **units: int) -> dict[str, Any]:
        """Send a request that only reads; `units` by bucket are spent first.

        A bucket of 0 units is one that the caller has paid for already. Each further try is spent
        anew, since YouTube counts it.
        """

        def again() -> None:
            if units:
                quota.spend(self.purpose, **{name: max(1, n) for name, n in units.items()})

        return self.acting_on_errors(lambda each: client.read(each, again), request, **units)

    def write(self, request: Any, **units: int) -> dict[str, Any]:
        """Send a request that changes something: once."""
        return self.acting_on_errors(client.call, request, **units)

    def download(self, url: str) -> Iterator[bytes]:
        """A file of the Reporting API (a report's `downloadUrl`), piece by piece, unzipped."""
        with self._consequences():
            yield from client.download(self._http, url)

    def acting_on_errors(
        self, send: Callable[[Any], dict[str, Any]], request: Any, **units: int
    ) -> dict[str, Any]:
        """Spend, send, and let an error have its consequence: a bucket closed, a channel paused."""
        if any(units.values()):
            quota.spend(self.purpose, **units)
        with self._consequences(*units):
            return send(request)

    @contextmanager
    def _consequences(self, *buckets: str) -> Iterator[None]:
        try:
            yield
        except QuotaExhausted as error:
            self._close(buckets, error)
            raise
        except GrantRevoked as error:
            states.lose_grant(self.channel.channel_id, error.message, self._granted_at)
            raise
        except ChannelResting as error:
            self._note("cap_met", "warning", error, f"{clock.pacific_day(clock.now())}")
            states.rest(
                self.channel.channel_id,
                clock.now() + timedelta(hours=states.REST_HOURS),
                "It met its own upload cap.",
            )
            raise
        except ChannelMissing as error:
            self._note("channel_missing", "critical", error, f"{clock.pacific_day(clock.now())}")
            raise
        except UploadRejected as error:
            self._note("publish_failed", "warning", error)
            raise
        except (ProviderUnavailable, MalformedAnswer) as error:
            is_throttle = isinstance(error, ProviderUnavailable) and error.is_of_thumbnails
            kind: Kind = "thumbnail_throttled" if is_throttle else "call_failed"
            self._note(kind, "info", error, f"{clock.now():%Y-%m-%dT%H}")
            raise

    def _close(self, buckets: tuple[str, ...], error: QuotaExhausted) -> None:
        """Google's word that a bucket is spent is believed, and told once a day."""
        others = [bucket for bucket in buckets if bucket != "uploads"] or ["default"]
        for bucket in ["uploads"] if error.is_of_uploads else others:
            quota.close(bucket)
            project, day = settings().youtube.project, clock.pacific_day(clock.now())
            events.note(
                self.channel.channel_id,
                "quota_spent",
                "warning",
                error.message,
                video_id=self.video_id,
                cause=f"quota/{project}/{bucket}/{day}",
            )

    def _note(
        self, kind: Kind, severity: Severity, error: YTEmpireError, when: str | None = None
    ) -> None:
        """Write an error down; of one `when` (an hour, a day), once."""
        name = self.channel.channel_id
        cause = f"{kind}/{name}/{when}" if when else None
        events.note(name, kind, severity, error.message, video_id=self.video_id, cause=cause)
