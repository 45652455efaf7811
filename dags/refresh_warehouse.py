"""### Refresh warehouse

Follows the data, not a clock: when a pull has landed, paid calls that dead workers left open an
hour ago are closed, Great Expectations checks the raw tables, then dbt builds and tests the marts,
with what the videos' runs wrote in `ops` until then. When another day has become final in them, or
a month has begun, the revenue to come is foreseen; the next run's marts hold it.

*Triage:* `validate` failed: the log names table, rule and sample rows; the marts keep their last
good state. Mend the source (or delete the rows of that run in `raw`), then clear the task. `build`
failed: the log names the model or test; `ytempire sql` shows the rows.
`foresee` failed: the marts are as they should be; the next run foresees what this one did not.
"""

from airflow.sdk import dag, task
from ytempire.airflow import MARTS, RAW_BUSINESS, RAW_YOUTUBE, RETRY_TRANSIENT


@dag(
    schedule=RAW_YOUTUBE | RAW_BUSINESS,
    catchup=False,
    max_active_runs=1,
    default_args=RETRY_TRANSIENT,
    doc_md=__doc__,
    tags=["warehouse", "tier-1"],
)
def refresh_warehouse():
    @task
    def close_calls() -> int:
        from ytempire.costs import intents
        from ytempire.warehouse.database import connect

        with connect() as db:
            return intents.expire(db)

    @task
    def validate() -> None:
        from ytempire.warehouse import expectations

        expectations.validate()

    @task(outlets=[MARTS])
    def build() -> None:
        from ytempire.warehouse import transform

        transform.build()

    @task
    def foresee() -> int:
        from ytempire.learning import revenue

        return revenue.foresee()

    close_calls() >> validate() >> build() >> foresee()


refresh_warehouse()
