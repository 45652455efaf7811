"""What Google's error answers mean to us (Data API v3, errors)."""

from __future__ import annotations

import json
from collections.abc import Callable

from ytempire.errors import (
    AlreadyThere,
    ChannelResting,
    GrantRevoked,
    InvalidInput,
    MalformedAnswer,
    NotConfigured,
    ProviderUnavailable,
    QuotaExhausted,
    UploadRejected,
    YTEmpireError,
)

Maker = Callable[[str], YTEmpireError]


def _quota(message: str) -> YTEmpireError:
    return QuotaExhausted(
        f"YouTube's quota is spent: {message}",
        "It comes back at midnight Pacific; clear the task then.",
    )


def _resting(message: str) -> YTEmpireError:
    return ChannelResting(
        f"The channel may not upload more for now: {message}",
        "In 24 hours: `ytempire channel resume`, then clear the task.",
    )


def _no_channel(message: str) -> YTEmpireError:
    return NotConfigured(
        f"The account has no YouTube channel: {message}", "Create one, then connect it again."
    )


def _revoked(message: str) -> YTEmpireError:
    return GrantRevoked(f"YouTube refused the grant: {message}", "Connect the channel again.")


def _there(message: str) -> YTEmpireError:
    return AlreadyThere(f"YouTube has it already: {message}")


def _no_revenue(message: str) -> YTEmpireError:
    return NotConfigured(
        f"No access: {message}", "The channel may be outside the partner programme."
    )


#: Google's reason -> our error. A reason that is not here is judged by its status.
REASONS: dict[str, Maker] = {
    "quotaExceeded": _quota,
    "dailyLimitExceeded": _quota,
    "uploadLimitExceeded": _resting,
    "youtubeSignupRequired": _no_channel,
    "authError": _revoked,
    "captionExists": _there,
    "forbidden": _no_revenue,
    "insufficientPermissions": _no_revenue,
}
#: Refusals of the video itself.
VIDEO_REASONS = frozenset(
    {
        "invalidTitle",
        "invalidDescription",
        "invalidTags",
        "invalidCategoryId",
        "invalidPublishAt",
        "invalidVideoMetadata",
        "mediaBodyRequired",
        "invalidImage",
    }
)


def error_of(status: int, body: bytes) -> YTEmpireError:
    """The typed error of an HTTP status and Google's error body."""
    reason, message = _read(body)
    if status == 429:
        # The upload bucket's end looks like a rate limit: only its message tells the two apart.
        if "per day" in message:
            spent = QuotaExhausted(
                f"YouTube's uploads of today are spent: {message}",
                "They come back at midnight Pacific; clear the task then.",
            )
            spent.is_of_uploads = True
            return spent
        return ProviderUnavailable(f"YouTube asks to slow down: {message}")
    if reason in REASONS:
        return REASONS[reason](message)
    if reason in VIDEO_REASONS:
        return UploadRejected(f"YouTube refused the video ({reason}): {message}")
    if status >= 500:
        return ProviderUnavailable(f"YouTube answered {status}: {message}")
    if status == 401:
        return _revoked(message)
    if not reason:
        return MalformedAnswer(f"YouTube answered {status} without a readable reason.")
    return InvalidInput(f"YouTube refused the request ({status} {reason}): {message}")


def _read(body: bytes) -> tuple[str, str]:
    try:
        error = json.loads(body)["error"]
        details = error.get("errors") or [{}]
        return str(details[0].get("reason", "")), str(error.get("message", ""))[:500]
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", body[:200].decode("utf-8", "replace")
