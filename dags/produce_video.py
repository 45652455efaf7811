"""### Produce video

One run makes one video from a request and publishes it; `ops` keeps each stage's result and cost.
A premium run's tasks go before all waiting standard ones.

*Triage:* any task can be cleared: finished stages are reused, and an upload resumes, so nothing is
paid or published twice. `check` failed: the log names the broken rule or the policy; a broken cut
is made anew by clearing `assemble`; what a policy forbids goes out only with other words. `review`
waits in *Required Actions*: approve, edit, redo a stage, or reject; unanswered, it rejects.
`publish` deferred: it waits for quota or its channel (`ytempire channel why VIDEO`) and goes on by
itself; failed: the log says why.
"""

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import dag, get_current_context, task
from ytempire.airflow import REQUEST_FORM, RETRY_TRANSIENT, Publish, Review


@dag(
    schedule=None,
    params=REQUEST_FORM,
    max_active_runs=200,
    default_args=RETRY_TRANSIENT | {"weight_rule": "upstream"},  # what began is ended first
    doc_md=__doc__,
    tags=["studio", "tier-1"],
)
def produce_video():
    @task
    def accept() -> str:
        from ytempire.planning import requests

        run = get_current_context()
        return requests.accept_form(run["params"], run["run_id"])

    def made(name, pool="default_pool", queue="default"):
        @task(task_id=name, pool=pool, queue=queue)
        def make(video_id: str) -> str:
            from ytempire.studio import stages

            return stages.STAGES[name](video_id)

        return make(video)

    @task.branch(pool="render")
    def check(video_id: str) -> str:
        from ytempire.studio import stages

        return stages.check(video_id)

    @task(trigger_rule="one_failed")
    def mark_failed(video_id: str) -> None:
        from ytempire.runs import queue

        queue.move(video_id, "failed")

    video = accept()
    cut = made("assemble", "render")
    checked = check(video)
    published = Publish(
        task_id="publish", video_id=video, pool="upload", trigger_rule="none_failed_min_one_success"
    )
    made("write") >> [made("narrate"), made("paint", "gpu", "gpu")] >> cut >> checked
    again = TriggerDagRunOperator(
        task_id="redo", trigger_dag_id="produce_video", conf={"video_id": video, **CARRIED}
    )
    checked >> Review(task_id="review", video_id=video) >> [published, again]
    checked >> published >> [mark_failed(video), EmptyOperator(task_id="done")]  # a failure is red


CARRIED = {"priority": "{{ params.priority }}"}
produce_video()
