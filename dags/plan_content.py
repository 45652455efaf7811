"""### Plan content

Twice a day: look at what moves in each channel's niche (channels it watches, a search, its own
videos), rank the ideas, put one request per channel and publishing slot in the queue, and start a
`produce_video` run for each request that waits, also for those that people put there.

*Triage:* any task can be cleared: a slot holds one request and a request has one run. A channel
without a request had no signal in the last week: see `raw.trend_signals`; `watch` says what it had
no quota to ask. Why a topic was chosen stands in its request's `evidence`.
"""

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import CronTriggerTimetable, dag, get_current_context, task
from ytempire.airflow import RETRY_TRANSIENT


@dag(
    schedule=CronTriggerTimetable("0 5,17 * * *", timezone="America/Los_Angeles"),
    catchup=False,
    max_active_runs=1,
    default_args=RETRY_TRANSIENT,
    doc_md=__doc__,
    tags=["studio", "tier-2"],
)
def plan_content():
    @task
    def list_channels() -> list[str]:
        from ytempire.channels import accounts

        return accounts.ids(state="active")

    @task(map_index_template="{{ channel }}")
    def watch(channel_id: str) -> dict[str, object]:
        from ytempire.analytics import trends

        context = get_current_context()
        context["channel"] = channel_id
        return trends.pull_trends(channel_id, context["run_id"]).model_dump(mode="json")

    @task(trigger_rule="all_done")
    def choose() -> list[dict[str, object]]:
        from ytempire.planning import requests

        return requests.fill_queue()

    start = TriggerDagRunOperator.partial(
        task_id="start_production",
        trigger_dag_id="produce_video",
        logical_date=None,
        skip_when_already_exists=True,
        map_index_template="{{ task.trigger_run_id }}",
    )
    chosen = choose()
    watch.expand(channel_id=list_channels()) >> chosen
    start.expand_kwargs(chosen)


plan_content()
