"""Channels: quota, pulls and uploads against a local YouTube in a process of its own, and a month.

Latency is the local YouTube's: every answer waits 100 ms, as an answer of Google's takes.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psutil
import stamina
from figures import Figure
from warehouse import free_port, own_warehouse
from ytempire.config import settings

from tests import replay

CHANNELS, VIDEOS_EACH, PAST_DAYS = 15, 2_433, 730
LATENCY_S = 0.1
CONNECTIONS = 60
MONTH_DAYS, VIDEOS_A_DAY = 30, 50


def measure() -> Iterator[Figure]:
    yield from _quota()
    yield from _upload()
    yield from _calls()
    yield from _month()
    yield from _cycles()


@contextmanager
def _house(**options: int) -> Iterator[str]:
    """An empty warehouse and a local YouTube of that size; its address."""
    with own_warehouse() as home, replay.serving(free_port(), home / "there", **options) as address:
        os.environ["YTEMPIRE_YOUTUBE__ENDPOINT"] = address
        settings.cache_clear()
        yield address


def _quota() -> Iterator[Figure]:
    """Reservations of one unit by sixty connections at once, twice as many as there are units."""
    from ytempire.channels import quota
    from ytempire.errors import QuotaExhausted
    from ytempire.warehouse.database import connect

    limit = quota.limits()["stats"]
    granted = [0] * CONNECTIONS
    with own_warehouse():
        ready = threading.Barrier(CONNECTIONS + 1)

        def reserve(number: int) -> None:
            with connect(autocommit=True) as db:
                ready.wait()
                for _ in range(2 * limit // CONNECTIONS):
                    try:
                        quota.spend_on(db, "bench", stats=1)
                    except QuotaExhausted:
                        return
                    granted[number] += 1

        with ThreadPoolExecutor(CONNECTIONS) as threads:
            running = [threads.submit(reserve, number) for number in range(CONNECTIONS)]
            ready.wait()
            began = time.monotonic()
            for each in running:
                each.result()
        elapsed = time.monotonic() - began
    yield Figure(
        "quota reservations a second, 60 connections",
        sum(granted) / elapsed,
        "/s",
        1_000,
        at_most=False,
    )
    yield Figure("quota granted above the limit", sum(granted) - limit, "units", 0)


def _upload() -> Iterator[Figure]:
    """Our upload of a file, and the same bytes by plain PUTs in the same chunks, in turns."""
    from ytempire.channels.account import Account
    from ytempire.channels.upload import open_session, send
    from ytempire.local.simulated import connect_channels

    with _house() as address:
        connect_channels(address, replay.SEED)
        account = Account("tidewise", "bench")
        file = settings().home / "large.mp4"
        file.write_bytes(b"\x00\x00\x00\x18ftypmp42" + hashlib.shake_256(b"v").digest(256_000_000))
        body = {"snippet": {"title": "Large"}, "status": {"privacyStatus": "private"}}
        size, ours, plain = file.stat().st_size / 1e6, [], []
        for _ in range(3):
            uri = open_session(account.data, body, file)
            began = time.monotonic()
            _plain_put(uri, file)
            plain.append(size / (time.monotonic() - began))
            uri = open_session(account.data, body, file)
            began = time.monotonic()
            send(account.data, body, file, uri, lambda fraction, note: None, lambda: None)
            ours.append(size / (time.monotonic() - began))
    best, reference = sorted(ours)[1], sorted(plain)[1]
    yield Figure("upload, of a plain chunked PUT", 100 * best / reference, "%", 80, at_most=False,
                 reference=f"{reference:,.0f} MB/s", ratio=best / reference)  # fmt: skip


def _plain_put(uri: str, file: Path) -> None:
    parts, size = urlsplit(uri), file.stat().st_size
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=60)
    chunk = settings().youtube.chunk_bytes
    with file.open("rb") as source:
        for first in range(0, size, chunk):
            data = source.read(chunk)
            headers = {"Content-Range": f"bytes {first}-{first + len(data) - 1}/{size}"}
            connection.request("PUT", f"{parts.path}?{parts.query}", data, headers)
            answer = connection.getresponse()
            answer.read()
            assert answer.status in (200, 308), answer.status
    connection.close()


def _slow(address: str) -> None:
    """From now on every answer waits as long as one of Google's."""
    fault = {"kind": "slow", "method": "*", "seconds": LATENCY_S, "count": None}
    httpx.post(f"{address}/admin/faults", json=fault, trust_env=False).raise_for_status()


def _calls() -> Iterator[Figure]:
    """50 calls of 50 ids for each account, a thread each; serially is one account's, times 15."""
    from ytempire.channels.account import Account
    from ytempire.local.simulated import connect_channels

    def ask(channel_id: str) -> float:
        account = Account(channel_id, "bench")
        ids = _ids(account)
        began = time.monotonic()
        for _ in range(50):
            answer = account.read(account.data.videos().batchGetStats(part="statistics", id=ids))
            assert len(answer["items"]) == 50
        return time.monotonic() - began

    with _house(channels=CHANNELS, videos=60) as address:
        channels = connect_channels(address, replay.SEED)
        _slow(address)
        ask(channels[0])
        alone = ask(channels[0])
        began = time.monotonic()
        with ThreadPoolExecutor(CHANNELS) as threads:
            list(threads.map(ask, channels))
        elapsed = time.monotonic() - began
    yield Figure(
        "15 accounts x 50 calls of 50 ids, 100 ms each",
        elapsed,
        "s",
        10,
        reference=f"serially {alone * CHANNELS:,.0f} s",
        ratio=elapsed / (alone * CHANNELS),
    )


def _ids(account: Any) -> list[str]:
    playlist = "UU" + account.channel.youtube_channel_id[2:]
    answer = account.read(
        account.data.playlistItems().list(part="contentDetails", playlistId=playlist, maxResults=50)
    )
    return [item["contentDetails"]["videoId"] for item in answer["items"]]


def _cycles() -> Iterator[Figure]:
    """The first pull of everything, then the cycles of a day's hours: the slowest counts."""
    from ytempire.local.simulated import connect_channels
    from ytempire.warehouse import clock

    size = {"channels": CHANNELS, "past_days": PAST_DAYS, "videos": VIDEOS_EACH}
    seconds, rows = [], []
    with _house(**size) as address, _peak_memory() as peak:
        channels = connect_channels(address, replay.SEED)
        _slow(address)
        with clock.replayed(_now(address)):
            first, _ = _cycle(channels, "first")
        peak.reset()
        for hour in range(1, 7):
            httpx.post(f"{address}/admin/advance", json={"hours": 4}, timeout=60, trust_env=False)
            with clock.replayed(_now(address)):
                elapsed, landed = _cycle(channels, f"hour-{hour}")
            seconds.append(elapsed)
            rows.append(landed)
    total = CHANNELS * VIDEOS_EACH
    yield Figure(f"first pull of {total:,} videos' history", first, "s")
    yield Figure(
        f"hourly cycle, {total:,} videos, slowest of 6 over a day",
        max(seconds),
        "s",
        60,
        reference=f"{max(rows):,} rows at most, median {sorted(seconds)[3]:.1f} s",
    )
    yield Figure("its peak memory (RSS)", peak.mb, "MB", 400)


def _cycle(channels: list[str], run_id: str) -> tuple[float, int]:
    from ytempire.analytics.youtube import pull_channel

    began = time.monotonic()
    with ThreadPoolExecutor(CHANNELS) as threads:
        pulled = list(threads.map(lambda each: pull_channel(each, run_id), channels))
    return time.monotonic() - began, sum(sum(each.rows.values()) for each in pulled)


def _now(address: str) -> Any:
    from datetime import datetime

    answer = httpx.get(f"{address}/admin/clock", timeout=60, trust_env=False)
    return datetime.fromisoformat(answer.json()["now"])


class _Peak:
    def __init__(self) -> None:
        self.mb = 0.0
        self.process = psutil.Process()

    def reset(self) -> None:
        self.mb = 0.0

    def look(self) -> None:
        self.mb = max(self.mb, self.process.memory_info().rss / 1e6)


@contextmanager
def _peak_memory() -> Iterator[_Peak]:
    peak, is_over = _Peak(), threading.Event()

    def watch() -> None:
        while not is_over.wait(0.1):
            peak.look()

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        is_over.set()
        watcher.join()


def _month() -> Iterator[Figure]:
    os.environ["YTEMPIRE_YOUTUBE__CHUNK_BYTES"] = str(256 * 1024)
    stamina.instrumentation.set_on_retry_hooks([])  # thousands of faults are meant
    with _house(channels=CHANNELS, videos=6) as address:
        folder = settings().home / "files"
        folder.mkdir()
        files = replay.files_of_a_video(folder)
        told = replay.Replay(address, files, pull_every_h=6).run(MONTH_DAYS, VIDEOS_A_DAY)
    for problem in told.problems[:20]:
        print(problem)  # noqa: T201
    print(told)  # noqa: T201
    yield Figure("simulated month, 15 channels x 50 videos a day: wall", told.seconds / 60, "min")
    yield Figure("its videos published", told.published, f"of {told.asked}")
    yield Figure("its videos that YouTube refused for good", told.refused, "videos")
    yield Figure("its faults met", sum(told.met.values()), "faults")
    yield Figure("its videos lost, doubled, undressed; days lost; units over quota",
                 len(told.problems), "", 0)  # fmt: skip
