"""The month's end is drawn from the days before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from ytempire.channels import accounts
from ytempire.channels.accounts import Channel
from ytempire.config import settings
from ytempire.costs.month_end import MonthEnd, month_ends
from ytempire.local.foreseen import month_table
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

pytestmark = pytest.mark.slow

#: Noon of the tenth: half of it and twenty more days are to come.
NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)


@pytest.fixture
def _tenth(warehouse: None):
    with clock.replayed(NOW):
        accounts.add(Channel(channel_id="sea", youtube_channel_id=None, title="S", niche="sea"))
        yield


def booked(days: int, usd: list[float]) -> None:
    """Lines at noon of each of the last days, and of today; amounts in turn."""
    with connect() as db:
        for n in range(days + 1):
            db.execute(
                """
                insert into ops.ledger (channel_id, provider, kind, unit, quantity, unit_price_usd,
                                        amount_usd, price_version, booked_at)
                values ('sea', 'openai/gpt-5.1', 'script', 'output_token', 1, 1, %s, 'p', %s)
                """,
                (usd[n % len(usd)], NOW - timedelta(days=n)),
            )


def told() -> dict[str, MonthEnd]:
    with connect() as db:
        return {f"{each.scope} {each.name}".strip(): each for each in month_ends(db)}


@pytest.mark.usefixtures("_tenth")
def test_the_same_every_day_leaves_no_doubt() -> None:
    booked(40, [2.0])
    house = told()["house"]
    assert house.spent_usd == 20
    assert house.low_usd == house.likely_usd == house.high_usd == 20 + 1 + 20 * 2
    assert set(told()) == {"house", "channel sea", "customer house", "provider openai"}


@pytest.mark.usefixtures("_tenth")
def test_days_that_differ_make_it_wide_around_their_mean() -> None:
    booked(40, [0.0, 4.0])
    house = told()["house"]
    assert house.low_usd is not None and house.likely_usd is not None and house.high_usd is not None
    assert house.low_usd < house.likely_usd < house.high_usd
    assert abs(house.likely_usd - (house.spent_usd + 41)) < 4


@pytest.mark.usefixtures("_tenth")
def test_a_young_ledger_foretells_nothing_yet() -> None:
    booked(6, [2.0])
    assert told()["house"].likely_usd is None
    assert told()["house"].spent_usd == 14


@pytest.mark.usefixtures("_tenth")
def test_a_cap_that_will_be_reached_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    booked(30, [2.0])
    monkeypatch.setenv("YTEMPIRE_BUDGETS__HOUSE_USD_PER_MONTH", "60")
    settings.cache_clear()
    house = told()["house"]
    assert house.cap == Decimal(60)
    table = month_table([house])
    assert "will be reached" in str(list(table.columns[-1].cells))
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.usefixtures("_tenth")
def test_nothing_spent_is_nothing_told() -> None:
    assert told() == {}
