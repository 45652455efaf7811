"""Premium, standard, economy: chosen before each stage, so that a video that starts is a video that
ends under its cap.

What the rest of a video may cost at a tier is the sum of its stages' upper bounds. The wanted tier
is taken if the budgets can bear that, else the next lower one. A choice stays: a stage that is
begun again by another worker asks for the same things, and finds what was paid for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg

from ytempire.alerts import stops
from ytempire.config import settings
from ytempire.costs import budgets, forecast
from ytempire.costs.forecast import WHOLE, Forecast
from ytempire.domain import Tier, Usage
from ytempire.errors import OverBudget
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

Db = psycopg.Connection[dict[str, Any]]
#: What a stage is expected to consume at a tier.
Expected = Callable[[str, Tier], Sequence[Usage]]
#: The stages of a video, in their order.
STAGES = ("write", "narrate", "paint", "assemble", "check", "publish")
#: From a tier downwards.
DOWN = {
    Tier.PREMIUM: (Tier.PREMIUM, Tier.STANDARD, Tier.ECONOMY),
    Tier.STANDARD: (Tier.STANDARD, Tier.ECONOMY),
    Tier.ECONOMY: (Tier.ECONOMY,),
}


def choose(
    video_id: str, stage: str, wanted: Tier, expected: Expected, format: str, *, is_fixed: str = ""
) -> Tier:
    """The tier that a stage works in; it, its reason and its forecast are kept.

    To be called with the stage's lock held.

    Args:
        is_fixed: why the wanted tier is taken whatever it costs, such as that its script was
            ordered ahead; empty: what the budgets bear.

    Raises:
        OverBudget: the first stage is not begun: even in economy the video may cost more than there
            is.
    """
    with stops.noted(), connect() as db:
        before = db.execute(
            "select chosen from ops.tier_choices where video_id = %s and stage = %s",
            (video_id, stage),
        ).fetchone()
        if before is not None:
            return Tier(before["chosen"])
        day = clock.now().date()
        rests = {tier: _rest(db, stage, tier, expected, format, day) for tier in DOWN[wanted]}
        left = budgets.left(db, video_id)
        problems = {tier: _problem(db, video_id, tier, rests[tier], left) for tier in rests}
        fitting = [tier for tier in rests if not problems[tier]]
        if stage == STAGES[0] and not is_fixed and not fitting:
            raise _unaffordable(video_id, rests[Tier.ECONOMY], left, day)
        chosen = wanted if is_fixed else next(iter(fitting), Tier.ECONOMY)
        if stage == STAGES[0]:
            _foresee_whole(db, video_id, chosen, format, rests[chosen])
        else:
            forecast.remember(db, video_id, stage, chosen, rests[chosen][stage][0])
        passed_over = [problems[tier] for tier in rests if problems[tier]]
        db.execute(
            """
            insert into ops.tier_choices (video_id, stage, wanted, chosen, predicted_usd, left_usd,
                                          reason)
            values (%s, %s, %s, %s, %s, %s, %s)
            """,
            (
                video_id,
                stage,
                wanted,
                chosen,
                _high(rests[chosen]),
                min(left.values(), default=None),
                is_fixed or "; ".join(passed_over) or "as wanted",
            ),
        )
    return chosen


def forget(db: Db, video_id: str, stages: Sequence[str]) -> None:
    """Let stages choose anew: a person has asked for another take."""
    db.execute(
        "delete from ops.tier_choices where video_id = %s and stage = any(%s)",
        (video_id, list(stages)),
    )


def choices_of(db: Db, video_id: str) -> list[dict[str, Any]]:
    """The choices of a video: stage, wanted, chosen, predicted_usd, left_usd, reason."""
    return db.execute(
        "select * from ops.tier_choices where video_id = %s order by chosen_at", (video_id,)
    ).fetchall()


#: Of the rest of a video: the forecast of each stage, and what of it is billed by others.
_Rest = dict[str, tuple[Forecast, Decimal]]


def _rest(db: Db, stage: str, tier: Tier, expected: Expected, format: str, day: date) -> _Rest:
    # Pictures are made beside the narration, which counts as still to come.
    begins = STAGES.index("narrate" if stage == "paint" else stage)
    found: _Rest = {}
    for each in STAGES[begins:]:
        usages = expected(each, tier)
        whole = forecast.foresee(db, each, tier, format, forecast.base_of(usages, day))
        billed = forecast.base_of([usage for usage in usages if usage.device == "remote"], day)
        share = billed / whole.base_usd if whole.base_usd else Decimal(0)
        found[each] = (whole, whole.high_usd * share)
    return found


def _problem(
    db: Db, video_id: str, tier: Tier, rest: _Rest, left: dict[budgets.Budget, Decimal]
) -> str:
    """Why a video cannot go on in a tier; "" when it can."""
    may_cost = _high(rest)
    for budget, usd in sorted(left.items(), key=lambda item: item[1]):
        if may_cost > usd:
            return (
                f"{tier}: the rest may cost ${may_cost:.2f}, and ${usd:.2f} are left of the budget "
                f"of {budget.scope} {budget.name}".rstrip()
            )
    if tier is Tier.STANDARD:
        cap, billed = settings().budgets.standard_ai_usd, _billed(db, video_id)
        more = sum((usd for _, usd in rest.values()), Decimal(0))
        if billed + more > cap:
            return (
                f"{tier}: providers may bill ${billed + more:.2f}, and a standard video's share "
                f"is ${cap:.2f}"
            )
    return ""


def _billed(db: Db, video_id: str) -> Decimal:
    """What providers have billed for a video, or may have."""
    row = db.execute(
        """
        select coalesce(sum(amount_usd), 0) as usd from ops.ledger
        where video_id = %s and intent_id is not null
        """,
        (video_id,),
    ).fetchone()
    assert row is not None
    return Decimal(row["usd"])


def _high(rest: _Rest) -> Decimal:
    return sum((each.high_usd for each, _ in rest.values()), Decimal(0))


def _foresee_whole(db: Db, video_id: str, tier: Tier, format: str, rest: _Rest) -> None:
    for stage, (foreseen, _) in rest.items():
        forecast.remember(db, video_id, stage, tier, foreseen)
    base = sum((each.base_usd for each, _ in rest.values()), Decimal(0))
    forecast.remember(db, video_id, WHOLE, tier, forecast.foresee(db, WHOLE, tier, format, base))


def _unaffordable(
    video_id: str, rest: _Rest, left: dict[budgets.Budget, Decimal], day: date
) -> OverBudget:
    budget, usd = min(left.items(), key=lambda item: item[1])
    may_cost = _high(rest)
    error = OverBudget(
        f"Video {video_id} was not begun: even in economy it may cost ${may_cost:.4f}, and "
        f"${usd:.4f} are left of the budget of {budget.scope} {budget.name}".rstrip()
        + ".",
        f"Nothing was spent on it. To make it, set {budget.setting} to at least "
        f"{(budget.cap or 0) + may_cost - usd:.4f}, then clear `write`.",
    )
    key = budget.model_dump(include={"scope", "name", "period", "unit"})
    error.budget = key | {"begins": str(budgets.begins(budget.period, day))}
    return error
