"""Publishing by hand: a person is given the file and its words, and says which id it became."""

from __future__ import annotations

import json
import re
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from ytempire.channels import accounts, placing, quota, sessions
from ytempire.channels.account import Account
from ytempire.channels.metadata import marker_of, resource_of
from ytempire.channels.sessions import Upload
from ytempire.channels.stages import credited
from ytempire.config import settings
from ytempire.domain import Frozen
from ytempire.errors import GrantRevoked, InvalidInput, NotConfigured
from ytempire.runs import artifacts, reviews
from ytempire.runs.stages import only_one

#: What is handed over, by the names that a person sees; captions are not always there.
FILES = {"cut": "video.mp4", "thumbnail": "thumbnail.jpg", "captions": "captions.srt"}
_ID = re.compile(r"[A-Za-z0-9_-]{11}")
#: Where an id stands in an address: watch?v=ID, youtu.be/ID, shorts/ID, Studio's video/ID/edit.
_ADDRESS = re.compile(
    r"https?://(?:[a-z0-9-]+\.)*(?:youtube\.com|youtu\.be)/"
    r"(?:watch\?(?:[^#]*&)?v=|shorts/|embed/|live/|video/)?([A-Za-z0-9_-]{11})(?:[/?&#].*)?"
)


class Handed(Frozen):
    """What a person was given.

    Attributes:
        folder: with the file, its thumbnail, captions, and `metadata.txt` / `metadata.json`.
    """

    video_id: str
    channel_id: str
    folder: Path


class Recorded(Frozen):
    """What a person said.

    Attributes:
        is_checked: the channel's account shows that video; else nobody could be asked.
    """

    youtube_video_id: str
    is_checked: bool


def hand_over(video_id: str, folder: Path | None = None) -> Handed:
    """Give a video to a person; from then on nothing uploads it by itself. Safe to ask again.

    Args:
        folder: where to; without it, one of the installation's.

    Raises:
        InvalidInput: an upload of ours has begun and may have ended, or someone is at it.
        PolicyBlocked, ReleaseRejected: the present content may not go out.
    """
    placing.channel_of(video_id)  # there is such a video
    with only_one(video_id, "publish", waits=False):
        reviews.release_of(video_id)
        artifacts.local(video_id, "report")  # no report, no release
        _require_ours_is_over(video_id)
        target = folder or settings().home / "handed" / video_id
        _write(video_id, target)
        upload = sessions.hand(video_id, artifacts.local(video_id, "cut").stat().st_size)
        _require_handed(upload)
    return Handed(video_id=video_id, channel_id=upload.channel_id, folder=target)


def record(video_id: str, given: str) -> Recorded:
    """Note the id under which a person has uploaded a video; the same one twice is fine.

    Args:
        given: the id, or an address that holds it.

    Raises:
        InvalidInput: it is no id, another video's, or not on the video's channel; or the video was
            not handed over.
    """
    youtube_video_id = id_of(given)
    upload = sessions.of(video_id)
    if upload is None or not upload.is_manual:
        raise InvalidInput(
            f"Video {video_id} was not handed over.",
            f"`ytempire publish --manual {video_id}` does that first.",
        )
    seen = _seen(upload, youtube_video_id)
    kept = sessions.take_in(video_id, youtube_video_id, _public_at(seen))
    if kept is None or kept.youtube_video_id != youtube_video_id:
        known = kept.youtube_video_id if kept else "none"
        raise InvalidInput(
            f"Video {video_id} has another id already: {known}.", "One video, one upload."
        )
    return Recorded(youtube_video_id=youtube_video_id, is_checked=seen is not None)


def id_of(given: str) -> str:
    """The id in what a person typed: itself, or an address of YouTube's.

    Raises:
        InvalidInput: there is none.
    """
    text = given.strip()
    if _ID.fullmatch(text):
        return text
    found = _ADDRESS.fullmatch(text)
    if found is None:
        raise InvalidInput(
            f"{given!r} is no id of a YouTube video.",
            "It has 11 letters, digits, - and _, such as dQw4w9WgXcQ; its address will do as well.",
        )
    return found.group(1)


def _require_ours_is_over(video_id: str) -> None:
    """An upload of ours that has begun is given up if no byte of it can have become a video."""
    upload = sessions.of(video_id)
    if upload is not None and upload.session_uri is not None and sessions.abandon(upload):
        quota.release(f"publish/{video_id}")
        return
    if upload is not None:
        _require_handed(upload)


def _require_handed(upload: Upload) -> None:
    if not upload.is_manual:
        raise InvalidInput(
            f"Video {upload.video_id} was uploaded by itself, or may have been: "
            f"{upload.youtube_video_id or 'its last bytes have travelled'}.",
            "Clear `publish`: it finds what there is.",
        )


def _write(video_id: str, folder: Path) -> None:
    """The files, and what to type, into a folder."""
    channel = accounts.channel(placing.channel_of(video_id))
    resource = resource_of(credited(video_id), video_id, channel)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for kind, name in FILES.items():
            if artifacts.find(video_id, kind) is not None:
                shutil.copyfile(artifacts.local(video_id, kind), folder / name)
        (folder / "metadata.json").write_text(
            json.dumps(resource, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        (folder / "metadata.txt").write_text(
            _readable(video_id, channel.title, resource), encoding="utf-8"
        )
    except OSError as error:
        raise InvalidInput(f"{folder} cannot be written: {error.strerror}.") from error


def _readable(video_id: str, channel: str, resource: dict[str, Any]) -> str:
    snippet, status = resource["snippet"], resource["status"]
    tags = ", ".join(snippet["tags"])
    return f"""Upload in YouTube Studio, on the channel {channel}:

TITLE
{snippet["title"]}

DESCRIPTION
{snippet["description"]}

TAGS (the first one is how the video is found again: {marker_of(video_id)})
{tags}

VISIBILITY     {status["privacyStatus"]}
MADE FOR KIDS  no
ALTERED OR SYNTHETIC CONTENT  yes
CATEGORY       Education
LANGUAGE       {snippet["defaultLanguage"]}

Then: ytempire publish --manual {video_id} --id ID-OR-ADDRESS
"""


def _seen(upload: Upload, youtube_video_id: str) -> dict[str, Any] | None:
    """The video as the channel's account shows it; None where no account can be asked."""
    try:
        account = Account(upload.channel_id, "publish", upload.video_id)
        request = account.data.videos().list(part="snippet,status", id=youtube_video_id)
        items = account.read(request, default=quota.LIST).get("items", [])
    except (NotConfigured, GrantRevoked):
        return None
    expected = account.channel.youtube_channel_id
    if not items or expected not in (None, items[0]["snippet"]["channelId"]):
        raise InvalidInput(
            f"There is no video {youtube_video_id} on the channel {account.channel.title}.",
            "Is it another channel's, or a letter wrong?",
        )
    return dict(items[0])


def _public_at(seen: dict[str, Any] | None) -> datetime | None:
    """When it is public, as far as is seen: at its schedule, else when it was published."""
    if seen is None:
        return None
    at = seen["status"].get("publishAt") or seen["snippet"]["publishedAt"]
    return datetime.fromisoformat(str(at).replace("Z", "+00:00"))
