"""Loopback ports: the preferred one, the one kept from last time, or the next free."""

from __future__ import annotations

import socket
from collections.abc import Container

from ytempire.errors import ServiceFailed

LOOPBACK = "127.0.0.1"
SEARCH = 200


def is_free(port: int) -> bool:
    """Whether a service could listen on the port: nothing answers there and it can be bound."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        if probe.connect_ex((LOOPBACK, port)) == 0:
            return False
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do; without it a port just left would count as in use for a minute.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except (OSError, OverflowError):
            return False
    return True


def choose(preferred: int, kept: int | None = None, taken: Container[int] = ()) -> int:
    """A free port: `kept`, else `preferred`, else the next above it.

    Args:
        taken: ports promised to other services, though nothing listens there yet.

    Raises:
        ServiceFailed: none of the next 200 is free.
    """
    wanted = [kept] if kept else []
    wanted += range(preferred, min(preferred + SEARCH, 65536))
    for port in wanted:
        if port not in taken and is_free(port):
            return port
    raise ServiceFailed(
        f"No port from {preferred} to {preferred + SEARCH - 1} is free.",
        "Choose others with YTEMPIRE_PORTS__POSTGRES, __AIRFLOW, and so on (.env.example).",
    )
