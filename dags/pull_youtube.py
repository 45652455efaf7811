"""### Pull YouTube

Every hour, one task per channel: counters of the videos whose age asks for it (hourly when young,
every third day when old), and the days that YouTube may have restated (14 days, once a day 45 and
the month before, the first time all). Each channel lands in one transaction.

A backfill: trigger with `start` (and `end`, `channel`): the days between are asked for again, 25
at a time, whatever is known of them. Repeating it is harmless.

*Triage:* clear a red channel: a run lands its rows once. `GrantRevoked`: connect the channel
again, the others go on meanwhile. `ContractBroken`: YouTube has renamed or retyped what the message
names; nothing was stored and clearing cannot help, the code must follow. The result's `skipped`
says what the day's quota did not pay for: it is asked by a later run. Rows that no table may hold
are in `raw.rejects` with their reasons. The run is red when any channel is, but what landed is
modelled.
"""

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import CronDataIntervalTimetable, dag, get_current_context, task
from ytempire.airflow import BACKFILL_FORM, RAW_YOUTUBE, RETRY_TRANSIENT


@dag(
    schedule=CronDataIntervalTimetable("@hourly", timezone="UTC"),
    catchup=False,
    max_active_runs=1,
    params=BACKFILL_FORM,
    default_args=RETRY_TRANSIENT,
    doc_md=__doc__,
    tags=["analytics", "tier-1"],
)
def pull_youtube():
    @task
    def list_channels() -> list[str]:
        from ytempire.channels import accounts

        channel = get_current_context()["params"]["channel"]
        return [channel] if channel else accounts.ids(connected=True)

    @task(map_index_template="{{ channel }}")
    def pull(channel_id: str) -> dict:
        from ytempire.analytics import youtube

        context = get_current_context()
        context["channel"] = channel_id
        return youtube.pull_as_asked(channel_id, context["run_id"], context["params"])

    landed = EmptyOperator(
        task_id="landed", outlets=[RAW_YOUTUBE], trigger_rule="all_done_min_one_success"
    )
    pull.expand(channel_id=list_channels()) >> [landed, EmptyOperator(task_id="all_landed")]


pull_youtube()
