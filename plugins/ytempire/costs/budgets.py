"""Budgets: what may be spent for a video, a channel, a customer, at a provider, in all.

A reservation takes its amount from each of its budgets by one conditional update, or from none of
them: however many ask at once, no cap is passed. What was spent is counted in the same transaction
as its line of the ledger, so a budget's `spent` is the sum of its lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Literal

import psycopg

from ytempire.config import settings
from ytempire.domain import Frozen
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
    """For whom something is bought."""

    video_id: str
    channel_id: str
    customer: str


def of_purchase(whose: Whose, provider: str, unit: str) -> list[Budget]:
    """The budgets that bear a purchase: of money, and of a unit that its provider rations; in the
    order in which they are locked."""
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
    return sorted(found, key=lambda each: (each.scope, each.name, each.period, each.unit))


def family_of(provider: str) -> str:
    """Who sends the bill: `openai` for `openai/gpt-5.1` and for `openai-batch/gpt-5.1`."""
    return provider.split("/")[0].removesuffix("-batch")


def _money(scope: str, name: str, period: Period, cap: Decimal | None, setting: str) -> Budget:
    return Budget(
        scope=scope, name=name, period=period, cap=cap, setting=f"YTEMPIRE_BUDGETS__{setting}"
    )


def reserve(db: Db, wanted: Sequence[tuple[Budget, Decimal]]) -> list[dict[str, Any]]:
    """Take amounts from budgets, in the caller's transaction, which fails whole if one is refused.

    Args:
        wanted: in the order of `of_purchase`, which is that of the locks.

    Returns:
        The reservations, for `release`.

    Raises:
        OverBudget: one of them has too little left.
    """
    rows = _opened(db, wanted)
    for (budget, amount), row in zip(wanted, rows, strict=True):
        taken = db.execute(
            f"""
            update ops.budgets set cap = %(cap)s, reserved = reserved + %(amount)s
            where {_THIS}
              and (%(cap)s::numeric is null or spent + reserved + %(amount)s <= %(cap)s)
            """,  # noqa: S608 (our own words)
            row | {"cap": budget.cap},
        )
        if not taken.rowcount:
            raise _over(db, budget, amount, row)
    return rows


def release(db: Db, reservations: Sequence[dict[str, Any]]) -> None:
    """Give reservations back: what came of them is spent or not."""
    for row in reservations:
        db.execute(
            f"update ops.budgets set reserved = reserved - %(amount)s where {_THIS}",  # noqa: S608
            row,
        )


def spend(db: Db, spent: Sequence[tuple[Budget, Decimal]]) -> None:
    """Count what was spent: a truth, so a cap does not stop it.

    To be called before its line of the ledger is written: a budget that is counted for the first
    time begins with the lines that there are.
    """
    for row in _opened(db, spent):
        db.execute(
            f"update ops.budgets set spent = spent + %(amount)s where {_THIS}",  # noqa: S608
            row,
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


def _opened(db: Db, asked: Sequence[tuple[Budget, Decimal]]) -> list[dict[str, Any]]:
    """The keys of the budgets' rows of now, with the amounts; missing rows are made first."""
    rows = []
    for budget, amount in asked:
        known = db.execute(
            f"""
            select begins::text as begins from ops.budgets
            where scope = %(scope)s and name = %(name)s and period = %(period)s
              and unit = %(unit)s and begins = {_BEGINS[budget.period]}
            """,  # noqa: S608 (our own words)
            budget.model_dump(),
        ).fetchone()
        begins = _made(db, budget) if known is None else known["begins"]
        key = budget.model_dump(include=set(_KEY))
        rows.append(key | {"begins": begins, "amount": str(amount)})
    return rows


def _made(db: Db, budget: Budget) -> str:
    """Make a budget's row, unless another has; when its period begins. It locks no row that is
    there, so that all are locked in one order, by the updates that follow."""
    db.execute(
        f"""
        insert into ops.budgets (scope, name, period, begins, unit, cap, spent)
        select %(scope)s, %(name)s, %(period)s, {_BEGINS[budget.period]}, %(unit)s, %(cap)s,
               case when %(unit)s = 'usd' then {_SO_FAR} else 0 end
        on conflict (scope, name, period, begins, unit) do nothing
        """,
        budget.model_dump(),
    )
    row = db.execute(f"select {_BEGINS[budget.period]}::text as begins").fetchone()
    assert row is not None
    return str(row["begins"])


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


def _over(db: Db, budget: Budget, amount: Decimal, row: dict[str, Any]) -> OverBudget:
    found = db.execute(
        f"select reserved + spent as gone from ops.budgets where {_THIS}",  # noqa: S608
        row,
    ).fetchone()
    assert found is not None
    return _stop(budget, amount, found["gone"])


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
