"""### Maintain platform

Every night all that landed is held against its rules once more and all marts are built from it,
with the tests that look at all of history: the hourly refresh takes only the days of which
something came. Of what the marts said more than 90 days ago
(`YTEMPIRE_WAREHOUSE__SNAPSHOT_DAYS`) each day keeps what it ended with, and of what landed more
than 14 months ago (`YTEMPIRE_WAREHOUSE__RAW_MONTHS`) the month keeps what the models read.

*Triage:* as of `refresh_warehouse`. Only `rebuild` is red: a test of history found rows that an
hourly build had let through; the log shows them. Mend them and clear the task. `thin_history` and
`close_months` may be cleared: what is done stays done. `close_months` waits half a minute for
readers of `raw`; a dump that runs longer makes it red, and it is well the night after.
"""

from airflow.sdk import CronDataIntervalTimetable, dag, task
from ytempire.airflow import MARTS, RETRY_TRANSIENT


@dag(
    schedule=CronDataIntervalTimetable("30 9 * * *", timezone="UTC"),
    catchup=False,
    max_active_runs=1,
    default_args=RETRY_TRANSIENT,
    doc_md=__doc__,
    tags=["warehouse", "tier-2"],
)
def maintain_platform():
    @task
    def validate_all() -> None:
        from ytempire.warehouse import expectations

        expectations.validate(everything=True)

    @task(outlets=[MARTS])
    def rebuild() -> None:
        from ytempire.warehouse import transform

        transform.build(everything=True)

    @task
    def thin_history() -> int:
        from ytempire.warehouse import thinning

        return thinning.thin()

    @task
    def close_months() -> int:
        from ytempire.warehouse import retention

        return sum(month.rows_dropped for month in retention.close_months())

    validate_all() >> rebuild() >> [thin_history(), close_months()]


maintain_platform()
