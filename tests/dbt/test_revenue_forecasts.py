"""Revenue to come goes from final days to the mart: the house's and each channel's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from ytempire.channels import accounts
from ytempire.learning import revenue
from ytempire.warehouse import clock, transform
from ytempire.warehouse.database import connect
from ytempire.warehouse.expectations import validate
from ytempire.warehouse.load import append

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

NOW = datetime(2026, 6, 17, 13, 30, tzinfo=UTC)
#: Money is final ten days after the end of its day at the latest.
LAST = date(2026, 6, 13)


@pytest.fixture
def channels(warehouse: None) -> Iterator[None]:
    for key in ("tidewise", "ledgerly"):
        accounts.add(
            accounts.Channel(
                channel_id=key, youtube_channel_id=f"UC{key}", title=key.title(), niche="sea"
            )
        )
    with clock.replayed(NOW):
        yield


def land(channel: str, days: int) -> None:
    """Revenue of about 10 USD a day, up to four days ago."""
    draw = np.random.default_rng(days)
    rows = [
        ("r", NOW, channel, True, LAST - timedelta(days=back), 1000, 3000,
         Decimal(str(round(10 * draw.uniform(0.8, 1.2), 2))))
        for back in range(days)
    ]  # fmt: skip
    columns = ("run_id", "fetched_at", "channel_id", "is_simulated", "day", "views")
    with connect() as db:
        db.execute(
            "insert into raw.pulls (source, channel_id, run_id, fetched_at, watermark, rows_landed)"
            " values ('youtube', %s, 'r', ops.now(), ops.now(), 1)",
            (channel,),
        )
        columns += ("watch_minutes", "revenue_usd")
        append(db, "raw.youtube_channel_days", columns, rows)


def read(question: str) -> list[dict[str, Any]]:
    with connect() as db:
        return db.execute(question).fetchall()


def test_house_and_channels_are_foreseen_once_and_kept(channels: None) -> None:
    assert revenue.foresee() == 0, "the marts are not built"
    land("tidewise", 90)
    land("ledgerly", 40)
    transform.run("run", "--select", "+rpt_executive_days")
    assert revenue.foresee() == 2 * 29, "the house and the channel of 90 days; the other has 40"
    assert revenue.foresee() == 0, "nothing was learnt since"
    assert validate(everything=True) == []
    transform.build("+fct_revenue_forecasts")
    months = read("select * from marts.fct_revenue_forecasts where grain = 'month' order by 1")
    assert [(row["channel_id"], row["day"]) for row in months] == [
        ("", date(2026, 6, 1)), ("tidewise", date(2026, 6, 1)),
    ]  # fmt: skip
    house = months[0]
    [known] = read(
        "select sum(revenue_usd) as usd, max(day) as last from marts.rpt_executive_days "
        "where not is_provisional and revenue_usd is not null and day >= '2026-06-01'"
    )
    assert house["known_usd"] == known["usd"]
    assert house["learnt_until"] == known["last"]
    left = (date(2026, 6, 30) - known["last"]).days
    usual = known["usd"] / known["last"].day
    assert house["known_usd"] < house["low_usd"] < house["likely_usd"] < house["high_usd"]
    assert float(house["likely_usd"] - house["known_usd"]) == pytest.approx(
        float(usual) * left, rel=0.2
    )

    with clock.replayed(datetime(2026, 7, 2, 13, 30, tzinfo=UTC)):
        assert revenue.foresee() == 0, "no day became final for more than 14 days"
