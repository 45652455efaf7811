"""Exchange rates in the European Central Bank's format: a banking day a row, a currency a column.

They come from files in `inbox/rates`, or from `YTEMPIRE_BUSINESS__RATES_URL` (the ECB's own is
https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist.zip). Without either, and as long as all
money here is simulated, so are they.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import httpx
from pydantic import BaseModel, Field

from ytempire.analytics import inbox, offline_rates
from ytempire.analytics.ads import CURRENCY
from ytempire.analytics.inbox import Feed, Record
from ytempire.config import settings
from ytempire.errors import ContractBroken, ProviderUnavailable
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

SOURCE, DAY = "rates", "Date"
#: What the ECB writes where a currency had no rate.
NONE = ("N/A", "")
_TIMEOUT_S = 30.0


class Rate(BaseModel):
    """How much of a currency a euro bought on a day."""

    day: date
    currency: str = Field(pattern=CURRENCY)
    per_euro: Decimal = Field(gt=0, max_digits=20, decimal_places=10)


def _rows_of(record: Record) -> Iterator[Rate]:
    for currency, told in record.items():
        if currency not in (DAY, "file") and told is not None and told.strip() not in NONE:
            yield Rate(day=record[DAY], currency=currency.strip(), per_euro=told.strip())


FEED = Feed(
    source=SOURCE,
    table="exchange_rates",
    columns=tuple(Rate.model_fields),
    key=("currency", "day"),
    needs=frozenset((DAY,)),
    rows_of=_rows_of,
)


def pull(run_id: str) -> dict[str, int]:
    """Land new files, then what the configured address says; returns rows written by table.

    Raises:
        ContractBroken: as `inbox.pull`, or the address answers something else.
        ProviderUnavailable: the address does not answer.
    """
    written = inbox.pull(FEED, run_id)
    landed: dict[str, int] = {}
    url = settings().business.rates_url
    if url:
        landed = inbox.land(FEED, url, _fetched(url), run_id)
    elif _is_all_simulated():
        content = offline_rates.csv_until(clock.now().date()).encode()
        landed = inbox.land(FEED, "SIMULATED rates", content, run_id, is_simulated=True)
    return {table: rows + landed.get(table, 0) for table, rows in written.items()}


def _fetched(url: str) -> bytes:
    try:
        answer = httpx.get(url, timeout=_TIMEOUT_S, follow_redirects=True).raise_for_status()
    except httpx.HTTPError as error:
        raise ProviderUnavailable(f"Exchange rates cannot be read from {url}: {error}") from error
    if not zipfile.is_zipfile(io.BytesIO(answer.content)):
        return answer.content
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        files = [name for name in packed.namelist() if name.endswith(".csv")]
        if len(files) != 1:
            raise ContractBroken(f"{url} holds {len(files)} CSV files.", "Name one with rates.")
        return packed.read(files[0])


def _is_all_simulated() -> bool:
    """Whether no rate and no money of the world outside was ever landed: theirs is never converted
    by ours."""
    with connect() as db:
        row = db.execute(
            """
            select exists (select from raw.exchange_rates where not is_simulated)
                or exists (select from raw.stripe_invoices where not is_simulated)
                or exists (select from raw.ad_spend where not is_simulated) as is_real
            """
        ).fetchone()
    return row is not None and not row["is_real"]
