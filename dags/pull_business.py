"""### Pull business

Every hour, one task per source: Stripe's books, exchange rates, ad spend (files, and Google Ads
where accounts are configured, each by itself) and product events. Each lands in one transaction
with its watermark; one that breaks does not stop the others.

A backfill: trigger with `start` (and `end`): Stripe's books and Google Ads are asked for what is of
the days between. Files are read once whenever they come. Repeating it is harmless.

*Triage:* clear a red source: a run lands its rows once, and what a run missed the next one fetches.
`KeyRejected`: mend the key. `ContractBroken`: the source has renamed or retyped what the message
names, or a file has another header; nothing of it was stored and clearing cannot help. `SomeFailed`
names each Google Ads account that failed and why; the others have landed. Rows that no table may
hold are in `raw.rejects` with their reasons. The run is red when any source is, but what landed is
modelled.
"""

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import CronDataIntervalTimetable, dag, get_current_context, task
from ytempire.airflow import (
    DAYS_FORM,
    RAW_BUSINESS,
    RETRY_TRANSIENT,
    asked_days,
    google_ads_search,
)


@dag(
    schedule=CronDataIntervalTimetable("@hourly", timezone="UTC"),
    catchup=False,
    max_active_runs=1,
    params=DAYS_FORM,
    default_args=RETRY_TRANSIENT,
    doc_md=__doc__,
    tags=["analytics", "tier-1"],
)
def pull_business():
    @task
    def pull_stripe() -> dict:
        from ytempire.analytics import stripe_books

        context = get_current_context()
        return stripe_books.pull(context["run_id"], *asked_days(context["params"]))

    @task
    def pull_rates() -> dict:
        from ytempire.analytics import rates

        return rates.pull(get_current_context()["run_id"])

    @task
    def pull_ads() -> dict:
        from ytempire.analytics import ads

        return ads.pull(get_current_context()["run_id"])

    @task
    def pull_google_ads() -> dict:
        from ytempire.analytics import ads

        context = get_current_context()
        days = asked_days(context["params"])
        return ads.pull_google(context["run_id"], google_ads_search, *days)

    @task
    def pull_events() -> dict:
        from ytempire.analytics import events

        return events.pull(get_current_context()["run_id"])

    landed = EmptyOperator(
        task_id="landed", outlets=[RAW_BUSINESS], trigger_rule="all_done_min_one_success"
    )
    sources = [pull_stripe(), pull_rates(), pull_ads(), pull_google_ads(), pull_events()]
    sources >> landed
    sources >> EmptyOperator(task_id="all_landed")


pull_business()
