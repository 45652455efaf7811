"""A tile's small line: a shape of its values, in a box of any size."""

from __future__ import annotations

import re

import pytest

from dashboards import spark


def _places(shape: str) -> list[tuple[float, float]]:
    """The points of an area, without the two that close it."""
    found = re.findall(r"([\d.]+)% ([\d.]+)%", shape)
    return [(float(x), float(y)) for x, y in found][:-2]


def test_the_highest_is_at_the_top_and_the_lowest_at_the_bottom() -> None:
    assert _places(spark.area([2.0, 6.0, 4.0])) == [(0, 100), (50, 0), (100, 50)]


def test_losses_stand_below_gains() -> None:
    heights = [y for _, y in _places(spark.area([-5.0, 0.0, 5.0]))]
    assert heights == [100, 50, 0]


def test_a_level_line_is_in_the_middle() -> None:
    assert _places(spark.area([3.0, 3.0])) == [(0, 50), (100, 50)]


@pytest.mark.parametrize("values", [[], [1.0]])
def test_less_than_two_values_are_no_line(values: list[float]) -> None:
    assert spark.area(values) == spark.line(values) == ""


def test_a_year_is_drawn_by_means_of_all_its_days() -> None:
    values = [float(day % 7) for day in range(365)]
    places = _places(spark.area(values))
    assert len(places) == spark.POINTS
    assert (places[0][0], places[-1][0]) == (0, 100)
    steps = [float(day // 73) for day in range(365)]
    assert [y for _, y in _places(spark.area(steps))] == sorted(
        (y for _, y in _places(spark.area(steps))), reverse=True
    )


def test_the_line_goes_there_and_back() -> None:
    shape = spark.line([1.0, 2.0])
    assert shape.count("calc(") == 4
    assert shape.index("- 1px") < shape.index("+ 1px")
