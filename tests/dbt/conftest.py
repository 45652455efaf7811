"""One small business, modelled once for all that look at it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ytempire.config import Ports
from ytempire.warehouse import clock, transform
from ytempire.warehouse.database import connect

from tests.emptying import empty

FIXTURES = Path(__file__).parents[1] / "fixtures"


@pytest.fixture(scope="module")
def business(postgres: Ports) -> Iterator[None]:
    """`ops` and `raw` hold two of tests/fixtures; they are empty again afterwards."""
    with connect() as db:
        for name in ("small_business.sql", "paying_customers.sql"):
            db.execute((FIXTURES / name).read_text())
    yield
    with connect() as db:
        empty(db)


@pytest.fixture(scope="module")
def marts(business: None) -> transform.TransformResult:
    """The business's marts, built with every test, the unit tests too, on the day of its pull."""
    with clock.replayed(datetime(2026, 10, 10, 12, 30, tzinfo=UTC)):
        return transform.run("build")
