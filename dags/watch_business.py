"""### Watch business

Every 15 minutes: looks for what people should know of the money (a budget near its cap or on the
way to it, an unusual day, price or bill), of the sources (one that is silent) and of the channels
(every six hours: views, days that became final and costs of videos that their past does not
explain), and hands each alert, once, to the channels of `YTEMPIRE_ALERTS__URLS`, with those that
calls have raised when a budget stopped them.
Once a day, from 06:00 UTC, the ledger is laid beside the providers' usage reports, which settles
the calls that were never answered; what differs is an alert too. What is stored is booked once a
UTC day as well, what could be saved is looked for, and running experiments are judged.

*Triage:* `tell` failed: no channel took the alerts, or an address cannot be used; they are kept and
told by a later run. `ytempire alerts` shows them, `ytempire alerts --test` tries the channels.
`find_anomalies` failed: the next run judges what this one should have; the log names channels whose
history is too short to say anything.
`compare_bills` failed: a report is not what it should be, or has a unit without a price;
`ytempire costs --reconcile` shows the same. Any task can be cleared: a cause is noted once, an
alert is told once, a call is settled once, an experiment is judged once a day.
"""

from airflow.sdk import CronTriggerTimetable, dag, task
from ytempire.airflow import RETRY_TRANSIENT


@dag(
    schedule=CronTriggerTimetable("*/15 * * * *", timezone="UTC"),
    catchup=False,
    max_active_runs=1,
    default_args=RETRY_TRANSIENT,
    doc_md=__doc__,
    tags=["alerts", "tier-1"],
)
def watch_business():
    @task
    def look() -> list[str]:
        from ytempire.alerts import money

        return money.look()

    @task
    def find_anomalies() -> list[str]:
        from ytempire.alerts import anomalies
        from ytempire.analytics import anomaly_watch

        anomaly_watch.watch()
        return anomalies.look()

    @task
    def book_storage() -> str:
        from ytempire.costs import storage
        from ytempire.warehouse.database import connect

        with connect() as db:
            return f"{storage.book_day(db)} USD"

    def daily(name, module):
        @task(task_id=name)
        def watch() -> str:
            from importlib import import_module

            return import_module(f"ytempire.{module}").watch()

        watch()

    @task
    def tell() -> int:
        from ytempire.alerts import telling

        return telling.tell()

    look() >> tell()
    find_anomalies()  # told by the next run: money does not wait for it
    book_storage()
    daily("compare_bills", "analytics.provider_bills")
    daily("find_savings", "costs.advice.keeping")
    daily("judge_experiments", "learning.experiments.results")


watch_business()
