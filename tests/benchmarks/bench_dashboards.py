"""The dashboards over 36,500 videos and a year: the first chart, a filter, a page as PDF,
twenty people at once.

`YTEMPIRE_BENCH_VIDEOS` makes the world smaller, for a look in between.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median, quantiles

import httpx
import psutil
import viewers
from business import fill_business
from figures import Figure
from warehouse import free_port, own_warehouse
from ytempire.config import REPOSITORY, settings
from ytempire.warehouse.database import connect

VIDEOS, DAYS = int(os.environ.get("YTEMPIRE_BENCH_VIDEOS", "36500")), 365
FIRST_CHARTS, ROUNDS = 9, 3
PEOPLE, LOOKS, THINKING_S = 20, 12, 3.0


def measure() -> Iterator[Figure]:
    from ytempire.warehouse import transform
    from ytempire.warehouse.roles import ensure
    from ytempire.world import World, fill

    with own_warehouse():
        world = World(videos=VIDEOS, days=DAYS, seed=1)
        fill(world)
        fill_business(world.channels)
        with connect() as db:
            ensure(db)
        transform.build(everything=True)
        yield from measure_pages()


def measure_pages() -> Iterator[Figure]:
    """The figures over the marts that are there."""
    secret = settings().secrets.dashboard_password
    assert secret is not None
    with _serving() as (address, server):
        cookie = viewers.sign_in(address, secret.get_secret_value())
        if viewers.chromium():
            yield from _one(address, cookie)
        yield from _many(address, cookie, server)


def _one(address: str, cookie: str) -> Iterator[Figure]:
    with viewers.browsing(address, cookie) as page:
        viewers.first_charts(page, address, 2)
        charts = viewers.first_charts(page, address, FIRST_CHARTS)
        yield Figure(
            "dashboards: first chart, warm server", median(charts), "s", goal=1.5,
            reference=f"median of {len(charts)} in Chromium, slowest {max(charts):.2f} s",
        )  # fmt: skip
        yield from _documents(viewers.documents(page, address, ROUNDS))
        by_choice = viewers.filters(page, address, ROUNDS)
    clicks = [seconds for each in by_choice.values() for seconds in each]
    slowest = max(by_choice, key=lambda choice: max(by_choice[choice]))
    yield Figure(
        "dashboards: filter to updated page, median", median(clicks), "s", goal=0.5,
        reference=f"{len(clicks)} clicks on {len(viewers.CLICKS)} pages",
    )  # fmt: skip
    yield Figure(
        "dashboards: filter to updated page, 95th percentile", quantiles(clicks, n=20)[-1], "s",
        goal=1.0, reference=f"slowest {max(clicks):.2f} s: {slowest}",
    )  # fmt: skip


def _documents(took: dict[str, list[float]]) -> Iterator[Figure]:
    every = [seconds for each in took.values() for seconds in each]
    yield Figure(
        "dashboards: a page as PDF, the slowest", max(every), "s", goal=2.0,
        reference=f"{len(every)} of {len(took)} pages, from click to file; median "
        f"{median(every):.2f} s; the server's first holds its start",
    )  # fmt: skip


def _many(address: str, cookie: str, server: psutil.Process) -> Iterator[Figure]:
    took = viewers.crowd(address, cookie, PEOPLE, LOOKS, THINKING_S)
    yield Figure(
        f"dashboards: {PEOPLE} people at once, 95th percentile", quantiles(took, n=20)[-1], "s",
        goal=2.0, reference=f"{len(took)} looks, median {median(took):.2f} s",
    )  # fmt: skip
    yield Figure(
        "dashboards: the server's memory after them", server.memory_info().rss / 1e9, "GB", goal=1.0
    )


@contextmanager
def _serving() -> Iterator[tuple[str, psutil.Process]]:
    """The dashboards as `make up` starts them: their address and process."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "dashboards.app", "--port", str(port)],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "plugins")},
    )
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            try:
                httpx.get(f"{address}/healthz", timeout=2, trust_env=False).raise_for_status()
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield address, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=20)
