"""What Google's error answers mean to us (Data API v3, errors; facts of the field).

`ROWS` is the whole of it: the first row that fits an answer by status, domain, reason and words
says which error it becomes. The same reason can mean two things; then the domain or the words tell.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpx

from ytempire.errors import (
    AlreadyThere,
    ChannelMissing,
    ChannelResting,
    GrantRevoked,
    InvalidInput,
    KeyRejected,
    MalformedAnswer,
    NotConfigured,
    ProviderUnavailable,
    QuotaExhausted,
    ScopeMissing,
    UploadRejected,
    YTEmpireError,
)
from ytempire.providers import wire

#: Seconds until a throttled thumbnail is worth another try; YouTube does not say.
THUMBNAIL_WAIT_S = 3600.0


@dataclass(frozen=True)
class Refusal:
    """An error answer, read."""

    status: int
    domain: str
    reason: str
    message: str


Maker = Callable[[Refusal], YTEmpireError]


@dataclass(frozen=True)
class Row:
    """Which answers become which error; what is empty fits any."""

    make: Maker
    reasons: frozenset[str] = frozenset()
    statuses: frozenset[int] = frozenset()
    domain: str = ""
    says: str = ""

    def fits(self, refusal: Refusal) -> bool:
        return (
            (not self.reasons or refusal.reason in self.reasons)
            and (not self.statuses or refusal.status in self.statuses)
            and self.domain in ("", refusal.domain)
            and self.says in refusal.message.lower()
        )


def _uploads_spent(refusal: Refusal) -> YTEmpireError:
    spent = QuotaExhausted(
        f"YouTube's uploads of today are spent: {refusal.message}",
        "They come back at midnight Pacific.",
    )
    spent.is_of_uploads = True
    return spent


def _spent(refusal: Refusal) -> YTEmpireError:
    return QuotaExhausted(
        f"YouTube's quota is spent: {refusal.message}", "It comes back at midnight Pacific."
    )


def _thumbnail_later(refusal: Refusal) -> YTEmpireError:
    later = ProviderUnavailable(f"YouTube takes no more thumbnails for now: {refusal.message}")
    later.retry_after_s, later.is_of_thumbnails = THUMBNAIL_WAIT_S, True
    return later


def _slower(refusal: Refusal) -> YTEmpireError:
    return ProviderUnavailable(f"YouTube asks to slow down: {refusal.message}")


def _unwell(refusal: Refusal) -> YTEmpireError:
    return ProviderUnavailable(f"YouTube answered {refusal.status}: {refusal.message}")


def _resting(refusal: Refusal) -> YTEmpireError:
    return ChannelResting(
        f"The channel may not upload more for now: {refusal.message}",
        "It rests 24 hours and returns by itself; `ytempire channel resume` ends the rest.",
    )


def _no_channel(refusal: Refusal) -> YTEmpireError:
    return ChannelMissing(
        f"The account has no YouTube channel: {refusal.message}",
        "The grant is good; create the channel at youtube.com, or connect another account.",
    )


def _scope(refusal: Refusal) -> YTEmpireError:
    return ScopeMissing(
        f"The grant does not reach that far: {refusal.message}",
        "Connect the channel again and leave every box of Google's page ticked.",
    )


def _api_off(refusal: Refusal) -> YTEmpireError:
    return NotConfigured(
        f"The Google Cloud project may not call this API: {refusal.message}",
        "Enable the YouTube Data, Analytics and Reporting APIs in its console.",
    )


def _closed(refusal: Refusal) -> YTEmpireError:
    return GrantRevoked(
        f"YouTube has closed or suspended the account: {refusal.message}",
        "Look at youtube.com as its owner; connect the channel again when it is back.",
    )


def _revoked(refusal: Refusal) -> YTEmpireError:
    return GrantRevoked(f"YouTube refused the grant: {refusal.message}", "Connect it again.")


def _there(refusal: Refusal) -> YTEmpireError:
    return AlreadyThere(f"YouTube has it already: {refusal.message}")


def _no_custom_thumbnail(refusal: Refusal) -> YTEmpireError:
    return NotConfigured(
        f"The channel may not set thumbnails of its own: {refusal.message}",
        "Verify its telephone number at youtube.com/verify.",
    )


def _no_access(refusal: Refusal) -> YTEmpireError:
    return NotConfigured(
        f"No access: {refusal.message}", "The channel may be outside the partner programme."
    )


def _bad_video(refusal: Refusal) -> YTEmpireError:
    return UploadRejected(f"YouTube refused the video ({refusal.reason}): {refusal.message}")


def _unreadable(refusal: Refusal) -> YTEmpireError:
    return MalformedAnswer(f"YouTube answered {refusal.status} without a readable reason.")


def _bad_request(refusal: Refusal) -> YTEmpireError:
    return InvalidInput(
        f"YouTube refused the request ({refusal.status} {refusal.reason}): {refusal.message}"
    )


def _row(
    make: Maker, *reasons: str, statuses: tuple[int, ...] = (), domain: str = "", says: str = ""
) -> Row:
    return Row(make, frozenset(reasons), frozenset(statuses), domain, says)


ROWS: tuple[Row, ...] = (
    # The upload bucket's end looks like a rate limit: only its words tell the two apart.
    _row(_uploads_spent, statuses=(429,), says="uploads per day"),
    _row(_spent, statuses=(429,), says="per day"),
    _row(_spent, "quotaExceeded", "dailyLimitExceeded"),
    _row(_thumbnail_later, "uploadRateLimitExceeded"),
    _row(_slower, statuses=(429,)),
    _row(_slower, "rateLimitExceeded", "userRateLimitExceeded"),
    _row(_resting, "uploadLimitExceeded"),
    _row(_no_channel, "youtubeSignupRequired"),
    _row(_scope, "insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"),
    _row(_api_off, "accessNotConfigured", "SERVICE_DISABLED"),
    _row(
        _closed,
        *("accountClosed", "accountSuspended", "channelClosed", "channelSuspended"),
        *("authenticatedUserAccountClosed", "authenticatedUserAccountSuspended"),
    ),
    _row(_there, "captionExists", "videoAlreadyInPlaylist"),
    _row(_no_custom_thumbnail, "forbidden", domain="youtube.thumbnail"),
    _row(_no_access, "forbidden", "PERMISSION_DENIED", "accountNotPartner"),
    _row(
        _bad_video,
        *("invalidTitle", "invalidDescription", "invalidTags", "invalidCategoryId"),
        *("invalidPublishAt", "invalidVideoMetadata", "invalidFilename", "invalidImage"),
        *("mediaBodyRequired", "forbiddenPrivacySetting", "forbiddenLicenseSetting"),
        *("mediaFileTooLarge", "defaultLanguageNotSet"),
    ),
    _row(_unwell, statuses=(500, 502, 503, 504)),
    _row(_unwell, "backendError", "internalError", "processingFailure"),
    # The client has renewed the token before it comes to this.
    _row(_revoked, statuses=(401,)),
)


def error_of(status: int, body: bytes, headers: Mapping[str, str] | None = None) -> YTEmpireError:
    """The typed error of an HTTP status, Google's error body, and its `Retry-After` if given."""
    refusal = _read(status, body)
    fallback = _bad_request if refusal.reason and status < 500 else _unreadable
    make = next((row.make for row in ROWS if row.fits(refusal)), fallback)
    error = make(refusal)
    asked = wire.retry_after(httpx.Headers(dict(headers or {})))
    if isinstance(error, ProviderUnavailable) and asked is not None:
        error.retry_after_s = asked
    return error


def token_error(code: str, description: str) -> YTEmpireError:
    """What the token endpoint's refusal means (RFC 6749, section 5.2): only `invalid_grant` says
    that the account's grant is dead; a wrong client is the installation's mistake."""
    if code == "invalid_grant":
        return GrantRevoked(
            f"The account's grant is no longer valid: {description}", "Connect the channel again."
        )
    if code in ("invalid_client", "unauthorized_client", "deleted_client", "disabled_client"):
        return KeyRejected(
            f"Google does not know this OAuth client ({code}): {description}",
            "Correct YTEMPIRE_YOUTUBE__CLIENT_ID and YTEMPIRE_YOUTUBE__CLIENT_SECRET, then connect "
            "the channels again; their grants belong to a client.",
        )
    if code in ("invalid_scope", "access_denied", "admin_policy_enforced", "org_internal"):
        return ScopeMissing(
            f"Google gave no token ({code}): {description}",
            "Connect the channel again and leave every box of Google's page ticked.",
        )
    return ProviderUnavailable(f"Google gave no token ({code or 'no reason'}): {description}")


def _read(status: int, body: bytes) -> Refusal:
    """The older APIs give `errors[]`, the newer ones `details[]` and a status word."""
    try:
        error = json.loads(body)["error"]
        first = (error.get("errors") or error.get("details") or [{}])[0]
        reason = str(first.get("reason") or error.get("status") or "")
        return Refusal(
            status, str(first.get("domain", "")), reason, str(error.get("message", ""))[:500]
        )
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return Refusal(status, "", "", body[:200].decode("utf-8", "replace"))
