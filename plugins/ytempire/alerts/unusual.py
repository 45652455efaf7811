"""Causes of alerts in the ledger: an unusual day, a price that jumped, a bill above its word."""

from __future__ import annotations

from decimal import Decimal

from ytempire.alerts.notes import Alert, Db, figure
from ytempire.config import settings

#: A provider's day is compared with those of so many days before it on which it billed anything,
PAST_DAYS = 14
#: if there are as many as these.
KNOWN_DAYS = 3
#: A price may move by this share of itself untold.
PRICE_MOVES = Decimal("0.20")
#: A call may cost this share more than the most that was foreseen: a price that changed meanwhile.
BILL_MOVES = Decimal("0.01")


def days(db: Db) -> list[Alert]:
    """Providers that were paid much more today than on a usual day, whether capped or not."""
    given = settings().alerts
    rows = db.execute(
        """
        with provider_days as (
            select name, begins, spent from ops.budgets
            where scope = 'provider' and period = 'day' and unit = 'usd' and spent > 0
              and begins >= ops.period_begins('day') - %(past)s::integer
        )
        select today.name, today.begins, today.spent,
               percentile_disc(0.5) within group (order by past.spent) as usual
        from provider_days as today join provider_days as past
          on past.name = today.name and past.begins < today.begins
        where today.begins = ops.period_begins('day') and today.spent >= %(floor)s
        group by 1, 2, 3
        having count(*) >= %(known)s
           and today.spent > %(times)s * percentile_disc(0.5) within group (order by past.spent)
        """,
        {
            "past": PAST_DAYS,
            "known": KNOWN_DAYS,
            "floor": given.unusual_from_usd,
            "times": given.unusual_times,
        },
    ).fetchall()
    return [
        Alert(
            f"unusual-day/provider/{row['name']}/day/{row['begins']}",
            "unusual_day",
            "warning",
            f"provider {row['name']}: {figure(row['spent'])} today, "
            f"{row['spent'] / row['usual']:.1f} times a usual day",
            f"The median of its days in the last {PAST_DAYS} is {figure(row['usual'])}. Told from "
            f"{given.unusual_times} times on. `ytempire budgets` shows who spends.",
        )
        for row in rows
    ]


def prices(db: Db) -> list[Alert]:
    """Units that were booked in the last day at quite another price than before it, or for
    nothing, or no longer for nothing.
    """
    rows = db.execute(
        """
        with booked as (
            select provider, kind, unit, price_version, unit_price_usd as usd
            from ops.ledger
            where booked_at > ops.now() - interval '1 day'
              and not is_simulated and corrects is null
            group by 1, 2, 3, 4, 5
        )
        select booked.*, before.unit_price_usd as before_usd, before.price_version as before_version
        from booked cross join lateral (
            select unit_price_usd, price_version from ops.ledger as line
            where line.booked_at <= ops.now() - interval '1 day'
              and line.booked_at > ops.now() - interval '30 days'
              and line.provider = booked.provider and line.kind = booked.kind
              and line.unit = booked.unit
              -- A second of a card is no second of the machine.
              and split_part(line.price_version, '@', 1) = split_part(booked.price_version, '@', 1)
              and not line.is_simulated and line.corrects is null
            order by line.booked_at desc, line.line_id desc limit 1
        ) as before
        where abs(booked.usd - before.unit_price_usd) > %s * before.unit_price_usd
        """,
        (PRICE_MOVES,),
    ).fetchall()
    return [
        Alert(
            f"price/{row['price_version']}/{row['unit']}/{row['usd'].normalize():f}",
            "unusual_price",
            "warning",
            f"{row['provider']} {row['kind']}: a {row['unit']} costs "
            + (f"${row['usd'].normalize():f}" if row["usd"] else "nothing")
            + f", it was ${row['before_usd'].normalize():f}",
            f"Booked by {row['price_version']}, before by {row['before_version']}. If that is no "
            "change of the provider's, mend the price book or the setting; what was booked stays.",
        )
        for row in rows
    ]


def bills(db: Db) -> list[Alert]:
    """Calls of the last two days that cost more than the most that was foreseen and reserved."""
    rows = db.execute(
        """
        select intent.provider, intent.kind, (intent.settled_at at time zone 'UTC')::date as day,
               count(*) as calls, sum(booked.usd) as billed, sum(foreseen.usd) as foreseen
        from ops.intents as intent
        cross join lateral (
            select sum((taken ->> 'amount')::numeric) as usd
            from jsonb_array_elements(intent.reservations) as taken
            where taken ->> 'scope' = 'house' and taken ->> 'unit' = 'usd'
        ) as foreseen
        cross join lateral (
            select sum(amount_usd) as usd from ops.ledger as line
            where line.intent_id = intent.intent_id and line.corrects is null
        ) as booked
        where intent.sent_at > ops.now() - interval '2 days' and intent.state = 'done'
          and booked.usd > foreseen.usd * (1 + %s) + 0.0001
        group by 1, 2, 3
        """,
        (BILL_MOVES,),
    ).fetchall()
    return [
        Alert(
            f"overbilled/{row['provider']}/{row['kind']}/day/{row['day']}",
            "overbilled",
            "warning",
            f"{row['provider']} {row['kind']} billed {figure(row['billed'])} where at most "
            f"{figure(row['foreseen'])} was foreseen",
            f"Calls: {row['calls']}. It is booked as billed, so budgets may be passed by the "
            "difference. Compare with the provider's own figures: `ytempire costs --reconcile`.",
        )
        for row in rows
    ]
