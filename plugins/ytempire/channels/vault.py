"""Grants at rest: encrypted with the newest key, readable with any key still configured."""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from ytempire.config import settings
from ytempire.errors import NotConfigured
from ytempire.providers.youtube.client import Grant


def seal(grant: Grant) -> bytes:
    """The grant as ciphertext."""
    return _keys().encrypt(grant.model_dump_json().encode())


def unseal(token: bytes) -> Grant:
    """The grant behind a ciphertext.

    Raises:
        NotConfigured: none of the configured keys made it.
    """
    try:
        return Grant.model_validate_json(_keys().decrypt(token))
    except InvalidToken as error:
        raise NotConfigured(
            "A stored grant cannot be read with the keys of this installation.",
            "Restore YTEMPIRE_SECRETS__GRANT_KEYS, or connect the channel again.",
        ) from error


def _keys() -> MultiFernet:
    keys = settings().secrets.grant_keys
    if keys is None:
        raise NotConfigured(
            "There is no key for the channels' grants.",
            "Run `make up`, or set YTEMPIRE_SECRETS__GRANT_KEYS.",
        )
    return MultiFernet([Fernet(key.strip()) for key in keys.get_secret_value().split(",")])
