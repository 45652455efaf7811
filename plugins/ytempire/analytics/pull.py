"""One pull in the making: what was fetched of a channel, until all of it lands at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from ytempire.analytics import landing, polls
from ytempire.analytics.polls import Poll
from ytempire.analytics.spool import Spool
from ytempire.channels import quota
from ytempire.channels.account import Account
from ytempire.errors import QuotaExhausted
from ytempire.warehouse import clock


class Pull:
    """The rows of one pull by table, its rejects, its polling state, and what it could not ask.

    Attributes:
        fetched_at: the version of all of its rows, by the house's clock.
        polls: every known video by its YouTube id; change one by `touch` alone.
        reports: rows of `raw.youtube_reports`: the Reporting files that it has read.
        skipped: what was not asked and why, in words; it stays due.
        sources: watermarks besides the pull's own, each with its rows: what it did that is not done
            every time.
        calls: requests sent.
    """

    def __init__(self, account: Account, run_id: str) -> None:
        self.account = account
        self.channel = account.channel
        self.run_id = run_id
        self.fetched_at: datetime = clock.now()
        self.polls: dict[str, Poll] = polls.read(self.channel.channel_id)
        self.tables = {name: Spool(columns) for name, columns in landing.COLUMNS.items()}
        self.reports: list[dict[str, Any]] = []
        self.rejects: list[dict[str, Any]] = []
        self.skipped: list[str] = []
        self.sources: dict[str, int] = {}
        self.calls = 0
        self._touched: set[str] = set()
        self._marks = (
            run_id,
            self.fetched_at,
            self.channel.channel_id,
            self.channel.is_simulated,
        )

    def read(self, request: Any, **units: int) -> dict[str, Any]:
        """Send a request that only reads; a bucket of 0 units was paid by `take`."""
        self.calls += 1
        return self.account.read(request, **units)

    def take(self, bucket: str, wanted: int) -> int:
        """Take units of a bucket for many calls at once: all that are wanted, or what is left."""
        for _ in range(3):  # others take at the same time
            if wanted <= 0:
                return 0
            try:
                quota.spend(self.account.purpose, **{bucket: wanted})
            except QuotaExhausted:
                wanted = min(wanted, quota.forecast()[bucket].headroom)
            else:
                return wanted
        return 0

    def add(self, table: str, **values: Any) -> None:
        """A row for a table of `raw`; what is not given is null, and no other column may be."""
        spool = self.tables[table]
        names = spool.columns[len(landing.MARKS) :]
        assert values.keys() <= set(names), f"raw.{table} has no such column: {[*values]}"
        spool.add((*self._marks, *map(values.get, names)))

    def add_all(self, table: str, rows: Mapping[tuple[Any, ...], tuple[Any, ...]]) -> None:
        """Rows for a table of `raw` by their keys; key and values are its columns, in its order."""
        spool = self.tables[table]
        for key, values in rows.items():
            spool.add((*self._marks, *key, *values))

    def reject(self, table: str, reason: str, body: object) -> None:
        """A row that a table may not hold: it is kept apart with its reason, the rest lands."""
        self.rejects.append({"table_name": table, "reason": reason, "body": body})

    def mark(self, source: str, rows: int) -> None:
        """Set a watermark of `raw.pulls` for something that is not done every time."""
        self.sources[source] = rows

    def touch(self, youtube_video_id: str, **columns: datetime | None) -> Poll:
        """Set when a video was asked for what; one that is not known needs `published_at`."""
        poll = self.polls.get(youtube_video_id)
        if poll is None:
            given = {"listed_at": self.fetched_at, **columns}
            poll = Poll(youtube_video_id=youtube_video_id, **given)  # type: ignore[arg-type]
            self.polls[youtube_video_id] = poll
        else:
            for name, at in columns.items():
                setattr(poll, name, at)
        self._touched.add(youtube_video_id)
        return poll

    def miss(self, youtube_video_id: str) -> None:
        """A video that an answer lacks is missing: since when, stays until an answer has it."""
        if self.polls[youtube_video_id].missing_since is None:
            self.touch(youtube_video_id, missing_since=self.fetched_at)

    def touched(self) -> Iterable[Poll]:
        """The videos whose state this pull has changed."""
        return (self.polls[each] for each in sorted(self._touched))

    def land(self, source: str = "youtube") -> dict[str, int]:
        """Write everything in one transaction; returns the rows written by table.

        A run that was landed before (a cleared task) lands nothing twice: the answer is empty.
        """
        return landing.land(self, source)

    def close(self) -> None:
        """Let go of what waits in files."""
        for spool in self.tables.values():
            spool.close()
