"""What advertising costs: any platform by CSV, Google Ads by the Google provider's hook.

A CSV's header: `platform,account_id,campaign_id,campaign,day,currency,spend` and, where they are
known, `impressions,clicks,conversions`. A day is the account's own; spend is in `currency`, without
tax. A later file that says a day of a campaign anew replaces it, its currency too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, Field, model_validator

from ytempire.analytics import google_ads, inbox
from ytempire.analytics.inbox import Feed, Record
from ytempire.config import settings
from ytempire.errors import SomeFailed, YTEmpireError
from ytempire.warehouse import clock

SOURCE, GOOGLE = "ads", "google_ads"
#: An amount of money's code, as ISO 4217 writes it.
CURRENCY = r"^[A-Z]{3}$"
_OPTIONAL = ("impressions", "clicks", "conversions")
_MICROS = Decimal(1_000_000)


class AdDay(BaseModel):
    """A campaign's day; `spend` in `currency`."""

    platform: str = Field(min_length=1)
    account_id: str = Field(min_length=1)
    campaign_id: str = Field(min_length=1)
    campaign: str
    day: date
    currency: str = Field(pattern=CURRENCY)
    spend: Decimal = Field(ge=0, max_digits=18, decimal_places=6)
    impressions: int | None = Field(default=None, ge=0)
    clicks: int | None = Field(default=None, ge=0)
    conversions: Decimal | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _as_google_answers(self) -> AdDay:
        """People write Google Ads' accounts 123-456-7890."""
        if self.platform == GOOGLE:
            self.account_id = self.account_id.replace("-", "")
        return self


def _rows_of(record: Record) -> Iterator[AdDay]:
    told = {name: None if value == "" else value for name, value in record.items()}
    yield AdDay.model_validate(told)


FEED = Feed(
    source=SOURCE,
    table="ad_spend",
    columns=tuple(AdDay.model_fields),
    key=("platform", "account_id", "campaign_id", "day"),
    needs=frozenset(AdDay.model_fields) - frozenset(_OPTIONAL),
    rows_of=_rows_of,
)


def pull(run_id: str) -> dict[str, int]:
    """Land the files of `inbox/ads` that are new; see `inbox.pull`."""
    return inbox.pull(FEED, run_id)


_GAQL = """
    select customer.id, customer.currency_code, campaign.id, campaign.name, segments.date,
           metrics.cost_micros, metrics.impressions, metrics.clicks, metrics.conversions
    from campaign where segments.date between '{since}' and '{until}'
"""
#: Google restates the clicks that it finds invalid, and conversions, for a month.
OVERLAP = timedelta(days=30)
#: The watermark of asked days: it says nothing about those between it and the last pull.
BACKFILL = f"{GOOGLE}_backfill"


def pull_google(
    run_id: str, search: google_ads.Search, since: date | None = None, until: date | None = None
) -> dict[str, int]:
    """Land what Google Ads says of the configured accounts' days; without accounts nothing.

    Args:
        search: the hook's.
        since, until: the days to ask for, of a backfill; unset, what came since an account's last
            pull and the 30 days before it.

    Raises:
        SomeFailed: some of several accounts failed; the others have landed.
        YTEmpireError: the only account failed; see `google_ads.rows`.
    """
    accounts = [each.strip() for each in settings().business.google_ads_accounts.split(",")]
    source = BACKFILL if since or until else GOOGLE
    until = until or clock.now().date()
    asked = [each.replace("-", "") for each in accounts if each]
    if not asked:
        return {}
    written: Counter[str] = Counter()
    failed: dict[str, YTEmpireError] = {}
    for account in asked:
        first = since or min(until, inbox.day_of_last(f"{GOOGLE}/{account}") or until) - OVERLAP
        query = _GAQL.format(since=first, until=until)
        answer = _of_google(google_ads.rows(search, account, query))
        try:
            landed = inbox.land_records(FEED, answer, run_id)
        except YTEmpireError as error:
            failed[account] = error
            continue
        inbox.mark(f"{source}/{account}", run_id, sum(landed.values()))
        written.update(landed)
    if failed and len(asked) == 1:
        raise failed[asked[0]]
    if failed:
        raise SomeFailed(failed, len(asked), "Google Ads accounts")
    return dict(written)


def _of_google(answer: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
    """Its money is in millionths of the account's currency."""
    for row in answer:
        yield {
            "platform": GOOGLE,
            "account_id": str(row.customer.id),
            "campaign_id": str(row.campaign.id),
            "campaign": row.campaign.name,
            "day": row.segments.date,
            "currency": row.customer.currency_code,
            "spend": str(Decimal(row.metrics.cost_micros) / _MICROS),
            "impressions": row.metrics.impressions,
            "clicks": row.metrics.clicks,
            "conversions": str(row.metrics.conversions),
        }
