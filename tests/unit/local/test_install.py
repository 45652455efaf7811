"""The two commands of a newcomer, up to the point where something would be downloaded."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What set-up needs of a clone."""
    folder = tmp_path / "clone"
    (folder / "plugins" / "ytempire" / "local").mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", "requirements.txt"):
        shutil.copy(ROOT / name, folder / name)
    installer = Path("plugins/ytempire/local/install.py")
    shutil.copy(ROOT / installer, folder / installer)
    return folder


@pytest.fixture
def installer(clone: Path) -> ModuleType:
    """The installer as a module of that clone."""
    path = clone / "plugins" / "ytempire" / "local" / "install.py"
    spec = importlib.util.spec_from_file_location("install_of_clone", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make(clone: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "MAKEFLAGS"}
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(
        command, cwd=clone, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_python_that_is_too_old_is_named_and_nothing_is_made(clone: Path, tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text(
        '#!/bin/sh\nif [ "$1" = --version ]; then echo Python 3.9.2; exit 0; fi\nexit 1\n'
    )
    old.chmod(0o755)
    done = make(clone, "up", f"PYTHON={old}")
    assert done.returncode != 0
    assert "3.11, 3.12 or 3.13 is needed" in done.stderr
    assert f"Python 3.9.2 ({old})" in done.stderr
    assert not (clone / ".venv").exists() and not (clone / "var").exists()


def test_no_python_at_all_is_told(clone: Path) -> None:
    done = make(clone, "up", "PYTHON=/nowhere/python3")
    assert done.returncode != 0
    assert "found: none" in done.stderr


def test_down_status_and_clean_on_a_fresh_clone_say_what_to_do(clone: Path) -> None:
    for target in ("down", "status", "clean"):
        done = make(clone, target)
        assert done.returncode == 0
        assert "`make up`" in done.stdout
    assert not (clone / ".venv").exists()


def test_a_checkout_that_cannot_be_written_is_told(
    installer: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installer, "ROOT", Path("/proc/self"))  # closed to root as well
    with pytest.raises(installer.CannotInstall, match="cannot be written"):
        installer.check_access()


def test_only_a_finished_installation_of_this_lock_counts(installer: ModuleType) -> None:
    wanted = installer.fingerprint()
    assert not installer.is_installed(wanted)
    installer.PYTHON.parent.mkdir(parents=True)
    installer.PYTHON.symlink_to(sys.executable)
    assert not installer.is_installed(wanted), "a killed installation leaves no stamp"
    installer.STAMP.write_text(wanted + "\n")
    assert installer.is_installed(wanted)
    with installer.LOCK.open("a") as lock:
        lock.write("# changed\n")
    assert not installer.is_installed(installer.fingerprint())


def test_the_lock_pins_uv_with_hashes(
    installer: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []
    written: list[str] = []

    def record(*command: str, what: str) -> None:
        asked.append(command)
        written.append(Path(command[-1]).read_text())

    monkeypatch.setattr(installer, "run", record)
    installer.install_uv()
    assert "--require-hashes" in asked[0]
    first, *hashes = written[0].splitlines()
    assert first.startswith("uv==")
    assert len(hashes) > 3 and all("--hash=sha256:" in line for line in hashes)


def test_pips_index_becomes_uvs(installer: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installer, "PYTHON", Path(sys.executable))
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example.com/simple")
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    assert installer.uv_settings()["UV_DEFAULT_INDEX"] == "https://mirror.example.com/simple"
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://other.example.com/simple")
    assert "UV_DEFAULT_INDEX" not in installer.uv_settings(), "uv's own setting wins"


def test_every_package_of_the_lock_has_hashes() -> None:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    pinned = [n for n, line in enumerate(lines) if "==" in line and not line.startswith((" ", "#"))]
    assert len(pinned) > 300
    assert all("--hash=sha256:" in lines[number + 1] for number in pinned)
