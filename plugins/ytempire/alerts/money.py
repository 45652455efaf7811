"""Causes of alerts in budgets: near a cap, and on the way to it. Here all causes are looked for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ytempire.alerts import sources, unusual
from ytempire.alerts.notes import Alert, Db, budget_key, figure, raise_alert
from ytempire.config import settings
from ytempire.warehouse.database import connect

#: Pace is the median of so many windows: hours for a day's budget, days for a month's. One spike
#: does not move it, and in fewer than half of them there must be nothing.
WINDOWS = 7
#: Of its cap: the share from which on a budget's pace is looked at.
PACE_FROM = Decimal("0.10")


def look() -> list[str]:
    """Look for every cause in the budgets, the ledger and the sources, and note what is new.

    Returns:
        The causes that are new.
    """
    with connect() as db:
        found = [*near_caps(db), *burning(db), *unusual.days(db), *unusual.prices(db)]
        found += [*unusual.bills(db), *sources.silent(db)]
        # Two that look at once take the causes in one order, and do not wait for each other's.
        found.sort(key=lambda alert: alert.cause)
        return [alert.cause for alert in found if raise_alert(db, *alert)]


def near_caps(db: Db) -> list[Alert]:
    """Videos under way from their USD on, other budgets of now from their share of the cap on."""
    given = settings().budgets
    rows = db.execute(
        """
        with worked_on as (
            select video_id from ops.ledger where booked_at > ops.now() - interval '1 day'
            union
            select run.video_id
            from ops.intents as intent join ops.stage_runs as run using (stage_run_id)
            where intent.state = 'sent'
        )
        select budget.* from ops.budgets as budget
        join worked_on on budget.scope = 'video' and budget.name = worked_on.video_id
        where budget.unit = 'usd' and spent + reserved >= %(video)s
        union all
        select * from ops.budgets
        where period <> 'life' and begins = ops.period_begins(period)
          and spent + reserved > 0 and spent + reserved >= %(share)s * cap
        """,
        {"video": given.video_warn_usd, "share": given.warn_share},
    ).fetchall()
    return [_near(row) for row in rows]


def burning(db: Db) -> list[Alert]:
    """Budgets of this day and month that pass their cap before their period ends, at the pace of
    the last hours or days.
    """
    rows = db.execute(
        """
        with capped as (
            select scope, name, period, begins, unit, cap, spent + reserved as gone,
                   case period when 'day' then 1 else 24 end as hours,
                   (begins + ('1 ' || period)::interval) at time zone 'UTC' as ends_at
            from ops.budgets
            where period <> 'life' and begins = ops.period_begins(period)
              and spent + reserved < cap and spent + reserved >= %(from)s * cap
        ),
        hourly as materialized (
            select bearer.scope, bearer.name, line.unit,
                   floor(extract(epoch from ops.now() - line.booked_at) / 3600) as hours_ago,
                   sum(line.amount_usd) as usd, sum(line.quantity) as quantity
            from ops.ledger as line left join ops.channels as channel using (channel_id)
            cross join lateral (values
                ('house', ''), ('channel', line.channel_id), ('customer', channel.owner),
                ('provider', regexp_replace(line.provider, '(-batch)?(/.*)?$', ''))
            ) as bearer (scope, name)
            where line.booked_at > ops.now()
                      - (select max(hours) from capped) * %(windows)s * interval '1 hour'
              and line.booked_at <= ops.now()
              and not line.is_simulated and line.corrects is null
            group by 1, 2, 3, 4
        ),
        used as (
            select capped.scope, capped.name, capped.period, capped.unit,
                   floor(hours_ago / hours) as place,
                   sum(case capped.unit when 'usd' then usd else quantity end) as amount
            from capped join hourly
              on hourly.scope = capped.scope and hourly.name = capped.name
             and (capped.unit = 'usd' or hourly.unit = capped.unit)
            where hours_ago < %(windows)s * hours
            group by 1, 2, 3, 4, 5
        ),
        paced as (
            select scope, name, period, unit,
                   percentile_disc(0.5) within group (order by coalesce(amount, 0)) as pace
            from capped cross join generate_series(0, %(windows)s - 1) as place
            left join used using (scope, name, period, unit, place)
            group by 1, 2, 3, 4
        )
        select capped.*, pace,
               ops.now() + interval '1 hour' * (hours * (cap - gone) / pace)::float as reached_at,
               gone + pace * extract(epoch from ends_at - ops.now()) / 3600 / hours as projected
        from capped join paced using (scope, name, period, unit)
        where gone + pace * extract(epoch from ends_at - ops.now()) / 3600 / hours > cap
        """,
        {"from": PACE_FROM, "windows": WINDOWS},
    ).fetchall()
    return [_burns(row) for row in rows]


def _near(row: dict[str, Any]) -> Alert:
    given, whose = settings().budgets, f"{row['scope']} {row['name']}".strip()
    gone = figure(row["spent"] + row["reserved"], row["unit"])
    cap = "" if row["cap"] is None else f" of {figure(row['cap'], row['unit'])}"
    if row["scope"] == "video":
        told = f"Told from {figure(given.video_warn_usd or Decimal(0))} on."
        see = f"`ytempire costs {row['name']}` shows its lines."
    else:
        told = f"Told from {given.warn_share:.0%} of the cap on."
        see = "`ytempire budgets` shows what is left."
    return Alert(
        f"budget-warning/{budget_key(row)}",
        "budget_warning",
        "warning",
        f"{whose}: {gone}{cap} spent or promised{_span(row)}",
        f"{told} {'At the cap its calls are refused. ' if cap else ''}{see}",
    )


def _burns(row: dict[str, Any]) -> Alert:
    unit, whose = row["unit"], f"{row['scope']} {row['name']}".strip()
    each, windows = ("an hour", "hours") if row["period"] == "day" else ("a day", "days")
    return Alert(
        f"burn-rate/{budget_key(row)}",
        "burn_rate",
        "warning",
        f"{whose} reaches its cap at {row['reached_at']:%Y-%m-%d %H:%M} UTC at this pace",
        f"{figure(row['gone'], unit)} of {figure(row['cap'], unit)} are spent or promised"
        f"{_span(row)}. At {figure(row['pace'], unit)} {each}, the median of the last {WINDOWS} "
        f"{windows}, it would be {figure(row['projected'], unit)} at the end.",
    )


def _span(row: dict[str, Any]) -> str:
    return {"life": "", "day": " today", "month": " this month"}[str(row["period"])]
