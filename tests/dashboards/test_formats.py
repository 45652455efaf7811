from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from dashboards import formats

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("1234.56"), "$1,234.56"),
        (Decimal("-0.4"), "−$0.40"),
        (Decimal("-0.001"), "$0.00"),
        (Decimal("0.005"), "$0.01"),
        (0, "$0.00"),
        (None, "–"),
    ],
)
def test_money_is_written_to_the_cent(value: Decimal | None, written: str) -> None:
    assert formats.money(value) == written


def test_a_ledger_line_keeps_its_six_decimals() -> None:
    assert formats.money(Decimal("0.001855"), 6) == "$0.001855"


@pytest.mark.parametrize(
    ("value", "written"),
    [(99_999.99, "$99,999.99"), (123_456, f"$123{NBSP}K"), (Decimal(-4_570_000), f"−$4.57{NBSP}M")],
)
def test_a_tile_shortens_only_large_sums(value: float | Decimal, written: str) -> None:
    assert formats.short_money(value) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"),
        (950, "950"),
        (999, "999"),
        (1_000, f"1.00{NBSP}K"),
        (12_345, f"12.3{NBSP}K"),
        (176_012, f"176{NBSP}K"),
        (999_949, f"1.00{NBSP}M"),
        (4_570_000_000, f"4.57{NBSP}B"),
        (-12_345, f"−12.3{NBSP}K"),
        (None, "–"),
    ],
)
def test_counts_have_three_digits_and_a_unit(value: int | None, written: str) -> None:
    assert formats.count(value) == written


@pytest.mark.parametrize(
    ("now", "before", "written"),
    [
        (110, 100, "+10.0%"),
        (90, 100, "−10.0%"),
        (100, 100, "+0.0%"),
        (1200, 100, f"12{NBSP}times"),
        (250_000, 100, f"2,500{NBSP}times"),
        (5, 0, None),
        (5, None, None),
        (None, 5, None),
        (5, -3, None),
    ],
)
def test_a_change_needs_ground_to_stand_on(
    now: int | None, before: int | None, written: str | None
) -> None:
    assert formats.change(now, before) == written


@pytest.mark.parametrize(
    ("change", "is_rise"),
    [(formats.change(1200, 100), True), (formats.change(90, 100), False),
     (formats.points(1, 0), True), (formats.money_change(-5, 3), False)],
)  # fmt: skip
def test_a_change_says_which_way_it_went(change: str, is_rise: bool) -> None:
    assert formats.is_rise(change) is is_rise


def test_no_change_is_none_whichever_way_it_was_rounded() -> None:
    for change in (
        formats.change(99.99, 100),
        formats.points(0.5, 0.5),
        formats.money_change(0, 0),
    ):
        assert change in formats.LEVEL


def test_margin_is_compared_in_dollars() -> None:
    assert formats.money_change(Decimal("5"), Decimal("-3.5")) == "+$8.50"
    assert formats.money_change(Decimal("-5"), Decimal("3")) == "−$8.00"


@pytest.mark.parametrize(
    ("first", "last", "written"),
    [
        (date(2026, 8, 4), date(2026, 8, 31), "4 – 31 Aug 2026"),
        (date(2026, 7, 28), date(2026, 8, 24), "28 Jul – 24 Aug 2026"),
        (date(2025, 12, 20), date(2026, 1, 16), "20 Dec 2025 – 16 Jan 2026"),
        (date(2026, 8, 4), date(2026, 8, 4), "4 Aug 2026"),
    ],
)
def test_days_name_no_more_than_they_must(first: date, last: date, written: str) -> None:
    assert formats.days(first, last) == written


@pytest.mark.parametrize(
    ("minutes", "written"),
    [(0, "just now"), (12, f"12{NBSP}min ago"), (185, f"3{NBSP}h ago"), (4320, f"3{NBSP}days ago")],
)
def test_an_age_is_told_in_its_largest_unit(minutes: int, written: str) -> None:
    now = datetime(2026, 9, 1, tzinfo=UTC)
    assert formats.age(now - timedelta(minutes=minutes), now) == written


def test_what_was_never_read_says_so() -> None:
    assert formats.age(None, datetime.now(UTC)) == "never"


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (0.973, 0.961, "+1.2 points"),
        (0.9, 0.95, "−5.0 points"),
        (0.9, None, None),
        (None, 0.9, None),
    ],
)
def test_a_share_is_compared_in_points(
    now: float | None, before: float | None, said: str | None
) -> None:
    assert formats.points(now, before) == said


def test_shares_and_months_that_are_absent_are_no_zeros() -> None:
    assert formats.percent(None) == formats.months(None) == formats.month(None) == formats.ABSENT
    assert formats.percent(0) == "0.0%"
    assert formats.months(4.25) == "4.2\N{NO-BREAK SPACE}months"
    assert formats.month(date(2026, 10, 1)) == "Oct 2026"
