"""Whom Postgres runs as. It refuses root, so root lends it an account without rights."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from ytempire.errors import ServiceFailed

ACCOUNT = "ytempire"


@dataclass(frozen=True)
class Account:
    """A user of this machine."""

    name: str
    uid: int
    gid: int


class RunAs(TypedDict, total=False):
    """The arguments of subprocess that run a program as an account."""

    user: int
    group: int
    extra_groups: list[int]


def run_as(account: Account | None) -> RunAs:
    """Run as this account and none of our groups; None: as we do."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def service_account() -> Account | None:
    """The account to lend to Postgres; None when we are not root and it runs as we do.

    Raises:
        ServiceFailed: root, and neither `ytempire` can be created nor `nobody` exists.
    """
    if os.geteuid() != 0:
        return None
    account = _known(ACCOUNT) or _created(ACCOUNT) or _known("nobody")
    if account is None:
        raise ServiceFailed(
            "Postgres does not run as root, and this machine has no other account to lend it.",
            f"Create one (`useradd --system {ACCOUNT}`), or run as an ordinary user.",
        )
    return account


def owner_of(path: Path) -> Account:
    """The account that owns a file or folder."""
    status = path.stat()
    try:
        name = pwd.getpwuid(status.st_uid).pw_name
    except KeyError:
        name = str(status.st_uid)
    return Account(name, status.st_uid, status.st_gid)


def can_write(account: Account, folder: Path) -> bool:
    """Whether the account can enter the folder and write there, whoever we are."""
    return _succeeds(account, "/bin/sh", "-c", 'cd "$1" && test -w .', "sh", str(folder))


def can_run(account: Account, program: Path) -> bool:
    """Whether the account can run the program (asked for its version)."""
    return _succeeds(account, str(program), "--version")


def _succeeds(account: Account, *command: str) -> bool:
    try:
        done = subprocess.run(
            command,
            cwd="/",
            capture_output=True,
            timeout=30,
            check=False,
            **run_as(account),
        )
    except OSError:
        return False
    return done.returncode == 0


def _known(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _created(name: str) -> Account | None:
    command = ("useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", name)
    try:
        subprocess.run(command, capture_output=True, timeout=30, check=False)
    except OSError:
        return None
    return _known(name)
