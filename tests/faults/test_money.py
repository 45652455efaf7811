"""What is paid is booked, once, wherever its workers die: real SDKs, bills of the local providers.

An answer of OpenAI's that was lost cannot be looked up there: it is booked at what was foreseen, as
`ambiguous`, and bought once more. ElevenLabs' history can be read: there the bill is the ledger.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from ytempire.channels.accounts import Channel, add
from ytempire.runs import artifacts, queue

from tests.faults.workers import READ, Workers
from tests.local_studio import Live, planned, rows

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

MADE = {"write": "script", "narrate": "narration"}


@dataclass
class Till:
    """Videos that are made by workers, and what providers billed for each."""

    live: Live
    workers: Workers
    videos: int = 0
    billed: int = 0
    characters: int = 0

    def video(self, *done: str) -> str:
        """A video whose first stages are done, on a channel of its own: its words are compared
        with none."""
        self.videos += 1
        channel_id = f"mine-{self.videos}"
        add(Channel(channel_id=channel_id, youtube_channel_id=None, title="Mine", niche="tides"))
        video_id = queue.accept(planned(channel_id, topic=f"What moves ocean {self.videos}"))
        for stage in done:
            self.run(video_id, stage)
        return video_id

    def job(self, video_id: str, stage: str, **more: Any) -> dict[str, Any]:
        env = {name: value for name, value in os.environ.items() if name.startswith("YTEMPIRE_")}
        return {"video_id": video_id, "stage": stage, "env": env, **more}

    def run(self, video_id: str, stage: str, **more: Any) -> dict[str, Any]:
        return self.workers.one(**self.job(video_id, stage, **more))

    def look(self) -> tuple[int, int]:
        """OpenAI's answers and ElevenLabs' characters that were billed since the last look."""
        was = (self.billed, self.characters)
        self.billed, self.characters = len(self.live.model.billed), self.live.account.used
        return self.billed - was[0], self.characters - was[1]

    def killed(
        self,
        stage: str,
        *done: str,
        loses: bool = False,
        without: str | None = None,
        **where: Any,
    ) -> list[str]:
        """Kill a worker at its stage, then trigger it twice at once; what is wrong afterwards.

        Args:
            loses: an answer may be lost there that cannot be looked up.
        """
        video_id = self.video(*done)
        self.look()
        job = self.job(video_id, stage, without=without)
        [[_, after]] = self.workers.run([[job | where], [job, job]])
        wrong = [f"{stage} ended with {end}" for end in after if "done" not in end]
        if artifacts.find(video_id, MADE[stage]) is None:
            wrong.append("nothing was made")
        return [*wrong, *self._unlike_the_bill(video_id, stage, loses=loses), *_left(video_id)]

    def _unlike_the_bill(self, video_id: str, stage: str, *, loses: bool) -> Iterator[str]:
        first, characters = self.billed, self.look()[1]
        booked, unsure = _booked(video_id, stage, "done"), _booked(video_id, stage, "ambiguous")
        if stage == "write":
            billed = sum(each.read + each.written for each in self.live.model.billed[first:])
        else:
            billed = characters
        if unsure and not loses:
            yield f"{unsure} units are booked of an answer that was not lost"
        if not booked <= billed <= booked + unsure:
            yield f"{billed} units billed, {booked} booked, {unsure} ambiguous"


def _left(video_id: str) -> Iterator[str]:
    """What is not as it must be when nothing is under way."""
    if left := rows("select purchase from ops.intents where state in ('reserved', 'sent')"):
        yield f"left open: {left}"
    if rows("select 1 from ops.budgets where reserved <> 0"):
        yield "a reservation is left"
    [told] = rows(
        "select (select coalesce(sum(amount_usd), 0) from ops.ledger where video_id = %s) "
        "= spent as is_sum from ops.budgets where scope = 'video' and name = %s",
        video_id,
        video_id,
    )
    if not told["is_sum"]:
        yield "the budget is not the ledger's sum"


def _booked(video_id: str, stage: str, state: str) -> Decimal:
    """Units in the ledger that others bill, by the state of their intents."""
    [row] = rows(
        """
        select coalesce(sum(line.quantity), 0) as booked
        from ops.ledger as line
        join ops.stage_runs as run using (stage_run_id)
        join ops.intents as intent using (intent_id)
        where run.video_id = %s and run.stage = %s and intent.state = %s
        """,
        video_id,
        stage,
        state,
    )
    return Decimal(row["booked"])


@pytest.fixture
def till(live: Live, workers: Workers) -> Till:
    live.set(GOOGLE_VOICE__ENABLED="false")
    return Till(live, workers)


def boundaries(till: Till, stage: str, *done: str) -> list[str]:
    """Every dealing of a stage with the world, in its order."""
    till.run(till.video(*done), stage)  # the first of a day also opens the budgets of all
    return list(till.run(till.video(*done), stage, trace=True)["trace"])


@pytest.mark.parametrize(("stage", "done"), [("write", ()), ("narrate", ("write",))])
def test_killed_at_any_boundary_the_bill_is_the_ledger(
    till: Till, stage: str, done: tuple[str, ...]
) -> None:
    trace = boundaries(till, stage, *done)
    points = list(_points(trace))
    told = [f"{len(points)} kill points of {stage}:", *(f"  {trace[at - 1]}" for at in points)]
    print("\n".join(told))  # noqa: T201 (shown by `pytest -s`)
    assert len(points) >= 20
    wrong = {}
    for at in points:
        # Between the request and the kept answer nobody but the provider knows of it.
        near = (trace[at - 2], trace[at - 1])
        loses = stage == "write" and any(label.startswith("POST") for label in near)
        if found := till.killed(stage, *done, at=at, loses=loses):
            wrong[f"{at}: {trace[at - 1]}"] = found
    assert wrong == {}


def _points(trace: list[str]) -> Iterator[int]:
    """Where dying makes a difference, counted from one: before each request, finished file and
    commit, and after it. A transaction that dies half-way leaves what it found."""
    is_between = True
    for at, label in enumerate(trace, start=1):
        if label.startswith(READ):
            continue
        is_step = label == "commit" or label.startswith(("keep", "POST", "GET"))
        if is_step or is_between:
            yield at
        is_between = is_step


#: The first dealing after the answer has come; after it was kept; after it was booked.
COME, KEPT = "keep .json", "insert into ops.ledger"


def after_booking(till: Till) -> int:
    """The dealing of `write` that follows the booking of its answer."""
    trace = boundaries(till, "write")
    booked = max(
        at
        for at, label in enumerate(trace)
        if label.startswith("update ops.intents set state = %s")
    )
    return booked + 3  # its commit, and the next one; counted from one


@pytest.mark.parametrize(
    ("guard", "stage", "done", "where"),
    [
        ("settling once", "write", (), "after booking"),
        ("sent", "write", (), COME),
        ("kept answers", "write", (), KEPT),
        ("lookup", "narrate", ("write",), "keep .wav"),
        ("studio lock", "narrate", ("write",), "POST"),
    ],
)
def test_each_guard_of_the_money_is_needed(
    till: Till, guard: str, stage: str, done: tuple[str, ...], where: str
) -> None:
    place: dict[str, Any] = (
        {"at": after_booking(till)} if where == "after booking" else {"before": where}
    )
    place["loses"] = where == COME
    assert till.killed(stage, *done, **place) == [], "with all guards it holds"
    assert till.killed(stage, *done, without=guard, **place) != [], f"without {guard} it holds too"
