"""Grants are unreadable without a key, and keys can be rotated."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet
from ytempire.channels import vault
from ytempire.config import settings
from ytempire.errors import NotConfigured
from ytempire.providers.youtube.client import Grant

GRANT = Grant(refresh_token="secret-token", client_id="id", client_secret="secret")


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch):
    def use(*names: str) -> None:
        monkeypatch.setenv("YTEMPIRE_SECRETS__GRANT_KEYS", ",".join(names))
        settings.cache_clear()

    yield use
    monkeypatch.undo()
    settings.cache_clear()


def test_a_sealed_grant_hides_its_token_and_comes_back(keys) -> None:
    keys(Fernet.generate_key().decode())
    sealed = vault.seal(GRANT)
    assert b"secret-token" not in sealed
    assert vault.unseal(sealed) == GRANT


def test_after_rotation_old_grants_are_still_read(keys) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    keys(old)
    sealed = vault.seal(GRANT)
    keys(new, old)
    assert vault.unseal(sealed) == GRANT


def test_a_lost_key_says_what_to_do(keys) -> None:
    keys(Fernet.generate_key().decode())
    sealed = vault.seal(GRANT)
    keys(Fernet.generate_key().decode())
    with pytest.raises(NotConfigured, match="connect the channel again"):
        vault.unseal(sealed)
