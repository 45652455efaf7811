"""What sources answered and no table may hold: counted by its reason, and read once more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ytempire.analytics import ads, events, inbox, rates, stripe_replay
from ytempire.errors import InvalidInput
from ytempire.warehouse.database import connect

#: Source -> what reads its rejected rows once more; YouTube's next pulls ask for them again.
REPLAYS: dict[str, Callable[[str], tuple[int, int]]] = {
    "stripe": stripe_replay.replay,
    ads.SOURCE: lambda run_id: inbox.replay(ads.FEED, run_id),
    events.SOURCE: lambda run_id: inbox.replay(events.FEED, run_id),
    rates.SOURCE: lambda run_id: inbox.replay(rates.FEED, run_id),
}


def waiting() -> list[dict[str, Any]]:
    """Rejected rows that have not landed since: `source`, `table_name`, `reason`, `rows_waiting`,
    `latest_at`, the most first."""
    with connect() as db:
        return db.execute(
            """
            select source, table_name, reason, count(*) as rows_waiting,
                   max(fetched_at) as latest_at
            from raw.rejects where replayed_at is null
            group by source, table_name, reason order by rows_waiting desc, source, reason
            """
        ).fetchall()


def replay(source: str, run_id: str) -> tuple[int, int]:
    """Read a source's rejected rows once more; returns how many are settled, how many wait.

    Raises:
        InvalidInput: the source has no rows that can be read again.
    """
    if source not in REPLAYS:
        raise InvalidInput(
            f"What was rejected of {source!r} cannot be read once more.",
            f"Sources: {', '.join(sorted(REPLAYS))}; days of YouTube are asked for again by "
            "`ytempire pull`.",
        )
    return REPLAYS[source](run_id)
