"""Every video there is at a moment, simulated or uploaded, in one shape."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ytempire.emulators.youtube.catalog import (
    Channel,
    Scale,
    Video,
    history,
    own_channels,
    watched_channels,
    watched_videos,
)
from ytempire.emulators.youtube.chance import between
from ytempire.emulators.youtube.clock import Clock
from ytempire.emulators.youtube.store import Store, plain
from ytempire.emulators.youtube.world import World

#: Emulated seconds from the last byte to `processed`.
PROCESSING_SECONDS = 4.0
#: YouTube's own limit for a Short.
SHORT_SECONDS = 180
#: In place of a failure: processing that never ends.
STUCK = "stuck"
_NEVER = datetime(9000, 1, 1, tzinfo=UTC)


def moment(seconds: float) -> datetime:
    """Epoch seconds as UTC."""
    return datetime.fromtimestamp(seconds, UTC)


@dataclass(frozen=True)
class Upload:
    """What is known of an uploaded file."""

    uploaded_at: datetime
    sha256: str
    bytes: int
    failure: str | None
    rejection: str | None


@dataclass(frozen=True)
class Listing:
    """A video as the API shows it.

    Attributes:
        video: its place in the world model; `published_at` far ahead while it is not public.
        body: the resource as its owner sent it (`snippet`, `status`).
        upload: None for the simulated past and for other people's videos.
    """

    video: Video
    channel: Channel
    body: dict[str, Any]
    upload: Upload | None = None

    @property
    def video_id(self) -> str:
        return self.video.youtube_video_id

    @property
    def snippet(self) -> dict[str, Any]:
        return dict(self.body.get("snippet") or {})

    @property
    def status(self) -> dict[str, Any]:
        return dict(self.body.get("status") or {})

    def shown_at(self, now: datetime) -> datetime:
        """`snippet.publishedAt`: when it went public, or was uploaded."""
        if self.upload and self.video.published_at > now:
            return self.upload.uploaded_at
        return self.video.published_at

    def privacy(self, now: datetime) -> str:
        """`public`, `unlisted` or `private`; a schedule that has passed makes it public."""
        sent = str(self.status.get("privacyStatus") or "public")
        is_due = self.status.get("publishAt") and self.video.published_at <= now
        return "public" if is_due else sent

    def upload_status(self, now: datetime) -> str:
        """`uploaded`, then `processed`, `failed` or `rejected`."""
        if self.upload is None:
            return "processed"
        done_at = self.upload.uploaded_at + timedelta(seconds=PROCESSING_SECONDS)
        if now < done_at or self.upload.failure == STUCK:
            return "uploaded"
        if self.upload.failure:
            return "failed"
        return "rejected" if self.upload.rejection else "processed"

    def is_visible(self, viewer: str, now: datetime) -> bool:
        """Whether a channel may see it by its id."""
        if self.channel.channel_id == viewer:
            return True
        return self.privacy(now) != "private" and self.upload_status(now) == "processed"

    def is_listed(self, viewer: str, now: datetime) -> bool:
        """Whether a channel finds it in lists and searches."""
        if self.channel.channel_id == viewer:
            return True
        return self.privacy(now) == "public" and self.upload_status(now) == "processed"


class Library:
    """Channels and videos of one world at its emulated present."""

    def __init__(self, seed: int, store: Store, clock: Clock, scale: Scale) -> None:
        self._seed = seed
        self._store = store
        self._clock = clock
        self.own = own_channels(seed, scale.channels)
        self.watched = watched_channels(seed)
        self.channels = {c.channel_id: c for c in (*self.own, *self.watched)}
        self.by_uploads = {c.uploads: c for c in self.channels.values()}
        #: The simulated past of each own channel by video id; what is listed of it is not removed.
        self._past: dict[str, dict[str, Video]] = {c.key: {} for c in self.own}
        for video in history(seed, clock.t0, with_removed=True, scale=scale):
            self._past[video.channel][video.youtube_video_id] = video
        self._listed = {
            channel.key: {
                video.youtube_video_id: self._told(video, channel)
                for video in self._past[channel.key].values()
                if video.removed_at is None
            }
            for channel in self.own
        }
        for row in store.rows("select * from meta where key like 'removed:%'"):
            self._take_down(row["key"].partition(":")[2], moment(float(row["value"])))
        self._others: dict[str, Listing] = {}
        self._others_hour = -1

    def find(self, video_id: str) -> Listing | None:
        """A video by its id, unless it was removed."""
        for listed in self._listed.values():
            if video_id in listed:
                return listed[video_id]
        other = self._watched_listings().get(video_id)
        if other is not None:
            return other if other.video.published_at <= self._clock.now() else None
        row = self._store.row(
            "select * from videos where video_id = ? and removed_at is null", video_id
        )
        return None if row is None else self._uploaded(plain(row))

    def of_channel(self, channel: Channel) -> list[Listing]:
        """A channel's videos, newest first, whoever may see them."""
        now = self._clock.now()
        if not channel.is_own:
            videos = watched_videos(self._seed, channel, self._clock.t0, now)
            listings = [self._told(video, channel) for video in videos]
        else:
            rows = self._store.rows(
                "select * from videos where channel_id = ? and removed_at is null",
                channel.channel_id,
            )
            listings = [*self._listed[channel.key].values()]
            listings += [self._uploaded(plain(row)) for row in rows]
        return sorted(listings, key=lambda x: (x.shown_at(now), x.video_id), reverse=True)

    def counted(self, channel: Channel) -> list[Video]:
        """All videos whose views are the channel's, removed ones included."""
        if not channel.is_own:
            return list(watched_videos(self._seed, channel, self._clock.t0, self._clock.now()))
        rows = self._store.rows("select * from videos where channel_id = ?", channel.channel_id)
        past = self._past[channel.key].values()
        return [*past, *(self._uploaded(plain(row)).video for row in rows)]

    def named(self, channel: Channel) -> frozenset[str]:
        """Ids of an own channel's videos that were not removed."""
        rows = self._store.rows(
            "select video_id from videos where channel_id = ? and removed_at is null",
            channel.channel_id,
        )
        return frozenset(self._listed[channel.key]).union(row["video_id"] for row in rows)

    def remove(self, listing: Listing) -> None:
        """Takes an own video down now."""
        at = self._clock.seconds()
        if listing.upload is None:
            self._store.keep_setting(f"removed:{listing.video_id}", str(at))
            self._take_down(listing.video_id, moment(at))
        else:
            self._store.run(
                "update videos set removed_at = ? where video_id = ?", at, listing.video_id
            )

    def totals(self, world: World, channel: Channel) -> tuple[int, int]:
        """A channel's views and subscribers now, exactly; the API rounds the latter down."""
        base = int(between(2_500, 9_000, self._seed, "subscribers", channel.key) * channel.reach)
        views, gained = world.totals(self.counted(channel), channel, self._clock.now())
        return views, base + gained

    def _take_down(self, video_id: str, at: datetime) -> None:
        for key, listed in self._listed.items():
            if listed.pop(video_id, None):
                past = self._past[key]
                past[video_id] = replace(past[video_id], removed_at=at)

    def _watched_listings(self) -> dict[str, Listing]:
        hour = int(self._clock.seconds() // 3600)
        if hour != self._others_hour:
            # Up to the end of this hour; those not yet public are left out when asked for.
            until = moment((hour + 1) * 3600)
            self._others = {
                video.youtube_video_id: self._told(video, channel)
                for channel in self.watched
                for video in watched_videos(self._seed, channel, self._clock.t0, until)
            }
            self._others_hour = hour
        return self._others

    def _told(self, video: Video, channel: Channel) -> Listing:
        snippet = {
            "title": video.title,
            "description": f"{video.title}\n\nAbout {video.topic}, by {channel.title}.",
            "tags": [video.topic, channel.niche],
            "categoryId": "27",
            "defaultLanguage": "en",
        }
        status = {
            "privacyStatus": "public",
            "selfDeclaredMadeForKids": False,
            "containsSyntheticMedia": channel.is_own,
        }
        return Listing(video, channel, {"snippet": snippet, "status": status})

    def _uploaded(self, row: dict[str, Any]) -> Listing:
        channel = self.channels[row["channel_id"]]
        is_short = row["height"] >= row["width"] and row["seconds"] <= SHORT_SECONDS
        snippet = row["body"].get("snippet") or {}
        video = Video(
            channel=channel.key,
            youtube_video_id=row["video_id"],
            title=snippet.get("title", ""),
            format="short" if is_short else "wide",
            seconds=max(1, round(row["seconds"])),
            published_at=_NEVER if row["public_at"] is None else moment(row["public_at"]),
            removed_at=None if row["removed_at"] is None else moment(row["removed_at"]),
        )
        upload = Upload(
            uploaded_at=moment(row["uploaded_at"]),
            sha256=row["sha256"],
            bytes=row["bytes"],
            failure=row["failure"],
            rejection=row["rejection"],
        )
        return Listing(video, channel, row["body"], upload)
