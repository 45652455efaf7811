"""The first cycle: one video made, published, measured and accounted for, through Airflow itself.

Only with the local YouTube: nothing is uploaded to a person's own channel unasked. Killed and run
again, it goes on with the run that it started.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import Any

from rich.console import Console

from ytempire.config import REPOSITORY, own_settings, settings
from ytempire.domain import Format, Tier
from ytempire.errors import ProviderUnavailable, ServiceFailed
from ytempire.local import schedules, simulated
from ytempire.local.airflow_api import AirflowAPI
from ytempire.local.installation import speaks_to_local_youtube
from ytempire.local.progress import Progress, Step
from ytempire.local.summary import REQUEST, show
from ytempire.planning import requests
from ytempire.runs import queue
from ytempire.warehouse import transform
from ytempire.warehouse.database import connect

CHANNEL = "tidewise"
SCRIPT = REPOSITORY / "examples" / "tides.md"
#: What is pulled, and why.
PULLS = {
    "pull_youtube": "The first look at the channels",
    "pull_business": "The first look at the customers",
}
#: Seconds after which a part of the cycle is taken for stuck.
PATIENCE_S = 600.0
POLL_S = 1.0


def is_done() -> bool:
    """Whether the first cycle has run to its end: its video is in the marts."""
    with connect() as db:
        if db.execute("select to_regclass('marts.dim_videos') as found").fetchone() != {
            "found": None
        }:
            row = db.execute(
                """
                select 1 from marts.dim_videos as video join ops.videos as made using (video_id)
                where made.request_id = %s and video.published_at is not null
                """,
                (REQUEST,),
            ).fetchone()
            return row is not None
    return False


def run(console: Console, api: AirflowAPI) -> None:
    """Run what is left of the first cycle, then print the summary.

    Raises:
        ServiceFailed: a run failed; the message has the stage and its error.
    """
    if not speaks_to_local_youtube(own_settings()):
        simulated.pause_channels()
        console.print(
            "Your own YouTube is configured, so nothing is made unasked. Next: "
            "[bold]ytempire channel add[/], [bold]channel connect[/], [bold]request[/]."
        )
    elif not is_done():
        with Progress(console) as progress:
            _run(progress, api)
    elif transform.is_outdated():
        _rebuild(console, api)
    schedules.begin(settings().home, api)
    show(console)


def _rebuild(console: Console, api: AirflowAPI) -> None:
    """After an upgrade that changed the models: now, since pages may read what is new in them."""
    api.trigger("refresh_warehouse", {}, f"models-{transform.fingerprint()}", note="New models")
    console.print(
        "The models have changed: Airflow builds the marts anew, which takes minutes with a year "
        f"of history ({api.address}/dags/refresh_warehouse). Pages show them when it is done."
    )


def _run(progress: Progress, api: AirflowAPI) -> None:
    endpoint = settings().youtube.endpoint
    assert endpoint is not None
    with progress.step("channels", "connecting the local YouTube's channels (SIMULATED)") as step:
        names = simulated.connect_channels(endpoint, settings().emulator.seed)
        past = simulated.write_past(endpoint, settings().emulator.seed)
        step.note(f"{', '.join(names)}; {past} videos of their past written (SIMULATED)")
    for dag_id in ("produce_video", "refresh_warehouse"):
        api.resume(dag_id)
    _produce(progress, api)
    since = datetime.now(UTC)
    pulls = {dag_id: _start_pull(api, dag_id, since) for dag_id in PULLS}
    for dag_id, run_id in pulls.items():
        _follow(progress, api, dag_id, run_id)
    _follow(progress, api, "refresh_warehouse", _refresh_since(api, since))


def _produce(progress: Progress, api: AirflowAPI) -> None:
    requests.ask(
        channel=CHANNEL,
        topic="",
        script=SCRIPT.read_text(encoding="utf-8"),
        format=Format.SHORT,
        tier=Tier.STANDARD,
        request_id=REQUEST,
        source="first-cycle",
    )
    request = queue.get(REQUEST)
    conf, note = requests.conf_of(request), requests.note_of(request)
    is_new = api.trigger("produce_video", conf, REQUEST, note=note)
    if not is_new and api.run_state("produce_video", REQUEST) == "failed":
        api.clear("produce_video", REQUEST)
    with _Stages(progress) as stages:
        for state in _states(api, "produce_video", REQUEST):
            stages.show()
            if state == "failed":
                raise ServiceFailed(
                    f"The first video could not be made. {stages.failure()}",
                    f"Airflow's UI shows it: {api.address}/dags/produce_video/runs/{REQUEST}",
                )


def _start_pull(api: AirflowAPI, dag_id: str, since: datetime) -> Callable[[], str | None]:
    """A pull's run: a DAG that waited pulls the hour that it missed, one that ran is asked to."""
    if api.dags().get(dag_id):
        api.resume(dag_id)
    else:
        api.trigger(dag_id, {}, f"first-cycle.{since:%Y%m%dT%H%M%S}", note=PULLS[dag_id])
    return lambda: _first_run(api, dag_id, since)


def _refresh_since(api: AirflowAPI, since: datetime) -> Callable[[], str | None]:
    """The refresh that an asset event started after the pull; it may be a moment in coming."""

    def find() -> str | None:
        landed = _landed_at(since)
        return _first_run(api, "refresh_warehouse", landed) if landed else None

    return find


def _first_run(api: AirflowAPI, dag_id: str, since: datetime) -> str | None:
    """The first run that was queued at `since` (UTC) or later."""
    for found in reversed(api.runs(dag_id, limit=5)):
        queued = found.get("queued_at") or found["run_after"]
        if datetime.fromisoformat(queued) >= since:
            return str(found["dag_run_id"])
    return None


def _landed_at(since: datetime) -> datetime | None:
    with connect() as db:
        row = db.execute(
            "select max(fetched_at) as at from raw.pulls where fetched_at >= %s", (since,)
        ).fetchone()
    return row["at"] if row else None


def _follow(
    progress: Progress, api: AirflowAPI, dag_id: str, run_id: str | Callable[[], str | None]
) -> None:
    with progress.step(dag_id, "waiting for the scheduler") as step:
        for state in _states(api, dag_id, run_id):
            _note_tasks(step, api, dag_id, run_id if isinstance(run_id, str) else run_id())
            if state == "failed":
                raise ServiceFailed(
                    f"The run of {dag_id} failed.",
                    f"Airflow's UI shows which task and why: {api.address}/dags/{dag_id}",
                )


def _note_tasks(step: Step, api: AirflowAPI, dag_id: str, run_id: str | None) -> None:
    if run_id is None:
        return
    tasks = api.task_instances(dag_id, run_id)
    done = sum(task["state"] in ("success", "skipped") for task in tasks)
    running = [_name_of(task) for task in tasks if task["state"] == "running"]
    step.note(f"{done} of {len(tasks)} tasks done" + (f", {', '.join(running)}" if running else ""))


def _name_of(task: dict[str, Any]) -> str:
    index = task.get("rendered_map_index")
    return f"{task['task_id']} {index}" if index else str(task["task_id"])


def _states(
    api: AirflowAPI, dag_id: str, run_id: str | Callable[[], str | None]
) -> Iterator[str | None]:
    """The state of a run, polled until it has ended (that state is the last)."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            found = run_id if isinstance(run_id, str) else run_id()
            state = api.run_state(dag_id, found) if found else None
        except ProviderUnavailable:
            state = None  # a busy machine answers late; the run goes on all the same
        yield state
        if state in ("success", "failed"):
            return
        time.sleep(POLL_S)
    raise ServiceFailed(
        f"{dag_id} did not end within {PATIENCE_S:.0f} s.",
        f"See {api.address}/dags/{dag_id}; `make up` goes on with it.",
    )


class _Stages:
    """The stages of the first video as lines of the progress, read from `ops.stage_runs`."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._open: dict[str, tuple[ExitStack, Step]] = {}
        self._ended: set[str] = set()

    def __enter__(self) -> _Stages:
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        for stack, _ in self._open.values():
            stack.__exit__(kind, error, trace)

    def show(self) -> None:
        for row in self._rows():
            key = row["stage_run_id"]
            if key in self._ended:
                continue
            if key not in self._open:
                stack = ExitStack()
                self._open[key] = (stack, stack.enter_context(self._line(row)))
            stack, step = self._open[key]
            if row["state"] == "running":
                step.note(f"{row['progress']:4.0%} {row['note']}")
                continue
            self._ended.add(key)
            del self._open[key]
            step.note(f"{row['state']} in {row['took']:.1f} s, ${row['usd']:.4f}")
            stack.close()

    def failure(self) -> str:
        """The stage that failed last, and its error."""
        failed = [row for row in self._rows() if row["state"] == "failed"]
        return f"Stage {failed[-1]['stage']}: {failed[-1]['error']}" if failed else ""

    @contextmanager
    def _line(self, row: dict[str, Any]) -> Iterator[Step]:
        again = f" (try {row['attempt']})" if row["attempt"] > 1 else ""
        with self._progress.step(row["stage"] + again) as step:
            yield step

    def _rows(self) -> list[dict[str, Any]]:
        with connect() as db:
            return db.execute(
                """
                select run.stage_run_id, run.stage, run.attempt, run.state, run.progress, run.note,
                       run.error, coalesce(sum(line.amount_usd), 0) as usd,
                       extract(epoch from coalesce(run.finished_at, now()) - run.started_at)
                           as took
                from ops.stage_runs as run
                join ops.videos as video using (video_id)
                left join ops.ledger as line using (stage_run_id)
                where video.request_id = %s
                group by run.stage_run_id
                order by run.started_at
                """,
                (REQUEST,),
            ).fetchall()
