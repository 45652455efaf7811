"""Figures as people read them: money, counts, changes, days and ages."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

#: What stands where there is no figure: absent is not zero.
ABSENT = "–"
#: Keeps a figure and its unit on one line.
_JOIN = "\N{NO-BREAK SPACE}"
_MINUS = "\N{MINUS SIGN}"

#: Changes that are none.
LEVEL = frozenset(
    f"{sign}{none}" for sign in f"+{_MINUS}" for none in ("0.0%", "$0.00", "0.0 points")
)

Number = Decimal | float | int


def money(value: Number | None, decimals: int = 2) -> str:
    """USD: `$1,234.56`, `−$0.40`."""
    if value is None:
        return ABSENT
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{_MINUS if rounded < 0 else ''}${abs(rounded):,.{decimals}f}"


def short_money(value: Number | None) -> str:
    """USD for a tile: to the cent up to $99,999.99, then `$123 K`, `$4.57 M`."""
    if value is None or abs(amount := Decimal(value)) < 100_000:
        return money(value)
    return f"{_sign(amount)}${count(abs(amount))}"


def count(value: Number | None) -> str:
    """A count in three digits and a unit: `950`, `12.3 K`, `4.57 M`."""
    if value is None:
        return ABSENT
    size = abs(float(value))
    for limit, unit in ((1e9, "B"), (1e6, "M"), (1e3, "K")):
        # 999,950 would read 1,000.0 K: it is the first that reads 1.00 M.
        if size >= limit * 0.9995:
            digits = 0 if size >= limit * 99.95 else 1 if size >= limit * 9.995 else 2
            return f"{_sign(value)}{size / limit:.{digits}f}{_JOIN}{unit}"
    return f"{_sign(value)}{size:.0f}"


def signed(value: Number | None) -> str:
    """A count that is a difference: `+131`, `−4`, `0`."""
    return f"+{count(value)}" if value is not None and value > 0 else count(value)


def _sign(value: Number) -> str:
    return _MINUS if value < 0 else ""


def change(now: Number | None, before: Number | None) -> str | None:
    """Relative change, `+12.3%`, `−4.0%`, `12 times`; None where the earlier figure gives no ground
    for one."""
    if now is None or before is None or before <= 0:
        return None
    ratio = (float(now) - float(before)) / float(before) * 100
    if ratio >= 999.5:
        return f"{ratio / 100 + 1:,.0f}{_JOIN}times"
    return f"{_signed(ratio)}{abs(ratio):.1f}%"


def is_rise(change: str) -> bool:
    """Whether a change, as it is written here, is one upwards."""
    return not change.startswith(_MINUS)


def _signed(difference: Number) -> str:
    return "+" if difference >= 0 else _MINUS


def money_change(now: Number | None, before: Number | None) -> str | None:
    """Change in USD, for figures that may be negative and have no meaningful ratio."""
    if now is None or before is None:
        return None
    difference = Decimal(now) - Decimal(before)
    return f"{_signed(difference)}{money(abs(difference))}"


def percent(value: Number | None, decimals: int = 1) -> str:
    """A share, 0 to 1, as `97.3%`."""
    return ABSENT if value is None else f"{float(value) * 100:.{decimals}f}%"


def points(now: Number | None, before: Number | None) -> str | None:
    """Change of a share in percentage points, `+1.2 points`."""
    if now is None or before is None:
        return None
    difference = (float(now) - float(before)) * 100
    return f"{_signed(difference)}{abs(difference):.1f} points"


def months(value: Number | None) -> str:
    """A stretch of time, `4.2 months`."""
    return ABSENT if value is None else f"{float(value):.1f}{_JOIN}months"


def month(value: date | None) -> str:
    return ABSENT if value is None else f"{value:%b %Y}"


def day(value: date | None) -> str:
    return ABSENT if value is None else f"{value.day} {value:%b %Y}"


def days(first: date, last: date) -> str:
    """`4 – 31 Aug 2026`, `28 Jul – 24 Aug 2026`, `20 Dec 2025 – 16 Jan 2026`."""
    if first == last:
        return day(last)
    if first.year != last.year:
        return f"{day(first)} – {day(last)}"
    if first.month != last.month:
        return f"{first.day} {first:%b} – {day(last)}"
    return f"{first.day} – {day(last)}"


def age(since: datetime | None, now: datetime) -> str:
    """How long ago, in its largest unit: `12 min ago`, `3 h ago`, `2 days ago`."""
    if since is None:
        return "never"
    minutes = int((now - since).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes}{_JOIN}min ago"
    if minutes < 48 * 60:
        return f"{minutes // 60}{_JOIN}h ago"
    return f"{minutes // (24 * 60)}{_JOIN}days ago"
