"""The daily look at running experiments: figures of the marts held against the plan.

Counts are read every day, and a ratio that chance does not explain stops an experiment. Effects are
worked out at the planned looks only and stay as they are until the next: what is looked at more
often than planned finds something by chance. When no more figures will come, the last look is at
those that did; that is fewer videos than planned, and no more looks.
"""

from __future__ import annotations

import logging
import math
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import psycopg

from ytempire.learning.experiments import judging, plans
from ytempire.learning.experiments.judging import Effect
from ytempire.warehouse.database import connect

Db = psycopg.Connection[dict[str, Any]]
log = logging.getLogger(__name__)
#: Whoever ends an experiment because its figures say so.
JUDGE = "watch_business"
_MICRO = Decimal("0.000001")
#: A video without final figures so long after its publication (unpublished: after it was begun) is
#: missing, and so is one that was not begun so long after the one before it. Figures are final
#: after 17 days (views) or 32 (cost); a pull asks for days that are older than this no more.
PATIENCE = timedelta(days=45)

#: Of each outcome, what its videos have reached that is final, and what their channel's ten before
#: them had when they were begun. A cost stays when its month is over and was modelled; the mart's
#: `is_final` waits for revenue too, whose last days move as long as a video is watched.
_MEASURED = {
    "views_7d": """
        select video_id, unit.variant, launch.channel_id || ' ' || unit.format as block,
               ln(1 + launch.views)::float8 as value, past.value as before
        from units as unit
        join marts.fct_video_launches as launch using (video_id)
        left join lateral (
            select avg(ln(1 + views))::float8 as value from (
                select earlier.views from marts.fct_video_launches as earlier
                where earlier.channel_id = launch.channel_id and earlier.format = unit.format
                    and earlier.is_final and earlier.views is not null
                    and earlier.published_date + 7 <= ops.pacific_day(unit.assigned_at)
                order by earlier.published_date desc limit 10
            ) as known
        ) as past on true
        where launch.is_final and launch.views is not null
    """,
    "loaded_cost": """
        select video_id, unit.variant, made.channel_id || ' ' || unit.format as block,
               made.loaded_cost_usd::float8 as value, null::float8 as before
        from units as unit
        join marts.fct_video_economics as made using (video_id)
        where ops.pacific_day(ops.now())
            > (date_trunc('month', made.published_date) + interval '1 month')::date
    """,
}
_UNITS = """
    with units as (
        select unit.*, video.format from ops.experiment_units as unit
        join ops.videos as video using (video_id) where unit.experiment_id = %s
    )
"""


def watch() -> str:
    """Look at what runs, each experiment once a UTC day; says for a log what came of it."""
    with connect() as db:
        # Two that look at once take turns.
        db.execute("select pg_advisory_xact_lock(hashtextextended('experiments', 7))")
        due = db.execute(
            """
            select * from ops.experiments
            where state = 'running'
                and (judged_at is null or judged_at < ops.period_begins('day'))
            order by experiment_id for update
            """
        ).fetchall()
        return "; ".join(f"{plan['experiment_id']}: {_judge(db, plan)}" for plan in due) or (
            "nothing is due"
        )


def _judge(db: Db, plan: dict[str, Any]) -> str:
    variants = db.execute(
        "select variant, share from ops.experiment_variants where experiment_id = %s "
        "order by place",
        (plan["experiment_id"],),
    ).fetchall()
    names = [each["variant"] for each in variants]
    counts = _counts(db, plan["experiment_id"])
    measured = _measured(db, plan)
    have = Counter(row["variant"] for row in measured)
    is_over = len(measured) < plan["units"] and not _gets_more(db, plan, measured)
    # What is missing at the end may be missing of one variant.
    compared = have if is_over else counts
    ratio = judging.sample_ratio(
        compared, {each["variant"]: float(each["share"]) for each in variants}
    )
    db.execute(
        "update ops.experiments set judged_at = ops.now(), srm_p = %s where experiment_id = %s",
        (ratio, plan["experiment_id"]),
    )
    for name in names:
        db.execute(
            "update ops.experiment_variants set units = %s, measured = %s "
            "where (experiment_id, variant) = (%s, %s)",
            (counts.get(name, 0), have[name], plan["experiment_id"], name),
        )
    if ratio is not None and ratio < judging.BROKEN:
        return _break(db, plan, compared, ratio)
    if is_over and min(have[name] for name in names) < plans.LEAST_AT_A_LOOK:
        reason = f"{_missing(plan, measured)} What there is tells nothing."
        plans.finish(db, plan["experiment_id"], "stopped", reason, by=JUDGE)
        return "stopped"
    reached = min(len(measured) * plan["looks"] // plan["units"], plan["looks"])
    look = plan["looks"] if is_over else reached
    if look <= plan["look"]:
        return f"{len(measured)} of {plan['units']} videos measured"
    return _look(db, plan, names, measured, look)


def _look(
    db: Db, plan: dict[str, Any], names: list[str], measured: list[dict[str, Any]], look: int
) -> str:
    """A planned look: each variant against the control, and what follows from it."""
    control, *others = names
    effects = judging.effects(
        np.array([row["value"] for row in measured], dtype=float),
        [row["variant"] for row in measured],
        names,
        [row["block"] for row in measured],
        np.array([row["before"] for row in measured], dtype=float),
        look=look,
        looks=plan["looks"],
        alpha=float(plan["alpha"]),
    )
    for name in others:
        _keep(db, plan, name, effects.get(name))
    db.execute(
        "update ops.experiments set look = %s where experiment_id = %s",
        (look, plan["experiment_id"]),
    )
    decided = decide(effects, others, control, plan["outcome"], look == plan["looks"])
    said = f"look {look} of {plan['looks']}, {len(measured)} videos"
    if decided is None:
        return said
    decision, winner = decided
    reason = f"Decided at {said}."
    if look == plan["looks"] and len(measured) < plan["units"]:
        reason = f"{reason} {_missing(plan, measured)}"
    plans.finish(db, plan["experiment_id"], decision, reason, by=JUDGE, winner=winner)
    return f"{said}: {decision}{f' {winner}' if winner else ''}"


def decide(
    effects: dict[str, Effect], others: list[str], control: str, outcome: str, is_last: bool
) -> tuple[str, str | None] | None:
    """A decision and who has won; None: it goes on.

    A variant wins that is clearly better than the control, of several the best; the control wins
    over variants that are all clearly worse.
    """
    _, more_is_better = plans.OUTCOMES[outcome]
    sign = 1 if more_is_better else -1
    clear = {name: sign * each.estimate for name, each in effects.items() if each.is_clear}
    better = {name: gain for name, gain in clear.items() if gain > 0}
    if better:
        return "winner", max(better, key=lambda name: better[name])
    if len(clear) == len(others):
        return "winner", control
    return ("no difference", None) if is_last else None


def _gets_more(db: Db, plan: dict[str, Any], measured: list[dict[str, Any]]) -> bool:
    """Whether more figures may come: of a video that is not missing yet, or of one to be begun."""
    row = db.execute(
        """
        select coalesce(bool_or(
                   video_id <> all(%(measured)s)
                   and coalesce(published_at, assigned_at) > ops.now() - %(patience)s
               ), false)
               or count(*) < %(units)s
               and coalesce(max(assigned_at), %(started_at)s) > ops.now() - %(patience)s as it
        from ops.experiment_units_kept join ops.videos using (video_id)
        where experiment_id = %(experiment_id)s
        """,
        plan | {"measured": [row["video_id"] for row in measured], "patience": PATIENCE},
    ).fetchone()
    return bool(row and row["it"])


def _missing(plan: dict[str, Any], measured: list[dict[str, Any]]) -> str:
    """What an end without all figures says of those that never came."""
    return (
        f"{plan['units'] - len(measured)} of {plan['units']} videos are missing: for "
        f"{PATIENCE.days} days they were not begun, or had no final figures."
    )


def _break(db: Db, plan: dict[str, Any], counts: Mapping[str, int], ratio: float) -> str:
    """Figures of an experiment that loses videos of one variant are nobody's to read."""
    db.execute(
        "update ops.experiment_variants set estimate = null, ci_low = null, ci_high = null "
        "where experiment_id = %s",
        (plan["experiment_id"],),
    )
    told = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
    reason = f"The variants' videos ({told}) are not in the planned ratio: p {ratio:.1e}."
    plans.finish(db, plan["experiment_id"], "broken", reason, by=JUDGE)
    log.warning("Experiment %s is broken. %s", plan["experiment_id"], reason)
    return "broken"


def _keep(db: Db, plan: dict[str, Any], variant: str, found: Effect | None) -> None:
    told: list[Decimal | None] = [None, None, None]
    if found is not None:
        figures = [found.estimate, found.low, found.high]
        if plan["outcome"] == "views_7d":
            # Logarithms back to shares; beyond ten thousand times as many they tell nothing.
            figures = [math.expm1(min(each, math.log(1e4))) for each in figures]
        told = [Decimal(repr(each)).quantize(_MICRO) for each in figures]
    db.execute(
        "update ops.experiment_variants set estimate = %s, ci_low = %s, ci_high = %s "
        "where (experiment_id, variant) = (%s, %s)",
        (*told, plan["experiment_id"], variant),
    )


def _counts(db: Db, experiment_id: str) -> dict[str, int]:
    rows = db.execute(
        "select variant, count(*) as units from ops.experiment_units_kept "
        "where experiment_id = %s group by variant",
        (experiment_id,),
    ).fetchall()
    return {row["variant"]: int(row["units"]) for row in rows}


def _measured(db: Db, plan: dict[str, Any]) -> list[dict[str, Any]]:
    """The videos whose outcome is final, in the order in which they were begun."""
    built = db.execute(
        "select to_regclass('marts.fct_video_launches') is not null "
        "and to_regclass('marts.fct_video_economics') is not null as it"
    ).fetchone()
    if built is None or not built["it"]:
        return []
    return db.execute(
        f"{_UNITS} {_MEASURED[plan['outcome']]} order by unit.assigned_at, unit.video_id",
        (plan["experiment_id"],),
    ).fetchall()
