"""What YouTube is told about a video, within its limits (Data API v3, videos.insert)."""

from __future__ import annotations

from datetime import UTC, datetime
from string import Formatter
from typing import Any, Literal

from ytempire.channels.accounts import Channel
from ytempire.channels.profile import Wording
from ytempire.config import settings
from ytempire.domain import Script
from ytempire.errors import InvalidInput

Privacy = Literal["private", "unlisted", "public"]

#: What the templates of a channel's wording may name.
PLACEHOLDERS = ("title", "description", "sources", "channel", "niche")

TITLE_CHARACTERS = 100
DESCRIPTION_BYTES = 5_000
TAG_CHARACTERS = 500
DISCLOSURE = "\n\nVoice and pictures are generated."
#: Education.
CATEGORY = "27"


def marker_of(video_id: str) -> str:
    """A tag that only this video carries, by which it is found again at YouTube."""
    return f"yte-{video_id}"


def privacy_of(channel: Channel) -> Privacy:
    """What a new video of a channel is: by its wording, else, of a simulated channel, which nobody
    sees, public, else as the installation is set."""
    if channel.wording.privacy is not None:
        return channel.wording.privacy
    return "public" if channel.is_simulated else settings().youtube.privacy


def check_wording(wording: Wording) -> None:
    """Refuse templates that could not be filled in.

    Raises:
        InvalidInput: a brace is open, or a placeholder is none of `PLACEHOLDERS`.
    """
    known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    for what, template in (("title", wording.title), ("description", wording.description)):
        try:
            parts = list(Formatter().parse(template))
        except ValueError as error:
            raise InvalidInput(
                f"The {what} template {template!r} is broken: {error}.",
                f"Placeholders: {known}; a brace of its own is written twice.",
            ) from error
        for _, name, form, conversion in parts:
            if name is not None and (name not in PLACEHOLDERS or form or conversion):
                raise InvalidInput(
                    f"The {what} template {template!r} has an unknown placeholder {{{name}}}.",
                    f"Placeholders, as they stand here: {known}.",
                )


def resource_of(
    script: Script, video_id: str, channel: Channel, publish_at: datetime | None = None
) -> dict[str, Any]:
    """The body of videos.insert, whole: everything set here saves the 50 units of an update.

    Args:
        publish_at: its posting slot: what is to be public is private until YouTube makes it so.

    Raises:
        InvalidInput: the channel's wording cannot be filled in.
    """
    check_wording(channel.wording)
    status: dict[str, Any] = {
        # Omitted means public since 2 Nov 2026.
        "privacyStatus": privacy_of(channel),
        # Without it uploads hang halfway.
        "selfDeclaredMadeForKids": False,
        # Pictures and voice are generated: altered content is disclosed.
        "containsSyntheticMedia": True,
        "embeddable": True,
        "license": "youtube",
    }
    if publish_at is not None and status["privacyStatus"] == "public":
        # YouTube takes a schedule only with private.
        status |= {"privacyStatus": "private", "publishAt": rfc3339(publish_at)}
    return {
        "snippet": {
            "title": _title(script, channel),
            "description": _description(script, channel),
            "tags": _tags((*script.tags, *channel.wording.tags), marker_of(video_id)),
            "categoryId": CATEGORY,
            "defaultLanguage": script.language,
            "defaultAudioLanguage": script.language,
        },
        "status": status,
    }


def rfc3339(at: datetime) -> str:
    """A moment as YouTube takes it: UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _values(script: Script, channel: Channel) -> dict[str, str]:
    values = {
        "title": script.title,
        "description": script.description or script.scenes[0].narration,
        "sources": "\n".join(script.sources),
        "channel": channel.title,
        "niche": channel.niche,
    }
    assert set(values) == set(PLACEHOLDERS)
    return values


def _plain(text: str) -> str:
    """YouTube refuses angle brackets in titles and descriptions."""
    return text.replace("<", "‹").replace(">", "›")


def _title(script: Script, channel: Channel) -> str:
    words = " ".join(channel.wording.title.format(**_values(script, channel)).split())
    return _plain(words or script.title)[:TITLE_CHARACTERS].strip()


def _description(script: Script, channel: Channel) -> str:
    template = channel.wording.description
    parts = [template.format(**_values(script, channel)).strip()]
    if script.sources and "{sources}" not in template:  # some are owed their names
        parts.append("Sources\n" + "\n".join(script.sources))
    room = DESCRIPTION_BYTES - len(DISCLOSURE.encode())
    body = _plain("\n\n".join(parts)).encode()[:room].decode("utf-8", "ignore")
    return body + DISCLOSURE


def _tags(wanted: tuple[str, ...], marker: str) -> list[str]:
    """The marker, then as many of the tags as fit, each once; YouTube counts a tag with a space as
    quoted, and a comma between two."""
    tags, length = [marker], len(marker)
    for tag in wanted:
        clean = _plain(tag).replace(",", " ").strip()
        cost = len(clean) + 1 + (2 if " " in clean else 0)
        if clean and clean not in tags and length + cost <= TAG_CHARACTERS:
            tags.append(clean)
            length += cost
    return tags
