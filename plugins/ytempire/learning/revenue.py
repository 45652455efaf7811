"""The revenue of the days to come and of the running month, landed in `raw.revenue_forecasts`.

Learnt from final Pacific days only, of the house and of each channel. Made when a day has become
final or a month has begun; what was said earlier stays, to be held against what came.
"""

from __future__ import annotations

import logging
from calendar import monthrange
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from ytempire.learning import forecasts
from ytempire.learning.forecasts import Band
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect
from ytempire.warehouse.load import append

log = logging.getLogger(__name__)
#: Days told one by one; under this name the house stands among the channels.
DAYS, HOUSE = 28, ""
#: Where no day has become final for so long, what was learnt is of another time.
STALE = timedelta(days=14)
COLUMNS = (
    "run_id", "fetched_at", "channel_id", "grain", "day", "low_usd", "likely_usd", "high_usd",
    "known_usd", "first_day", "last_day", "days", "is_simulated",
)  # fmt: skip
_MICRO = Decimal("0.000001")
_SERIES = """
    select '' as channel_id, day, revenue_usd, is_simulated
    from marts.rpt_executive_days where not is_provisional and revenue_usd is not null
    union all
    select channel_id, day, revenue_usd, is_simulated
    from marts.fct_channel_days where is_final and revenue_usd is not null
    order by channel_id, day
"""


def foresee() -> int:
    """Forecast the house and every channel that has enough final days.

    Returns:
        How many rows landed; 0 where nothing was learnt since.
    """
    now = clock.now()
    with connect() as db:
        built = db.execute("select to_regclass('marts.rpt_executive_days') is not null as it")
        if not built.fetchall()[0]["it"]:
            return 0
        # Two that foresee at once take turns.
        db.execute("select pg_advisory_xact_lock(hashtextextended('revenue forecasts', 7))")
        series: dict[str, list[dict[str, Any]]] = {}
        for row in db.execute(_SERIES).fetchall():
            series.setdefault(row["channel_id"], []).append(row)
        made = {
            (row["channel_id"], row["last_day"], row["month"])
            for row in db.execute(
                "select channel_id, max(last_day) as last_day, day as month "
                "from raw.revenue_forecasts where grain = 'month' group by channel_id, day"
            ).fetchall()
        }
        rows: list[dict[str, Any]] = []
        month = clock.pacific_day(now).replace(day=1)
        for channel_id, days in series.items():
            if (channel_id, days[-1]["day"], month) not in made:
                rows += _foreseen(channel_id, days, now)
        return append(db, "raw.revenue_forecasts", COLUMNS, rows)


def _foreseen(channel_id: str, days: list[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """The rows of one series, its days in order and at least one."""
    today, first, last = clock.pacific_day(now), days[0]["day"], days[-1]["day"]
    if not timedelta() < today - last <= STALE:
        return []
    values = np.full((last - first).days + 1, np.nan)
    for row in days:
        # A correction of YouTube's may take more than a day had.
        values[(row["day"] - first).days] = max(float(row["revenue_usd"]), 0.0)
    month = today.replace(day=1)
    end = month.replace(day=monthrange(month.year, month.month)[1])
    spans = [(ahead, ahead) for ahead in range(1, DAYS + 1)]
    spans.append((max((month - last).days, 1), (end - last).days))
    bands = forecasts.foresee(values, spans)
    if bands is None:
        log.info("%s: too few final days, so nothing is said.", channel_id or "The house")
        return []
    known = sum((row["revenue_usd"] for row in days if row["day"] >= month), Decimal(0))
    about = {
        "run_id": f"forecast__{now:%Y-%m-%dT%H:%M}",
        "fetched_at": now,
        "channel_id": channel_id,
        "first_day": max(first, last - timedelta(days=forecasts.LONGEST - 1)),
        "last_day": last,
        "days": int(np.isfinite(values[-forecasts.LONGEST :]).sum()),
        "is_simulated": any(row["is_simulated"] for row in days[-forecasts.LONGEST :]),
    }
    return [
        *(
            about | _row("day", last + timedelta(days=ahead), band, Decimal(0))
            for ahead, band in enumerate(bands[:-1], 1)
        ),
        about | _row("month", month, bands[-1], known),
    ]


def _row(grain: str, day: date, band: Band, known: Decimal) -> dict[str, Any]:
    return {"grain": grain, "day": day, "known_usd": known} | {
        f"{name}_usd": known + Decimal(repr(amount)).quantize(_MICRO)
        for name, amount in (("low", band.low), ("likely", band.likely), ("high", band.high))
    }
