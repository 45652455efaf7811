"""### Pull YouTube

Every hour, one task per channel: counters of all its videos, and the days that YouTube may have
restated (14 days, once a day 45, the first time all). Each channel lands in one transaction.

*Triage:* clear a red channel: a run lands its rows once. `GrantRevoked`: connect the channel
again, the others go on meanwhile. The run is red when any channel is, but what landed is modelled.
"""

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import CronDataIntervalTimetable, dag, get_current_context, task
from ytempire.airflow import RAW_YOUTUBE, RETRY_TRANSIENT


@dag(
    schedule=CronDataIntervalTimetable("@hourly", timezone="UTC"),
    catchup=False,
    max_active_runs=1,
    default_args=RETRY_TRANSIENT,
    doc_md=__doc__,
    tags=["analytics", "tier-1"],
)
def pull_youtube():
    @task
    def list_channels() -> list[str]:
        from ytempire.channels import accounts

        return accounts.ids(connected=True)

    @task(map_index_template="{{ channel }}")
    def pull(channel_id: str) -> dict:
        from ytempire.analytics import youtube

        context = get_current_context()
        context["channel"] = channel_id
        return youtube.pull_channel(channel_id, context["run_id"]).rows

    landed = EmptyOperator(
        task_id="landed", outlets=[RAW_YOUTUBE], trigger_rule="all_done_min_one_success"
    )
    pull.expand(channel_id=list_channels()) >> [landed, EmptyOperator(task_id="all_landed")]


pull_youtube()
