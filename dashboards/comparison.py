"""Whether the figures of a range may be laid beside those of the days before: decided here alone.

Both must lie within the marts and be final. Sums must hold the same channels; a channel by itself
is compared where it is in both. Figures of views also need days that count a view alike. What may
not be compared is not read, so that no page can show it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dashboards import formats
from dashboards.data import Marts, Row
from dashboards.periods import Period

#: Figures that are views, or are divided by them.
OF_VIEWS = frozenset({"views", "rpm_usd"})
#: Channels that are called by their names; the others are counted.
NAMED = 3


@dataclass(frozen=True)
class Comparison:
    """A range beside the one before it.

    Attributes:
        about: the days, and what they are compared with or why they are not.
        against: why the two may not be compared; empty where they may.
        against_sums: why sums of the channels may not.
        apart: the channels that are in one of the two alone, by id.
        against_views: why figures of views may not.
        remark: what else has to be known of the range's own figures, in sentences.
    """

    period: Period
    about: str
    against: str = ""
    against_sums: str = ""
    apart: frozenset[str] = frozenset()
    against_views: str = ""
    remark: str = ""

    @property
    def then(self) -> str:
        """What the days before are called."""
        return formats.days(self.period.before.first, self.period.before.last)

    def why_not(self, figure: str, *, of_each: bool = False) -> str:
        """Why a figure, a column's name, may not be compared; empty where it may.

        Args:
            of_each: it is of each channel by itself and no sum.
        """
        against = self.against or ("" if of_each else self.against_sums)
        return against or (self.against_views if figure in OF_VIEWS else "")

    def days(self, figure: str = "", *, of_each: bool = False) -> dict[str, date]:
        """The days as a query takes them: none before where the figure may not be compared."""
        first = self.period.first
        before = first if self.why_not(figure, of_each=of_each) else self.period.before.first
        return {"first": first, "last": self.period.last, "before_first": before}

    def totals(self, built: Marts, query: str) -> tuple[Row, Row]:
        """The figures of the range and, as far as they may be compared, of the days before; of a
        query with a row for each."""
        rows = {row["period"]: row for row in built.read(query, **self.days())}
        before = rows.get("before", {})
        return rows.get("now", {}), {c: v for c, v in before.items() if not self.why_not(c)}


def of_youtube(built: Marts, period: Period) -> Comparison:
    """Of days that YouTube tells of, and restates."""
    known = built.read(
        "comparison",
        first=period.first,
        last=period.last,
        before_first=period.before.first,
        settled=built.last_complete_day,
    )[0]
    against = _against(built, period, known)
    apart = frozenset(known["apart"] or ())
    sums = "not the same channels are in both" if apart else ""
    return Comparison(
        period,
        _about(period, against, sums),
        against,
        against_sums=sums,
        apart=apart,
        against_views="YouTube counts their views in two ways" if known["are_views_unlike"] else "",
        remark=_remark(known),
    )


def of_ledger(built: Marts, period: Period) -> Comparison:
    """Of days of the ledger, whose lines are final when they are booked."""
    against = "" if built.first_day <= period.before.first else _held(built)
    remark = ""
    if period.last >= built.last_day:
        booked = f"what was booked until {built.built_at:%-d %b %H:%M} UTC"
        remark = f"{formats.day(built.last_day)} may not be over: of it is counted {booked}."
    return Comparison(period, _about(period, against), against, remark=remark)


def of_videos(_: Marts, period: Period) -> Comparison:
    """Of days on which videos were published, which are held against each other alone."""
    return Comparison(period, formats.days(period.first, period.last))


def _about(period: Period, against: str, against_sums: str = "") -> str:
    days = formats.days(period.first, period.last)
    if against:
        return f"{days}; not compared: {against}"
    if against_sums:
        return f"{days}; sums are not compared: {against_sums}"
    before = "day" if period.days == 1 else f"{period.days} days"
    return f"{days}, compared with the {before} before"


def _held(built: Marts) -> str:
    return f"the marts hold {formats.days(built.first_day, built.last_day)} alone"


def _against(built: Marts, period: Period, known: Mapping[str, Any]) -> str:
    if known["days"] + known["days_before"] < 2 * period.days:
        return _held(built)
    for what, said in (("provisional", "provisional"), ("untold", "not told by YouTube yet")):
        for when, words in (("", "these days"), ("_before", "the days before")):
            if count := known[what + when]:
                return f"{count} of {words} {'is' if count == 1 else 'are'} {said}"
    return ""


def _remark(known: Mapping[str, Any]) -> str:
    words = []
    if known["provisional"]:
        words.append(f"Provisional days: {known['provisional']}; YouTube may restate them.")
    if known["moneyless"]:
        words.append(f"Days without reported revenue: {known['moneyless']}; their cost is counted.")
    if known["missing_titles"]:
        missing = zip(known["missing_titles"], known["missing_since"], strict=True)
        names = [f"{title} since {formats.day(since)}" for title, since in missing]
        others = f" and {len(names) - NAMED} others" if len(names) > NAMED else ""
        words.append(f"Not in these figures: {', '.join(names[:NAMED])}{others}.")
    return " ".join(words)
