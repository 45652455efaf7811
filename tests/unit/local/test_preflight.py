"""What is refused before anything is started."""

from __future__ import annotations

from pathlib import Path

import pytest
from ytempire.errors import InvalidInput, NoWriteAccess, OutOfSpace
from ytempire.local.preflight import MARKER, check_python, check_space, prepare_home


@pytest.mark.parametrize("version", [(3, 10), (2, 7), (3, 14)])
def test_a_python_outside_the_lock_is_refused(version: tuple[int, int]) -> None:
    with pytest.raises(InvalidInput, match=f"This is Python {version[0]}.{version[1]}"):
        check_python(version)


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_the_pythons_of_the_lock_are_taken(version: tuple[int, int]) -> None:
    check_python(version)


def test_a_home_is_made_and_marked(tmp_path: Path) -> None:
    home = prepare_home(tmp_path / "deep" / "home")
    assert (home / MARKER).exists()
    assert prepare_home(home) == home


def test_a_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file, not a folder")
    with pytest.raises(NoWriteAccess, match="cannot be written"):
        prepare_home(tmp_path / "home")
    assert (tmp_path / "home").read_text() == "a file, not a folder"


def test_a_home_that_cannot_be_written_is_refused() -> None:
    with pytest.raises(NoWriteAccess, match="cannot be written"):
        prepare_home(Path("/proc/ytempire"))  # for root too


def test_a_folder_with_somebody_elses_files_is_not_taken_over(tmp_path: Path) -> None:
    (tmp_path / "thesis.odt").write_text("years of work")
    with pytest.raises(NoWriteAccess, match="not YTEmpire's"):
        prepare_home(tmp_path)
    assert not (tmp_path / MARKER).exists()


def test_a_full_disk_is_refused_with_figures(tmp_path: Path) -> None:
    with pytest.raises(OutOfSpace, match=r"GB free; 1048576\.0 GB are needed"):
        check_space(tmp_path, needed=1024**5)
    check_space(tmp_path, needed=1)
