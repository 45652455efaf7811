"""Passwords: kept as salted scrypt digests, compared in a time that tells nothing."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from ytempire.domain import Frozen
from ytempire.errors import InvalidInput

#: Characters of a password that a person chooses.
SHORTEST = 12
LONGEST = 1000


class Kept(Frozen):
    """What is kept of a password."""

    salt: bytes
    digest: bytes

    def matches(self, plain: str) -> bool:
        """Whether this is the password; takes the same time for a wrong one (16 MB, ~50 ms)."""
        return hmac.compare_digest(_scrypt(plain, self.salt), self.digest)


def kept(plain: str) -> Kept:
    """A password's salt and digest."""
    salt = secrets.token_bytes(16)
    return Kept(salt=salt, digest=_scrypt(plain, salt))


def generated() -> str:
    """A new password that nobody guesses: 120 bits."""
    return secrets.token_urlsafe(15)


def chosen(plain: str) -> str:
    """The same, when it is long enough to be taken. Raises InvalidInput."""
    if not SHORTEST <= len(plain) <= LONGEST:
        raise InvalidInput(
            f"A password has {SHORTEST} to {LONGEST} characters; this one has {len(plain)}.",
            "Give none, and one is made.",
        )
    return plain


def _scrypt(plain: str, salt: bytes) -> bytes:
    return hashlib.scrypt(plain.encode("utf-8", "replace"), salt=salt, n=2**14, r=8, p=1)
