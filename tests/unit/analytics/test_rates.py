"""Exchange rates as the European Central Bank writes them, from files, an address, or SIMULATED."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from ytempire.analytics import rates
from ytempire.emulators.serving import running
from ytempire.errors import ContractBroken, ProviderUnavailable
from ytempire.warehouse.database import connect

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("warehouse")]

FILE = "Date,USD,JPY,TRL,\n2026-10-02,1.0912,163.20,N/A,\n2026-10-01,1.0893,162.90,N/A,\n"


@pytest.fixture(autouse=True)
def folder(home: Path) -> Path:
    folder = home / "inbox" / "rates"
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    return folder


def stored() -> list[dict[str, Any]]:
    with connect() as db:
        return db.execute("select * from raw.exchange_rates order by day, currency").fetchall()


def zipped(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as files:
        for name in names:
            files.writestr(name, FILE)
    return packed.getvalue()


@pytest.fixture
def bank(given: Any) -> Any:
    """A bank's address: what it answers can be changed."""
    told = {"content": zipped("eurofxref-hist.csv"), "status": 200}

    async def answer(_: Request) -> Response:
        return Response(told["content"], told["status"])

    with running(Starlette(routes=[Route("/rates", answer)])) as emulated:
        given(BUSINESS__RATES_URL=f"{emulated.address}/rates")
        yield told


def test_a_file_has_a_rate_for_each_day_and_currency_that_had_one(folder: Path) -> None:
    (folder / "ecb.csv").write_text(FILE)
    assert rates.pull("r1") == {"exchange_rates": 4, "rejects": 0}
    assert [(str(row["day"]), row["currency"], str(row["per_euro"])) for row in stored()] == [
        ("2026-10-01", "JPY", "162.9000000000"),
        ("2026-10-01", "USD", "1.0893000000"),
        ("2026-10-02", "JPY", "163.2000000000"),
        ("2026-10-02", "USD", "1.0912000000"),
    ]
    assert {row["is_simulated"] for row in stored()} == {False}


def test_an_address_is_read_zipped_or_not_and_the_same_answer_changes_nothing(bank: Any) -> None:
    assert rates.pull("r1")["exchange_rates"] == 4
    bank["content"] = FILE.encode()
    assert rates.pull("r2")["exchange_rates"] == 0
    bank["content"] = FILE.replace("1.0912", "1.0911").encode()
    assert rates.pull("r3")["exchange_rates"] == 1


def test_an_address_that_is_down_or_says_something_else_is_told(bank: Any) -> None:
    bank["status"] = 503
    with pytest.raises(ProviderUnavailable, match="cannot be read"):
        rates.pull("r1")
    bank |= {"status": 200, "content": b"<html>moved</html>"}
    with pytest.raises(ContractBroken, match="Date"):
        rates.pull("r1")
    bank["content"] = zipped("a.csv", "b.csv")
    with pytest.raises(ContractBroken, match="holds 2 CSV files"):
        rates.pull("r1")
    assert stored() == []


def test_without_either_they_are_simulated_and_said_to_be_until_real_money_lands() -> None:
    assert rates.pull("r1")["exchange_rates"] > 1000
    assert {row["is_simulated"] for row in stored()} == {True}
    assert rates.pull("r2")["exchange_rates"] == 0
    with connect() as db:
        db.execute("truncate raw.exchange_rates, raw.files")
        db.execute(
            "insert into raw.stripe_invoices (run_id, fetched_at, is_simulated, invoice_id) "
            "values ('r', now(), false, 'in_1')"
        )
    assert rates.pull("r3") == {"exchange_rates": 0, "rejects": 0}
