"""Reviews from a terminal: what waits for a person, and the person's answer to Airflow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ytempire.errors import InvalidInput
from ytempire.local.airflow_api import AirflowAPI
from ytempire.runs import reviews
from ytempire.studio.release import DECISIONS

DAG, TASK = "produce_video", "review"


@dataclass(frozen=True)
class Waiting:
    """A video that waits for an answer. `body` says why, in Markdown."""

    video_id: str
    run_id: str
    subject: str
    body: str
    options: tuple[str, ...]
    form: dict[str, object]


def waiting() -> list[Waiting]:
    """Every video that waits for a person."""
    with AirflowAPI.installed() as api:
        return list(_waiting(api))


def answer(video_id: str, decision: str, **form: str) -> None:
    """Answer the review of a video, as Airflow's Required Actions does.

    Args:
        decision: `approve`, `edit`, `redo` or `reject`.
        form: `title`, `thumbnail`, `stage`, `note`; what is left out or empty stays as it is.

    Raises:
        InvalidInput: no such decision, it lacks what it needs, nothing is asked about this video,
            or somebody has answered.
    """
    options: dict[str, str] = {name: option for option, name in DECISIONS.items()}
    if decision not in options:
        raise InvalidInput(f"{decision!r} is no answer.", f"Answers: {', '.join(options)}.")
    option = options[decision]
    said = {name: value for name, value in form.items() if value}
    _require_sense(decision, said)
    with AirflowAPI.installed() as api:
        asked = next((each for each in _waiting(api) if each.video_id == video_id), None)
        if asked is None:
            raise InvalidInput(f"Video {video_id!r} waits for no answer.", "See `review list`.")
        if not api.answer(DAG, asked.run_id, TASK, option, {**asked.form, **said}):
            raise InvalidInput(f"Somebody else has answered for video {video_id!r} already.")


def _require_sense(decision: str, said: dict[str, str]) -> None:
    """Refuse here what the task would refuse: a person still sits before it."""
    reviews.require_sense(decision, reviews.changes_of(said))


def _waiting(api: AirflowAPI) -> Iterator[Waiting]:
    for question in api.questions():
        instance = question["task_instance"]
        if (instance["dag_id"], instance["task_id"]) != (DAG, TASK):
            continue
        run_id = str(instance["dag_run_id"])
        yield Waiting(
            video_id=str(api.xcom(DAG, run_id, "accept")),
            run_id=run_id,
            subject=str(question["subject"]),
            body=str(question["body"] or ""),
            options=tuple(question["options"]),
            form={name: param["value"] for name, param in question["params"].items()},
        )
