"""What a stage, a video, a month will cost, with an interval that is meant to hold 80 of 100 times.

A stage's base is what list prices and the usual rates of work say. What earlier stages of the same
kind really cost, as ratios to their own bases, makes the interval of it: split conformal, whose
quantiles are right whatever the ratios' distribution is. Its levels follow how often such intervals
have been missed, so that they also hold while a machine gets slower or a price moves.
Sources: Lei et al., Distribution-Free Predictive Inference (2018), with its correction for few;
Gibbs and Candes, Adaptive Conformal Inference Under Distribution Shift (2021), here a side each.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from math import ceil, floor
from typing import Any

import psycopg

from ytempire.costs.prices import MICRO, amount_of, price_of
from ytempire.domain import Frozen, Tier, Usage

Db = psycopg.Connection[dict[str, Any]]
#: The name under which the whole of a video is foreseen.
WHOLE = "video"
#: The share of an interval, and how many earlier ones it is learnt from.
COVERAGE, LEARNT_FROM, LEAST = 0.8, 200, 20
#: Ratios that the quantiles are taken of, and how far one miss moves their level. Smaller windows
#: and larger steps follow a drift faster, and waver more where there is none.
WINDOW, STEP = 60, 0.05
#: As long as there are fewer: half of the base to twice as much.
_UNLEARNT = (0.5, 1.0, 2.0)


class Forecast(Frozen):
    """USD: four of five are meant to end between `low_usd` and `high_usd`.

    Attributes:
        base_usd: by list prices and usual rates, before anything was learnt.
        basis: what the interval is from, in words.
    """

    base_usd: Decimal
    low_usd: Decimal
    likely_usd: Decimal
    high_usd: Decimal
    basis: str


def foresee(db: Db, stage: str, tier: Tier, format: str, base_usd: Decimal) -> Forecast:
    """The interval around a base, from the latest of the same stage, tier and format."""
    ratios = _ratios(db, stage, tier, format)
    if len(ratios) < LEAST:
        low, likely, high = _UNLEARNT
        basis = f"list prices; {len(ratios)} like it are too few to learn from"
    else:
        low, likely, high = interval(ratios)
        basis = f"{len(ratios)} like it"
    return Forecast(
        base_usd=base_usd,
        low_usd=_usd(base_usd, low),
        likely_usd=_usd(base_usd, likely),
        high_usd=_usd(base_usd, high),
        basis=basis,
    )


def base_of(expected: Sequence[Usage], day: date) -> Decimal:
    """What usages cost at the prices of a day."""
    amounts = (amount_of(usage.quantity, price_of(usage, day)[0]) for usage in expected)
    return sum(amounts, Decimal(0))


def interval(ratios: Sequence[float]) -> tuple[float, float, float]:
    """Low, middle and high of ratios, oldest first: the outer two hold `COVERAGE` of those to come.

    The later ratios are gone through again: where those before would not have held them, the
    levels of that side move out, and back in where they would.
    """
    known = sorted(ratios[:LEAST])
    target = (1 - COVERAGE) / 2
    below = above = target
    for place in range(len(known), len(ratios)):
        ratio = ratios[place]
        low, high = _quantiles(known, below, above)
        below = _moved(below, target, ratio < low)
        above = _moved(above, target, ratio > high)
        insort(known, ratio)
        if len(known) > WINDOW:
            del known[bisect_left(known, ratios[place - WINDOW])]
    low, high = _quantiles(known, below, above)
    return low, known[len(known) // 2], high


def _quantiles(ordered: Sequence[float], below: float, above: float) -> tuple[float, float]:
    """What leaves so great a share of those to come below and above it; the ends at most."""
    count = len(ordered)
    low = min(max(floor(below * (count + 1)), 1), count)
    high = max(min(ceil((1 - above) * (count + 1)), count), 1)
    return ordered[low - 1], ordered[high - 1]


def _moved(level: float, target: float, is_missed: bool) -> float:
    return min(max(level + STEP * (target - is_missed), 0.0), 0.5)


def remember(db: Db, video_id: str, stage: str, tier: Tier, forecast: Forecast) -> None:
    """Keep a forecast, to be held against what comes; one made again before a stage replaces it."""
    db.execute(
        """
        insert into ops.forecasts (video_id, stage, tier, base_usd, low_usd, likely_usd, high_usd,
                                   basis)
        values (%(video)s, %(stage)s, %(tier)s, %(base_usd)s, %(low_usd)s, %(likely_usd)s,
                %(high_usd)s, %(basis)s)
        on conflict (video_id, stage) do update
        set tier = excluded.tier, base_usd = excluded.base_usd, low_usd = excluded.low_usd,
            likely_usd = excluded.likely_usd, high_usd = excluded.high_usd, basis = excluded.basis,
            made_at = excluded.made_at
        """,
        forecast.model_dump() | {"video": video_id, "stage": stage, "tier": tier},
    )


def kept(db: Db, video_id: str) -> dict[str, Forecast]:
    """The forecasts of a video by stage, and under `WHOLE` its own."""
    rows = db.execute(
        """
        select stage, base_usd, low_usd, likely_usd, high_usd, basis
        from ops.forecasts where video_id = %s
        order by array_position(array['write', 'narrate', 'paint', 'assemble', 'check'], stage)
        """,
        (video_id,),
    ).fetchall()
    return {row.pop("stage"): Forecast.model_validate(row) for row in rows}


def calibration(db: Db, days: int = 90) -> list[dict[str, Any]]:
    """How often learnt intervals have held what came, by stage: `stage`, `made`, `held`, and the
    median share by which the likely cost was missed.

    Each was made before its stage began and never saw it, so all of them are held out.
    """
    return db.execute(
        f"""
        select forecast.stage, count(*) as made,
               count(*) filter (where came.usd between forecast.low_usd and forecast.high_usd)
                   as held,
               percentile_cont(0.5) within group (
                   order by abs(came.usd - forecast.likely_usd)
                            / nullif(forecast.likely_usd, 0)) as missed_by
        from ops.forecasts as forecast cross join lateral ({_CAME}) as came
        where came.usd is not null and forecast.basis not like 'list prices%%'
          and forecast.made_at > ops.now() - make_interval(days => %(days)s)
        group by forecast.stage order by forecast.stage
        """,  # noqa: S608 (our own words)
        {"days": days},
    ).fetchall()


#: What a forecast's stage has cost, all its attempts; of a video that is made, all its lines.
_CAME = f"""
    select case
        when forecast.stage = '{WHOLE}' then (
            select sum(line.amount_usd) from ops.ledger as line
            join ops.videos as video using (video_id)
            where line.video_id = forecast.video_id
              and video.state in ('checked', 'in_review', 'published'))
        else (
            select sum(line.amount_usd) from ops.ledger as line
            join ops.stage_runs as run using (stage_run_id)
            where line.video_id = forecast.video_id and run.stage = forecast.stage
            having bool_or(run.state = 'succeeded'))
    end as usd
"""  # noqa: S608 (our own words)


def _ratios(db: Db, stage: str, tier: Tier, format: str) -> list[float]:
    """Oldest first."""
    rows = db.execute(
        f"""
        select (came.usd / forecast.base_usd)::float as ratio
        from (
            select forecast.* from ops.forecasts as forecast
            join ops.videos as video using (video_id)
            where forecast.stage = %(stage)s and forecast.tier = %(tier)s
              and video.format = %(format)s and base_usd > 0
            order by made_at desc limit %(most)s
        ) as forecast cross join lateral ({_CAME}) as came
        where came.usd is not null
        """,  # noqa: S608 (our own words)
        {"stage": stage, "tier": tier, "format": format, "most": LEARNT_FROM},
    ).fetchall()
    return [row["ratio"] for row in reversed(rows)]


def _usd(base: Decimal, ratio: float) -> Decimal:
    return (base * Decimal(repr(ratio))).quantize(MICRO)
