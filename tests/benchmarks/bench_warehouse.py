"""The warehouse: loading a million rows, an hour's refresh, a full rebuild, executive queries.

`YTEMPIRE_BENCH_VIDEOS` makes the world smaller than 36,500 videos, for a look in between.
"""

from __future__ import annotations

import os
import random
import resource
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import IO, Any

import psutil
from anomalies import measure_anomalies
from business import fill_business
from figures import Figure
from forecasts import measure_forecasts
from warehouse import own_warehouse
from ytempire.config import REPOSITORY
from ytempire.warehouse.database import connect

ROWS = 1_000_000
VIDEOS, DAYS = int(os.environ.get("YTEMPIRE_BENCH_VIDEOS", "36500")), 365
SESSIONS, LOOKS = 50, 4
#: Hours refreshed one after another, without the pause in which Postgres clears what they left.
HOURS = 4
ROUNDS = 3
#: Seconds between two queries of a reader, on average.
THINKING = 2.0
TABLE = "raw.youtube_video_days"
KEY = ("youtube_video_id", "day")


def measure() -> Iterator[Figure]:
    with own_warehouse():
        yield from _load()
    yield from measure_anomalies()
    yield from measure_forecasts()
    shorter: list[float] = []
    for days in (DAYS // 10, DAYS):
        with own_warehouse() as home:
            yield from _refresh(home, days, shorter)


def _load() -> Iterator[Figure]:
    """A million rows of videos' days, thrice in turn: by the server's COPY, by upsert, anew.

    COPY is given ready CSV; the upsert makes its own of Arrow batches, as a pull holds them. Both
    meet the same empty table with its index, and the same rows in the same order.
    """
    import pyarrow as pa
    from ytempire.analytics.landing import COLUMNS
    from ytempire.warehouse.load import append_changed

    columns = COLUMNS["youtube_video_days"]
    first = date(2026, 9, 1)

    def land(batches: IO[bytes]) -> int:
        batches.seek(0)
        with connect() as db:
            return append_changed(db, TABLE, columns, pa.ipc.open_stream(batches), key=KEY)

    copied, upserted, again = [], [], []
    with connect() as db:
        db.execute("select raw.make_months('youtube_video_days', %s, %s)", (first, first))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with ExitStack() as files:
        csv, looked, looked_again = (files.enter_context(tempfile.TemporaryFile()) for _ in "123")
        _write_csv(csv, _batches(columns, first, 0))
        for hour, batches in enumerate((looked, looked_again)):
            _write_arrow(batches, _batches(columns, first, hour))
        for _ in range(ROUNDS):
            copied.append(_timed(lambda: _copy(csv, columns)))
            _empty()
            upserted.append(_timed(lambda: land(looked)))
            again.append(_timed(lambda: land(looked_again)))
            with connect() as db:
                row = db.execute(f"select count(*) as rows from {TABLE}").fetchone()
            assert row == {"rows": ROWS}, "what is unchanged lands no second time"
            _empty()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    copy, upsert, unchanged = median(copied), median(upserted), median(again)
    yield Figure(
        "load: share of COPY's pace", copy / upsert, "", goal=0.65, at_most=False,
        reference=f"COPY of ready CSV into the same table: {ROWS / copy:,.0f} rows/s",
        ratio=copy / upsert,
    )  # fmt: skip
    yield Figure("load: rows upserted", ROWS / upsert, "rows/s")
    yield Figure(
        "load: unchanged again", ROWS / unchanged, "rows/s", goal=ROWS / upsert, at_most=False,
        reference="the first load of the same rows", ratio=upsert / unchanged,
    )  # fmt: skip
    yield Figure("load: peak memory", peak, "MB", goal=250, reference=f"{before:.0f} MB before it")


def _batches(columns: tuple[str, ...], first: date, hour: int) -> Iterator[Any]:
    """30 days of videos, ten thousand rows at a time, made as they are asked for."""
    import numpy as np
    import pyarrow as pa

    at = datetime(2026, 10, 1, tzinfo=UTC) + timedelta(hours=hour)
    for start in range(0, ROWS, 10_000):
        n = np.arange(start, start + 10_000)
        day = np.datetime64(first) + (n // (ROWS // 30 + 1)).astype("timedelta64[D]")
        views = pa.array(100 + n * 7919 % 977)
        told: dict[str, Any] = {name: views for name in columns}
        told |= {
            "run_id": pa.array([f"run-{hour}"] * len(n)),
            "fetched_at": pa.array([at] * len(n)),
            "channel_id": pa.array(["bench"] * len(n)),
            "is_simulated": pa.array([True] * len(n)),
            "youtube_video_id": pa.array([f"v{each:09x}" for each in n * 7919 % (ROWS // 30 + 1)]),
            "day": pa.array(day),
            "revenue_usd": pa.array(n % 997 / 1000),
        }
        yield pa.RecordBatch.from_arrays([told[name] for name in columns], names=list(columns))


def _write_csv(csv: IO[bytes], batches: Iterator[Any]) -> None:
    from pyarrow.csv import WriteOptions, write_csv

    for batch in batches:
        write_csv(batch, csv, WriteOptions(include_header=False))


def _write_arrow(file: IO[bytes], batches: Iterator[Any]) -> None:
    import pyarrow as pa

    first = next(batches)
    with pa.ipc.new_stream(file, first.schema) as stream:
        stream.write(first)
        for batch in batches:
            stream.write(batch)


def _copy(csv: IO[bytes], columns: tuple[str, ...]) -> None:
    csv.seek(0)
    statement = f"copy {TABLE} ({', '.join(columns)}) from stdin (format csv)"
    with connect() as db, db.cursor().copy(statement) as copy:
        while chunk := csv.read(1 << 20):
            copy.write(chunk)


def _empty() -> None:
    with connect() as db:
        db.execute(f"truncate {TABLE}")


def _refresh(home: Path, days: int, shorter: list[float]) -> Iterator[Figure]:
    """A world, built in full, then by the hour: validated and built as the DAG does it."""
    from ytempire.warehouse import expectations, transform
    from ytempire.warehouse.roles import ensure
    from ytempire.world import World, fill, next_hour

    name = f"{VIDEOS:,} videos, {days} days"
    began = time.monotonic()
    world = World(videos=VIDEOS, days=days, seed=1)
    rows = fill(world)[TABLE]
    yield Figure(f"world: {name}", time.monotonic() - began, "s", reference=f"{rows:,} versions")
    began = time.monotonic()
    customers = fill_business(world.channels)
    yield Figure(
        "world: its customers and queue", time.monotonic() - began, "s",
        reference=f"{customers:,} customers",
    )  # fmt: skip
    with connect() as db:
        ensure(db)
    with _memory(home) as held:
        full = _timed(lambda: transform.build(everything=True))
    is_whole = days == DAYS
    yield Figure(f"full rebuild: {name}", full, "s", goal=600 if is_whole else None)
    yield Figure(
        "full rebuild: peak memory, Postgres and dbt (PSS)", max(held), "GB",
        goal=4 if is_whole else None,
    )  # fmt: skip
    expectations.validate(everything=True)
    next_hour(1)
    expectations.validate()
    transform.build()
    landed, checked, built = [], [], []
    for hour in range(2, 2 + HOURS):
        landed.append(next_hour(hour))
        checked.append(_timed(expectations.validate))
        built.append(_timed(transform.build))
    refreshed = [sum(each) for each in zip(checked, built, strict=True)]
    yield Figure(f"hour: of it validation, {days} days", median(checked), "s")
    yield Figure(
        f"hour: refresh, {name}, median of {HOURS} in a row", median(refreshed), "s",
        goal=60 if is_whole else None, reference=f"{median(landed):,.0f} versions landed",
    )  # fmt: skip
    yield Figure(
        f"hour: the slowest of them, {days} days", max(refreshed), "s",
        goal=60 if is_whole else None,
    )  # fmt: skip
    if shorter:
        yield Figure(
            "hour: a year of history against a tenth", median(refreshed) / shorter[0], "x",
            goal=1.3,
        )  # fmt: skip
        yield from _queries()
    shorter.append(median(refreshed))


def _queries() -> Iterator[Figure]:
    """Every query of the dashboard by 50 readers at once, who think between two of them."""
    queries = {
        path.stem: path.read_text()
        for path in sorted((REPOSITORY / "dashboards" / "queries").glob("*.sql"))
    }
    with connect() as db:
        asked = db.execute(
            "select max(day) as last, min(video_id) as video, min(channel_id) as channel "
            "from marts.fct_video_days"
        )
        found = asked.fetchone()
        assert found is not None
    last = found["last"]
    values = {
        "first": last - timedelta(days=27), "last": last, "before_first": last - timedelta(days=55),
        "settled": last, "with_newest": True, "limit": 20, "video_id": found["video"],
        "channel_id": found["channel"], "month": last.replace(day=1), "metric": "views",
        "bucket": "week", "by": "provider", "source": "all", "order": "highest", "times": 3,
        "least": 8, "alert_days": 7, "state": "",
    }  # fmt: skip
    #: Customers are looked at by the month, two years of them.
    in_months = {"first": last.replace(day=1) - timedelta(days=729)}
    by_month = ("mrr_months", "cohorts", "cohorts_retained", "acquisition_by_source")
    given = {name: values | (in_months if name in by_month else {}) for name in queries}
    took: list[float] = []
    draw = random.Random(1)
    plans = [
        [draw.expovariate(1 / THINKING) for _ in range(LOOKS * len(queries))]
        for _ in range(SESSIONS)
    ]

    def read(pauses: list[float]) -> None:
        waits = iter(pauses)
        for _ in range(LOOKS):
            for name, query in queries.items():
                time.sleep(next(waits))
                began = time.monotonic()
                with connect() as db:
                    db.execute(query, given[name]).fetchall()
                took.append(time.monotonic() - began)

    readers = [threading.Thread(target=read, args=(plan,)) for plan in plans]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    yield Figure(
        "queries: 95th percentile", quantiles(took, n=20)[-1] * 1e3, "ms", goal=200,
        reference=f"{len(took):,} of {len(queries)} kinds, {SESSIONS} sessions",
    )  # fmt: skip


@contextmanager
def _memory(home: Path) -> Iterator[list[float]]:
    """GB of the Postgres of a home and of what this process has started, looked at each second."""
    held, is_over = [0.0], threading.Event()
    server = next(
        process
        for process in psutil.process_iter(["cmdline"])
        if "-D" in (process.info["cmdline"] or []) and str(home) in " ".join(process.cmdline())
    )

    def look() -> None:
        while not is_over.wait(1):
            total = 0
            for each in (server, *server.children(), *psutil.Process().children(recursive=True)):
                with suppress(psutil.Error):  # it has ended meanwhile
                    total += each.memory_full_info().pss
            held.append(total / 1e9)

    watch = threading.Thread(target=look)
    watch.start()
    try:
        yield held
    finally:
        is_over.set()
        watch.join()


def _timed(act: Callable[[], object]) -> float:
    began = time.monotonic()
    act()
    return time.monotonic() - began
