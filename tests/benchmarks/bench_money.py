"""Money: what the door adds to a paid call, what is saved, and a ledger of ten million lines."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from statistics import median, quantiles

import calibration
import savings
from figures import Figure
from long_ledger import fill
from warehouse import own_warehouse
from ytempire.config import settings
from ytempire.domain import ALL_REQUESTS, Billed, Format, Usage
from ytempire.warehouse.database import connect

CALLS = 500
LINES = 10_000_000
LOOKS = 200


def measure() -> Iterator[Figure]:
    yield from _door()
    yield from savings.measure()
    yield from calibration.measure()
    yield from _ledger()


def _door() -> Iterator[Figure]:
    """Reserved and settled: two transactions that Postgres has on its disk."""
    from ytempire.channels import accounts
    from ytempire.runs import queue
    from ytempire.runs.stages import stage

    foreseen, used = _tokens(2_000, 3_000), _tokens(1_800, 900)
    with own_warehouse():
        accounts.add(
            accounts.Channel(channel_id="bench", youtube_channel_id=None, title="B", niche="sea")
        )
        request = queue.Request(
            request_id="bench", channel_id="bench", topic="Tides", format=Format.SHORT
        )
        queue.put(request)
        with stage(queue.accept("bench"), "write") as run:

            def call(purchase: str) -> None:
                run.intend(purchase, *foreseen)
                run.settle(purchase, *used)

            call("the first opens the budgets")
            took = [_timed(call, f"call {n}") for n in range(CALLS)]
        bare = [_timed(_commit) for _ in range(CALLS)]
    yield Figure(
        "door: reserve and settle, median", median(took) * 1e3, "ms", goal=5,
        reference=f"two bare commits here: {2 * median(bare) * 1e3:.1f} ms",
        ratio=median(took) / (2 * median(bare)),
    )  # fmt: skip
    yield Figure("door: 95th percentile", quantiles(took, n=20)[-1] * 1e3, "ms")


def _ledger() -> Iterator[Figure]:
    """A video's costs and a month's reconciliation, of ten million lines."""
    from ytempire.costs.ledger import lines_of
    from ytempire.local.installation import load_keys, warehouse_dsn

    with own_warehouse() as home:
        port = int(settings().warehouse_url().rpartition(":")[2].partition("/")[0])
        admin = warehouse_dsn(port, "postgres", load_keys(home).postgres)
        began = time.monotonic()
        lines = fill(admin, LINES)
        yield Figure(f"ledger: {lines:,} lines made", time.monotonic() - began, "s")

        def look(number: int) -> None:
            with connect() as db:
                assert len(lines_of(db, f"video-{number}")) > 1

        step = lines // 20 // LOOKS
        took = [_timed(look, 1 + step * n) for n in range(LOOKS)]
        yield Figure("ledger: a video's costs, slowest of 200", max(took) * 1e3, "ms", goal=20)
        yield Figure("ledger: a video's costs, median", median(took) * 1e3, "ms")
        yield from _month(lines)


def _month(lines: int) -> Iterator[Figure]:
    """The month before this one against a report that counts what was booked, but for a token."""
    from ytempire.costs import audit, bills
    from ytempire.costs.comparison import sums
    from ytempire.costs.reconcile import reconcile
    from ytempire.warehouse import clock

    until = clock.now().date().replace(day=1)
    since = (until - timedelta(days=1)).replace(day=1)
    with connect() as db:
        counted = sums(db, since, until).by_key.items()
        report = [Billed(**key._asdict(), quantity=each.sure) for key, each in counted]
        days = {(each.provider, each.utc_day): each for each in report}
        item, unit = ALL_REQUESTS
        whole = [each.model_copy(update={"item": item, "unit": unit}) for each in days.values()]
        one_more = report[0].model_copy(update={"quantity": report[0].quantity + 1})
        bills.put(db, [one_more, *report[1:], *whole])
    began = time.monotonic()
    with connect() as db:
        found = reconcile(db, since, until)
        compared = time.monotonic()
        edited = audit.audit(db, since=since)
    ended = time.monotonic()
    assert [line.difference for line in found.lines if line.verdict == "differs"] == [1]
    assert edited == []
    month = f"{len(found.lines)} figures of a month of {lines // 12:,} lines"
    yield Figure(
        "ledger: a month reconciled and audited", ended - began, "s", goal=30, reference=month
    )
    yield Figure("ledger: of it the comparison", compared - began, "s")


def _tokens(read: int, written: int) -> list[Usage]:
    return [
        Usage(
            provider="openai/gpt-5-mini",
            kind="script",
            unit=unit,
            quantity=Decimal(count),
            device="remote",
        )
        for unit, count in (("input_token", read), ("output_token", written))
    ]


def _commit() -> None:
    """The least that is written down for good: one row."""
    with connect() as db:
        db.execute("update ops.requests set topic = topic || '' where request_id = 'bench'")


def _timed(act: Callable[..., None], *args: object) -> float:
    began = time.monotonic()
    act(*args)
    return time.monotonic() - began
