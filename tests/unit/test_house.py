"""The house keeps its shape: who may import whom, and nothing shadows the standard library."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "plugins" / "ytempire"

#: Room -> the rooms that it may import. `domain`, `errors`, `config` and `journal` are open to all.
MAY_IMPORT = {
    "domain": set(),
    "errors": set(),
    "config": set(),
    "journal": set(),
    "providers": set(),
    "warehouse": set(),
    "storage": set(),
    "alerts": {"warehouse"},
    "people": {"warehouse"},
    "costs": {"warehouse", "alerts"},
    "runs": {"warehouse", "alerts", "costs", "storage", "learning"},
    "channels": {"warehouse", "costs", "runs", "providers"},
    "studio": {"warehouse", "costs", "runs", "providers", "channels", "learning"},
    "analytics": {"warehouse", "channels", "providers", "runs", "costs", "alerts"},
    "learning": {"warehouse"},
    "planning": {"warehouse", "runs", "channels", "studio", "analytics"},
    "emulators": {"providers"},
    "world": {"warehouse"},
    "local": {
        "warehouse",
        "alerts",
        "analytics",
        "costs",
        "runs",
        "channels",
        "studio",
        "planning",
        "providers",
        "emulators",
    },
    "airflow": {"studio", "channels"},
    "cli": {
        "local",
        "alerts",
        "costs",
        "channels",
        "studio",
        "planning",
        "analytics",
        "providers",
        "warehouse",
        "cli_channels",
        "cli_money",
        "cli_world",
        "cli_emulators",
        "cli_analysts",
        "cli_forget",
        "cli_people",
        "cli_experiments",
    },
    "cli_emulators": {"emulators"},
    "cli_world": {"world"},
    "cli_people": {"people", "warehouse"},
    "cli_experiments": {"learning", "people", "warehouse"},
    "cli_forget": {"analytics", "channels", "local", "warehouse"},
    "cli_analysts": {"local", "analytics", "warehouse"},
    "cli_money": {"local", "costs", "alerts", "analytics", "warehouse"},
    "cli_channels": {"local", "channels"},
}
OPEN = {"domain", "errors", "config", "journal"}
GROUND = {"domain": set(), "errors": set(), "config": {"errors"}, "journal": {"domain"}}


def modules() -> list[Path]:
    found = [p for p in LIBRARY.rglob("*.py") if p != LIBRARY / "__init__.py"]
    assert len(found) > 40, "the library was not found: is this test beside plugins/?"
    return found


def room_of(path: Path) -> str:
    return path.relative_to(LIBRARY).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "ytempire":
                yield from (f"ytempire.{alias.name}" for alias in node.names)
            else:
                yield node.module


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(LIBRARY)))
def test_a_room_imports_only_the_rooms_below_it(path: Path) -> None:
    room = room_of(path)
    allowed = GROUND.get(room, MAY_IMPORT[room] | OPEN) | {room}
    for name in imported(path):
        if name.startswith("ytempire."):
            other = name.split(".")[1]
            assert other in allowed, (
                f"{path.relative_to(ROOT)} imports {name}; {room} may import "
                f"{sorted(allowed)}. Move the code, or the name, a room down."
            )


def test_only_the_airflow_module_imports_airflow() -> None:
    for path in modules():
        if path != LIBRARY / "airflow.py":
            names = [name for name in imported(path) if name.split(".")[0] == "airflow"]
            assert not names, f"{path.relative_to(ROOT)} imports {names}: only airflow.py may."


def test_only_config_reads_the_environment() -> None:
    for path in modules():
        if path.name == "config.py":
            continue
        text = path.read_text(encoding="utf-8")
        assert "getenv" not in text, f"{path.relative_to(ROOT)}: read it in config.py."


def test_no_module_has_the_name_of_a_standard_one() -> None:
    # Airflow once executed plugin files as top-level modules; `types.py` replaced the real one.
    for path in modules():
        if path.parent == LIBRARY:
            assert path.stem not in sys.stdlib_module_names, path


def test_airflow_is_told_to_leave_the_library_alone() -> None:
    assert "ytempire/" in (ROOT / "plugins" / ".airflowignore").read_text().split()


def test_no_file_is_two_rooms() -> None:
    long = {
        str(p.relative_to(ROOT)): count
        for p in modules()
        if (count := len(p.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert not long, f"Split them: {long}"


def test_dag_files_read_like_a_table_of_contents() -> None:
    dags = list((ROOT / "dags").glob("*.py"))
    assert len(dags) >= 4
    for path in dags:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) <= 80, f"{path.name} has {len(lines)} lines; move work to the library."
        assert f"def {path.stem}(" in "\n".join(lines), f"{path.name}: name the DAG as its file."
        assert "Triage:" in "\n".join(lines), f"{path.name}: say what a person on call does."
