"""What this installation keeps for itself: generated passwords, and `local.env`.

Passwords that only `up` needs lie in `keys.json`; what the library needs is written to
`local.env`, which `ytempire.config` reads. Both are mode 0600. A value that a person configured is
never written over: it wins, and is left out of `local.env`.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from cryptography.fernet import Fernet
from dotenv import dotenv_values
from pydantic import Field, ValidationError

from ytempire.config import Ports, Settings, settings
from ytempire.domain import Frozen
from ytempire.emulators.stripe import KEY as STRIPE_KEY
from ytempire.errors import ServiceFailed
from ytempire.local.files import write_private
from ytempire.local.ports import LOOPBACK


def _password() -> str:
    return secrets.token_urlsafe(24)


def _long_secret() -> str:
    return secrets.token_hex(64)


def _fernet_key() -> str:
    return Fernet.generate_key().decode()


class Keys(Frozen):
    """Passwords and keys of the local services, generated once."""

    postgres: str = Field(default_factory=_password)
    airflow_database: str = Field(default_factory=_password)
    owner: str = Field(default_factory=_password)
    analyst: str = Field(default_factory=_password)
    dashboard: str = Field(default_factory=_password)
    airflow_password: str = Field(default_factory=_password)
    airflow_fernet: str = Field(default_factory=_fernet_key)
    airflow_secret: str = Field(default_factory=_long_secret)
    airflow_jwt: str = Field(default_factory=_long_secret)
    grant_key: str = Field(default_factory=_fernet_key)
    dashboard_key: str = Field(default_factory=_long_secret)
    dashboard_password: str = Field(default_factory=_password)


def load_keys(home: Path) -> Keys:
    """The keys of this home, made at the first call.

    Raises:
        ServiceFailed: the file is there but cannot be read as keys. It is not replaced: the
            database's passwords and the channels' grants hang on it.
    """
    path = home / "keys.json"
    try:
        return Keys.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        keys = Keys()
        write_private(path, keys.model_dump_json(indent=1))
        return keys
    except ValidationError as error:
        raise ServiceFailed(
            f"{path} is damaged: {error.error_count()} of its keys cannot be read.",
            "Put back a copy of it, or start anew with `make clean`.",
        ) from error


def kept_ports(home: Path) -> dict[str, int]:
    """The ports that an earlier `up` chose, by service."""
    written = dotenv_values(home / "local.env")
    kept = {name: written.get(f"YTEMPIRE_PORTS__{name.upper()}") for name in Ports.model_fields}
    return {name: int(port) for name, port in kept.items() if port and port.isdecimal()}


def airflow_address(own: Settings) -> str:
    """Where Airflow answers, UI and API: at the port that `up` chose, if it is another one."""
    port = kept_ports(own.home).get("airflow", own.ports.airflow)
    return f"http://{LOOPBACK}:{port}"


def warehouse_dsn(port: int, role: str, password: str, database: str = "warehouse") -> str:
    return f"postgresql://{role}:{password}@{LOOPBACK}:{port}/{database}"


def speaks_to_local_youtube(own: Settings) -> bool:
    """Whether the local YouTube is needed: no endpoint and no Google client are configured."""
    return own.youtube.endpoint is None and own.youtube.client_id is None


def speaks_to_local_stripe(own: Settings) -> bool:
    """Whether the local Stripe is needed: neither a key nor an endpoint is configured."""
    return own.stripe.api_key is None and own.stripe.endpoint is None


def runs_sdxl(own: Settings) -> bool:
    """Whether this machine runs the resident pipeline: there are weights, and no other host."""
    return own.sdxl.weights is not None and own.sdxl.host is None


def local_values(own: Settings, keys: Keys, ports: Ports) -> dict[str, str]:
    """What `local.env` says.

    Args:
        own: what a person configured (without `local.env`).
    """
    database = own.warehouse
    dsn = warehouse_dsn
    wanted = [
        (database.url, "WAREHOUSE__URL", dsn(ports.postgres, "ytempire", keys.owner)),
        (
            database.url or database.analyst_url,
            "WAREHOUSE__ANALYST_URL",
            dsn(ports.postgres, "analyst", keys.analyst),
        ),
        (
            database.url or database.dashboard_url,
            "WAREHOUSE__DASHBOARD_URL",
            dsn(ports.postgres, "dashboard", keys.dashboard),
        ),
        (own.secrets.grant_keys, "SECRETS__GRANT_KEYS", keys.grant_key),
        (own.secrets.dashboard_key, "SECRETS__DASHBOARD_KEY", keys.dashboard_key),
        (own.secrets.dashboard_password, "SECRETS__DASHBOARD_PASSWORD", keys.dashboard_password),
    ]
    values = {f"YTEMPIRE_{name}": value for owned, name, value in wanted if not owned}
    if speaks_to_local_youtube(own):
        values["YTEMPIRE_YOUTUBE__ENDPOINT"] = f"http://{LOOPBACK}:{ports.youtube}"
    if speaks_to_local_stripe(own):
        values["YTEMPIRE_STRIPE__ENDPOINT"] = f"http://{LOOPBACK}:{ports.stripe}"
        values["YTEMPIRE_STRIPE__API_KEY"] = STRIPE_KEY
    if runs_sdxl(own):
        values["YTEMPIRE_SDXL__HOST"] = f"http://{LOOPBACK}:{ports.sdxl}"
    for name, port in ports.model_dump().items():
        values[f"YTEMPIRE_PORTS__{name.upper()}"] = str(port)
    return values


def write_local_env(home: Path, values: dict[str, str]) -> None:
    """Write `local.env` and make this process see it."""
    lines = ["# Written by `make up`; your own settings belong in .env, and win over these."]
    lines += [f"{name}={value}" for name, value in values.items()]
    write_private(home / "local.env", "\n".join(lines) + "\n")
    settings.cache_clear()
