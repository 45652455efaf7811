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

from ytempire.config import settings
from ytempire.costs.prices import amount_of
from ytempire.domain import Frozen, Usage
from ytempire.errors import OverBudget

Db = psycopg.Connection[dict[str, Any]]
USD = "usd"
Period = Literal["life", "day", "month"]
_BEGINS = {
    "life": "date '0001-01-01'",
    "day": "(ops.now() at time zone 'UTC')::date",
    "month": "date_trunc('month', ops.now() at time zone 'UTC')::date",
}
_KEY = ("scope", "name", "period", "begins", "unit")
_THIS = " and ".join(f"{name} = %({name})s" for name in _KEY)
_SAME = " and ".join(f"budget.{name} = wanted.{name}" for name in _KEY)
#: Arrays of columns as rows, in their order.
_LISTED = """
    select * from unnest(
        %(scope)s::text[], %(name)s::text[], %(period)s::text[], %(begins)s::date[],
        %(unit)s::text[], %(amount)s::numeric[], %(cap)s::numeric[], %(given_back)s::numeric[])
    with ordinality as row (scope, name, period, begins, unit, amount, cap, given_back, place)
"""
#: What was taken from a budget, as JSON keeps it: its key and the amount.
Reservation = dict[str, Any]


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
    """For whom something is bought, and on which UTC day."""

    video_id: str
    channel_id: str
    customer: str
    day: date


def borne(whose: Whose, priced: Sequence[tuple[Usage, Decimal]]) -> list[tuple[Budget, Decimal]]:
    """What usages at their prices take from each of the budgets that bear them."""
    sums: dict[Budget, Decimal] = {}
    for usage, price in priced:
        amount = amount_of(usage.quantity, price)
        for budget in of_purchase(whose, usage.provider, usage.unit):
            taken = amount if budget.unit == USD else usage.quantity
            sums[budget] = sums.get(budget, Decimal(0)) + taken
    return list(sums.items())


def of_purchase(whose: Whose, provider: str, unit: str) -> list[Budget]:
    """The budgets that bear a purchase: of money, and of a unit that its provider rations."""
    given, family = settings().budgets, family_of(provider)
    found = [
        _money("video", whose.video_id, "life", given.video_usd, "VIDEO_USD"),
        _money("channel", whose.channel_id, "month", given.channel_usd_per_month,
               "CHANNEL_USD_PER_MONTH"),
        _money("customer", whose.customer, "month", given.customer_usd_per_month,
               "CUSTOMER_USD_PER_MONTH"),
        _money("provider", family, "day", given.provider_usd_per_day.get(family),
               "PROVIDER_USD_PER_DAY"),
        _money("house", "", "month", given.house_usd_per_month, "HOUSE_USD_PER_MONTH"),
    ]  # fmt: skip
    if (family, unit) == ("elevenlabs", "character"):
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


def reserve(db: Db, wanted: Sequence[tuple[Budget, Decimal]]) -> list[Reservation]:
    """Take amounts from budgets, in the caller's transaction, which fails whole if one is refused.

    Returns:
        The reservations, for `settle`.

    Raises:
        OverBudget: one of them has too little left.
    """
    rows = _opened(db, wanted)
    taken = db.execute(
        f"""
        update ops.budgets as budget set cap = wanted.cap, reserved = reserved + wanted.amount
        from ({_LISTED}) as wanted
        where {_SAME} and (wanted.cap is null or spent + reserved + wanted.amount <= wanted.cap)
        """,  # noqa: S608 (our own words)
        _columns(rows),
    )
    if taken.rowcount < len(rows):
        for (budget, amount), row in zip(wanted, rows, strict=True):
            _refuse(db, budget, amount, row)
    return [{name: row[name] for name in (*_KEY, "amount")} for row in rows]


def settle(
    db: Db, spent: Sequence[tuple[Budget, Decimal]], reservations: Sequence[Reservation] = ()
) -> None:
    """Count what was spent, and give reservations back. Spending is a truth: no cap stops it.

    To be called before its line of the ledger is written: a budget that is counted for the first
    time begins with the lines that there are.
    """
    rows = [row | {"given_back": "0"} for row in _opened(db, spent, also=reservations)]
    rows += [row | {"given_back": row["amount"], "amount": "0"} for row in reservations]
    if not rows:
        return
    db.execute(
        f"""
        update ops.budgets as budget
        set spent = spent + change.amount, reserved = reserved - change.given_back
        from (select scope, name, period, begins, unit, sum(amount) as amount,
                     sum(given_back) as given_back
              from ({_LISTED}) as listed group by 1, 2, 3, 4, 5) as change
        where {_SAME.replace("wanted", "change")}
        """,  # noqa: S608 (our own words)
        _columns(rows),
    )


def current(db: Db) -> list[dict[str, Any]]:
    """The budgets of this day and month that have a cap or were spent from, the fullest first; of
    videos those that are not done.
    """
    return db.execute(
        f"""
        select budget.scope, budget.name, budget.period, budget.begins, budget.unit,
               budget.spent, budget.reserved, budget.cap
        from ops.budgets as budget
        left join ops.videos as video on budget.scope = 'video' and budget.name = video.video_id
        where (budget.cap is not null or budget.spent + budget.reserved > 0)
          and (budget.period = 'day' and budget.begins = {_BEGINS["day"]}
               or budget.period = 'month' and budget.begins = {_BEGINS["month"]}
               or video.state not in ('published', 'removed', 'rejected', 'failed'))
        order by (budget.spent + budget.reserved) / nullif(budget.cap, 0) desc nulls last,
                 budget.scope, budget.name
        """  # noqa: S608 (our own words)
    ).fetchall()


def _opened(
    db: Db, asked: Sequence[tuple[Budget, Decimal]], also: Sequence[Reservation] = ()
) -> list[dict[str, Any]]:
    """The rows of budgets of now, with the amounts; missing ones are made first, then all are
    locked, with those of `also`, in the order of their keys: everyone's order."""
    asks = [
        budget.model_dump(include={*_KEY, "cap"}) | {"amount": str(amount), "begins": None}
        for budget, amount in asked
    ]
    known = db.execute(
        f"""
        select asked.begins::text as begins, budget.scope is not null as is_there
        from (select scope, name, period, unit, place,
                     case period when 'life' then {_BEGINS["life"]}
                                 when 'day' then {_BEGINS["day"]}
                                 else {_BEGINS["month"]} end as begins
              from ({_LISTED}) as listed) as asked
        left join ops.budgets as budget using (scope, name, period, begins, unit)
        order by place
        """,  # noqa: S608 (our own words)
        _columns(asks),
    ).fetchall()
    rows = []
    for (budget, _), ask, found in zip(asked, asks, known, strict=True):
        if not found["is_there"]:
            _make(db, budget)
        rows.append(ask | {"begins": found["begins"]})
    db.execute(
        f"""
        select from ops.budgets as budget
        join (select distinct scope, name, period, begins, unit from ({_LISTED}) as listed)
             as wanted on {_SAME}
        order by {", ".join(f"budget.{name}" for name in _KEY)} for update of budget
        """,  # noqa: S608 (our own words)
        _columns([*rows, *also]),
    )
    return rows


def _columns(rows: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    """Rows as the arrays that `_LISTED` makes rows of again."""
    names = (*_KEY, "amount", "cap", "given_back")
    return {name: [row.get(name) for row in rows] for name in names}


def _make(db: Db, budget: Budget) -> None:
    """Make a budget's row, unless another has. It locks no row that is there."""
    db.execute(
        f"""
        insert into ops.budgets (scope, name, period, begins, unit, cap, spent)
        select %(scope)s, %(name)s, %(period)s, {_BEGINS[budget.period]}, %(unit)s, %(cap)s,
               case when %(unit)s = 'usd' then {_SO_FAR} else 0 end
        on conflict (scope, name, period, begins, unit) do nothing
        """,
        budget.model_dump(),
    )


#: What the ledger holds already of a budget that is counted for the first time.
_SO_FAR = f"""
    coalesce((
        select sum(line.amount_usd)
        from ops.ledger as line left join ops.channels as channel using (channel_id)
        where not line.is_simulated
          and case %(period)s when 'life' then true
              when 'day' then (line.booked_at at time zone 'UTC')::date = {_BEGINS["day"]}
              else date_trunc('month', line.booked_at at time zone 'UTC')::date
                   = {_BEGINS["month"]} end
          and case %(scope)s when 'video' then line.video_id = %(name)s
              when 'channel' then line.channel_id = %(name)s
              when 'customer' then channel.owner = %(name)s
              when 'provider' then
                  regexp_replace(line.provider, '(-batch)?(/.*)?$', '') = %(name)s
              else true end
    ), 0)
"""  # noqa: S608 (our own words)


def _refuse(db: Db, budget: Budget, amount: Decimal, row: dict[str, Any]) -> None:
    """Raise OverBudget if it is this budget that has too little left."""
    found = db.execute(
        f"select reserved + spent as gone from ops.budgets where {_THIS}",  # noqa: S608
        row,
    ).fetchone()
    assert found is not None
    if budget.cap is not None and found["gone"] + amount > budget.cap:
        raise _stop(budget, amount, found["gone"])


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
