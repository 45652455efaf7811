"""What the marts said long ago is kept to the day: of each Pacific day, what its last build left.

Versions of an hour are asked for while people still remember the hour. Of a day that is older than
`YTEMPIRE_WAREHOUSE__SNAPSHOT_DAYS` every moment answers what was said at its end, and versions
that no day ended with are gone.
"""

from __future__ import annotations

from datetime import datetime

from psycopg import sql

from ytempire.config import settings
from ytempire.warehouse.database import connect
from ytempire.warehouse.history import KEPT, Db
from ytempire.warehouse.load import LANDING_LOCK


def thin() -> int:
    """Keep of each old day what was said at its end; returns how many versions went.

    Asked twice it does nothing more. A build that runs is waited for.
    """
    with connect() as db:
        db.execute("set local statement_timeout = 0")
        db.execute("select pg_advisory_xact_lock_shared(%s)", (LANDING_LOCK,))
        built = db.execute("select to_regclass('snapshots.builds') is not null as it").fetchone()
        if not built or not built["it"]:
            return 0
        span = db.execute(_SPAN, (settings().warehouse.snapshot_days,)).fetchone()
        assert span is not None
        if span["since"] is None:
            return 0
        gone = sum(_thin(db, kept.mart, span["since"], span["until"]) for kept in KEPT)
        db.execute(_OTHER_BUILDS, span)
        db.execute(_BUILDS_TO_THEIR_DAY, span)
    return gone


#: From the first day that was not thinned yet up to the days whose every version is kept.
_SPAN = """
    with bounds as (
        select ops.pacific_midnight(ops.pacific_day(ops.now()) - %s) as until
    )
    select ops.pacific_midnight(ops.pacific_day(min(builds.said_from))) as since, bounds.until
    from bounds left join snapshots.builds
        on builds.said_from < bounds.until
        and builds.said_from <> ops.pacific_midnight(ops.pacific_day(builds.said_from))
    group by bounds.until
"""
_OTHER_BUILDS = """
    delete from snapshots.builds as early
    where said_from >= %(since)s and said_from < %(until)s and exists (
        select from snapshots.builds as late
        where late.said_from > early.said_from
          and ops.pacific_day(late.said_from) = ops.pacific_day(early.said_from))
"""
_BUILDS_TO_THEIR_DAY = """
    update snapshots.builds set said_from = ops.pacific_midnight(ops.pacific_day(said_from))
    where said_from >= %(since)s and said_from < %(until)s
"""


def _thin(db: Db, mart: str, since: datetime, until: datetime) -> int:
    there = db.execute("select to_regclass(%s) is not null as it", (f"snapshots.{mart}",))
    if not (there.fetchone() or {})["it"]:
        return 0
    table, span = sql.Identifier("snapshots", mart), {"since": since, "until": until}
    gone = db.execute(sql.SQL(_WITHIN_A_DAY).format(table=table), span).rowcount
    for edge in ("said_from", "said_to"):
        statement = sql.SQL(_TO_ITS_DAY).format(table=table, edge=sql.Identifier(edge))
        db.execute(statement, span)
    return gone


_WITHIN_A_DAY = """
    delete from {table} where said_to >= %(since)s and said_to < %(until)s
      and ops.pacific_day(said_from) = ops.pacific_day(said_to)
"""
#: One that a day began with ends as that day begins, and the one that it ended with begins there.
_TO_ITS_DAY = """
    update {table} set {edge} = ops.pacific_midnight(ops.pacific_day({edge}))
    where {edge} >= %(since)s and {edge} < %(until)s
"""
