"""### Refresh warehouse

Follows the data, not a clock: when a pull has landed, Great Expectations checks the raw tables,
then dbt builds and tests the marts, with what the videos' runs wrote in `ops` until then.

*Triage:* `validate` failed: the log names table, rule and sample rows; the marts keep their last
good state. Mend the source (or delete the rows of that run in `raw`), then clear the task. `build`
failed: the log names the model or test; `ytempire sql` shows the rows.
"""

from airflow.sdk import dag, task
from ytempire.airflow import MARTS, RAW_YOUTUBE, RETRY_TRANSIENT


@dag(
    schedule=[RAW_YOUTUBE],
    catchup=False,
    max_active_runs=1,
    default_args=RETRY_TRANSIENT,
    doc_md=__doc__,
    tags=["warehouse", "tier-1"],
)
def refresh_warehouse():
    @task
    def validate() -> None:
        from ytempire.warehouse import expectations

        expectations.validate()

    @task(outlets=[MARTS])
    def build() -> None:
        from ytempire.warehouse import transform

        transform.build()

    validate() >> build()


refresh_warehouse()
