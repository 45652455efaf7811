"""Each of Google's refusals becomes the error that makes us do the right thing."""

from __future__ import annotations

import json

import pytest
from ytempire import errors
from ytempire.providers.youtube.answers import error_of


def body(reason: str, message: str = "words", domain: str = "youtube") -> bytes:
    details = [{"domain": domain, "reason": reason, "message": message}]
    return json.dumps({"error": {"code": 0, "message": message, "errors": details}}).encode()


@pytest.mark.parametrize(
    ("status", "answer", "wanted"),
    [
        (403, body("quotaExceeded", domain="youtube.quota"), errors.QuotaExhausted),
        (
            429,
            body("rateLimitExceeded", "Quota exceeded for quota 'Video Uploads per day'"),
            errors.QuotaExhausted,
        ),
        (429, body("uploadRateLimitExceeded"), errors.ProviderUnavailable),
        (400, body("uploadLimitExceeded", domain="youtube.video"), errors.ChannelResting),
        (401, body("youtubeSignupRequired"), errors.NotConfigured),
        (401, body("authError", domain="global"), errors.GrantRevoked),
        (403, body("forbidden"), errors.NotConfigured),
        (400, body("invalidTitle"), errors.UploadRejected),
        (400, body("invalidParameter"), errors.InvalidInput),
        (503, body("backendError"), errors.ProviderUnavailable),
        (502, b"<html>bad gateway</html>", errors.ProviderUnavailable),
        (400, b"<html>", errors.MalformedAnswer),
        (403, b'{"error": "a string"}', errors.MalformedAnswer),
    ],
)
def test_an_answer_becomes_its_typed_error(
    status: int, answer: bytes, wanted: type[Exception]
) -> None:
    assert type(error_of(status, answer)) is wanted


def test_the_end_of_the_upload_bucket_is_not_worth_a_retry() -> None:
    spent = error_of(429, body("rateLimitExceeded", "... 'Video Uploads per day' ..."))
    assert not spent.is_transient
    assert error_of(429, body("rateLimitExceeded", "slow down")).is_transient
