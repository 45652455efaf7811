"""`make down` and `make clean`: end exactly what was started here; remove what it kept."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor

from rich.console import Console

from ytempire.config import settings
from ytempire.errors import NoWriteAccess
from ytempire.local.place import remove_place
from ytempire.local.postgres import NAME as POSTGRES
from ytempire.local.postgres import end_servers
from ytempire.local.preflight import MARKER
from ytempire.local.processes import Supervisor


def down(console: Console) -> list[str]:
    """End every service of this home, Postgres last, and see that nothing of them is left.

    Returns:
        The names of what ran.

    Raises:
        ServiceFailed: another `up` is at work, or a process cannot be ended.
    """
    home = settings().home.resolve()
    if not (home / MARKER).exists():
        console.print("Nothing runs here.")
        return []
    supervisor = Supervisor(home)
    with supervisor.lock():
        ended = stop_all(supervisor)
    for name in ended:
        console.print(f"{name} is down.", highlight=False)
    if not ended:
        console.print("Nothing runs here.")
    return ended


def stop_all(supervisor: Supervisor) -> list[str]:
    """End every service with a record or a live process. Returns the names of those that ran."""
    names = {record.name for record in supervisor.records()} | supervisor.marked()
    clients = sorted(names - {POSTGRES})
    with ThreadPoolExecutor(max_workers=max(1, len(clients))) as pool:
        ran = list(pool.map(supervisor.stop, clients))
    ended = [name for name, has_run in zip(clients, ran, strict=True) if has_run]
    postgres_ran = supervisor.stop(POSTGRES)
    if end_servers(supervisor.home / "postgres" / "data") or postgres_ran:
        ended.append(POSTGRES)
    return ended


def clean(console: Console) -> None:
    """End everything and remove the home folder, with Postgres's data wherever they are.

    Raises:
        NoWriteAccess: the folder is not one that `make up` made, or cannot be removed.
    """
    home = settings().home.resolve()
    if not home.exists():
        console.print(f"{home} is not there: nothing to remove.", highlight=False)
        return
    if not (home / MARKER).exists():
        raise NoWriteAccess(
            f"{home} was not made by `make up`, so it is left alone.", "Remove it yourself."
        )
    down(console)
    try:
        remove_place(home)
        shutil.rmtree(home)
    except OSError as error:
        raise NoWriteAccess(
            f"{error.filename} cannot be removed: {error.strerror}.",
            "Run `make clean` as the user who ran `make up`.",
        ) from error
    console.print(f"{home} is removed.", highlight=False)
