"""A new key for the channels' grants: put before the old ones, which stay until all is resealed."""

from __future__ import annotations

from cryptography.fernet import Fernet
from dotenv import dotenv_values

from ytempire.config import own_settings, settings
from ytempire.errors import NotConfigured
from ytempire.local.files import write_private
from ytempire.local.installation import load_keys, write_local_env

NAME = "YTEMPIRE_SECRETS__GRANT_KEYS"


def add_key() -> str | None:
    """Put a fresh key before this installation's own.

    Running tasks read the old one and, from the first grant that is sealed with it, the new one.

    Returns:
        None when it was added; else the key, for whoever keeps the keys to add.

    Raises:
        NotConfigured: nothing was set up here, and no keys are configured.
    """
    fresh = Fernet.generate_key().decode()
    home = settings().home
    if own_settings().secrets.grant_keys is not None:
        return fresh
    if not (home / "keys.json").exists():
        raise NotConfigured("This installation has no keys yet.", f"Run `make up`, or set {NAME}.")
    keys = load_keys(home)
    keys = keys.model_copy(update={"grant_key": f"{fresh},{keys.grant_key}"})
    # First where `make up` takes it from: between the two writes it is only known too early.
    write_private(home / "keys.json", keys.model_dump_json(indent=1))
    written = {name: value or "" for name, value in dotenv_values(home / "local.env").items()}
    write_local_env(home, written | {NAME: keys.grant_key})
    return None
