"""Google-shaped refusals: each is raised where it is found and answered in one place."""

from __future__ import annotations

from typing import Any

_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
}


class Refusal(Exception):
    """An answer that says no, in the shape of Google's APIs.

    Args:
        code: HTTP status.
        reason: Google's word, such as `quotaExceeded`.
        message: for a person.
        domain: `global`, `youtube.quota`, `youtube.video`, …
    """

    def __init__(self, code: int, reason: str, message: str, domain: str = "global") -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.domain = domain

    def body(self) -> dict[str, Any]:
        """The JSON body."""
        detail = {"message": self.message, "domain": self.domain, "reason": self.reason}
        error: dict[str, Any] = {"code": self.code, "message": self.message, "errors": [detail]}
        if self.code in _STATUS:
            error["status"] = _STATUS[self.code]
        return {"error": error}


def invalid(message: str, reason: str = "invalidParameter", domain: str = "global") -> Refusal:
    """400: the call itself is wrong."""
    return Refusal(400, reason, message, domain)


def unauthenticated() -> Refusal:
    """401: no token, an unknown one, or an expired one."""
    return Refusal(
        401,
        "authError",
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login "
        "cookie or other valid authentication credential.",
    )


def too_narrow() -> Refusal:
    """403: the token does not reach this far."""
    return Refusal(
        403, "insufficientPermissions", "Request had insufficient authentication scopes."
    )


def not_found(what: str, reason: str, domain: str) -> Refusal:
    """404: a named thing does not exist."""
    return Refusal(404, reason, f"The {what} identified by the request cannot be found.", domain)


def unserved(method: str) -> Refusal:
    """501: a method or option of the real API that the local YouTube does not serve."""
    return Refusal(501, "notImplemented", f"The local YouTube does not serve {method}.")
