"""Each of Google's refusals becomes the error that makes us do the right thing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from ytempire import errors
from ytempire.providers.youtube.answers import ROWS, error_of, token_error


def body(reason: str, message: str = "words", domain: str = "youtube") -> bytes:
    details = [{"domain": domain, "reason": reason, "message": message}]
    return json.dumps({"error": {"code": 0, "message": message, "errors": details}}).encode()


def newer(status: str, reason: str | None = None) -> bytes:
    """The shape of the newer APIs (Reporting)."""
    info = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}]
    error = {"code": 0, "message": "words", "status": status, "details": info if reason else []}
    return json.dumps({"error": error}).encode()


UPLOADS = "Quota exceeded for quota metric 'Video Uploads' and limit 'Video Uploads per day'"
ANSWERS = [
    (403, body("quotaExceeded", domain="youtube.quota"), errors.QuotaExhausted),
    (403, body("dailyLimitExceeded", domain="usageLimits"), errors.QuotaExhausted),
    (429, body("rateLimitExceeded", UPLOADS, "global"), errors.QuotaExhausted),
    (
        429,
        body("rateLimitExceeded", "… limit 'Search Queries per day'", "global"),
        errors.QuotaExhausted,
    ),
    (429, body("rateLimitExceeded", "Slow down", "global"), errors.ProviderUnavailable),
    (429, newer("RESOURCE_EXHAUSTED"), errors.ProviderUnavailable),
    (403, body("userRateLimitExceeded", domain="usageLimits"), errors.ProviderUnavailable),
    (429, body("uploadRateLimitExceeded", domain="youtube.thumbnail"), errors.ProviderUnavailable),
    (400, body("uploadLimitExceeded", domain="youtube.video"), errors.ChannelResting),
    (401, body("youtubeSignupRequired", domain="youtube.header"), errors.ChannelMissing),
    (403, body("youtubeSignupRequired", domain="youtube.header"), errors.ChannelMissing),
    (403, body("insufficientPermissions", domain="global"), errors.ScopeMissing),
    (403, newer("PERMISSION_DENIED", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"), errors.ScopeMissing),
    (403, body("accessNotConfigured", domain="usageLimits"), errors.NotConfigured),
    (403, newer("PERMISSION_DENIED", "SERVICE_DISABLED"), errors.NotConfigured),
    (401, body("authError", domain="global"), errors.GrantRevoked),
    (401, newer("UNAUTHENTICATED"), errors.GrantRevoked),
    (403, body("channelSuspended", domain="youtube.channel"), errors.GrantRevoked),
    (403, body("authenticatedUserAccountClosed", domain="youtube"), errors.GrantRevoked),
    (403, body("forbidden", domain="global"), errors.NotConfigured),
    (403, newer("PERMISSION_DENIED"), errors.NotConfigured),
    (403, body("forbidden", domain="youtube.thumbnail"), errors.NotConfigured),
    (409, body("captionExists", domain="youtube.caption"), errors.AlreadyThere),
    (409, body("videoAlreadyInPlaylist", domain="youtube.playlistItem"), errors.AlreadyThere),
    (400, body("invalidTitle", domain="youtube.video"), errors.UploadRejected),
    (400, body("mediaBodyRequired", domain="youtube.common"), errors.UploadRejected),
    (400, body("invalidParameter", domain="global"), errors.InvalidInput),
    (404, body("videoNotFound", domain="youtube.video"), errors.InvalidInput),
    (400, body("processingFailure", domain="youtube.video"), errors.ProviderUnavailable),
    (500, body("backendError", domain="global"), errors.ProviderUnavailable),
    (503, newer("UNAVAILABLE"), errors.ProviderUnavailable),
    (502, b"<html>bad gateway</html>", errors.ProviderUnavailable),
    (401, b"", errors.GrantRevoked),
    (400, b"<html>", errors.MalformedAnswer),
    (403, b'{"error": "a string"}', errors.MalformedAnswer),
    (403, b'{"error": {"errors": [], "mess', errors.MalformedAnswer),
]


@pytest.mark.parametrize(("status", "answer", "wanted"), ANSWERS)
def test_an_answer_becomes_its_typed_error(
    status: int, answer: bytes, wanted: type[Exception]
) -> None:
    assert type(error_of(status, answer)) is wanted


def test_every_row_of_the_table_is_met_by_an_answer() -> None:
    from ytempire.providers.youtube.answers import _read

    met = {
        next((index for index, row in enumerate(ROWS) if row.fits(_read(status, answer))), None)
        for status, answer, _ in ANSWERS
    }
    assert met >= set(range(len(ROWS))), "a row that no answer meets is dead, or shadowed"


def test_the_end_of_the_upload_bucket_is_not_worth_a_retry() -> None:
    spent = error_of(429, body("rateLimitExceeded", UPLOADS, "global"))
    assert isinstance(spent, errors.QuotaExhausted)
    assert (spent.is_transient, spent.is_of_uploads) == (False, True)
    search = error_of(429, body("rateLimitExceeded", "'Search Queries per day'"))
    assert isinstance(search, errors.QuotaExhausted)
    assert not search.is_of_uploads


def test_a_throttled_thumbnail_waits_an_hour_or_as_long_as_it_is_told() -> None:
    answer = body("uploadRateLimitExceeded", domain="youtube.thumbnail")
    later = error_of(429, answer)
    told = error_of(429, answer, {"retry-after": "90"})
    assert isinstance(later, errors.ProviderUnavailable)
    assert isinstance(told, errors.ProviderUnavailable)
    assert (later.is_of_thumbnails, later.retry_after_s, told.retry_after_s) == (True, 3600, 90)


@pytest.mark.parametrize(
    ("header", "low", "high"),
    [
        ("17", 17, 17),
        (timedelta(seconds=600), 500, 601),
        (timedelta(seconds=-600), 0, 0),
        ("soon", None, None),
    ],
)
def test_retry_after_is_heeded_as_seconds_and_as_a_date(
    header: str | timedelta, low: float | None, high: float | None
) -> None:
    if isinstance(header, timedelta):
        header = format_datetime(datetime.now(UTC) + header)
    error = error_of(503, body("backendError"), {"Retry-After": header})
    assert isinstance(error, errors.ProviderUnavailable)
    if low is None or high is None:
        assert error.retry_after_s is None
    else:
        assert error.retry_after_s is not None
        assert low <= error.retry_after_s <= high


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("invalid_grant", errors.GrantRevoked),
        ("invalid_client", errors.KeyRejected),
        ("invalid_scope", errors.ScopeMissing),
        ("server_error", errors.ProviderUnavailable),
        ("", errors.ProviderUnavailable),
    ],
)
def test_only_an_invalid_grant_is_a_dead_one(code: str, wanted: type[Exception]) -> None:
    assert type(token_error(code, "words")) is wanted
