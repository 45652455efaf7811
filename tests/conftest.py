"""What many tests stand on: a home of their own and, when asked for, a real Postgres in it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from ytempire.config import Ports, own_settings, settings

from tests.stack import Stack

#: A port that nothing of ours ever listens on.
NOBODY = 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The simulated worlds, some minutes in one file, come before the many short files: as the
    last one they would leave the other worker idle. Within a file nothing moves."""
    short = ("tests/faults/", "tests/integration/", "tests/unit/")

    def is_late(item: pytest.Item) -> bool:
        return item.nodeid.startswith(short) and not item.nodeid.startswith("tests/unit/world/")

    items.sort(key=is_late)


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Every test session has its own YTEMPIRE_HOME, and nothing of the developer's settings."""
    folder = tmp_path_factory.mktemp("home")
    before = {name: value for name, value in os.environ.items() if name.startswith("YTEMPIRE_")}
    for name in before:
        del os.environ[name]
    os.environ["YTEMPIRE_HOME"] = str(folder)
    settings.cache_clear()
    yield folder
    del os.environ["YTEMPIRE_HOME"]
    os.environ.update(before)
    settings.cache_clear()


@pytest.fixture(scope="session")
def postgres(home: Path) -> Iterator[Ports]:
    """The product's own Postgres with an empty, migrated warehouse; its ports."""
    from ytempire.local import installation
    from ytempire.local.place import find_place, remove_place
    from ytempire.local.ports import choose
    from ytempire.local.postgres import Postgres
    from ytempire.local.processes import Supervisor
    from ytempire.warehouse.database import connect
    from ytempire.warehouse.migrate import migrate
    from ytempire.warehouse.roles import ensure

    keys = installation.load_keys(home)
    # Without a local YouTube of its own a test reaches none: not one that runs here for another.
    ports = Ports(postgres=choose(_free_port()), youtube=NOBODY, stripe=NOBODY)
    server = Postgres(find_place(home, lambda _: None), ports.postgres, keys, Supervisor(home))
    server.start()
    try:
        server.ensure_databases()
        installation.write_local_env(home, installation.local_values(own_settings(), keys, ports))
        _spare_the_disk(server.url())
        migrate(settings().warehouse_url())
        with connect() as db:
            ensure(db)
        yield ports
    finally:
        server.stop()
        remove_place(home)  # as root it lies outside, since pytest's folders are closed


@pytest.fixture
def warehouse(postgres: Ports) -> Iterator[None]:
    """An empty warehouse: `ops`, `raw` and `snapshots` are emptied after each test."""
    from ytempire.warehouse.database import connect

    from tests.emptying import empty

    yield
    with connect() as db:
        empty(db)


@pytest.fixture(scope="session")
def started_stack(home: Path) -> Iterator[Stack]:
    """The whole stack with its first cycle done: some minutes, once for all tests."""
    folder = Path(tempfile.mkdtemp(prefix="ytempire-stack-"))
    folder.chmod(0o755)  # Postgres runs as another user than root
    stack = Stack(folder / "home")
    try:
        stack.printed = stack.up()
        stack.rest()
        yield stack
    finally:
        stack.run("clean")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def stack(started_stack: Stack) -> Iterator[Stack]:
    """The running stack, and its settings as ours for the time of a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YTEMPIRE_HOME", str(started_stack.home))
        settings.cache_clear()
        yield started_stack
    settings.cache_clear()


def _spare_the_disk(url: str) -> None:
    """Tests outlive no crash of the machine; that of a process loses nothing without `fsync`."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as db:
        db.execute("alter system set fsync = off")
        db.execute("select pg_reload_conf()")


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
