from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from dashboards import charts
from dashboards.charts.customers import MOVEMENTS


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


def test_a_long_stretch_is_drawn_by_weeks_and_its_provisional_days_one_by_one() -> None:
    # 2 March 2026 is a Monday: 26 whole weeks, then three days that may be restated.
    days = _days(date(2026, 3, 2), [*range(26 * 7), 900, 901, 902], provisional=3)
    values = charts.views_over_time(days)["data"]["values"]
    final = [point for point in values if point["state"] == "final"]
    assert [(point["day"], point["value"]) for point in final[:2]] == [
        ("2026-03-02", 3),
        ("2026-03-09", 10),
    ]
    assert len(final) == 26
    restated = [point["value"] for point in values if point["state"] == "provisional"]
    assert restated[1:] == [900, 901, 902]
    assert sum(point["value"] for point in final) * 7 == sum(range(26 * 7))
    assert charts.per_day(days) == "per day, means of weeks"


def test_a_week_without_an_answer_is_a_gap_and_one_with_some_is_their_mean() -> None:
    days = _days(date(2026, 3, 2), [*[None] * 7, 4, None, 6, *[1] * 180])
    final = charts.views_over_time(days)["data"]["values"]
    assert (final[0]["day"], final[0]["value"]) == ("2026-03-09", 14 / 6)


def test_half_a_year_is_the_longest_that_is_drawn_by_day() -> None:
    days = _days(date(2026, 3, 2), [1] * 179)
    assert len(charts.views_over_time(days)["data"]["values"]) == 179
    assert charts.per_day(days) == "per day"


def test_channels_of_unlike_ages_are_drawn_alike() -> None:
    rows = [
        {"channel_id": name, "title": name, "day": row["day"], "value": row["views"],
         "is_provisional": False}
        for name, length in (("old", 200), ("new", 14))
        for row in _days(date(2026, 3, 2), [1] * 200)[-length:]
    ]  # fmt: skip
    points = charts.channels_over_time(rows, is_money=False)["data"]["values"]
    assert len([point for point in points if point["name"] == "old"]) == 29
    assert len([point for point in points if point["name"] == "new"]) == 3


def test_the_change_of_the_view_is_marked_only_where_it_is_crossed() -> None:
    across = charts.views_over_time(_days(date(2026, 8, 20), [1] * 10))
    after = charts.views_over_time(_days(charts.VIEW_BREAK, [1] * 10))
    assert "views count from first frame" in str(across)
    assert "views count from first frame" not in str(after)


def test_the_words_at_the_mark_stand_where_there_is_room() -> None:
    early = charts.views_over_time(_days(date(2026, 8, 20), [1] * 30))
    late = charts.views_over_time(_days(date(2026, 7, 30), [1] * 30))
    assert [spec["layer"][-1]["mark"]["align"] for spec in (early, late)] == ["left", "right"]


def test_money_is_drawn_in_dollars_and_views_are_not() -> None:
    days = _days(date(2026, 10, 1), [5, 6])
    assert "'$'" in str(charts.money_over_time(days))
    assert "'$'" not in str(charts.views_over_time(days))


def test_no_chart_asks_for_anything_outside() -> None:
    days = _days(date(2026, 8, 20), [5] * 9)
    channels = [_channel("a", "A")]
    cells = [
        {"cohort_month": days[0]["day"], "age": 0, "customers": 3, "customers_kept": 1,
         "mrr_kept": None}
    ]  # fmt: skip
    specs = [
        charts.revenue_over_time([{**row, "before_usd": 1} for row in days], "before"),
        charts.channels_over_time(_series("A"), is_money=True),
        charts.cost_over_time(_costs(), "week"),
        charts.mrr_waterfall(100, dict.fromkeys(MOVEMENTS, 1.0)),
        charts.mrr_movements([{"month": days[0]["day"], **dict.fromkeys(MOVEMENTS, 1)}]),
        charts.cohorts_retained(cells),
        charts.money_over_time(days),
        charts.views_over_time(days),
        charts.channels_compared(channels),
    ]
    assert "url" not in str(specs)


def _series(title: str) -> list[dict[str, Any]]:
    return [
        {"channel_id": "a", "title": title, "value": Decimal(5), **row}
        for row in _days(date(2026, 10, 1), [5, 6])
    ]


def _channel(channel_id: str | None, title: str) -> dict[str, Any]:
    return {"channel_id": channel_id, "title": title, "revenue_usd": Decimal(1),
            "loaded_cost_usd": None}  # fmt: skip


def test_two_channels_of_one_title_are_two_bars_that_bear_it() -> None:
    rows = [_channel("a", "Tides"), _channel("b", "Tides"), _channel(None, "Whole house")]
    spec = charts.channels_compared(rows)
    assert [bar["channel"] for bar in spec["data"]["values"]] == ["a", "b", ""]
    assert spec["encoding"]["y"]["sort"] == ["a", "b", ""]
    assert spec["params"][0]["value"] == {"a": "Tides", "b": "Tides", "": "Whole house"}


def _costs() -> list[dict[str, Any]]:
    return [{"bucket": date(2026, 10, 5), "name": "render", "amount_usd": Decimal("1.5")}]


def test_a_title_is_a_value_and_never_the_name_of_a_field() -> None:
    title = "a[0].b'\\"
    spec = charts.channels_over_time(_series(title), is_money=False)
    assert {point["name"] for point in spec["data"]["values"]} == {title}
    assert set(re.findall(r"'field': '(\w+)'", str(spec["layer"]))) == {
        "day",
        "value",
        "name",
        "channel",
        "state",
    }


def test_two_channels_of_one_title_are_two_lines() -> None:
    rows = _series("Tides") + [{**row, "channel_id": "b"} for row in _series("Tides")]
    spec = charts.channels_over_time(rows, is_money=False)
    assert {point["channel"] for point in spec["data"]["values"]} == {"a", "b"}


def test_the_waterfall_ends_where_the_movements_lead() -> None:
    amounts = dict(zip(MOVEMENTS, (50, 20, 5, -10, -40), strict=True))
    steps = charts.mrr_waterfall(100, {k: float(v) for k, v in amounts.items()})["data"]["values"]
    assert [step["to"] for step in steps] == [100, 150, 170, 175, 165, 125, 125]
    assert steps[-1]["from"] == 0


def test_a_bar_of_cost_begins_with_its_week_in_utc_and_stays_within_it() -> None:
    (bar,) = charts.cost_over_time(_costs(), "week")["data"]["values"]
    assert bar["day"] == "2026-10-05T00:00Z"
    assert "2026-10-11" <= bar["until"] < "2026-10-12T00:00Z"


def test_costs_of_a_week_stand_on_each_other() -> None:
    rows = [*_costs(), {**_costs()[0], "name": "voice", "amount_usd": Decimal(2)}]
    bars = charts.cost_over_time(rows, "week")["data"]["values"]
    assert [(bar["from"], bar["to"]) for bar in bars] == [(0, 1.5), (1.5, 3.5)]


def test_revenue_without_days_to_compare_is_one_line() -> None:
    spec = charts.revenue_over_time(_days(date(2026, 10, 1), [5, 6]), None)
    assert {point["name"] for point in spec["data"]["values"]} == {"Revenue"}
