from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from dashboards.changes import headline, reasons


def _row(change: str, what: str = "revenue", **fields: Any) -> dict[str, Any]:
    return {
        "title": "Tidewise",
        "what": what,
        "change_usd": Decimal(change),
        "views": None,
        "before_views": None,
        "all_usd": Decimal(change),
        **fields,
    }


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (_row("12.30"), "Tidewise earned $12.30 more"),
        (
            _row("-12.30", views=88, before_views=100),
            "Tidewise earned $12.30 less (views \N{MINUS SIGN}12.0%)",
        ),
        (_row("-3", "direct"), "Videos of Tidewise cost $3.00 more"),
        (_row("3", "failed"), "Failed attempts of Tidewise cost $3.00 less"),
        (_row("-3", "shared", title=None), "The shared cost of the whole house was $3.00 more"),
        (_row("-3", "direct", title="{0} & {}"), "Videos of {0} & {} cost $3.00 more"),
    ],
)
def test_a_contribution_in_words(row: dict[str, Any], said: str) -> None:
    assert reasons([row], with_views=True) == [said]


def test_views_that_are_not_counted_alike_explain_nothing() -> None:
    row = _row("-12.30", views=88, before_views=100)
    assert reasons([row], with_views=False) == ["Tidewise earned $12.30 less"]


def test_what_is_not_told_by_name_is_told_as_a_sum() -> None:
    rows = [_row("5", all_usd=Decimal("3.50")), _row("-1", "direct", all_usd=Decimal("3.50"))]
    assert reasons(rows, with_views=True)[-1] == "All else together: \N{MINUS SIGN}$0.50"


def test_less_than_a_cent_is_no_reason() -> None:
    assert reasons([_row("0.004")], with_views=True) == []
    assert headline([_row("0.004")]) == headline([]) == "The margin is what it was"


def test_the_headline_tells_the_way() -> None:
    assert headline([_row("5")]) == "The margin rose by $5.00"
    assert headline([_row("-5")]) == "The margin fell by $5.00"
