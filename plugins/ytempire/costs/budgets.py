"""Budgets: what may be spent for a video, a channel, a customer, at a provider, in all.

A reservation takes its amount from each of its budgets by one conditional update, or from none of
them: however many ask at once, no cap is passed. What was spent is counted in the same transaction
as its line of the ledger, so a budget's `spent` is the sum of its lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import psycopg
from psycopg.types.json import Jsonb

from ytempire.config import settings
from ytempire.costs.prices import amount_of
from ytempire.domain import Frozen, Usage
from ytempire.errors import OverBudget

Db = psycopg.Connection[dict[str, Any]]
USD = "usd"
#: The unit that a provider rations, besides money.
CHARACTER = "character"
Period = Literal["life", "day", "month"]
_KEY = ("scope", "name", "period", "begins", "unit")
#: What was taken from a budget, as JSON keeps it: its key and the amount.
Reservation = dict[str, Any]
#: What is done to a budget, as `ops.move_budgets` takes it.
Change = dict[str, Any]

#: For the statement that also writes down why: the budgets that `changes` moves.
MOVED = "select * from ops.move_budgets(%(changes)s)"
_KEY_AS_JSON = ", ".join(f"'{name}', {name}" for name in _KEY)
#: Of rows `moved`: the reservations that they are.
RESERVATIONS = (
    f"coalesce(jsonb_agg(jsonb_build_object({_KEY_AS_JSON}, 'amount', amount::text)), '[]')"
)
#: Of rows `moved`: the one that was refused, for `check`.
REFUSED = f"""
    (select jsonb_build_object({_KEY_AS_JSON}, 'refused_at', refused_at::text)
     from moved where refused_at is not null)
"""  # noqa: S608 (our own words)


class Budget(Frozen):
    """A bound on what is spent; `cap` None: it only counts.

    Attributes:
        scope: `video`, `channel`, `customer`, `provider`, `house`.
        name: of the video, channel, …; of the house it is empty.
        setting: what raises the cap.
    """

    scope: str
    name: str
    period: Period
    unit: str = USD
    cap: Decimal | None = None
    setting: str = ""


class Whose(Frozen):
    """For whom something is bought, and on which UTC day; a planned video has no id yet."""

    video_id: str | None
    channel_id: str
    customer: str
    day: date


def borne(whose: Whose, priced: Sequence[tuple[Usage, Decimal]]) -> list[tuple[Budget, Decimal]]:
    """What usages at their prices take from each of the budgets that bear them."""
    sums: dict[Budget, Decimal] = {}
    bearing: dict[tuple[str, bool], list[Budget]] = {}
    for usage, price in priced:
        amount = amount_of(usage.quantity, price)
        kind = (usage.provider, usage.unit == CHARACTER)
        if kind not in bearing:
            bearing[kind] = of_purchase(whose, usage.provider, usage.unit)
        for budget in bearing[kind]:
            taken = amount if budget.unit == USD else usage.quantity
            sums[budget] = sums.get(budget, Decimal(0)) + taken
    return list(sums.items())


def of_purchase(whose: Whose, provider: str, unit: str) -> list[Budget]:
    """The budgets that bear a purchase: of money, and of a unit that its provider rations."""
    given, family = settings().budgets, family_of(provider)
    found = [
        _money("channel", whose.channel_id, "month", given.channel_usd_per_month,
               "CHANNEL_USD_PER_MONTH"),
        _money("customer", whose.customer, "month", given.customer_usd_per_month,
               "CUSTOMER_USD_PER_MONTH"),
        _money("provider", family, "day", given.provider_usd_per_day.get(family),
               "PROVIDER_USD_PER_DAY"),
        _money("house", "", "month", given.house_usd_per_month, "HOUSE_USD_PER_MONTH"),
    ]  # fmt: skip
    if whose.video_id is not None:
        found.append(_money("video", whose.video_id, "life", given.video_usd, "VIDEO_USD"))
    if (family, unit) == ("elevenlabs", CHARACTER):
        found.append(
            Budget(
                scope="provider",
                name=family,
                period="day",
                unit=unit,
                cap=Decimal(settings().elevenlabs.characters_per_day),
                setting="YTEMPIRE_ELEVENLABS__CHARACTERS_PER_DAY",
            )
        )
    return found


def family_of(provider: str) -> str:
    """Who sends the bill: `openai` for `openai/gpt-5.1` and for `openai-batch/gpt-5.1`."""
    return provider.split("/")[0].removesuffix("-batch")


def _money(scope: str, name: str, period: Period, cap: Decimal | None, setting: str) -> Budget:
    return Budget(
        scope=scope, name=name, period=period, cap=cap, setting=f"YTEMPIRE_BUDGETS__{setting}"
    )


def reserving(wanted: Sequence[tuple[Budget, Decimal]]) -> list[Change]:
    """The changes by which amounts are taken from budgets, where their caps allow it."""
    return [
        budget.model_dump(mode="json") | {"is_bound": True, "reserved": str(amount), "spent": 0}
        for budget, amount in wanted
    ]


def settling(
    spent: Sequence[tuple[Budget, Decimal]],
    reservations: Sequence[Reservation] = (),
    *,
    on: date | None = None,
) -> list[Change]:
    """The changes that count what was spent, and give reservations back; see `settle`."""
    counted = [
        budget.model_dump(mode="json")
        | {"spent": str(amount), "reserved": 0, "begins": begins(budget.period, on)}
        for budget, amount in spent
    ]
    given_back = [row | {"spent": 0, "reserved": f"-{row['amount']}"} for row in reservations]
    return [change | {"is_bound": False, "cap": None} for change in (*counted, *given_back)]


def reserve(db: Db, wanted: Sequence[tuple[Budget, Decimal]]) -> list[Reservation]:
    """Take amounts from budgets, in the caller's transaction, which fails whole if one is refused.

    Returns:
        The reservations, for `settle`.

    Raises:
        OverBudget: one of them has too little left.
    """
    row = db.execute(
        f"""
        with moved as materialized ({MOVED})
        select {RESERVATIONS} as taken, {REFUSED} as refused from moved
        """,  # noqa: S608 (our own words)
        {"changes": Jsonb(reserving(wanted))},
    ).fetchone()
    assert row is not None
    check(row["refused"], wanted)
    return list(row["taken"])


def check(refused: dict[str, Any] | None, wanted: Sequence[tuple[Budget, Decimal]]) -> None:
    """Stop at what `REFUSED` has found.

    Raises:
        OverBudget: a budget has too little left.
    """
    if refused is None:
        return
    for budget, amount in wanted:
        if (budget.scope, budget.unit) == (refused["scope"], refused["unit"]):
            stop = _stop(budget, amount, Decimal(refused["refused_at"]))
            stop.budget = {name: refused[name] for name in _KEY}
            raise stop


def settle(
    db: Db,
    spent: Sequence[tuple[Budget, Decimal]],
    reservations: Sequence[Reservation] = (),
    *,
    on: date | None = None,
) -> None:
    """Count what was spent, and give reservations back. Spending is a truth: no cap stops it.

    To be called before its line of the ledger is written: a budget that is counted for the first
    time begins with the lines that there are.

    Args:
        on: the UTC day that it counts for; None: today.
    """
    db.execute(MOVED, {"changes": Jsonb(settling(spent, reservations, on=on))})


def left(db: Db, video_id: str) -> dict[Budget, Decimal]:
    """What is left of the USD budgets with a cap that bear a video, whoever is bought from."""
    row = db.execute(
        """
        select video_id, channel_id, owner as customer, ops.period_begins('day') as day
        from ops.videos join ops.channels using (channel_id) where video_id = %s
        """,
        (video_id,),
    ).fetchone()
    found: dict[Budget, Decimal] = {}
    for budget in of_purchase(Whose.model_validate(row), "machine", "second"):
        gone = db.execute(
            """
            select coalesce(
                (select spent + reserved from ops.budgets
                 where scope = %(scope)s and name = %(name)s and period = %(period)s
                   and unit = %(unit)s and begins = ops.period_begins(%(period)s)),
                ops.spent_so_far(%(scope)s, %(name)s, %(period)s, ops.period_begins(%(period)s))
            ) as gone
            """,
            budget.model_dump(),
        ).fetchone()
        if budget.cap is not None and gone is not None:
            found[budget] = budget.cap - gone["gone"]
    return found


def current(db: Db) -> list[dict[str, Any]]:
    """The budgets of this day and month that have a cap or were spent from, the fullest first; of
    videos those that are not done.
    """
    return db.execute(
        """
        select budget.scope, budget.name, budget.period, budget.begins, budget.unit,
               budget.spent, budget.reserved, budget.cap
        from ops.budgets as budget
        left join ops.videos as video on budget.scope = 'video' and budget.name = video.video_id
        where (budget.cap is not null or budget.spent + budget.reserved > 0)
          and (budget.period <> 'life' and budget.begins = ops.period_begins(budget.period)
               or video.state not in ('published', 'removed', 'rejected', 'failed'))
        order by (budget.spent + budget.reserved) / nullif(budget.cap, 0) desc nulls last,
                 budget.scope, budget.name
        """
    ).fetchall()


def begins(period: Period, on: date | None) -> str | None:
    """The first day of the period that holds a day, as JSON keeps it; None: of the one of now."""
    if on is None:
        return None
    return str({"life": date.min, "month": on.replace(day=1), "day": on}[period])


def _stop(budget: Budget, amount: Decimal, gone: Decimal) -> OverBudget:
    whose = f"{budget.scope} {budget.name}".strip()
    span = {"life": "", "day": " today", "month": " this month"}[budget.period]
    comes = {
        "life": "Or let it end with what needs no money.",
        "day": "It comes back at midnight UTC.",
        "month": "It comes back on the first of the month, UTC.",
    }[budget.period]
    return OverBudget(
        f"The budget of {whose} is {budget.cap} {budget.unit}{span}; {gone.normalize():f} are "
        f"spent or promised, and this may take {amount.normalize():f} more.",
        f"What is done so far stays. To go on set {budget.setting} to at least "
        f"{(gone + amount).normalize():f}. {comes}",
    )
