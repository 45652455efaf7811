"""### Guard channels

Every six hours, one task per channel: is its grant good and how long, are there strikes, are videos
stuck, failed, rejected or gone, is the monthly recheck of YouTube's policies due. Then data that
must go are removed, and what is left of the day's quota gives the best videos their captions and
playlists: the last look is an hour before the quota comes back.

*Triage:* any task can be cleared. A channel is red only when YouTube cannot be asked. What was
found stands in the task's result and, with its remedy, in `ytempire channel health NAME`; a dead
grant wants `ytempire channel connect NAME`.
"""

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import CronTriggerTimetable, dag, get_current_context, task
from ytempire.airflow import RETRY_TRANSIENT


@dag(
    schedule=CronTriggerTimetable("0 5,11,17,23 * * *", timezone="America/Los_Angeles"),
    catchup=False,
    max_active_runs=1,
    default_args=RETRY_TRANSIENT,
    doc_md=__doc__,
    tags=["channels", "tier-2"],
)
def guard_channels():
    @task
    def list_channels() -> list[str]:
        from ytempire.channels import accounts

        return accounts.ids()

    @task(map_index_template="{{ channel }}")
    def look_after(channel_id: str) -> dict[str, str]:
        from ytempire.channels import guard

        get_current_context()["channel"] = channel_id
        return guard.check(channel_id)

    @task(trigger_rule="all_done")
    def delete_data() -> list[dict]:
        from ytempire.channels import deletion

        return [done.model_dump(mode="json") for done in deletion.carry_out()]

    @task(trigger_rule="all_done")
    def forget_trends() -> int:
        from ytempire.channels import deletion

        return deletion.forget_trends()

    @task(trigger_rule="all_done")
    def dress() -> dict:
        from ytempire.channels import dressing

        return dressing.dress().model_dump(mode="json")

    looked = look_after.expand(channel_id=list_channels())
    # A run takes its state from its leaves: one red channel is a red run.
    looked >> [delete_data(), forget_trends(), dress(), EmptyOperator(task_id="all_looked_after")]


guard_channels()
