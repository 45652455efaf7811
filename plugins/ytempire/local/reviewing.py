"""Reviews from outside of Airflow: what waits for a person, and the person's answer to Airflow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ytempire.errors import InvalidInput, NotAsked
from ytempire.local.airflow_api import AirflowAPI
from ytempire.runs import reviews
from ytempire.studio.release import DECISIONS

DAG, TASK = "produce_video", "review"


@dataclass(frozen=True)
class Waiting:
    """A review that waits for an answer. `body` says why, in Markdown."""

    review_id: str
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


def answer(review_id: str, decision: str, **form: str) -> None:
    """Answer a review, as Airflow's Required Actions does.

    Args:
        review_id: of the cut that was watched; an answer to another one is none to this.
        decision: `approve`, `edit`, `redo` or `reject`.
        form: `title`, `thumbnail`, `stage`, `note`, `by` (who answers); what is left out or empty
            stays as it is.

    Raises:
        InvalidInput: no such decision, or it lacks what it needs.
        NotAsked: somebody has answered, or another cut of the video waits now.
    """
    options: dict[str, str] = {name: option for option, name in DECISIONS.items()}
    if decision not in options:
        raise InvalidInput(f"{decision!r} is no answer.", f"Answers: {', '.join(options)}.")
    option = options[decision]
    said = {name: value for name, value in form.items() if value}
    _require_sense(decision, said)
    with AirflowAPI.installed() as api:
        asked = next((each for each in _waiting(api) if each.review_id == review_id), None)
        if asked is None:
            raise NotAsked(
                f"Review {review_id!r} waits for no answer.",
                "It was answered, or another cut waits now: see `ytempire review list`.",
            )
        said["review"] = review_id
        is_first = api.answer(DAG, asked.run_id, TASK, option, {**asked.form, **said})
    reviews.wait(review_id, None)
    if not is_first:
        raise NotAsked(f"Somebody else has answered review {review_id!r} already.")


def _require_sense(decision: str, said: dict[str, str]) -> None:
    """Refuse here what the task would refuse: a person still sits before it."""
    reviews.require_sense(decision, reviews.changes_of(said))


def _waiting(api: AirflowAPI) -> Iterator[Waiting]:
    for question in api.questions():
        instance = question["task_instance"]
        if (instance["dag_id"], instance["task_id"]) != (DAG, TASK):
            continue
        run_id = str(instance["dag_run_id"])
        video_id = str(api.xcom(DAG, run_id, "accept"))
        review = reviews.review_of(video_id)
        if review is None:
            continue  # the video was forgotten
        yield Waiting(
            review_id=review["review_id"],
            video_id=video_id,
            run_id=run_id,
            subject=str(question["subject"]),
            body=str(question["body"] or ""),
            options=tuple(question["options"]),
            form={name: param["value"] for name, param in question["params"].items()},
        )
