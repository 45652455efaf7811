"""Headers on the way in and out: who is signed in, and what a page of ours may load."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.types import Message, Scope, Send

from dashboards.people import HEADER

#: Vega compiles expressions by `new Function`, and Streamlit styles inline; all else is our own.
PAGE_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval' 'unsafe-inline' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "media-src 'self' blob:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)


def named(scope: Scope, name: str) -> Scope:
    """The same request in a person's name: theirs alone, whatever the request itself says."""
    own = HEADER.encode()
    others = [
        (header, value)
        for header, value in scope["headers"]
        if header.lower().replace(b"_", b"-") != own
    ]
    return {**scope, "headers": [*others, (own, name.encode("ascii"))]}


def hardened(send: Send, status: int | None = None) -> Send:
    """Adds the headers that keep the pages ours to each response.

    Args:
        status: in place of the response's own.
    """
    headers = [
        (b"content-security-policy", PAGE_POLICY.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"same-origin"),
        (b"x-frame-options", b"DENY"),
    ]

    async def hardening(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), *headers]}
            if status:
                message["status"] = status
        await send(message)

    return hardening


def without_files(send: Send) -> Send:
    """Refuses, in place of a file to take along: by what the answer is, since any address that
    begins with a file's id leads to it."""
    is_file = False

    async def refusing(message: Message) -> None:
        nonlocal is_file
        if message["type"] == "http.response.start":
            is_file = any(
                name.lower() == b"content-disposition" and value.lower().startswith(b"attachment")
                for name, value in message.get("headers", [])
            )
            if is_file:
                headers = [(b"content-length", b"0"), (b"cache-control", b"no-store")]
                message = {**message, "status": 403, "headers": headers}
        elif is_file:
            message = {**message, "body": b""}
        await send(message)

    return refusing


def is_own_origin(connection: HTTPConnection) -> bool:
    """Browsers name the page's origin on each socket and form; it must be this very server."""
    origin = urlsplit(connection.headers.get("origin", ""))
    host = connection.headers.get("host", "")
    return origin.scheme in {"http", "https"} and bool(host) and origin.netloc == host
