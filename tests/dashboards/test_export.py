from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.export import as_csv, more_than, renamed, whole_csv


def _read(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(
    "title",
    [
        "=cmd|' /C calc'!A0",
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "  =1+1",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        "\ufeff=1+1",
        "\uff1d1+1",
    ],
)
def test_a_title_that_a_spreadsheet_would_run_is_text(title: str) -> None:
    assert _read(as_csv([{"title": title}]))[1] == [f"'{title}"]


def test_figures_stay_figures() -> None:
    rows = [{"margin_usd": Decimal("-4.50"), "day": date(2026, 10, 1), "views": None}]
    assert _read(as_csv(rows)) == [["margin_usd", "day", "views"], ["-4.50", "2026-10-01", ""]]


def test_excel_is_told_that_it_is_utf_8() -> None:
    assert as_csv([{"title": "潮"}]).startswith(b"\xef\xbb\xbf")


def test_no_rows_are_no_columns() -> None:
    assert as_csv([]).decode("utf-8-sig") == "\r\n"


def test_of_a_cut_table_all_rows_are_read_for_the_file_and_of_a_whole_one_none() -> None:
    there = [{"day": day, "all_rows": 3, "all_usd": 6} for day in range(3)]
    assert _read(whole_csv(there[:2], lambda limit: there[:limit])) == [
        ["day"],
        ["0"],
        ["1"],
        ["2"],
    ]
    assert more_than(there[:2]) == 3
    assert whole_csv(there, lambda limit: []) == as_csv(there)
    assert more_than(there) == more_than([]) == more_than([{"day": 1}]) == 0


def test_a_column_is_called_by_its_figure() -> None:
    assert renamed([{"day": 1, "value": 2}], {"value": "revenue_usd"}) == [
        {"day": 1, "revenue_usd": 2}
    ]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_title_comes_back_and_never_starts_a_formula(title: str) -> None:
    (back,) = _read(as_csv([{"title": title}, {"title": "x"}]))[1] or [""]
    assert back in {title, f"'{title}"}
    assert not back.startswith(("=", "+", "-", "@"))
