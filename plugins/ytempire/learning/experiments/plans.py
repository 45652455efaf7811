"""Plans of experiments: written down before the first video, fixed from the start, only stopped.

Who plans and when stands in the plan; the deed itself is a row of the audit log, written by whoever
calls this in a person's name.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Literal

import psycopg
from psycopg.types.json import Jsonb
from pydantic import Field

from ytempire.domain import Frozen
from ytempire.errors import InvalidInput
from ytempire.learning.experiments.settings import Value, setting

Db = psycopg.Connection[dict[str, Any]]
Outcome = Literal["views_7d", "loaded_cost"]
#: What is compared -> in words, and whether more of it is better.
OUTCOMES: dict[str, tuple[str, bool]] = {
    "views_7d": ("views of the first seven days", True),
    "loaded_cost": ("loaded cost of a video", False),
    "watch_time_share": ("share of the watch time", True),
}
#: Videos of a variant at the first look: with fewer an interval says nothing.
LEAST_AT_A_LOOK = 10
MOST_VARIANTS = 4


class Variant(Frozen):
    """One way of making videos; `value` None: as each channel's profile has the setting."""

    name: str
    value: Value = None
    share: Decimal = Field(gt=0, lt=1)


class Plan(Frozen):
    """What will be compared, on how many videos, and when it is looked at.

    Attributes:
        channel_id: whose videos; None: every channel's.
        setting: a name of `settings.SETTINGS`.
        variants: the first is the control, which the others are held against.
        units: videos of all variants together.
        looks: how often the effects are looked at, at equal distances, the last at `units`.
        alpha: how often, without any effect, one of these looks may find one by chance.
    """

    experiment_id: str
    hypothesis: str
    setting: str
    variants: tuple[Variant, ...]
    channel_id: str | None = None
    outcome: Outcome = "views_7d"
    units: int = Field(default=240, ge=1, le=100_000)
    looks: int = Field(default=3, ge=1, le=5)
    alpha: Decimal = Decimal("0.05")


def of(
    experiment_id: str, hypothesis: str, varied: str, values: dict[str, str], **rest: Any
) -> Plan:
    """A plan with equal shares from what a person writes: values by their variants' names, the
    control first, empty for the profile's own.

    Raises:
        InvalidInput: a value is none of the setting's, or the plan cannot be carried out.
    """
    known = setting(varied)
    share = (Decimal(1) / max(len(values), 1)).quantize(Decimal("0.00001"))
    if not 2 <= len(values) <= MOST_VARIANTS:
        raise InvalidInput(f"A plan has 2 to {MOST_VARIANTS} variants, not {len(values)}.")
    variants = [
        Variant(name=name.strip(), value=known.parsed(value), share=share)
        for name, value in values.items()
    ]
    # What rounding leaves over is the control's.
    variants[0] = variants[0].model_copy(update={"share": 1 - share * (len(values) - 1)})
    plan = Plan(
        experiment_id=experiment_id.strip(),
        hypothesis=" ".join(hypothesis.split()),
        setting=varied,
        variants=tuple(variants),
        **rest,
    )
    _check(plan)
    return plan


def put(db: Db, plan: Plan, by: str) -> None:
    """Write a plan down, or another version of one that has not begun.

    Raises:
        InvalidInput: the plan cannot be carried out, has begun, or is of an unknown channel.
    """
    _check(plan)
    if plan.channel_id is not None:
        known = db.execute(
            "select from ops.channels where channel_id = %s", (plan.channel_id,)
        ).rowcount
        if not known:
            raise InvalidInput(
                f"There is no channel {plan.channel_id!r}.", "See `ytempire channel list`."
            )
    before = _locked(db, plan.experiment_id)
    if before is not None:
        if before["state"] != "planned":
            raise InvalidInput(
                f"Experiment {plan.experiment_id!r} has begun; its plan stays as it is.",
                "Stop it, or plan another one under another name.",
            )
        db.execute("delete from ops.experiments where experiment_id = %s", (plan.experiment_id,))
    db.execute(
        """
        insert into ops.experiments (experiment_id, kind, channel_id, hypothesis, setting, outcome,
                                     units, looks, alpha, planned_by)
        values (%(experiment_id)s, 'setting', %(channel_id)s, %(hypothesis)s, %(setting)s,
                %(outcome)s, %(units)s, %(looks)s, %(alpha)s, %(by)s)
        """,
        plan.model_dump(exclude={"variants"}) | {"by": by},
    )
    for place, each in enumerate(plan.variants):
        value = None if each.value is None else Jsonb(each.value)
        db.execute(
            "insert into ops.experiment_variants (experiment_id, variant, place, share, value) "
            "values (%s, %s, %s, %s, %s)",
            (plan.experiment_id, each.name, place, each.share, value),
        )


def start(db: Db, experiment_id: str, by: str) -> None:
    """Begin an experiment: videos that are begun from now on are in it, and its plan is fixed.

    Raises:
        InvalidInput: there is none, it is not waiting, or another one varies the same setting of
            the same videos.
    """
    # Two that begin at once would not see each other.
    db.execute("select pg_advisory_xact_lock(hashtextextended('experiments', 7))")
    plan = _known(db, experiment_id)
    if plan["state"] != "planned":
        raise InvalidInput(f"Experiment {experiment_id!r} cannot begin: it is {plan['state']}.")
    other = db.execute(
        """
        select experiment_id from ops.experiments
        where state = 'running' and setting = %(setting)s
            and coalesce(channel_id = %(channel_id)s, true)
        """,
        plan,
    ).fetchone()
    if other:
        raise InvalidInput(
            f"{other['experiment_id']!r} varies {plan['setting']} of the same videos now.",
            "Wait for its end, or stop it.",
        )
    db.execute(
        "update ops.experiments set state = 'running', decision = 'running', started_by = %s, "
        "started_at = ops.now() where experiment_id = %s",
        (by, experiment_id),
    )


def stop(db: Db, experiment_id: str, by: str, reason: str) -> None:
    """End an experiment before its time: it takes no more videos, and nothing is decided.

    Raises:
        InvalidInput: there is none, it is over, or nobody says why.
    """
    if not reason.strip():
        raise InvalidInput("Say why it is stopped: whoever reads it later has to know.")
    if _known(db, experiment_id)["state"] not in ("planned", "running"):
        raise InvalidInput(f"Experiment {experiment_id!r} is over.")
    finish(db, experiment_id, "stopped", reason.strip(), by=by)


def finish(
    db: Db, experiment_id: str, decision: str, reason: str, *, by: str, winner: str | None = None
) -> None:
    """End a running experiment with a decision: `winner`, `no difference`, `broken`, `stopped`."""
    db.execute(
        """
        update ops.experiments
        set state = case when %(decision)s in ('stopped', 'broken') then 'stopped'
                         else 'ended' end,
            decision = %(decision)s, winner = %(winner)s, reason = %(reason)s, ended_by = %(by)s,
            ended_at = ops.now()
        where experiment_id = %(id)s
        """,
        {"id": experiment_id, "decision": decision, "reason": reason, "by": by, "winner": winner},
    )


def listed(db: Db) -> list[dict[str, Any]]:
    """Every experiment, the newest first, as the operators' view has it."""
    return db.execute(
        "select * from desk.experiments order by planned_at desc, experiment_id"
    ).fetchall()


def _check(plan: Plan) -> None:
    """Raises InvalidInput for the first thing that would keep a plan from telling anything."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{2,59}", plan.experiment_id):
        raise InvalidInput(
            f"{plan.experiment_id!r} is no name of an experiment.",
            "Use 3 to 60 lower-case letters, digits and -, as in faster-voice.",
        )
    if not 10 <= len(plan.hypothesis) <= 300:
        raise InvalidInput("A hypothesis has 10 to 300 characters: what will change, and why.")
    names = [each.name for each in plan.variants]
    if len(set(names)) < len(names) or not all(re.fullmatch(r"[\w-]{1,30}", n) for n in names):
        raise InvalidInput(
            f"These are no names of variants: {', '.join(names)}.",
            "Each has its own, of up to 30 letters, digits and -.",
        )
    if len({each.value for each in plan.variants}) < len(names):
        raise InvalidInput("Two variants are the same.", "Each has another value.")
    if not Decimal("0.01") <= plan.alpha <= Decimal("0.2"):
        raise InvalidInput(f"An alpha of {plan.alpha} is not between 0.01 and 0.2.")
    smallest = min(each.share for each in plan.variants)
    at_first = int(smallest * plan.units / plan.looks)
    if at_first < LEAST_AT_A_LOOK:
        raise InvalidInput(
            f"At the first look a variant would have {at_first} videos, which tell nothing.",
            f"Plan more videos or fewer looks: {LEAST_AT_A_LOOK} of each variant at least.",
        )


def _known(db: Db, experiment_id: str) -> dict[str, Any]:
    found = _locked(db, experiment_id)
    if found is None or found["kind"] != "setting":
        raise InvalidInput(
            f"There is no experiment {experiment_id!r} here.", "See `ytempire experiments list`."
        )
    return found


def _locked(db: Db, experiment_id: str) -> dict[str, Any] | None:
    return db.execute(
        "select kind, state, setting, channel_id from ops.experiments "
        "where experiment_id = %s for update",
        (experiment_id,),
    ).fetchone()
