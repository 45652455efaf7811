"""Videos in the real Airflow: one that waits for a person, and a premium one that overtakes ten."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from ytempire.config import settings
from ytempire.local.airflow_api import AirflowAPI
from ytempire.warehouse.database import connect

from tests.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.timeout(1200)]

#: Fits in a few seconds of video, and makes a claim about health: a person has to look at it.
DOUBTFUL = """# What to drink in the morning

> Every morning

Drink this every morning to detox your liver, and feel young.
"""
PLAIN = """# A short word about tides

The moon pulls the sea, and the sea follows.
"""


@pytest.fixture
def api(stack: Stack) -> Iterator[AirflowAPI]:
    api = stack.api()
    yield api
    api.close()


def until(what: Callable[[], object], told: str, seconds: float = 480) -> Any:
    """The first true answer; the test's own deadline, not a bound on speed."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = what()
        if found:
            return found
        time.sleep(0.5)
    raise AssertionError(f"{told} did not happen in {seconds:.0f} s")


def asked(stack: Stack, folder: Path, text: str, priority: str = "standard") -> str:
    """A request of a person's own words; the id of its run."""
    script = folder / f"{priority}.md"
    script.write_text(text, encoding="utf-8")
    answer = stack.run(
        "request", "--channel", "tidewise", "--script", str(script), "--priority", priority
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip().rsplit("/", 1)[-1]


def waiting(stack: Stack, run_id: str) -> tuple[str, str] | None:
    """The review of the run's video and its id, once it waits for a person."""
    listed = stack.run("review", "list")
    assert listed.returncode == 0, listed.stderr
    lines = [line.split() for line in listed.stdout.splitlines() if run_id in line]
    return (lines[0][0], lines[0][1]) if lines else None


def test_a_doubtful_video_waits_for_a_person_and_goes_on_after_the_answer(
    stack: Stack, api: AirflowAPI, tmp_path: Path
) -> None:
    run_id = asked(stack, tmp_path, DOUBTFUL)
    review_id, video_id = until(lambda: waiting(stack, run_id), "the question")

    def state(task_id: str) -> str | None:
        found = {t["task_id"]: t["state"] for t in api.task_instances("produce_video", run_id)}
        return found[task_id]

    # The question is listed a moment before its task lets go of the worker.
    until(lambda: state("review") == "awaiting_input", "the wait")
    assert state("publish") is None
    [question] = [q for q in api.questions() if q["task_instance"]["dag_run_id"] == run_id]
    assert question["params"]["review"]["value"] == review_id
    assert question["params"]["review"]["schema"]["const"] == review_id, "nobody has to type it"

    def answer(title: str):
        return stack.run("review", "answer", review_id, "--answer", "edit", "--title", title)

    done = answer("What people drink in the morning")
    assert done.returncode == 0, done.stderr
    second = answer("Too late")
    assert second.returncode == 1
    assert "answer" in second.stderr
    until(lambda: api.run_state("produce_video", run_id) == "success", "the publication")
    with connect() as db:
        upload = db.execute("select * from ops.uploads where video_id = %s", (video_id,)).fetchone()
        review = db.execute("select * from ops.reviews where video_id = %s", (video_id,)).fetchone()
    page = httpx.get(f"{settings().youtube.endpoint}/watch/{upload['youtube_video_id']}")
    assert "What people drink in the morning" in page.text
    assert (review["state"], review["changes"]["title"], review["decided_by"]) == (
        "edited",
        "What people drink in the morning",
        "admin",
    )


def test_a_premium_video_overtakes_ten_waiting_standard_ones(
    stack: Stack, api: AirflowAPI, tmp_path: Path
) -> None:
    api.set_pool("gpu", 0)
    runs = []
    try:
        runs = [asked(stack, tmp_path, PLAIN) for _ in range(10)]
        runs.append(asked(stack, tmp_path, PLAIN, priority="premium"))

        def paint(run_id: str) -> dict:
            tasks = {t["task_id"]: t for t in api.task_instances("produce_video", run_id)}
            return tasks.get("paint", {})

        until(lambda: all(paint(r).get("state") == "scheduled" for r in runs), "the queue")
        api.set_pool("gpu", 1)
        until(lambda: sum(bool(paint(r).get("start_date")) for r in runs) >= 2, "the first two")
        starts = {run: paint(run)["start_date"] for run in runs if paint(run).get("start_date")}
        assert min(starts, key=starts.__getitem__) == runs[-1]
    finally:
        for run_id in runs:
            api.end("produce_video", run_id)
        api.set_pool("gpu", 3)
