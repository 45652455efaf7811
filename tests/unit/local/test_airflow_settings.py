"""Airflow's environment on this machine."""

from __future__ import annotations

import json
from configparser import ConfigParser
from pathlib import Path

import pytest
from ytempire.config import REPOSITORY, Ports
from ytempire.local import airflow_settings
from ytempire.local.airflow_settings import (
    airflow_environment,
    library_environment,
    write_airflow_home,
)
from ytempire.local.installation import Keys
from ytempire.local.services import AIRFLOW, Context, airflow_services


def environment(home: Path) -> dict[str, str]:
    return airflow_environment(home, Keys(), Ports(airflow=8123, postgres=15999))


def test_everything_is_on_loopback_and_on_the_chosen_ports(tmp_path: Path) -> None:
    values = environment(tmp_path)
    assert values["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert values["AIRFLOW__API__PORT"] == "8123"
    assert "127.0.0.1:8123/execution/" in values["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"]
    assert "@127.0.0.1:15999/airflow" in values["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]
    assert not [name for name, value in values.items() if "0.0.0.0" in value]


def test_no_process_starts_a_log_server(tmp_path: Path) -> None:
    # Airflow's log servers listen on every address; there is no setting for it.
    services = {name: arguments for name, (arguments, _) in AIRFLOW.items()}
    for name in ("scheduler", "triggerer"):
        assert "--skip-serve-logs" in services[name]


def test_it_reads_this_checkout_and_no_examples(tmp_path: Path) -> None:
    values = environment(tmp_path)
    assert values["AIRFLOW__CORE__DAGS_FOLDER"] == str(REPOSITORY / "dags")
    assert values["AIRFLOW__CORE__LOAD_EXAMPLES"] == "False"
    assert values["YTEMPIRE_HOME"] == str(tmp_path)


def test_telemetry_is_off(tmp_path: Path) -> None:
    values = environment(tmp_path)
    assert values["DO_NOT_TRACK"] == "1"


def test_the_same_installation_gives_the_same_command_lines(tmp_path: Path) -> None:
    from ytempire.config import Settings

    keys, ports = Keys(), Ports()
    context = Context(tmp_path, Settings(), keys, ports)
    once, again = airflow_services(context), airflow_services(context)
    assert [service.fingerprint for service in once] == [service.fingerprint for service in again]
    moved = Context(tmp_path, Settings(), keys, ports.model_copy(update={"airflow": 9000}))
    assert once[0].fingerprint != airflow_services(moved)[0].fingerprint


def test_other_code_is_another_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("requirements.txt", "plugins/a.py", "dashboards/queries/a.sql"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("before")
    monkeypatch.setattr(airflow_settings, "REPOSITORY", tmp_path)

    def version() -> str:
        airflow_settings.code_version.cache_clear()
        return library_environment(tmp_path, Ports())["CODE_VERSION"]

    versions = [version()]
    for name in ("requirements.txt", "plugins/a.py", "dashboards/queries/a.sql"):
        (tmp_path / name).write_text("after")
        versions.append(version())
    (tmp_path / "plugins" / "a.pyc").write_text("no code of ours")
    assert version() == versions[-1] and len(set(versions)) == 4
    airflow_settings.code_version.cache_clear()


def test_the_admins_password_is_ours_and_private(tmp_path: Path) -> None:
    keys = Keys()
    write_airflow_home(tmp_path, keys, are_schedules_held=False)
    passwords = tmp_path / "airflow" / "passwords.json"
    assert json.loads(passwords.read_text()) == {"admin": keys.airflow_password}
    assert passwords.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("are_held", [True, False])
def test_the_file_of_settings_says_whether_schedules_wait_and_nothing_else(
    tmp_path: Path, are_held: bool
) -> None:
    write_airflow_home(tmp_path, Keys(), are_schedules_held=are_held)
    settings = ConfigParser()
    settings.read(tmp_path / "airflow" / "airflow.cfg")
    said = {section: dict(settings[section]) for section in settings.sections()}
    assert said == {"core": {"dags_are_paused_at_creation": str(are_held)}}
