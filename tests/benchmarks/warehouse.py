"""A home of its own with an empty, migrated warehouse, for what is measured."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ytempire.config import Ports, own_settings, settings
from ytempire.local import installation
from ytempire.local.place import find_place, remove_place
from ytempire.local.postgres import Postgres
from ytempire.local.processes import Supervisor
from ytempire.warehouse.migrate import migrate


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def own_warehouse() -> Iterator[Path]:
    """Our settings point at a Postgres of this block's own; its home is gone afterwards."""
    before = {name: value for name, value in os.environ.items() if name.startswith("YTEMPIRE_")}
    for name in before:
        del os.environ[name]
    home = Path(tempfile.mkdtemp(prefix="ytempire-bench-"))
    home.chmod(0o755)  # Postgres runs as another user than root
    os.environ["YTEMPIRE_HOME"] = str(home)
    settings.cache_clear()
    keys, port = installation.load_keys(home), free_port()
    server = Postgres(find_place(home, lambda _: None), port, keys, Supervisor(home))
    server.start()
    try:
        server.ensure_databases()
        values = installation.local_values(own_settings(), keys, Ports(postgres=port, youtube=1))
        installation.write_local_env(home, values)
        settings.cache_clear()
        migrate(settings().warehouse_url())
        yield home
    finally:
        server.stop()
        remove_place(home)
        shutil.rmtree(home, ignore_errors=True)
        for name in [name for name in os.environ if name.startswith("YTEMPIRE_")]:
            del os.environ[name]
        os.environ.update(before)
        settings.cache_clear()
