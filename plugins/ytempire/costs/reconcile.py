"""Reconciling: what providers billed against what we booked, and what became of unanswered calls.

Only days of which a whole report was read decide anything. A call that the report does not count
becomes void; where it counts more than was surely booked, the rest is what the unanswered calls
cost. All other differences are shown, never booked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

import psycopg

from ytempire.costs.comparison import Key, Sum, Sums, sums
from ytempire.costs.corrections import Share, correct, price_of_line
from ytempire.costs.prices import MICRO, amount_of, price_of
from ytempire.costs.shares import shared
from ytempire.costs.unanswered import Call, calls
from ytempire.domain import Frozen, Usage
from ytempire.errors import NotConfigured

Db = psycopg.Connection[dict[str, Any]]
#: `moved`: over midnight, to a day beside it; `open`: the report is not final yet; `unread`: there
#: is no report of the day.
Verdict = Literal["agrees", "differs", "moved", "open", "unread"]


class Line(Frozen):
    """One figure of a report beside the ledger's.

    Attributes:
        unsure: booked of calls that were never answered.
        price_usd: of a unit; None: the price book has none.
    """

    provider: str
    utc_day: date
    item: str
    unit: str
    billed: Decimal
    sure: Decimal
    unsure: Decimal
    price_usd: Decimal | None
    verdict: Verdict

    @property
    def difference(self) -> Decimal:
        """Billed and not booked; negative: booked and not billed."""
        return self.billed - self.sure - self.unsure

    @property
    def difference_usd(self) -> Decimal | None:
        return None if self.price_usd is None else amount_of(self.difference, self.price_usd)


class Resolved(Frozen):
    """What an unanswered call turned out to be, and what was booked for it before and after."""

    intent_id: str
    video_id: str
    provider: str
    utc_day: date
    state: Literal["done", "void"]
    booked_usd: Decimal
    billed_usd: Decimal


class Reconciliation(Frozen):
    """All lines of the days, and the calls that were resolved just now."""

    lines: tuple[Line, ...]
    resolved: tuple[Resolved, ...]

    @property
    def agrees(self) -> bool:
        """Whether nothing differs on the days that are told finally."""
        return not any(line.verdict in ("differs", "unread") for line in self.lines)


def reconcile(db: Db, since: date, until: date) -> Reconciliation:
    """Compare the UTC days from `since` on, before `until`, and resolve what can be, in the
    caller's transaction. Run again it changes nothing.

    Raises:
        NotConfigured: a call was billed in a unit that the price book has no price for.
    """
    db.execute("select pg_advisory_xact_lock(hashtextextended('ops.bills', 3))")
    day = timedelta(days=1)
    found = sums(db, since - day, until + day)
    resolved = []
    for at, asked in calls(db, since, until).items():
        resolved += _resolve(db, found, at, asked)
    lines = _over_midnight(
        [_line(found, *each) for each in sorted(found.by_key.items(), key=lambda pair: pair[0])]
    )
    return Reconciliation(
        lines=tuple(line for line in lines if since <= line.utc_day < until),
        resolved=tuple(resolved),
    )


def _resolve(db: Db, found: Sums, at: Key, asked: Sequence[Call]) -> list[Resolved]:
    """Resolve the calls of an item and day, when the day is final."""
    if not found.is_final(at):
        return []
    shares: list[dict[str, Share]] = [{} for _ in asked]
    for unit, rest in _rests(found, at, asked).items():
        for number, share in enumerate(_shares(asked, unit, rest)):
            if share.quantity:
                shares[number][unit] = share
    resolved = []
    for call, billed in zip(asked, shares, strict=True):
        state = correct(db, call.intent_id, billed)
        if state is None:
            continue
        for unit in {*billed, *call.booked}:
            to = found.by_key.setdefault(at._replace(unit=unit), Sum())
            to.unsure -= call.booked.get(unit, Decimal(0))
            to.sure += billed[unit].quantity if unit in billed else 0
        resolved.append(
            Resolved(
                intent_id=call.intent_id,
                video_id=call.lines[0]["video_id"],
                provider=call.lines[0]["provider"],
                utc_day=at.utc_day,
                state=state,
                booked_usd=sum((line["amount_usd"] for line in call.lines), Decimal(0)),
                billed_usd=sum((share.usd for share in billed.values()), Decimal(0)),
            )
        )
    return resolved


def _rests(found: Sums, at: Key, asked: Sequence[Call]) -> dict[str, Decimal]:
    """What the unanswered calls of an item and day were billed, by unit: what is billed beyond the
    answered ones, and never more than was foreseen for them."""
    if at.provider == "elevenlabs":
        return {"character": min(_rest(found, at, "character"), _bound(asked, "character"))}
    read = _bound(asked, "input_token")
    cached = min(_rest(found, at, "cached_input_token"), read)
    return {
        "cached_input_token": cached,
        "input_token": min(_rest(found, at, "input_token"), read - cached),
        "output_token": min(_rest(found, at, "output_token"), _bound(asked, "output_token")),
    }


def _bound(asked: Sequence[Call], unit: str) -> Decimal:
    return sum((call.foreseen(unit) for call in asked), Decimal(0))


def _rest(found: Sums, at: Key, unit: str) -> Decimal:
    """Billed and not surely booked; calls near midnight may be told on the day beside theirs."""
    key = at._replace(unit=unit)
    none = Sum()
    here = found.by_key.get(key, none)
    rest = here.billed - here.sure
    for days, ours, theirs in ((-1, here.early, "late"), (1, here.late, "early")):
        beside = found.unexplained(key.moved(days))
        near = getattr(found.by_key.get(key.moved(days), none), theirs)
        rest += min(max(beside, Decimal(0)), ours) - min(max(-beside, Decimal(0)), near)
    return max(rest, Decimal(0))


def _shares(asked: Sequence[Call], unit: str, rest: Decimal) -> list[Share]:
    """A rest shared in proportion to what was foreseen: whole units, and no millionth lost."""
    step = Decimal(1) if rest == rest.to_integral_value() else MICRO
    parts = shared(rest, [call.foreseen(unit) for call in asked], step)
    exact = [
        part * price_of_line(call.line(unit), unit)[0] if part else Decimal(0)
        for part, call in zip(parts, asked, strict=True)
    ]
    usd = shared(amount_of(sum(exact, Decimal(0)), Decimal(1)), exact, MICRO)
    return [Share(quantity=part, usd=money) for part, money in zip(parts, usd, strict=True)]


def _line(found: Sums, key: Key, each: Sum) -> Line:
    price = _book_price(key) if each.price is None else each.price
    is_free = not each.billed and not price
    verdict: Verdict = "differs"
    if not each.unsure and (not each.difference or is_free):
        verdict = "agrees"
    elif (key.provider, key.utc_day) not in found.read:
        verdict = "unread"
    elif not found.is_final(key):
        verdict = "open"
    return Line(
        **key._asdict(),
        billed=each.billed,
        sure=each.sure,
        unsure=each.unsure,
        price_usd=price,
        verdict=verdict,
    )


def _book_price(key: Key) -> Decimal | None:
    """The price of what was billed and never booked."""
    model = key.item.removesuffix(" batch")
    family = "openai-batch" if key.item.endswith(" batch") else "openai"
    is_voice = key.provider == "elevenlabs"
    usage = Usage(
        provider=key.provider if is_voice else f"{family}/{model}",
        kind="voice" if is_voice else "script",
        unit=key.unit,
        quantity=Decimal(0),
        device="remote",
    )
    try:
        return price_of(usage, key.utc_day)[0]
    except NotConfigured:
        return None


def _over_midnight(lines: list[Line]) -> list[Line]:
    """Differences of days in a row that add up to nothing were moved, not lost."""
    by_key = {Key(x.provider, x.utc_day, x.item, x.unit): n for n, x in enumerate(lines)}
    for key, start in sorted(by_key.items()):
        total, run = Decimal(0), []
        at: int | None = start
        while at is not None and lines[at].verdict in ("differs", "open") and not lines[at].unsure:
            run.append(at)
            total += lines[at].difference
            if not total:
                for number in run:
                    lines[number] = lines[number].model_copy(update={"verdict": "moved"})
                break
            at = by_key.get(key.moved(len(run)))
    return lines
