"""### Produce video

One run makes one video from a request and publishes it; `ops` keeps each stage's result and cost.

*Triage:* any task can be cleared: finished stages are reused, and an upload resumes, so nothing is
paid or published twice. `check` failed: the log names the broken rule; look at the file, then clear
`assemble`. `publish` failed: the log says whether the quota, the channel or the grant is the cause.
"""

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import dag, get_current_context, task
from ytempire.airflow import REQUEST_FORM, RETRY_TRANSIENT


@dag(
    schedule=None,
    params=REQUEST_FORM,
    max_active_runs=200,
    default_args=RETRY_TRANSIENT,
    doc_md=__doc__,
    tags=["studio", "tier-1"],
)
def produce_video():
    @task
    def accept() -> str:
        from ytempire.planning import requests

        run = get_current_context()
        return requests.accept_form(run["params"], run["run_id"])

    @task
    def write(video_id: str) -> str:
        from ytempire.studio import stages

        return stages.write(video_id)

    @task
    def narrate(video_id: str) -> str:
        from ytempire.studio import stages

        return stages.narrate(video_id)

    @task(pool="gpu")
    def paint(video_id: str) -> str:
        from ytempire.studio import stages

        return stages.paint(video_id)

    @task(pool="render")
    def assemble(video_id: str) -> str:
        from ytempire.studio import stages

        return stages.assemble(video_id)

    @task(pool="render")
    def check(video_id: str) -> str:
        from ytempire.studio import stages

        return stages.check(video_id)

    @task(pool="upload")
    def publish(video_id: str) -> str:
        from ytempire.channels import stages

        return stages.publish(video_id)

    @task(trigger_rule="one_failed")
    def mark_failed(video_id: str) -> None:
        from ytempire.runs import queue

        queue.move(video_id, "failed")

    video = accept()
    published = publish(video)
    cut = assemble(video)
    write(video) >> [narrate(video), paint(video)] >> cut >> check(video) >> published
    published >> [mark_failed(video), EmptyOperator(task_id="done")]  # `done`: a failed run is red


produce_video()
