"""Money is exact to the millionth, and a price is never guessed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ytempire.costs.prices import MICRO, amount_of, price_of, read_book
from ytempire.domain import Usage
from ytempire.errors import InvalidInput, NotConfigured

DAY = date(2026, 11, 23)
seconds = st.decimals(0, 100_000, places=3)


def usage(quantity: str = "1", unit: str = "second", provider: str = "espeak", device="cpu"):
    return Usage(
        provider=provider, kind="voice", unit=unit, quantity=Decimal(quantity), device=device
    )


def test_machine_time_costs_the_configured_rate() -> None:
    price, version = price_of(usage(), DAY)
    assert amount_of(Decimal(3600), price) == Decimal("0.120000")
    assert version == "machine@0.12/h"


def test_a_missing_price_stops_instead_of_being_free() -> None:
    with pytest.raises(NotConfigured, match="price_book"):
        price_of(usage(unit="letter", provider="elevenlabs"), DAY)
    with pytest.raises(NotConfigured):
        price_of(usage(device="remote", provider="somebody"), DAY)


@given(st.lists(seconds, min_size=1, max_size=20))
def test_rounding_loses_at_most_half_a_millionth_a_line(quantities: list[Decimal]) -> None:
    price, _ = price_of(usage(), DAY)
    booked = sum(amount_of(quantity, price) for quantity in quantities)
    exact = sum(quantities) * price
    assert abs(booked - exact) <= MICRO / 2 * len(quantities) + Decimal("1e-20")


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{provider: a, kind: b, unit: c, since: 2026-01-01}", "usd: Field required"),
        ("{provider: a, kind: b, unit: c, eur: '1', since: 2026-01-01}", "eur: Extra inputs"),
        ("{provider: a, kind: b, unit: c, usd: '-1', since: 2026-01-01}", "greater than or equal"),
        ("{provider: a, kind: b, unit: c, usd: cheap, since: 2026-01-01}", "valid decimal"),
        ("{provider: a, kind: b, unit: c, usd: '1'}", "since: Field required"),
    ],
)
def test_a_price_that_is_none_is_refused_by_its_place(entry: str, said: str) -> None:
    good = "- {provider: a, kind: b, unit: c, usd: '0', since: 2026-01-01}"
    with pytest.raises(InvalidInput, match=said) as told:
        read_book(f"{good}\n- {entry}")
    assert "Entry 2" in told.value.message and "convert other currencies" in told.value.remedy


def test_two_prices_of_one_day_are_refused() -> None:
    entry = "- {provider: a, kind: b, unit: c, usd: '1', since: 2026-01-01}"
    with pytest.raises(InvalidInput, match="two prices of a/b@2026-01-01"):
        read_book(f"{entry}\n{entry}")
    assert read_book("") == ()
