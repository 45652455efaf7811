"""What the page Revenue says of days to come, and when it says nothing."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import streamlit as st
from ytempire.config import Settings
from ytempire.learning.forecasts import LEAST

from dashboards import charts, forecast
from tests.dashboards.pages import page, words

MONTH: dict[str, Any] = {
    "grain": "month", "day": date(2026, 11, 1), "low_usd": Decimal("371.5"),
    "likely_usd": Decimal("402.75"), "high_usd": Decimal("440.1"), "known_usd": Decimal("101.25"),
    "learnt_until": date(2026, 11, 12), "learnt_days": 70, "is_simulated": True,
    "final_days": 70,
}  # fmt: skip


def test_the_month_is_told_with_its_band_and_what_it_is_from() -> None:
    assert forecast.in_words([MONTH]) == (
        "November is likely to end at $402.75, four of five times between $371.50 and $440.10. "
        "$101.25 of it are final. Learnt from 70 final days up to 12 Nov 2026. SIMULATED figures."
    )


def test_too_few_days_are_said_to_be_too_few() -> None:
    nothing = {name: None for name in MONTH} | {"final_days": 30}
    assert f"{LEAST} final days at least, and there are 30" in forecast.in_words([nothing])
    assert "made when another day" in forecast.in_words([nothing | {"final_days": 90}])


@pytest.mark.slow
def test_the_page_tells_the_month_and_draws_what_follows_the_last_final_day(
    configuration: Settings,
) -> None:
    st.cache_data.clear()
    st.cache_resource.clear()
    said = words(page("revenue"))
    assert "is likely to end at $402.75, four of five times between $371.50 and $440.10" in said
    assert "band: four of five days to come" in said


def test_the_band_lies_under_the_lines_and_holds_what_is_likely() -> None:
    days = [
        {"day": date(2026, 11, 1) + timedelta(days=n), "revenue_usd": Decimal(n),
         "is_provisional": False}
        for n in range(3)
    ]  # fmt: skip
    coming = [
        {"day": date(2026, 11, 4), "low_usd": Decimal(1), "likely_usd": Decimal(3),
         "high_usd": Decimal(4)}
    ]  # fmt: skip
    spec = charts.revenue_over_time(days, None, coming)
    assert spec["layer"][0]["mark"]["type"] == "area"
    [value] = spec["layer"][0]["data"]["values"]
    assert value == {"day": "2026-11-04", "low": 1.0, "likely": 3.0, "high": 4.0}
    assert len(charts.revenue_over_time(days, None)["layer"]) == len(spec["layer"]) - 2
