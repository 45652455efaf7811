from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from dashboards import charts


def _days(first: date, values: list[int | None], provisional: int = 0) -> list[dict[str, Any]]:
    return [
        {
            "day": first + timedelta(days=index),
            "views": value,
            "revenue_usd": value and Decimal(value),
            "loaded_cost_usd": Decimal(1),
            "is_provisional": index >= len(values) - provisional,
        }
        for index, value in enumerate(values)
    ]


def _points(days: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(p["day"][-2:], p["state"]) for p in charts.stretches(days, {"views": "Views"})]


def test_provisional_days_are_a_stretch_of_their_own_that_starts_at_the_last_final_day() -> None:
    days = _days(date(2026, 10, 1), [5, 6, 7, 8], provisional=2)
    assert _points(days) == [
        ("01", "final"),
        ("02", "final"),
        ("02", "provisional"),
        ("03", "provisional"),
        ("04", "provisional"),
    ]


def test_a_day_without_an_answer_is_a_gap_and_not_a_zero() -> None:
    days = _days(date(2026, 10, 1), [5, None, 7])
    assert _points(days) == [("01", "final"), ("03", "final")]


def test_the_change_of_the_view_is_marked_only_where_it_is_crossed() -> None:
    across = charts.views_over_time(_days(date(2026, 8, 20), [1] * 10))
    after = charts.views_over_time(_days(charts.VIEW_BREAK, [1] * 10))
    assert "views count from first frame" in str(across)
    assert "views count from first frame" not in str(after)


def test_money_is_drawn_in_dollars_and_views_are_not() -> None:
    days = _days(date(2026, 10, 1), [5, 6])
    assert "'$'" in str(charts.money_over_time(days))
    assert "'$'" not in str(charts.views_over_time(days))


def test_no_chart_asks_for_anything_outside() -> None:
    days = _days(date(2026, 8, 20), [5] * 9)
    channels = [{"title": "A", "revenue_usd": Decimal(1), "loaded_cost_usd": None}]
    specs = [
        charts.money_over_time(days),
        charts.views_over_time(days),
        charts.channels_compared(channels),
    ]
    assert "url" not in str(specs)
