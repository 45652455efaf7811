"""A tile of the executive page, its mart and the semantic layer say the same; the catalog's queries
run."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from ytempire.config import REPOSITORY, settings
from ytempire.errors import InvalidInput
from ytempire.warehouse import catalog, semantics, transform
from ytempire.warehouse.database import connect

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240), pytest.mark.usefixtures("marts")]

FIRST, LAST = "2026-09-29", "2026-10-09"
#: Tile of `overview_totals.sql` -> metric.
TILES = {
    "revenue_usd": "revenue",
    "loaded_cost_usd": "loaded_cost",
    "margin_usd": "margin",
    "cost_per_video_usd": "cost_per_video",
    "views": "views",
}
#: Metric -> what its mart says of the same days or months.
MARTS = {
    "revenue": "select sum(revenue_usd) from marts.fct_channel_days where day between %s and %s",
    "loaded_cost": "select sum(amount_usd) from marts.fct_cost_lines "
    "where booked_date between %s and %s",
    "views": "select sum(views) from marts.fct_channel_days where day between %s and %s",
    "rpm": "select sum(revenue_usd) * 1000 / sum(views) filter (where revenue_usd is not null) "
    "from marts.fct_channel_days where day between %s and %s",
    "marketing_spend": "select sum(spend_usd) from marts.fct_marketing_days "
    "where day between %s and %s",
}


def asked(*metrics: str, first: str = FIRST, last: str = LAST, **how: Any) -> list[dict[str, str]]:
    told = semantics.query(metrics, first=first, last=last, **how)
    return list(csv.DictReader(io.StringIO(told)))


def number(value: str) -> Decimal | None:
    return Decimal(value).quantize(Decimal("0.000001")) if value else None


def row(query: str, *values: Any) -> dict[str, Any]:
    with connect() as db:
        found = db.execute(query, values).fetchone()
    assert found is not None
    return found


def test_a_tile_is_the_metric_of_its_days() -> None:
    query = (REPOSITORY / "dashboards" / "queries" / "overview_totals.sql").read_text()
    with connect() as db:
        given = {"before_first": FIRST, "first": FIRST, "last": LAST}
        (tiles,) = db.execute(query, given).fetchall()
    (metrics,) = asked(*TILES.values())
    assert {tile: number(str(tiles[tile])) for tile in TILES} == {
        tile: number(metrics[metric]) for tile, metric in TILES.items()
    }


@pytest.mark.parametrize("metric", MARTS)
def test_a_metric_is_what_its_mart_says(metric: str) -> None:
    first, last = ("2026-01-01", "2026-01-31") if metric == "marketing_spend" else (FIRST, LAST)
    (told,) = asked(metric, first=first, last=last)
    (value,) = row(MARTS[metric], first, last).values()
    assert number(told[metric]) == number(str(value)) != 0


def test_customers_metrics_are_those_of_the_month() -> None:
    march = row("select * from marts.rpt_mrr_months where month = '2026-03-01'")
    (told,) = asked(
        "mrr", "paying_customers", "arpa", "cash", first="2026-03-01", last="2026-03-31"
    )
    assert number(told["mrr"]) == number(str(march["closing_mrr_usd"]))
    assert Decimal(told["paying_customers"]) == march["customers"]
    assert round(Decimal(told["arpa"]), 2) == march["arpa_usd"]
    january = row(
        "select * from marts.fct_acquisition_cohorts "
        "where cohort_month = '2026-01-01' and source = 'all'"
    )
    (told,) = asked("blended_cac", "new_customers", first="2026-01-01", last="2026-01-31")
    assert round(Decimal(told["blended_cac"]), 2) == january["cac_usd"]
    assert Decimal(told["new_customers"]) == january["new_customers"]


def test_the_waterfall_by_movement_is_the_month_s() -> None:
    march = row("select * from marts.rpt_mrr_months where month = '2026-03-01'")
    told = asked("mrr_moved", first="2026-03-01", last="2026-03-31", by=("mrr_movement__movement",))
    assert {each["mrr_movement__movement"]: number(each["mrr_moved"]) for each in told} == {
        "expansion": number(str(march["expansion_usd"])),
        "churn": number(str(march["churn_usd"])),
    }


@pytest.mark.parametrize("mart", [*catalog.marts()], ids=lambda mart: mart.name)
def test_a_query_of_the_catalog_runs_as_the_analyst(mart: catalog.Mart) -> None:
    with connect(settings().analyst_url()) as db:
        answer = db.execute(mart.query)  # type: ignore[call-overload]  # our own file's
        assert answer.description is not None


def test_dbt_writes_its_pages_in_one_file(marts: object) -> None:
    page = transform.document().read_text()
    assert "fct_acquisition_cohorts" in page


def test_a_metric_that_is_not_there_is_named_with_what_is_near() -> None:
    with pytest.raises(InvalidInput, match="revenu"):
        semantics.query(["revenu"])


def test_every_metric_is_listed_with_what_it_is() -> None:
    told = dict(semantics.known())
    assert {*TILES.values(), *MARTS, "mrr", "blended_cac"} <= told.keys()
    assert all(told.values())
