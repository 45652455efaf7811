"""Where Postgres lives, as an ordinary user and as root."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from ytempire.errors import ServiceFailed
from ytempire.local.accounts import can_run, can_write
from ytempire.local.place import _copied, find_place, remove_place, wheel_programs

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root borrows another account")
as_user = pytest.mark.skipif(os.geteuid() == 0, reason="root borrows another account")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user of the machine may enter (pytest's own are closed)."""
    folder = Path(tempfile.mkdtemp(prefix="ytempire-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def closed(open_folder: Path) -> Path:
    """A checkout below a 0700 home."""
    checkout = open_folder / "root" / "ytempire" / "var"
    checkout.mkdir(parents=True)
    (open_folder / "root").chmod(0o700)
    return checkout


def test_the_wheel_has_the_programs() -> None:
    for program in ("postgres", "initdb", "psql", "pg_dump"):
        assert (wheel_programs() / program).exists()


@as_user
def test_an_ordinary_user_keeps_it_in_the_home(tmp_path: Path) -> None:
    place = find_place(tmp_path)
    assert place.account is None
    assert place.base == tmp_path / "postgres"
    assert place.base.stat().st_mode & 0o777 == 0o700


@as_root
def test_root_lends_an_account_that_owns_only_the_data(open_folder: Path) -> None:
    place = find_place(open_folder)
    assert place.account is not None and place.account.uid != 0
    assert place.base == open_folder / "postgres"
    assert place.base.stat().st_uid == place.account.uid
    assert open_folder.stat().st_uid == 0


@as_root
def test_below_a_closed_home_it_lies_elsewhere_and_nothing_is_opened(
    closed: Path, open_folder: Path
) -> None:
    said: list[str] = []
    place = find_place(closed, said.append, private_root=open_folder / "lib")
    assert place.account is not None
    assert place.base.parent == open_folder / "lib"
    assert can_write(place.account, place.base)
    assert (closed / "postgres").resolve() == place.base
    assert (open_folder / "root").stat().st_mode & 0o777 == 0o700
    assert str(place.base) in said[0] and "make clean" in said[0]
    assert find_place(closed, said.append, private_root=open_folder / "lib") == place
    assert len(said) == 1, "it is told once"


@as_root
@pytest.mark.slow
def test_a_program_that_cannot_be_reached_is_copied_whole(open_folder: Path) -> None:
    place = find_place(open_folder)
    assert place.account is not None
    copied = _copied(wheel_programs(), place.base)
    assert copied.is_relative_to(place.base)
    assert can_run(place.account, copied / "postgres")
    assert can_run(place.account, copied / "initdb")
    assert _copied(wheel_programs(), place.base) == copied, "it is copied once"


@as_root
def test_data_whose_home_was_removed_by_hand_are_put_aside(closed: Path, open_folder: Path) -> None:
    private = open_folder / "lib"
    place = find_place(closed, private_root=private)
    (place.base / "data").mkdir()
    (closed / "postgres").unlink()
    said: list[str] = []
    again = find_place(closed, said.append, private_root=private)
    assert not (again.base / "data").exists()
    assert any("put aside" in line for line in said)
    assert [
        path for path in private.iterdir() if ".left-" in path.name and (path / "data").exists()
    ]


@as_root
def test_data_that_became_unreachable_are_told_and_kept(open_folder: Path) -> None:
    home = open_folder / "below" / "var"
    home.mkdir(parents=True)
    place = find_place(home)
    assert place.account is not None
    place.data.mkdir()
    os.chown(place.data, place.account.uid, place.account.gid)
    (open_folder / "below").chmod(0o700)
    with pytest.raises(ServiceFailed, match="cannot enter it any more"):
        find_place(home)
    assert place.data.exists()


@as_root
def test_removing_takes_what_lies_elsewhere_as_well(closed: Path, open_folder: Path) -> None:
    place = find_place(closed, private_root=open_folder / "lib")
    remove_place(closed, private_root=open_folder / "lib")
    assert not place.base.exists()
    assert not (closed / "postgres").is_symlink()


def test_removing_never_follows_a_link_to_somebody_elses_folder(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    home = tmp_path / "home"
    home.mkdir()
    (home / "postgres").symlink_to(precious)
    remove_place(home, private_root=tmp_path / "lib")
    assert precious.exists()
