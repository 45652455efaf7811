"""A day's allowance is never passed, however many ask at once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from ytempire.config import settings
from ytempire.costs.allowances import reserve
from ytempire.domain import Usage
from ytempire.errors import QuotaExhausted
from ytempire.warehouse.database import connect

pytestmark = pytest.mark.slow


def characters(quantity: int, provider: str = "elevenlabs") -> Usage:
    return Usage(
        provider=provider,
        kind="voice",
        unit="character",
        quantity=Decimal(quantity),
        device="remote",
    )


@pytest.fixture
def hundred(warehouse: None) -> Iterator[None]:
    """An allowance of a hundred characters a day."""
    os.environ["YTEMPIRE_ELEVENLABS__CHARACTERS_PER_DAY"] = "100"
    settings.cache_clear()
    yield
    del os.environ["YTEMPIRE_ELEVENLABS__CHARACTERS_PER_DAY"]
    settings.cache_clear()


def take(usage: Usage) -> bool:
    try:
        with connect() as db:
            reserve(db, usage)
    except QuotaExhausted:
        return False
    return True


def reserved() -> Decimal:
    with connect() as db:
        row = db.execute("select reserved from ops.allowances").fetchone()
    assert row is not None
    return row["reserved"]


def test_twenty_at_once_never_take_more_than_there_is(hundred: None) -> None:
    with ThreadPoolExecutor(20) as threads:
        taken = list(threads.map(take, [characters(7)] * 20))
    assert sum(taken) == 14
    assert reserved() == 98


def test_a_refusal_takes_nothing_and_says_when_more_comes(hundred: None) -> None:
    with connect() as db, pytest.raises(QuotaExhausted, match="midnight UTC"):
        reserve(db, characters(101))
    assert take(characters(100))


def test_what_has_no_allowance_is_not_counted(hundred: None) -> None:
    assert take(characters(10_000, provider="google_voice"))
    with connect() as db:
        assert db.execute("select count(*) as n from ops.allowances").fetchone() == {"n": 0}
