"""One small business, modelled once for all that look at it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import sql
from ytempire.config import Ports
from ytempire.warehouse import transform
from ytempire.warehouse.database import connect

BUSINESS = Path(__file__).parents[1] / "fixtures" / "small_business.sql"


@pytest.fixture(scope="module")
def business(postgres: Ports) -> Iterator[None]:
    """`ops` and `raw` hold tests/fixtures/small_business.sql; they are empty again afterwards."""
    with connect() as db:
        db.execute(BUSINESS.read_text())
    yield
    with connect() as db:
        tables = db.execute(
            "select schemaname, tablename from pg_tables where schemaname in ('ops', 'raw')"
        ).fetchall()
        names = [sql.Identifier(row["schemaname"], row["tablename"]) for row in tables]
        db.execute(sql.SQL("truncate {} cascade").format(sql.SQL(", ").join(names)))


@pytest.fixture(scope="module")
def marts(business: None) -> transform.TransformResult:
    """The business's marts, built with every test, the unit tests too."""
    return transform.run("build")
