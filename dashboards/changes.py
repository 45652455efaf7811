"""What changed and why, in words: the largest contributions to the margin's change."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from dashboards import formats
from dashboards.data import Row

_COSTS = {
    "direct": "videos of {} cost",
    "failed": "failed attempts of {} cost",
    "shared": "the shared cost of {} was",
}
_CENT = Decimal("0.005")


def headline(rows: Sequence[Row]) -> str:
    """How far the margin moved, USD."""
    change = rows[0]["all_usd"] if rows else Decimal(0)
    if abs(change) < _CENT:
        return "The margin is what it was"
    return f"The margin {'rose' if change > 0 else 'fell'} by {formats.money(abs(change))}"


def reasons(rows: Sequence[Row], *, with_views: bool) -> list[str]:
    """A sentence for each contribution, and one for all others together.

    Args:
        rows: of `margin_changes.sql`, the largest contribution first.
        with_views: whether the views of both periods may be compared.
    """
    told = [row for row in rows if abs(row["change_usd"]) >= _CENT]
    sentences = [_sentence(row, with_views=with_views) for row in told]
    if told:
        rest = told[0]["all_usd"] - sum(row["change_usd"] for row in told)
        if abs(rest) >= _CENT:
            sign = "+" if rest > 0 else "\N{MINUS SIGN}"
            sentences.append(f"All else together: {sign}{formats.money(abs(rest))}")
    return sentences


def _sentence(row: Row, *, with_views: bool) -> str:
    change, title = row["change_usd"], row["title"] or "the whole house"
    amount = formats.money(abs(change))
    if row["what"] == "revenue":
        views = formats.change(row["views"], row["before_views"]) if with_views else None
        because = f" (views {views})" if views else ""
        return f"{title} earned {amount} {'more' if change > 0 else 'less'}{because}"
    # A cost that rises takes from the margin.
    words = _COSTS.get(row["what"], f"{row['what']} of {{}} cost").replace("{}", title)
    return f"{words[0].upper()}{words[1:]} {amount} {'less' if change > 0 else 'more'}"
