"""docker-compose.yaml and .env.example name only things that exist. (Docker itself is not run.)"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel
from ytempire.config import REPOSITORY, Settings
from ytempire.local.airflow_settings import POOLS
from ytempire.local.postgres import DATABASES, READERS

TEXT = (REPOSITORY / "docker-compose.yaml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
EXAMPLE = (REPOSITORY / ".env.example").read_text(encoding="utf-8")
DOCUMENTED = set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", EXAMPLE, re.M))
USED = dict(re.findall(r"\$\{([A-Z][A-Z0-9_]*)(:\?|:-)", TEXT))
AIRFLOW_COMMANDS = {"api-server", "scheduler", "dag-processor", "triggerer", "celery"}


def setting_names(model: type[BaseModel] = Settings, prefix: str = "YTEMPIRE_") -> Iterator[str]:
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from setting_names(kind, f"{prefix}{name.upper()}__")
        else:
            yield prefix + name.upper()


def test_env_example_documents_each_setting_and_no_other() -> None:
    documented = {name for name in DOCUMENTED if name.startswith("YTEMPIRE_")}
    assert documented == set(setting_names())


def test_the_examples_are_the_defaults() -> None:
    values = dict(re.findall(r"^# (YTEMPIRE_PORTS__\w+)=(\d+)$", EXAMPLE, re.M))
    ports = Settings().ports.model_dump()
    assert values == {f"YTEMPIRE_PORTS__{name.upper()}": str(port) for name, port in ports.items()}


def test_env_example_sets_nothing() -> None:
    lines = EXAMPLE.splitlines()
    assert not [line for line in lines if line and not line.startswith("#")]


def test_every_variable_is_documented_and_has_a_default_or_is_asked_for() -> None:
    assert len(USED) > 15
    assert set(USED) <= DOCUMENTED
    bare = re.findall(r"(?<!\$)\$\{?([A-Z][A-Z0-9_]*)\}?(?![:A-Z0-9_])", TEXT)
    assert not bare, "each is ${NAME:?…} or ${NAME:-…}, so that none is silently empty"


def test_no_secret_has_a_default() -> None:
    asked_for = re.compile(r"PASSWORD|SECRET_KEY|JWT|FERNET|(?<!API)_KEYS?$")
    secret = [name for name in USED if asked_for.search(name)]
    assert len(secret) > 8
    assert {USED[name] for name in secret} == {":?"}


def test_every_variable_of_the_compose_section_is_used() -> None:
    section = EXAMPLE[EXAMPLE.index("--- docker compose") :]
    named = set(re.findall(r"^# ([A-Z][A-Z0-9_]+)=", section, re.M))
    assert named <= set(USED)


def mounts() -> Iterator[tuple[str, str]]:
    for name, service in SERVICES.items():
        for mount in service.get("volumes", []):
            yield name, mount.split(":")[0]


def test_every_mounted_path_and_volume_exists() -> None:
    sources = list(mounts())
    assert len(sources) > 10
    for name, source in sources:
        if source.startswith("./"):
            assert (REPOSITORY / source).is_file(), f"{name} mounts {source}"
        else:
            assert source in COMPOSE["volumes"], f"{name} mounts an undeclared volume {source}"


def test_every_port_is_bound_to_loopback() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_command_names_things_that_exist(name: str) -> None:
    command = SERVICES[name].get("command", [])
    if command[:1] == ["airflow"]:
        assert command[1] in AIRFLOW_COMMANDS
    if command[:2] == ["python", "-m"]:
        module = REPOSITORY / f"{command[2].replace('.', '/')}.py"
        text = module.read_text(encoding="utf-8")
        assert all(f'"{part}"' in text for part in command if part.startswith("--"))
    if command[:1] == ["bash"]:
        assert (REPOSITORY / command[1]).is_file()
    for part in command:
        if ".yml" in part or ".yaml" in part or ".alloy" in part:
            target = part.split("=")[-1]
            assert any(f":{target}:ro" in mount for mount in SERVICES[name]["volumes"]), part


@pytest.mark.slow
def test_airflow_knows_these_commands() -> None:

    probe = (
        "from airflow.cli.cli_parser import ALL_COMMANDS_DICT as known; import sys;"
        "sys.exit(str(set(sys.argv[1:]) - set(known)) if set(sys.argv[1:]) - set(known) else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe, *sorted(AIRFLOW_COMMANDS), "db", "pools"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-500:]


def test_every_dependency_is_a_service() -> None:
    for service in SERVICES.values():
        assert set(service.get("depends_on", {})) <= set(SERVICES)


def test_the_database_gets_the_roles_and_databases_of_the_local_driver() -> None:
    script = (REPOSITORY / "docker" / "postgres-init.sh").read_text()
    for database, owner in DATABASES.items():
        assert f"create database {database} owner {owner};" in script
        assert f"revoke all on database {database} from public;" in script
    for role in (*DATABASES.values(), *READERS):
        assert f"create role {role} login password :'{role}';" in script
    for reader in READERS:
        assert f"grant connect on database warehouse to {reader};" in script


def test_the_pools_are_those_of_the_local_machine() -> None:
    script = (REPOSITORY / "docker" / "prepare.sh").read_text()
    assert set(re.findall(r"airflow pools set (\w+)", script)) == set(POOLS)
    assert "pools set gpu 3 " in script


def test_the_image_drops_root_and_copies_what_exists() -> None:
    lines = (REPOSITORY / "docker" / "Dockerfile").read_text().splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users and users[-1] not in ("root", "0")
    for line in lines:
        if line.startswith("COPY "):
            for source in line.split()[1:-1]:
                if not source.startswith("--"):
                    assert (REPOSITORY / source).exists(), line


@pytest.mark.parametrize("path", sorted((REPOSITORY / "docker").glob("**/*.y*ml")), ids=str)
def test_configuration_files_are_yaml(path: Path) -> None:
    assert isinstance(yaml.safe_load(path.read_text()), dict)


@pytest.mark.parametrize("path", sorted((REPOSITORY / "docker").glob("*.sh")), ids=str)
def test_scripts_are_shell(path: Path) -> None:
    done = subprocess.run(["bash", "-n", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
