"""Grants at rest: encrypted with the newest key, readable with any key still configured."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import ValidationError

from ytempire.config import settings
from ytempire.errors import GrantUnreadable, NotConfigured
from ytempire.providers.youtube.client import Grant

#: First byte of every Fernet token.
_VERSION = 0x80


class Damaged(GrantUnreadable):
    """Its key is there, but the stored bytes are not what was written: only a new grant helps."""


def seal(grant: Grant) -> bytes:
    """The grant as ciphertext, by the newest key."""
    return _fernet().encrypt(grant.model_dump_json().encode())


def unseal(token: bytes, key_id: str = "") -> Grant:
    """The grant behind a ciphertext.

    Args:
        key_id: of the key that sealed it, if known.

    Raises:
        GrantUnreadable: none of the configured keys made it. Damaged: one of them did.
    """
    try:
        return Grant.model_validate_json(_opened(token, key_id, MultiFernet.decrypt))
    except ValidationError:
        raise _damaged() from None


def reseal(token: bytes, key_id: str = "") -> bytes:
    """The same grant by the newest key.

    Raises:
        GrantUnreadable, Damaged: as `unseal`.
    """
    return _opened(token, key_id, MultiFernet.rotate)


def key_id() -> str:
    """Fingerprint of the newest key: what `seal` seals with."""
    return _ids()[0]


def _opened(token: bytes, key_id: str, how: Callable[[MultiFernet, bytes], bytes]) -> bytes:
    if key_id and key_id not in _ids():
        settings.cache_clear()  # a key may have been added since this process began
    try:
        return how(_fernet(), token)
    except InvalidToken:
        raise _damaged() if _is_damaged(token, key_id) else _lost() from None


def _is_damaged(token: bytes, key_id: str) -> bool:
    try:
        raw = base64.urlsafe_b64decode(token)
    except binascii.Error:
        return True
    return not raw or raw[0] != _VERSION or key_id in _ids()


def _damaged() -> Damaged:
    return Damaged("A stored grant is damaged.", "Connect the channel again.")


def _lost() -> GrantUnreadable:
    return GrantUnreadable(
        "A stored grant cannot be read with the keys of this installation.",
        "Restore YTEMPIRE_SECRETS__GRANT_KEYS, or connect the channel again.",
    )


def _names() -> list[str]:
    keys = settings().secrets.grant_keys
    if keys is None:
        raise NotConfigured(
            "There is no key for the channels' grants.",
            "Run `make up`, or set YTEMPIRE_SECRETS__GRANT_KEYS.",
        )
    return [key.strip() for key in keys.get_secret_value().split(",") if key.strip()]


def _ids() -> list[str]:
    return [hashlib.sha256(key.encode()).hexdigest()[:12] for key in _names()]


def _fernet() -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in _names()])
    except ValueError:  # its words would not help, and a key is no text for a log
        raise NotConfigured(
            "A key of YTEMPIRE_SECRETS__GRANT_KEYS is no Fernet key.",
            "Make one with `ytempire channel new-key`.",
        ) from None
