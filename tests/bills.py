"""Calls that were sent at some moment, and what providers' reports say of their days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from ytempire.channels import accounts
from ytempire.channels.accounts import Channel
from ytempire.costs import bills
from ytempire.costs.audit import audit
from ytempire.costs.reconcile import Reconciliation, reconcile
from ytempire.domain import ALL_REQUESTS, Billed, Format, Usage
from ytempire.runs import queue, stages
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

DAY = date(2026, 11, 10)
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
LARGE, BATCH = "openai/gpt-5.1", "openai-batch/gpt-5.1"
#: What is foreseen of a call: the question by its length, and the longest answer that is paid for.
FORESEEN = {"input_token": 1_000, "cached_input_token": 0, "output_token": 8_000}


def usages(provider: str, **counts: int) -> list[Usage]:
    return [
        Usage(
            provider=provider,
            kind="voice" if provider == "elevenlabs" else "script",
            unit=unit,
            quantity=Decimal(count),
            device="remote",
        )
        for unit, count in counts.items()
    ]


def at(moment: time, day: date = DAY) -> datetime:
    return datetime.combine(day, moment, UTC)


def begun() -> stages.StageRun:
    """A stage of a video under way since the morning of `DAY`."""
    accounts.add(Channel(channel_id="tidewise", youtube_channel_id="UC1", title="T", niche="sea"))
    request = queue.Request(
        request_id="one", channel_id="tidewise", topic="The sea", format=Format.SHORT
    )
    with clock.replayed(at(time(8))):
        return stages._begin(queue.accept(str(queue.put(request))), "write", "cpu")


def asks(
    run: stages.StageRun,
    name: str,
    sent: datetime,
    *,
    provider: str = LARGE,
    booked: datetime | None = None,
    **used: int,
) -> None:
    """A call that was sent then; without what it used its answer never came."""
    foreseen = {"character": 900} if provider == "elevenlabs" else FORESEEN
    with clock.replayed(sent):
        run.intend(name, *usages(provider, **foreseen))
    with clock.replayed(booked or sent + timedelta(seconds=40)):
        counts = used or {unit: count for unit, count in foreseen.items() if count}
        run.settle(name, *usages(provider, **counts), is_ambiguous=not used)


def bill(*rows: tuple[date, str, dict[str, int]], read_at: datetime = NOW, days: int = 9) -> None:
    """What OpenAI's report says, ElevenLabs' for `voice`; of the days around, nothing."""
    told: dict[tuple[str, date, str, str], int] = {}
    for provider in ("openai", "elevenlabs"):
        for number in range(-2, days):
            told[provider, DAY + timedelta(days=number), *ALL_REQUESTS] = 0
    for day, item, counts in rows:
        for unit, count in counts.items():
            told["elevenlabs" if item == "voice" else "openai", day, item, unit] = count
    with clock.replayed(read_at), connect() as db:
        bills.put(
            db,
            [
                Billed(provider=p, utc_day=d, item=i, unit=u, quantity=Decimal(n))
                for (p, d, i, u), n in told.items()
            ],
        )


def reconciled(days: int = 8) -> Reconciliation:
    with clock.replayed(NOW), connect() as db:
        return reconcile(db, DAY, DAY + timedelta(days=days))


def verdicts(found: Reconciliation) -> list[tuple[int, str, Decimal, str]]:
    """(day, unit, difference, verdict) of what does not agree."""
    return [
        ((line.utc_day - DAY).days, line.unit, line.difference, line.verdict)
        for line in found.lines
        if line.verdict != "agrees"
    ]


def rows(query: str) -> list[dict[str, Any]]:
    with connect() as db:
        return db.execute(query).fetchall()


def state_of(name: str) -> str:
    [row] = rows(f"select state from ops.intents where purchase = '{name}'")
    return str(row["state"])


def booked(unit: str, name: str = "") -> Decimal:
    [row] = rows(
        "select coalesce(sum(quantity), 0) as n from ops.ledger "
        f"where unit = '{unit}' and intent_id like '{name}%'"
    )
    return Decimal(row["n"])


def unbalanced() -> list[dict[str, Any]]:
    """Budgets whose spending is not the sum of the lines of their period: all of one house here."""
    return rows(
        """
        select budget.*, lines.usd from ops.budgets as budget, lateral (
            select coalesce(sum(line.amount_usd), 0) as usd from ops.ledger as line
            left join ops.ledger as corrected on corrected.line_id = line.corrects
            where budget.period = 'life'
               or date_trunc(budget.period, coalesce(corrected.booked_at, line.booked_at))
                  = budget.begins
              and (budget.scope <> 'provider' or line.provider like budget.name || '%')
        ) as lines
        where budget.unit = 'usd' and budget.spent <> lines.usd
        """
    )


def whole() -> bool:
    with connect() as db:
        return audit(db) == [] and unbalanced() == []
