"""What is paid is booked, once, wherever its workers die: real SDKs, bills of the local providers.

An answer of OpenAI's that was lost cannot be looked up there: it is booked at what was foreseen, as
`ambiguous`, and bought once more. ElevenLabs' history can be read: there the bill is the ledger.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from ytempire.channels.accounts import Channel, add
from ytempire.runs import artifacts, queue
from ytempire.warehouse.database import connect

from tests.faults.workers import READ, Workers
from tests.local_studio import Live, planned, rows

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

#: What each stage of a video makes, in their order.
MADE = {
    "write": "script",
    "narrate": "narration",
    "paint": "pictures",
    "assemble": "cut",
    "check": "report",
}
#: Where little or nothing is bought and a run takes seconds, every so manyth boundary is enough.
EVERY = {"assemble": 6, "check": 2}


@dataclass
class Till:
    """Videos that are made by workers, and what providers billed for them."""

    live: Live
    workers: Workers
    videos: int = 0
    made: dict[str, str] = field(default_factory=dict)

    def video(self) -> str:
        """A video on a channel of its own: its words are compared with none."""
        self.videos += 1
        channel_id = f"mine-{self.videos}"
        add(Channel(channel_id=channel_id, youtube_channel_id=None, title="Mine", niche="tides"))
        return queue.accept(planned(channel_id, topic=f"What moves ocean {self.videos:04}"))

    def jobs(self, video_id: str, *stages: str, **more: Any) -> list[dict[str, Any]]:
        env = {name: value for name, value in os.environ.items() if name.startswith("YTEMPIRE_")}
        return [{"video_id": video_id, "stage": stage, "env": env, **more} for stage in stages]

    def ready(self, stage: str, count: int = 1) -> list[str]:
        """Videos whose stages before one are done. From `paint` on what they made is another
        video's, made once: their own topics still make their purchases their own."""
        videos = [self.video() for _ in range(count)]
        before = list(MADE)[: list(MADE).index(stage)]
        if stage == "narrate":
            self.make(videos, *before)
        elif before:
            if stage not in self.made:
                self.made[stage] = self.video()
                self.make([self.made[stage]], *before)
            with connect() as db:
                db.execute(
                    """
                    insert into ops.artifacts (video_id, kind, path, sha256, bytes)
                    select new.video_id, kind, path, sha256, bytes
                    from ops.artifacts as made, unnest(%s::text[]) as new (video_id)
                    where made.video_id = %s
                    """,
                    (videos, self.made[stage]),
                )
        return videos

    def make(self, videos: list[str], *stages: str) -> None:
        chains = [[[job] for job in self.jobs(video_id, *stages)] for video_id in videos]
        for results in self.workers.run(*chains):
            assert all("done" in each for [each] in results)

    def trace(self, stage: str) -> list[str]:
        """Every dealing of a stage with the world, in its order."""
        for _ in range(2):  # the first of a day also opens the budgets of all
            told = self.jobs(*self.ready(stage), stage, trace=True)
            [[[result]]] = self.workers.run([told])
        return list(result["trace"])

    def billed(self) -> dict[str, int]:
        """Units that providers have billed so far."""
        answers = self.live.model.billed
        return {
            "openai": sum(each.read + each.written for each in answers),
            "elevenlabs": self.live.account.used,
            "pexels": self.live.shelf.searches,
        }

    def killed(
        self, stage: str, places: list[dict[str, Any]], loses: int = 0, without: str | None = None
    ) -> tuple[dict[int, list[str]], int]:
        """Kill a worker at each place of a stage, in a video each, then trigger it twice at once.

        Args:
            loses: at how many of them an answer may be lost that cannot be looked up.

        Returns:
            What is wrong afterwards, by the number of the place, and with the bill of all under -1;
            and how many came to their place.
        """
        videos = self.ready(stage, len(places))
        was, chains = self.billed(), []
        for video_id, place in zip(videos, places, strict=True):
            dies = self.jobs(video_id, stage, without=without, **place)
            again = self.jobs(video_id, stage, stage, without=without)
            chains.append([dies, again])
        wrong: dict[int, list[str]] = {}
        killed = 0
        for number, results in enumerate(self.workers.run(*chains)):
            killed += results[-2] == [{"killed": 9}]
            found = [
                *(f"{stage} ended with {end}" for end in results[-1] if "done" not in end),
                *_left(videos[number], stage),
            ]
            if found:
                wrong[number] = found
        unlike = list(self._unlike_the_bill(videos, stage, was))
        if (unsure := _unsure(videos)) > loses:
            unlike.append(f"{unsure} answers are booked as lost, and {loses} can be")
        if unlike:
            wrong[-1] = unlike
        return wrong, killed

    def _unlike_the_bill(self, videos: list[str], stage: str, was: dict[str, int]) -> Iterator[str]:
        for provider, so_far in self.billed().items():
            billed = so_far - was[provider]
            booked, unsure = (
                _booked(videos, stage, provider, state) for state in ("done", "ambiguous")
            )
            if not booked <= billed <= booked + unsure:
                yield f"{provider}: {billed} units billed, {booked} booked, {unsure} ambiguous"


def _left(video_id: str, stage: str) -> Iterator[str]:
    """What is not as it must be when nothing is under way."""
    if artifacts.find(video_id, MADE[stage]) is None:
        yield "nothing was made"
    if rows(
        """
        select 1 from ops.intents join ops.stage_runs using (stage_run_id)
        where ops.intents.state = 'sent' and video_id = %s
        """,
        video_id,
    ):
        yield "a call is left open"
    if rows("select 1 from ops.budgets where scope = 'video' and name = %s and reserved <> 0",
            video_id):  # fmt: skip
        yield "a reservation is left"
    [told] = rows(
        """
        select (select coalesce(sum(amount_usd), 0) from ops.ledger where video_id = %s)
             = coalesce((select spent from ops.budgets where scope = 'video' and name = %s), 0)
               as is_sum
        """,
        video_id,
        video_id,
    )
    if not told["is_sum"]:
        yield "the budget is not the ledger's sum"


def _unsure(videos: list[str]) -> int:
    [row] = rows(
        """
        select count(*) as calls from ops.intents as intent join ops.stage_runs using (stage_run_id)
        where intent.state = 'ambiguous' and video_id = any(%s)
        """,
        videos,
    )
    return int(row["calls"])


def _booked(videos: list[str], stage: str, provider: str, state: str) -> Decimal:
    """Units in the ledger that a provider bills, by the state of their intents."""
    [row] = rows(
        """
        select coalesce(sum(line.quantity), 0) as booked
        from ops.ledger as line join ops.intents as intent using (intent_id)
        join ops.stage_runs as run on run.stage_run_id = line.stage_run_id
        where line.video_id = any(%s) and run.stage = %s and split_part(line.provider, '/', 1) = %s
          and line.kind <> 'moderation' and intent.state = %s
        """,
        videos,
        stage,
        provider,
        state,
    )
    return Decimal(row["booked"])


@pytest.fixture
def till(live: Live, workers: Workers) -> Till:
    live.set(GOOGLE_VOICE__ENABLED="false")
    return Till(live, workers)


@pytest.mark.parametrize("stage", MADE)
def test_killed_at_any_boundary_the_bill_is_the_ledger(till: Till, stage: str) -> None:
    points = list(_points(till.trace(stage)))[:: EVERY.get(stage, 1)]
    told = (f"  {now}, after {last}" if last else f"  {now}" for last, now in points)
    print(f"{len(points)} kill points of {stage}:", *told, sep="\n")  # noqa: T201 (for pytest -s)
    wrong, killed = till.killed(
        stage,
        [{"between": point} for point in points],
        loses=sum(_loses(stage, point) for point in points),
    )
    assert {str(points[n]) if n >= 0 else "all": each for n, each in wrong.items()} == {}
    assert killed >= LEAST[stage], "of some points a video's own answers decide"


#: Workers that are killed at least in each stage: 60 of the studio in all.
LEAST = {"write": 18, "narrate": 18, "paint": 15, "assemble": 4, "check": 10}


def _points(trace: list[str]) -> Iterator[tuple[str, str]]:
    """Where dying makes a difference: before each request, finished file and commit, and after it;
    each pair of such steps once. A transaction that dies half-way leaves what it found."""
    is_between, last = True, ""
    seen: set[tuple[str, str]] = set()
    for label in trace:
        if label.startswith(READ):
            continue
        is_step = label == "commit" or label.startswith(("keep", "POST", "GET"))
        if (is_step or is_between) and (last, label) not in seen:
            seen.add((last, label))
            yield last, label
        is_between, last = is_step, label


def _loses(stage: str, point: tuple[str, str]) -> bool:
    """Whether an answer may be lost there that cannot be looked up: between the request and the
    kept answer nobody but the provider knows of it. What Pexels finds is booked before it is kept:
    it costs nothing."""
    marks = ("GET", BOOKED) if stage == "paint" else ("POST /v1/chat",)
    return any(label.startswith(marks) for label in point)


#: The first dealing after the answer has come; after it was kept, which books it.
COME, BOOKED = "keep .json", "with closed as ( update ops.intents"
#: The one after its last booking was committed.
SETTLED = "settled"


@pytest.mark.parametrize(
    ("guard", "stage", "place"),
    [
        ("settling once", "write", SETTLED),
        ("sent", "write", COME),
        ("kept answers", "write", BOOKED),
        ("lookup", "narrate", "keep .wav"),
        ("studio lock", "narrate", "POST"),
    ],
)
def test_each_guard_of_the_money_is_needed(till: Till, guard: str, stage: str, place: str) -> None:
    where: dict[str, Any] = {"before": place}
    if place == SETTLED:
        trace = [label for label in till.trace(stage) if not label.startswith(READ)]
        commit = max(at for at, label in enumerate(trace) if label.startswith(BOOKED)) + 1
        where = {"between": trace[commit : commit + 2]}
    loses = 1 if place == COME else 0
    assert till.killed(stage, [where], loses) == ({}, 1), "with all guards it holds"
    wrong, killed = till.killed(stage, [where], loses, without=guard)
    assert killed == 1
    assert wrong, f"without {guard} it holds too"
