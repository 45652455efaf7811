"""What must hold before anything is started: Python, a folder to write in, room on the disk."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from ytempire.config import REPOSITORY
from ytempire.errors import InvalidInput, NoWriteAccess, OutOfSpace

OLDEST = (3, 11)
NEWEST = (3, 13)
#: Room for Postgres, Airflow's logs and the first videos.
NEEDED_BYTES = 3 * 1024**3
#: Marks a folder as ours, so that `make clean` never removes somebody else's.
MARKER = ".ytempire"


def check_python(version: tuple[int, int] = sys.version_info[:2]) -> None:
    """Raises InvalidInput when this Python is not one that the lock was made for."""
    if not OLDEST <= version <= NEWEST:
        raise InvalidInput(
            f"This is Python {version[0]}.{version[1]}; YTEmpire needs 3.11, 3.12 or 3.13.",
            "Install one, remove .venv, and run `make up PYTHON=python3.13`.",
        )


def prepare_home(home: Path) -> Path:
    """Make the home folder and see that it can be written.

    Raises:
        NoWriteAccess: it cannot be made or written, or is a file, or holds somebody else's files.
    """
    home = home.resolve()
    marker = home / MARKER
    if home.is_dir() and not marker.exists() and not _may_take_over(home):
        raise NoWriteAccess(
            f"{home} holds files that are not YTEmpire's.",
            "Set YTEMPIRE_HOME to an empty or new folder.",
        )
    try:
        home.mkdir(parents=True, exist_ok=True)
        marker.write_text("The home of a YTEmpire installation; `make clean` removes it.\n")
    except OSError as error:
        raise NoWriteAccess(
            f"{home} cannot be written: {error.strerror}.",
            "Give yourself access to it, or set YTEMPIRE_HOME to a folder of your own.",
        ) from error
    return home


def check_space(home: Path, needed: int = NEEDED_BYTES) -> None:
    """Raises OutOfSpace when the disk of the home folder has too little room."""
    free = shutil.disk_usage(home).free
    if free < needed:
        raise OutOfSpace(
            f"{home} has {free / 1024**3:.1f} GB free; {needed / 1024**3:.1f} GB are needed.",
            "Make room, or set YTEMPIRE_HOME to a folder on a larger disk.",
        )


def _may_take_over(home: Path) -> bool:
    """A folder without our mark: empty, or with nothing but what commands of ours put there."""
    if home == REPOSITORY / "var":
        return True
    ours = {"storage", "dbt", "logs", "run", "local.env", "bench.json", "videos", "postgres"}
    try:
        return all(entry.name in ours for entry in home.iterdir())
    except OSError:
        return True  # what is wrong with it is said when it is written
