"""The door of every paid call: written down and reserved before it is sent, settled once after.

    sent -> done | void | ambiguous

A purchase is named by its caller; the same name is the same thing for the same purpose, so whoever
comes after a killed worker finds what that one had begun. A call that was sent and never answered
is looked up at the provider by the caller where that can be; else it is booked at what was
foreseen, as `ambiguous`, and bought once more under the next number. `void` was surely not billed.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from ytempire.costs import budgets, ledger
from ytempire.costs.prices import price_of
from ytempire.domain import Usage

Db = psycopg.Connection[dict[str, Any]]
#: Of a run that is over: when an intent that it left is closed by `expire`.
EXPIRES_AFTER = "1 hour"


def reserve(
    db: Db,
    stage_run_id: str,
    purchase: str,
    expected: Sequence[Usage],
    *,
    can_look_up: bool = False,
) -> bool:
    """Write down that a call goes out and reserve the most that it can cost, in one transaction.

    One that a killed worker has left is taken over as it is where it can be looked up; else it is
    booked as ambiguous, and another one is written down.

    Returns:
        Whether it was left by another: to be looked up before it is bought again.

    Raises:
        NotConfigured: something has no price. OverBudget: a budget has too little left.
    """
    latest, whose = _asked(db, purchase, stage_run_id)
    if latest is not None and latest["state"] == "sent" and not can_look_up:
        _close(db, latest, _usages(latest["foreseen"]), "ambiguous")
    elif latest is not None and latest["state"] == "sent":
        db.execute(
            "update ops.intents set stage_run_id = %s where intent_id = %s",
            (stage_run_id, latest["intent_id"]),
        )
        return True
    wanted = budgets.borne(whose, [(usage, price_of(usage, whose.day)[0]) for usage in expected])
    _write(db, stage_run_id, purchase, latest, expected, wanted)
    return False


def settle(
    db: Db,
    stage_run_id: str,
    purchase: str,
    usages: Sequence[Usage],
    *,
    is_ambiguous: bool = False,
) -> None:
    """Book what a purchase consumed and give its reservation back; a second time does nothing.

    One that was never reserved (an answer that comes by itself) is written down now.
    """
    latest, whose = _asked(db, purchase, stage_run_id)
    if latest is not None and latest["state"] in ("done", "ambiguous"):
        return
    if latest is None or latest["state"] == "void":
        latest = _write(db, stage_run_id, purchase, latest, usages, [])
    _close(db, latest, usages, "ambiguous" if is_ambiguous else "done", whose)


def void(db: Db, purchase: str) -> None:
    """Give the reservation of a call back that was not sent, or that surely nobody bills."""
    latest = _latest(db, purchase)
    if latest is not None and latest["state"] == "sent":
        _close(db, latest, (), "void")


def expire(db: Db) -> int:
    """Book what dead workers left an hour ago and nobody came back to, as it was foreseen.

    Returns:
        How many became `ambiguous`.
    """
    rows = db.execute(
        """
        select intent.purchase from ops.intents as intent
        join ops.stage_runs as run using (stage_run_id)
        where intent.state = 'sent' and intent.sent_at < ops.now() - %s::interval
          and (run.state <> 'running' or run.started_at < ops.now() - interval '1 day')
        """,
        (EXPIRES_AFTER,),
    ).fetchall()
    closed = 0
    for row in rows:
        latest = _latest(db, row["purchase"])
        if latest is not None and latest["state"] == "sent":
            _close(db, latest, _usages(latest["foreseen"]), "ambiguous")
            closed += 1
    return closed


def _latest(db: Db, purchase: str) -> dict[str, Any] | None:
    """The newest intent of a purchase; until the transaction ends nobody else touches it."""
    return db.execute("select * from ops.latest_intent(%s)", (purchase,)).fetchone()


def _asked(db: Db, purchase: str, stage_run_id: str) -> tuple[dict[str, Any] | None, budgets.Whose]:
    """`_latest` and `ledger.whose` in one question, as every call waits for the answer."""
    row = db.execute(
        """
        select buyer.*, to_jsonb(intent) as intent from ops.buyer_of(%s) as buyer
        left join ops.latest_intent(%s) as intent on true
        """,
        (stage_run_id, purchase),
    ).fetchone()
    assert row is not None, f"there is no stage run {stage_run_id}"
    return row.pop("intent"), budgets.Whose.model_validate(row)


def _write(
    db: Db,
    stage_run_id: str,
    purchase: str,
    latest: dict[str, Any] | None,
    expected: Sequence[Usage],
    wanted: Sequence[tuple[budgets.Budget, Decimal]],
) -> dict[str, Any]:
    """Reserve what is wanted and write the next intent of a purchase, in one statement, as every
    call waits for the answer."""
    row = db.execute(
        f"""
        with moved as materialized ({budgets.MOVED}),
        written as (
            insert into ops.intents (intent_id, purchase, number, stage_run_id, provider, kind,
                                     state, foreseen, reservations)
            select %(purchase)s || '#' || %(number)s::text, %(purchase)s, %(number)s, %(run)s,
                   %(provider)s, %(kind)s, 'sent', %(foreseen)s, {budgets.RESERVATIONS} from moved
            returning intent_id, stage_run_id, reservations
        )
        select written.*, {budgets.REFUSED} as refused from written
        """,  # noqa: S608 (our own words)
        {
            "purchase": purchase,
            "number": 1 if latest is None else latest["number"] + 1,
            "run": stage_run_id,
            "provider": expected[0].provider,
            "kind": expected[0].kind,
            "foreseen": Jsonb([usage.model_dump(mode="json") for usage in expected]),
            "changes": Jsonb(budgets.reserving(wanted)),
        },
    ).fetchone()
    assert row is not None
    budgets.check(row.pop("refused"), wanted)
    return row


def _close(
    db: Db,
    intent: dict[str, Any],
    usages: Sequence[Usage],
    state: str,
    whose: budgets.Whose | None = None,
) -> None:
    ledger.book(
        db,
        usages,
        stage_run_id=intent["stage_run_id"],
        settled=ledger.Settled(intent["intent_id"], state, intent["reservations"]),
        buyer=whose,
    )


def _usages(foreseen: list[dict[str, Any]]) -> list[Usage]:
    return [Usage.model_validate(each) for each in foreseen]
