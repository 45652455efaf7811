"""The door that every stage of a video goes through: one at a time, recorded and costed."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from decimal import Decimal

import psycopg

from ytempire.alerts import stops
from ytempire.costs import intents
from ytempire.costs.ledger import book
from ytempire.domain import Fallback, Usage
from ytempire.errors import InvalidInput, MustWait
from ytempire.warehouse.database import connect

#: Progress is written at most this often, in seconds.
PROGRESS_EVERY_S = 1.0


@dataclass
class StageRun:
    """One attempt at one stage of one video: the warehouse's `journal.Journal`.

    Attributes:
        machine: time of this machine and its cards so far; booked, summed, when the stage ends.
    """

    stage_run_id: str
    video_id: str
    stage: str
    attempt: int
    machine: list[Usage] = field(default_factory=list)
    reported_at: float = 0.0

    def intend(self, purchase: str, *expected: Usage, can_look_up: bool = False) -> bool:
        """See `Journal.intend`."""
        with stops.noted(), connect() as db:
            return intents.reserve(
                db, self.stage_run_id, purchase, expected, can_look_up=can_look_up
            )

    def settle(self, purchase: str, *usages: Usage, is_ambiguous: bool = False) -> None:
        """See `Journal.settle`. What this machine did for it is summed until the stage ends."""
        self.used(*(usage for usage in usages if _is_machine(usage)))
        billed = _summed(usage for usage in usages if not _is_machine(usage))
        if not billed:
            return
        with connect() as db:
            intents.settle(db, self.stage_run_id, purchase, billed, is_ambiguous=is_ambiguous)

    def void(self, purchase: str) -> None:
        """See `Journal.void`."""
        with connect() as db:
            intents.void(db, purchase)

    def used(self, *usages: Usage) -> None:
        """Book what is billed to nobody by name at once: it stays booked if the stage fails later.

        Machine time is summed until the stage ends. The run bears the device that did its work: the
        last one that is not this machine's CPU.
        """
        self.machine.extend(usage for usage in usages if _is_machine(usage))
        billed = [usage for usage in usages if not _is_machine(usage)]
        devices = [usage.device for usage in usages if usage.device not in ("cpu", "remote")]
        if not billed and not devices:
            return
        with connect() as db:
            if billed:
                book(db, _summed(billed), stage_run_id=self.stage_run_id)
            if devices:
                db.execute(
                    "update ops.stage_runs set device = %s where stage_run_id = %s",
                    (devices[-1], self.stage_run_id),
                )

    def fell_back(self, fallback: Fallback) -> None:
        """See `Journal.fell_back`."""
        with connect() as db:
            db.execute(
                """
                insert into ops.fallbacks (stage_run_id, capability, wanted, used, reason)
                values (%s, %s, %s, %s, %s)
                """,
                (
                    self.stage_run_id,
                    fallback.capability,
                    fallback.wanted,
                    fallback.used,
                    fallback.reason[:500],
                ),
            )

    def is_confident(self, confidence: float) -> None:
        """Note how sure the stage is of its result, 0 to 1."""
        with connect() as db:
            db.execute(
                "update ops.stage_runs set confidence = %s where stage_run_id = %s",
                (confidence, self.stage_run_id),
            )

    def progress(self, fraction: float, note: str = "") -> None:
        """Say how far the stage is, 0 to 1; cheap to call often."""
        now = time.monotonic()
        if now - self.reported_at < PROGRESS_EVERY_S and fraction < 1:
            return
        self.reported_at = now
        with connect() as db:
            db.execute(
                "update ops.stage_runs set progress = %s, note = %s where stage_run_id = %s",
                (min(max(fraction, 0.0), 1.0), note[:200], self.stage_run_id),
            )


@contextmanager
def only_one(video_id: str, name: str, *, waits: bool = True) -> Iterator[None]:
    """Hold the lock of one video's stage: a second trigger waits, then finds the work done.

    The lock is the session's: Postgres frees it when the holder dies, however it dies. One that
    comes to its end frees it itself: a session that is closed goes on for some milliseconds.

    Args:
        waits: False: a person asks, who would rather know than wait.

    Raises:
        InvalidInput: someone is at it, and it was not to be waited for.
    """
    key = (f"{video_id}/{name}",)
    with connect(autocommit=True) as db:
        if waits:
            db.execute("set statement_timeout = 0")
            db.execute("select pg_advisory_lock(hashtextextended(%s, 0))", key)
        else:
            row = db.execute(
                "select pg_try_advisory_lock(hashtextextended(%s, 0)) as is_free", key
            ).fetchone()
            if row is None or not row["is_free"]:
                raise InvalidInput(
                    f"A worker is at the stage {name!r} of video {video_id}.", "See its run first."
                )
        try:
            yield
        finally:
            with suppress(psycopg.Error):  # one that was cut off holds nothing any more
                db.execute("select pg_advisory_unlock_all()")


@contextmanager
def stage(video_id: str, name: str, *, device: str = "cpu") -> Iterator[StageRun]:
    """Run a stage: `with stage(video_id, "paint") as run: …; run.used(usage)`.

    The attempt is the next free number, so a retry and a cleared task each leave a row of their
    own. On an exception the run is marked failed, with its message, the machine time that nothing
    accounted for is booked as a failed cost, and the exception goes on. A `MustWait` is no failure:
    the run is marked waiting, and what it cost is a cost like any other.
    """
    run = _begin(video_id, name, device)
    started = time.monotonic()
    try:
        yield run
    except BaseException as error:
        _break_off(run, error, time.monotonic() - started)
        raise
    with connect() as db:
        book(db, _summed(run.machine), stage_run_id=run.stage_run_id)
        db.execute(
            """
            update ops.stage_runs set state = 'succeeded', finished_at = now(), progress = 1
            where stage_run_id = %s
            """,
            (run.stage_run_id,),
        )


def _is_machine(usage: Usage) -> bool:
    """Seconds of this machine or of its cards, which nobody bills."""
    return usage.unit == "second" and usage.device != "remote"


def _summed(usages: Iterable[Usage]) -> list[Usage]:
    """One usage for each kind of thing: twelve pictures are one line of the ledger."""
    sums: dict[Usage, Decimal] = {}
    for usage in usages:
        kind = usage.model_copy(update={"quantity": Decimal(0)})
        sums[kind] = sums.get(kind, Decimal(0)) + usage.quantity
    return [kind.model_copy(update={"quantity": total}) for kind, total in sums.items()]


def _begin(video_id: str, name: str, device: str) -> StageRun:
    stage_run_id = uuid.uuid4().hex
    with connect() as db:
        # The video's row is locked so that two beginnings get two attempt numbers. A run left
        # without a word (its worker was killed) is closed, so that it does not look alive.
        db.execute("select 1 from ops.videos where video_id = %s for update", (video_id,))
        db.execute(
            """
            update ops.stage_runs set state = 'failed', finished_at = now(),
                   error = 'The worker ended without a word; the stage was started again.'
            where video_id = %s and stage = %s and state = 'running'
            """,
            (video_id, name),
        )
        row = db.execute(
            """
            insert into ops.stage_runs (stage_run_id, video_id, stage, attempt, state, device)
            select %(id)s, %(video)s, %(stage)s, coalesce(max(attempt), 0) + 1, 'running',
                   %(device)s
            from ops.stage_runs where video_id = %(video)s and stage = %(stage)s
            returning attempt
            """,
            {"id": stage_run_id, "video": video_id, "stage": name, "device": device},
        ).fetchone()
    assert row is not None
    return StageRun(stage_run_id, video_id, name, row["attempt"])


def _break_off(run: StageRun, error: BaseException, elapsed_s: float) -> None:
    is_failed = not isinstance(error, MustWait)
    accounted = float(sum(usage.quantity for usage in run.machine))
    rest = Usage.seconds("machine", "compute", max(elapsed_s - accounted, 0.0))
    with connect() as db:
        book(db, _summed([*run.machine, rest]), stage_run_id=run.stage_run_id, is_failed=is_failed)
        db.execute(
            """
            update ops.stage_runs
            set state = %(state)s, finished_at = now(), error = %(error)s,
                note = coalesce(%(note)s, note)
            where stage_run_id = %(run)s
            """,
            {
                "state": "failed" if is_failed else "waiting",
                "error": f"{type(error).__name__}: {error}"[:2000] if is_failed else None,
                "note": None if is_failed else str(error)[:200],
                "run": run.stage_run_id,
            },
        )
