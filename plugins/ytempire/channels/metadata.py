"""What YouTube is told about a video, within its limits (Data API v3, videos.insert)."""

from __future__ import annotations

from typing import Any

from ytempire.channels.accounts import Channel
from ytempire.config import settings
from ytempire.domain import Script

TITLE_CHARACTERS = 100
DESCRIPTION_BYTES = 5_000
TAG_CHARACTERS = 500
DISCLOSURE = "\n\nVoice and pictures are generated."
#: Education.
CATEGORY = "27"


def marker_of(video_id: str) -> str:
    """A tag that only this video carries, by which it is found again at YouTube."""
    return f"yte-{video_id}"


def resource_of(script: Script, video_id: str, channel: Channel) -> dict[str, Any]:
    """The body of videos.insert, whole: everything set here saves the 50 units of an update.

    A simulated channel publishes in the open, since nobody sees it; a real one as configured.
    """
    return {
        "snippet": {
            "title": _plain(script.title)[:TITLE_CHARACTERS].strip(),
            "description": _description(script),
            "tags": _tags(script, marker_of(video_id)),
            "categoryId": CATEGORY,
            "defaultLanguage": script.language,
            "defaultAudioLanguage": script.language,
        },
        "status": {
            # Omitted means public since 2 Nov 2026.
            "privacyStatus": "public" if channel.is_simulated else settings().youtube.privacy,
            # Without it uploads hang halfway.
            "selfDeclaredMadeForKids": False,
            # Pictures and voice are generated: altered content is disclosed.
            "containsSyntheticMedia": True,
            "embeddable": True,
            "license": "youtube",
        },
    }


def _plain(text: str) -> str:
    """YouTube refuses angle brackets in titles and descriptions."""
    return text.replace("<", "‹").replace(">", "›")


def _description(script: Script) -> str:
    parts = [script.description or script.scenes[0].narration]
    if script.sources:
        parts.append("Sources\n" + "\n".join(script.sources))
    room = DESCRIPTION_BYTES - len(DISCLOSURE.encode())
    body = _plain("\n\n".join(parts)).encode()[:room].decode("utf-8", "ignore")
    return body + DISCLOSURE


def _tags(script: Script, marker: str) -> list[str]:
    """The marker, then as many of the script's tags as fit; YouTube counts a tag with a space as
    quoted, and a comma between two."""
    tags, length = [marker], len(marker)
    for tag in script.tags:
        clean = _plain(tag).replace(",", " ").strip()
        cost = len(clean) + 1 + (2 if " " in clean else 0)
        if clean and length + cost <= TAG_CHARACTERS:
            tags.append(clean)
            length += cost
    return tags
