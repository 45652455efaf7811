"""The ledger's own audit: lines that were edited, put in or taken away past the library.

A line carries the digest of itself and of the line before it of the same video (`ops.chained`): an
edited line does not fit its own, and the line after a missing one does not fit. The last line of a
video has none after it; its budget, which is the sum of its lines, shows that it is gone.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg

from ytempire.domain import Frozen
from ytempire.warehouse.database import connect

Db = psycopg.Connection[dict[str, Any]]
#: Sessions that digest at once, each its own videos: Postgres does it on one core for each.
SESSIONS = 2


class Edited(Frozen):
    """What is not as the library left it.

    Attributes:
        line_id: the first line that does not fit; None: the lines do not add up to what was spent.
    """

    video_id: str | None
    line_id: int | None
    told: str


def audit(db: Db, *, since: date | None = None, video_id: str | None = None) -> list[Edited]:
    """What was edited in the ledger; nothing, when it is whole.

    Args:
        since: only lines booked from this UTC day on are digested; all are added up.
        video_id: only this video's.
    """
    asked = {"since": since, "video": video_id}
    with ThreadPoolExecutor(SESSIONS) as sessions:
        found = sessions.map(lambda part: _unfit(asked | {"part": part}), range(SESSIONS))
        rows = sorted((row for part in found for row in part), key=lambda row: row["line_id"])
    unfit = [
        Edited(
            video_id=row["video_id"],
            line_id=row["line_id"],
            told=f"Line {row['line_id']} of {row['video_id'] or 'no video'} was edited, or lines "
            "before it were put in or taken away.",
        )
        for row in rows
    ]
    unlike = [
        Edited(
            video_id=row["video_id"],
            line_id=None,
            told=f"The lines of {row['video_id']} add up to {row['booked']} USD, but "
            f"{row['spent']} were spent: {_which(row['spent'] - row['booked'])}",
        )
        for row in db.execute(_UNLIKE.format(whose=_whose(video_id)), asked)
    ]
    return [*unfit, *unlike]


def _unfit(asked: dict[str, Any]) -> list[dict[str, Any]]:
    with connect() as db:
        return db.execute(
            _UNFIT.format(whose=_whose(asked["video"])), asked | {"parts": SESSIONS}
        ).fetchall()


def _whose(video_id: str | None) -> str:
    return "true" if video_id is None else "video_id = %(video)s"


def _which(missing: Decimal) -> str:
    if missing > 0:
        return f"lines of {missing} USD were taken away or edited."
    return f"lines of {-missing} USD were put in or edited."


#: From a line number on, what follows is whole for each video; the line before a video's first one
#: there is looked up. The number is the least of many: numbers and times may cross in a crowd.
_UNFIT = """
    with span as materialized (
        select case when %(since)s::date is null then 0 else min(line_id) end as first from (
            select line_id from ops.ledger
            where booked_at >= %(since)s::timestamp at time zone 'UTC'
            order by booked_at limit 1000
        ) as early
    ), linked as (
        select line, video_id, line_id, chain,
               lag(chain) over (partition by video_id order by line_id) as before
        from ops.ledger as line where line_id >= (select first from span) and {whose}
          and abs(hashtext(coalesce(video_id, ''))::bigint) %% %(parts)s = %(part)s
    )
    select video_id, line_id from linked
    where chain <> ops.chained(line, coalesce(before, case when video_id is null
        then (select chain from ops.ledger as earlier where earlier.video_id is null
              and earlier.line_id < linked.line_id order by earlier.line_id desc limit 1)
        else (select chain from ops.ledger as earlier where earlier.video_id = linked.video_id
              and earlier.line_id < linked.line_id order by earlier.line_id desc limit 1) end))
"""
_UNLIKE = """
    select budget.name as video_id, budget.spent, coalesce(sums.booked, 0) as booked
    from (
        select video_id, sum(amount_usd) as booked from ops.ledger
        where not is_simulated and {whose} group by video_id
    ) as sums
    right join (
        select name, spent, name as video_id from ops.budgets
        where scope = 'video' and period = 'life' and unit = 'usd'
    ) as budget using (video_id)
    where budget.spent <> coalesce(sums.booked, 0) and {whose}
    order by budget.name
"""
