"""What an installation generates and writes, and that a person's own settings win."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from ytempire.config import Ports, Settings, Stripe, YouTube
from ytempire.config import Warehouse as WarehouseSettings
from ytempire.emulators.stripe import KEY
from ytempire.errors import ServiceFailed
from ytempire.local.installation import (
    Keys,
    kept_ports,
    load_keys,
    local_values,
    speaks_to_local_stripe,
    speaks_to_local_youtube,
    write_local_env,
)


def test_keys_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    keys = load_keys(tmp_path)
    assert load_keys(tmp_path) == keys
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600
    Fernet(keys.grant_key.encode())


def test_two_installations_share_no_secret() -> None:
    one, two = Keys().model_dump(), Keys().model_dump()
    assert not set(one.values()) & set(two.values())
    assert len(set(one.values())) == len(one)


def test_damaged_keys_are_told_and_kept(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text("{")
    with pytest.raises(ServiceFailed, match="damaged"):
        load_keys(tmp_path)
    assert (tmp_path / "keys.json").read_text() == "{"


def test_local_env_carries_addresses_and_is_private(tmp_path: Path) -> None:
    values = local_values(Settings(), Keys(), Ports(postgres=15999))
    write_local_env(tmp_path, values)
    written = tmp_path / "local.env"
    assert written.stat().st_mode & 0o777 == 0o600
    assert "@127.0.0.1:15999/warehouse" in values["YTEMPIRE_WAREHOUSE__URL"]
    assert kept_ports(tmp_path) == Ports(postgres=15999).model_dump()
    assert [path.name for path in tmp_path.iterdir()] == ["local.env"], "no part file is left"


def test_the_local_stripe_is_spoken_to_only_when_no_other_is_configured() -> None:
    names = ("YTEMPIRE_STRIPE__ENDPOINT", "YTEMPIRE_STRIPE__API_KEY")
    assert speaks_to_local_stripe(Settings())
    values = local_values(Settings(), Keys(), Ports(stripe=8077))
    assert [values[name] for name in names] == ["http://127.0.0.1:8077", KEY]
    # An endpoint of yours is not given the local one's key: the pull says what is missing.
    for stripe in (
        Stripe(api_key=SecretStr("rk_live_1")),
        Stripe(endpoint="https://books.example"),
    ):
        own = Settings(stripe=stripe)
        assert not speaks_to_local_stripe(own)
        assert not set(names) & set(local_values(own, Keys(), Ports()))


def test_the_local_youtube_is_spoken_to_only_when_no_other_is_configured() -> None:
    endpoint = "YTEMPIRE_YOUTUBE__ENDPOINT"
    own = Settings(youtube=YouTube(client_id="1234.apps.googleusercontent.com"))
    assert speaks_to_local_youtube(Settings())
    assert not speaks_to_local_youtube(own)
    assert local_values(Settings(), Keys(), Ports(youtube=8099))[endpoint].endswith(":8099")
    assert endpoint not in local_values(own, Keys(), Ports())


def test_a_warehouse_of_ones_own_is_never_written_over() -> None:
    own = Settings(warehouse=WarehouseSettings(url="postgresql://me@db.example.com/mine"))
    values = local_values(own, Keys(), Ports())
    assert not [name for name in values if "WAREHOUSE" in name]


def test_ports_that_are_no_numbers_are_ignored(tmp_path: Path) -> None:
    (tmp_path / "local.env").write_text("YTEMPIRE_PORTS__AIRFLOW=eighty\n")
    assert kept_ports(tmp_path) == {}
