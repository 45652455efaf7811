"""What becomes of a file that has fully arrived: a video, a thumbnail or a caption track."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ytempire.emulators.youtube.calls import Emulator, tagged
from ytempire.emulators.youtube.catalog import Channel
from ytempire.emulators.youtube.chance import identifier
from ytempire.emulators.youtube.library import PROCESSING_SECONDS, STUCK, Listing
from ytempire.emulators.youtube.media import Probe, picture_type, sha256_of
from ytempire.emulators.youtube.metadata import publish_time
from ytempire.emulators.youtube.refusals import Refusal, invalid, not_found
from ytempire.emulators.youtube.resources import Presenter, thumbnails

THUMBNAIL_BYTES = 50 * 1024 * 1024


@dataclass(frozen=True)
class Arrival:
    """A file and what its sender said of it.

    Attributes:
        token: names the upload; a repeated finish makes the same resource.
        parts: of the resource to answer with.
        found: what a decoder found; only of videos.
    """

    token: str
    account: Channel
    body: dict[str, Any]
    parts: list[str]
    video_id: str
    path: Path
    content_type: str
    address: str
    found: Probe | None = None


def receive_video(emulator: Emulator, arrival: Arrival) -> dict[str, Any]:
    """Keeps an uploaded video; its `youtube#video`."""
    found = arrival.found
    assert found is not None
    now = emulator.now()
    strikes = emulator.faults.state
    told = ("youtube.videos.insert", arrival.account.channel_id)
    rejected, failed = strikes("processing_rejected", *told), strikes("processing_failed", *told)
    rejection = (rejected.reason or "duplicate") if rejected else None
    failure = (failed.reason or "codec") if failed else found.failure
    if strikes("stuck_processing", *told):
        failure = STUCK
    public_at = None if rejection or failure else _public_at(arrival.body, now)
    video_id = identifier(11, emulator.seed, "upload", arrival.token)
    emulator.store.insert(
        "videos",
        {
            "video_id": video_id,
            "channel_id": arrival.account.channel_id,
            "body": arrival.body,
            "sha256": found.sha256,
            "bytes": arrival.path.stat().st_size,
            "path": arrival.path.name,
            "content_type": arrival.content_type,
            "uploaded_at": now.timestamp(),
            "public_at": public_at.timestamp() if public_at else None,
            "removed_at": None,
            "seconds": found.seconds,
            "width": found.width,
            "height": found.height,
            "failure": failure,
            "rejection": rejection,
        },
    )
    listing = emulator.library.find(video_id)
    assert listing is not None
    draw = Presenter(emulator, arrival.account.channel_id, arrival.address)
    return draw.video(listing, arrival.parts)


def _public_at(body: dict[str, Any], now: datetime) -> datetime | None:
    status = body.get("status") or {}
    processed = now + timedelta(seconds=PROCESSING_SECONDS)
    if status.get("privacyStatus", "public") == "public":
        return processed
    scheduled = publish_time(status)
    return max(scheduled, processed) if scheduled else None


def receive_thumbnail(emulator: Emulator, arrival: Arrival) -> dict[str, Any]:
    """Keeps a thumbnail; a `youtube#thumbnailSetResponse`. Raises Refusal."""
    listing = owned(emulator, arrival, "youtube.thumbnail")
    size = arrival.path.stat().st_size
    with arrival.path.open("rb") as file:
        kind = picture_type(file.read(16))
    if size > THUMBNAIL_BYTES:
        raise Refusal(413, "mediaBodyTooLarge", "The image is too large.", "youtube.thumbnail")
    if kind is None:
        raise invalid("The provided image content is invalid.", "invalidImage", "youtube.thumbnail")
    emulator.store.insert(
        "thumbnails",
        {
            "video_id": listing.video_id,
            "sha256": sha256_of(arrival.path),
            "bytes": size,
            "path": arrival.path.name,
            "content_type": kind,
            "at": emulator.clock.seconds(),
        },
    )
    shown = thumbnails(emulator, arrival.address, listing.video_id)
    return tagged("thumbnailSetResponse", items=[shown])


def receive_caption(emulator: Emulator, arrival: Arrival) -> dict[str, Any]:
    """Keeps a caption track; its `youtube#caption`. Raises Refusal."""
    listing = owned(emulator, arrival, "youtube.caption")
    snippet = dict(arrival.body.get("snippet") or {})
    for other in emulator.store.rows(
        "select caption_id from captions where video_id = ? and "
        "json_extract(body, '$.snippet.language') = ? and json_extract(body, '$.snippet.name') = ?",
        listing.video_id,
        snippet.get("language"),
        snippet.get("name"),
    ):
        raise Refusal(
            409,
            "captionExists",
            f"The video has this caption track already: {other['caption_id']}.",
            "youtube.caption",
        )
    caption_id = identifier(32, emulator.seed, "caption", arrival.token)
    at = emulator.now()
    snippet |= {
        "lastUpdated": at.isoformat().replace("+00:00", "Z"),
        "trackKind": "standard",
        "isDraft": bool(snippet.get("isDraft", False)),
        "status": "serving",
    }
    emulator.store.insert(
        "captions",
        {
            "caption_id": caption_id,
            "video_id": listing.video_id,
            "body": {"snippet": snippet},
            "sha256": sha256_of(arrival.path),
            "bytes": arrival.path.stat().st_size,
            "path": arrival.path.name,
            "at": at.timestamp(),
        },
    )
    return tagged("caption", id=caption_id, snippet=snippet)


def owned(emulator: Emulator, arrival: Arrival, domain: str) -> Listing:
    """The video that an arrival dresses. Raises Refusal when it is not the sender's."""
    listing = emulator.library.find(arrival.video_id)
    if listing is None:
        raise not_found("video", "videoNotFound", domain)
    if listing.channel is not arrival.account:
        raise Refusal(403, "forbidden", "The request is not properly authorized.", domain)
    return listing


RECEIVERS: dict[str, Callable[[Emulator, Arrival], dict[str, Any]]] = {
    "youtube.videos.insert": receive_video,
    "youtube.thumbnails.set": receive_thumbnail,
    "youtube.captions.insert": receive_caption,
}
