"""What YouTube accepts as a video's metadata."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ytempire.emulators.youtube.refusals import Refusal, invalid

TITLE_CHARACTERS = 100
DESCRIPTION_BYTES = 5000
TAG_CHARACTERS = 500


def check_video(body: dict[str, Any]) -> None:
    """Raises Refusal (400, domain youtube.video) for metadata that YouTube refuses.

    Lengths: title in characters, description in UTF-8 bytes, tags joined with their quotes.
    """
    snippet, status = body.get("snippet") or {}, body.get("status") or {}
    title = str(snippet.get("title") or "").strip()
    if not title or len(title) > TITLE_CHARACTERS or _has_angle(title):
        raise _refused("invalidTitle", "invalid or empty video title")
    description = str(snippet.get("description") or "")
    if len(description.encode()) > DESCRIPTION_BYTES or _has_angle(description):
        raise _refused("invalidDescription", "invalid video description")
    if tag_length(snippet.get("tags") or []) > TAG_CHARACTERS:
        raise _refused("invalidTags", "invalid video keywords")
    if not str(snippet.get("categoryId", "22")).isdigit():
        raise _refused("invalidCategoryId", "invalid category ID")
    if status.get("publishAt") is not None and not _may_be_scheduled(status):
        raise _refused("invalidPublishAt", "invalid scheduled publishing time")


def tag_length(tags: list[str]) -> int:
    """Characters as YouTube counts them: commas between tags, quotes around those with spaces."""
    quoted = sum(len(tag) + (2 if " " in tag else 0) for tag in tags)
    return quoted + max(0, len(tags) - 1)


def publish_time(status: dict[str, Any]) -> datetime | None:
    """The moment of `publishAt`, if it is set. Raises ValueError when it is no moment."""
    if status.get("publishAt") is None:
        return None
    at = datetime.fromisoformat(str(status["publishAt"]).replace("Z", "+00:00"))
    if at.tzinfo is None:
        raise ValueError("publishAt has no time zone.")
    return at


def _may_be_scheduled(status: dict[str, Any]) -> bool:
    try:
        publish_time(status)
    except ValueError:
        return False
    return bool(status.get("privacyStatus") == "private")


def _has_angle(text: str) -> bool:
    return "<" in text or ">" in text


def _refused(reason: str, what: str) -> Refusal:
    return invalid(f"The request metadata specifies an {what}.", reason, "youtube.video")
