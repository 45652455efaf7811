"""Resources of the Data API as JSON, drawn from listings and the world."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from ytempire.emulators.youtube.calls import Emulator, tagged
from ytempire.emulators.youtube.catalog import Channel
from ytempire.emulators.youtube.faults import STANDINGS
from ytempire.emulators.youtube.library import Listing, moment

SIMULATED = "SIMULATED channel of the local YouTube."
_SIZES = {
    "default": (120, 90),
    "medium": (320, 180),
    "high": (480, 360),
    "standard": (640, 480),
    "maxres": (1280, 720),
}


def stamp(at: datetime) -> str:
    """RFC 3339, UTC, whole seconds, as the Data API writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_duration(seconds: int) -> str:
    """ISO 8601, such as PT4M13S."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    text = "".join(f"{n}{sign}" for n, sign in ((hours, "H"), (minutes, "M"), (left, "S")) if n)
    return "PT" + (text or "0S")


def rounded_subscribers(count: int) -> int:
    """Subscriber counts are public to three significant figures, rounded down."""
    step = 10 ** max(0, len(str(count)) - 3)
    return int(count // step * step)


def thumbnails(emulator: Emulator, address: str, video_id: str) -> dict[str, Any]:
    """Addresses of a video's thumbnails; none before one was set."""
    if emulator.store.row("select 1 from thumbnails where video_id = ?", video_id) is None:
        return {}
    return {
        name: {"url": f"{address}/vi/{video_id}/{name}", "width": size[0], "height": size[1]}
        for name, size in _SIZES.items()
    }


class Presenter:
    """Draws resources for one viewer at one moment.

    Args:
        viewer: id of the channel that asks.
        address: the server's base address, for links.
    """

    def __init__(self, emulator: Emulator, viewer: str, address: str) -> None:
        self._emulator = emulator
        self._viewer = viewer
        self._address = address
        self.now = emulator.now()

    def video(self, listing: Listing, parts: Collection[str]) -> dict[str, Any]:
        """A `youtube#video`."""
        makers = {
            "snippet": self._snippet,
            "status": self._status,
            "contentDetails": self._content,
            "statistics": self._statistics,
            "processingDetails": self._processing,
        }
        fields = {name: make(listing) for name, make in makers.items() if name in parts}
        return tagged("video", id=listing.video_id, **fields)

    def stats(self, listing: Listing, parts: Collection[str]) -> dict[str, Any]:
        """A `youtube#videoStats`, the light resource of videos.batchGetStats."""
        fields: dict[str, Any] = {"id": listing.video_id}
        if "snippet" in parts:
            fields["snippet"] = {"publishTime": stamp(listing.shown_at(self.now))}
        if "contentDetails" in parts:
            fields["contentDetails"] = {"duration": f"{listing.video.seconds}s"}
        if "statistics" in parts:
            counts = self._statistics(listing)
            fields["statistics"] = {
                name: counts[name] for name in ("viewCount", "likeCount", "commentCount")
            }
        return tagged("videoStats", **fields)

    def _snippet(self, listing: Listing) -> dict[str, Any]:
        sent = listing.snippet
        return {
            "publishedAt": stamp(listing.shown_at(self.now)),
            "channelId": listing.channel.channel_id,
            "title": sent.get("title", ""),
            "description": sent.get("description", ""),
            "thumbnails": thumbnails(self._emulator, self._address, listing.video_id),
            "channelTitle": listing.channel.title,
            "categoryId": sent.get("categoryId", "22"),
            "liveBroadcastContent": "none",
            "localized": {
                "title": sent.get("title", ""),
                "description": sent.get("description", ""),
            },
            **{
                k: sent[k] for k in ("tags", "defaultLanguage", "defaultAudioLanguage") if k in sent
            },
        }

    def _status(self, listing: Listing) -> dict[str, Any]:
        sent, upload = listing.status, listing.upload
        status = {
            "uploadStatus": listing.upload_status(self.now),
            "privacyStatus": listing.privacy(self.now),
            "license": sent.get("license", "youtube"),
            "embeddable": sent.get("embeddable", True),
            "publicStatsViewable": sent.get("publicStatsViewable", True),
            "madeForKids": bool(sent.get("selfDeclaredMadeForKids", False)),
        }
        if listing.channel.channel_id == self._viewer:
            owned = ("selfDeclaredMadeForKids", "containsSyntheticMedia")
            status |= {name: sent[name] for name in owned if name in sent}
            if "publishAt" in sent and status["privacyStatus"] == "private":
                status["publishAt"] = sent["publishAt"]
        if upload and upload.failure and status["uploadStatus"] == "failed":
            status["failureReason"] = upload.failure
        if upload and upload.rejection and status["uploadStatus"] == "rejected":
            status["rejectionReason"] = upload.rejection
        return status

    def _content(self, listing: Listing) -> dict[str, Any]:
        is_known = listing.upload_status(self.now) == "processed"
        has_captions = self._emulator.store.row(
            "select 1 from captions where video_id = ?", listing.video_id
        )
        return {
            "duration": iso_duration(listing.video.seconds if is_known else 0),
            "dimension": "2d",
            "definition": "hd",
            "caption": "true" if has_captions else "false",
            "licensedContent": listing.channel.is_own,
            "contentRating": {},
            "projection": "rectangular",
        }

    def _statistics(self, listing: Listing) -> dict[str, str]:
        counts = self._emulator.world.counters(listing.video, listing.channel, self.now)
        return {
            "viewCount": str(counts.views),
            "likeCount": str(counts.likes),
            "favoriteCount": "0",
            "commentCount": str(counts.comments),
        }

    def _processing(self, listing: Listing) -> dict[str, Any] | None:
        if listing.channel.channel_id != self._viewer:
            return None
        state = {"uploaded": "processing", "processed": "succeeded"}
        details: dict[str, Any] = {
            "processingStatus": state.get(listing.upload_status(self.now), "failed"),
            "fileDetailsAvailability": "available",
            "processingIssuesAvailability": "available",
            "thumbnailsAvailability": "available",
        }
        if details["processingStatus"] == "failed":
            details["processingFailureReason"] = "other"
        return details

    def channel(self, channel: Channel, parts: Collection[str]) -> dict[str, Any]:
        """A `youtube#channel`."""
        fields: dict[str, Any] = {}
        if "snippet" in parts:
            fields["snippet"] = self._channel_snippet(channel)
        if "contentDetails" in parts:
            playlists = {"likes": "", "uploads": channel.uploads}
            fields["contentDetails"] = {"relatedPlaylists": playlists}
        if "statistics" in parts:
            fields["statistics"] = self._channel_statistics(channel)
        if "auditDetails" in parts:
            fields["auditDetails"] = self._standings(channel)
        if "status" in parts:
            fields["status"] = {
                "privacyStatus": "public",
                "isLinked": True,
                "longUploadsStatus": "allowed",
                "madeForKids": False,
                **({"selfDeclaredMadeForKids": False} if channel.is_own else {}),
            }
        return tagged("channel", id=channel.channel_id, **fields)

    def _channel_snippet(self, channel: Channel) -> dict[str, Any]:
        about = f"{channel.title} is about {channel.niche}."
        description = f"{SIMULATED} {about}" if channel.is_own else about
        born = self._emulator.clock.t0.timestamp() - (self._emulator.scale.past_days + 6) * 86400
        return {
            "title": channel.title,
            "description": description,
            "customUrl": channel.handle,
            "publishedAt": stamp(moment(born)),
            "thumbnails": {},
            "localized": {"title": channel.title, "description": description},
            "country": "US",
        }

    def _channel_statistics(self, channel: Channel) -> dict[str, Any]:
        library = self._emulator.library
        views, subscribers = library.totals(self._emulator.world, channel)
        public = sum(x.is_listed("", self.now) for x in library.of_channel(channel))
        return {
            "viewCount": str(views),
            "subscriberCount": str(rounded_subscribers(subscribers)),
            "hiddenSubscriberCount": False,
            "videoCount": str(public),
        }

    def _standings(self, channel: Channel) -> dict[str, bool]:
        strike = self._emulator.faults.state("strike", "youtube.channels.list", channel.channel_id)
        bad = STANDINGS[strike.reason or "community"] if strike else None
        return {name: name != bad for name in STANDINGS.values()}

    def upload_item(
        self, listing: Listing, position: int, parts: Collection[str]
    ) -> dict[str, Any]:
        """A `youtube#playlistItem` of a channel's uploads."""
        channel = listing.channel
        fields: dict[str, Any] = {}
        if "snippet" in parts:
            shown = self._snippet(listing)
            kept = (
                "publishedAt",
                "channelId",
                "title",
                "description",
                "thumbnails",
                "channelTitle",
            )
            fields["snippet"] = {
                **{name: shown[name] for name in kept},
                "playlistId": channel.uploads,
                "position": position,
                "resourceId": {"kind": "youtube#video", "videoId": listing.video_id},
                "videoOwnerChannelTitle": channel.title,
                "videoOwnerChannelId": channel.channel_id,
            }
        if "contentDetails" in parts:
            fields["contentDetails"] = {
                "videoId": listing.video_id,
                "videoPublishedAt": stamp(listing.shown_at(self.now)),
            }
        if "status" in parts:
            fields["status"] = {"privacyStatus": listing.privacy(self.now)}
        return tagged("playlistItem", id=f"{channel.uploads}.{listing.video_id}", **fields)

    def search_result(self, listing: Listing) -> dict[str, Any]:
        """A `youtube#searchResult`."""
        shown = self._snippet(listing)
        kept = (
            "publishedAt", "channelId", "title", "description", "thumbnails", "channelTitle",
            "liveBroadcastContent",
        )  # fmt: skip
        snippet = {name: shown[name] for name in kept} | {"publishTime": shown["publishedAt"]}
        return tagged(
            "searchResult",
            id={"kind": "youtube#video", "videoId": listing.video_id},
            snippet=snippet,
        )
