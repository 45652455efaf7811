"""Pages of a list, by Google's opaque page tokens."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from ytempire.emulators.youtube.calls import Call
from ytempire.emulators.youtube.refusals import Refusal, invalid

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list.

    Attributes:
        start: position of the first item in the whole list.
    """

    items: Sequence[T]
    start: int
    total: int
    size: int

    def envelope(self) -> dict[str, object]:
        """`pageInfo` and the tokens of the neighbouring pages."""
        fields: dict[str, object] = {
            "pageInfo": {"totalResults": self.total, "resultsPerPage": self.size}
        }
        if self.start + self.size < self.total:
            fields["nextPageToken"] = _token(self.start + self.size)
        if self.start > 0:
            fields["prevPageToken"] = _token(max(0, self.start - self.size))
        return fields


def page(call: Call, items: Sequence[T], most: int = 50) -> Page[T]:
    """The page that a call asks for. Raises Refusal for a bad token."""
    size = min(most, int(call.one("maxResults", "5"))) or 5
    start = _offset(call.one("pageToken"))
    return Page(items[start : start + size], start, len(items), size)


def _token(offset: int) -> str:
    return base64.urlsafe_b64encode(b"from:%d" % offset).decode().rstrip("=")


def _offset(token: str) -> int:
    if not token:
        return 0
    try:
        word, _, number = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).partition(b":")
        if word == b"from":
            return int(number)
    except (ValueError, binascii.Error):
        pass
    raise _bad_token(token)


def _bad_token(token: str) -> Refusal:
    return invalid(
        f"The request specifies an invalid page token: {token[:40]}",
        "invalidPageToken",
        "youtube.parameter",
    )
