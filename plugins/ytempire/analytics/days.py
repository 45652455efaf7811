"""Days of a channel and of its videos, from the Analytics API; see `windows` for which.

Audience and money are asked for apart: a report ends on the last day that has all of its metrics,
and money comes later, or never for a channel outside the partner programme.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Any

from psycopg.rows import tuple_row

from ytempire.analytics import windows
from ytempire.analytics.pull import Pull
from ytempire.errors import ContractBroken, NotConfigured, ScopeMissing
from ytempire.warehouse.clock import pacific_day
from ytempire.warehouse.database import connect

METRICS = {
    "views": "views",
    "engagedViews": "engaged_views",
    "estimatedMinutesWatched": "watch_minutes",
    "likes": "likes",
    "comments": "comments",
    "shares": "shares",
    "subscribersGained": "subscribers_gained",
    "subscribersLost": "subscribers_lost",
}
MONEY = {
    "estimatedRevenue": "revenue_usd",
    "adImpressions": "ad_impressions",
    "monetizedPlaybacks": "monetized_playbacks",
}
#: What may be below zero: a correction of earlier days' money.
SIGNED = ("estimatedRevenue",)
#: Videos of one `video,day` report, and days, so that it has 5,000 rows at most.
VIDEOS, DAYS = 200, 25
#: The watermark of a pull that asked for more than the last 14 days.
LONG_LOOK = "youtube_days"
#: Our columns of a day, in the tables' order.
COLUMNS = (*METRICS.values(), *MONEY.values())
#: Decimals that the warehouse keeps of each.
_DECIMALS = tuple(4 if name == "watch_minutes" else 6 for name in COLUMNS)
_NOT_TOLD = (None,) * len(MONEY)
_NUMBERS = {int, float}

#: (day,) of a channel; (video, day).
Key = tuple[Any, ...]
#: The values of COLUMNS; a channel that has two years of 2,433 videos tells 876,000 of them.
Values = tuple[Any, ...]


class Days:
    """The day reports of one pull."""

    def __init__(self, pull: Pull) -> None:
        self.pull = pull
        self.reports = pull.account.analytics.reports()
        #: Whether money can be read; found out by asking once.
        self.earns = True

    def fetch(self) -> None:
        """The channel's days of the window; all days of videos that are new; the sweep of the
        videos whose hour it is; and the others' days where the channel's or a swept one's moved."""
        today = pacific_day(self.pull.fetched_at)
        last = last_pull(self.pull.channel.channel_id)
        last_day = pacific_day(last) if last else None
        polls = self.pull.polls.values()
        first = min((poll.published_at for poll in polls), default=None)
        back = windows.trailing_days(last_day, today, pacific_day(first) if first else None)
        changed = self.fetch_channel(today - timedelta(days=back), today)
        if back > windows.HOURLY_DAYS:
            self.pull.mark(LONG_LOOK, len(changed))
        new = self._fetch_new(today)
        swept = self._swept(last) - new if last else set()
        if swept and last_day:
            # Back to where the sweep before this one, or the absence, left off.
            reach = timedelta(days=windows.DAILY_DAYS + max(0, (today - last_day).days))
            window = windows.all_days(today - reach, today)
            # Views that moved between videos move in others too: their days must agree.
            changed |= self.fetch_videos({*window, *changed}, only=swept, compared=True)
            # A deleted video's days stay as they were told before: they are no fresher than that.
            self._asked(name for name in swept if self.pull.polls[name].missing_since is None)
        self.fetch_videos(changed, without=swept | new)

    def _fetch_new(self, today: date) -> set[str]:
        """All days of the videos that were never asked for, old ones that turn up late too."""
        new = {
            name: pacific_day(poll.published_at)
            for name, poll in self.pull.polls.items()
            if poll.days_asked_at is None and poll.removed_at is None
        }
        if new:
            self.fetch_videos(windows.all_days(min(new.values()), today), only=set(new))
            self._asked(new)
        return set(new)

    def _asked(self, names: Iterable[str]) -> None:
        for name in names:
            self.pull.touch(name, days_asked_at=self.pull.fetched_at)

    def _swept(self, last: Any) -> set[str]:
        now = self.pull.fetched_at
        slots = {n for n in range(windows.SLOTS) if windows.is_due_today(last, now, n)}
        return {
            name
            for name, poll in self.pull.polls.items()
            if poll.removed_at is None and windows.slot_of(name) in slots
        }

    def fetch_channel(self, start: date, end: date) -> set[date]:
        """The channel's own days; returns those that are new or not as they were known."""
        known = _known_days(self.pull.channel.channel_id, start)
        told = self._days("youtube_channel_days", start, end)
        self.pull.add_all("youtube_channel_days", told)
        return {day for (day,), values in told.items() if _is_news(values, known.get(day))}

    def fetch_videos(
        self,
        days: Iterable[date],
        *,
        only: set[str] | None = None,
        without: Iterable[str] = (),
        compared: bool = False,
    ) -> set[date]:
        """Days of all videos that can have views then; when compared, returns the days that were
        known otherwise. A video of whose known days none is told any more is missing."""
        days, skipped = set(days), set(without)
        published = {
            name: pacific_day(poll.published_at)
            for name, poll in self.pull.polls.items()
            if poll.removed_at is None and name not in skipped and (only is None or name in only)
        }
        asked: set[str] = set()
        told: set[str] = set()
        changed: set[date] = set()
        for start, end in windows.spans(days, DAYS):
            ids = [name for name, day in published.items() if day <= end]
            asked.update(ids)
            for first in range(0, len(ids), VIDEOS):
                some = ids[first : first + VIDEOS]
                found = self._days("youtube_video_days", start, end, some)
                self.pull.add_all("youtube_video_days", found)
                told.update(name for name, _ in found)
                if compared:
                    known = _known_video_days(some, start, end)
                    changed |= {
                        key[1]
                        for key, values in found.items()
                        if key in known and _is_news(values, known[key])
                    }
        for name in _having_days(asked - told, days):
            self.pull.miss(name)
        return changed

    def _days(
        self, table: str, start: date, end: date, ids: Sequence[str] | None = None
    ) -> dict[Key, Values]:
        audience = self._report(table, METRICS, start, end, ids)
        money = self._report(table, MONEY, start, end, ids) if audience and self.earns else {}
        # Money of a day that has no views yet is not a day: wait for both.
        return {key: values + money.get(key, _NOT_TOLD) for key, values in audience.items()}

    def _report(
        self, table: str, metrics: dict[str, str], start: date, end: date, ids: Sequence[str] | None
    ) -> dict[Key, Values]:
        """Rows of a report: the metrics' values by key; none when the channel earns no money."""
        dimensions = ("video", "day") if ids else ("day",)
        wanted = {"filters": f"video=={','.join(ids)}"} if ids else {}
        request = self.reports.query(
            ids="channel==MINE",
            startDate=start.isoformat(),
            endDate=end.isoformat(),
            metrics=",".join(metrics),
            dimensions=",".join(dimensions),
            sort="day",
            **wanted,
        )
        try:
            answer = self.pull.read(request)
        except NotConfigured as error:
            if metrics is not MONEY:
                raise
            self.earns = False
            if isinstance(error, ScopeMissing):
                self.pull.skipped.append(f"revenue: {error.message}")
            return {}
        headers = [header["name"] for header in answer["columnHeaders"]]
        check_columns(headers, (*dimensions, *metrics))
        return self._rows(table, headers, answer.get("rows", []), metrics, ids)

    def _rows(
        self,
        table: str,
        headers: list[str],
        rows: list[list[Any]],
        metrics: dict[str, str],
        ids: Sequence[str] | None,
    ) -> dict[Key, Values]:
        asked = {name: name for name in ids or ()}
        values_of = itemgetter(*(headers.index(name) for name in metrics))
        day_at = headers.index("day")
        video_at = headers.index("video") if ids else None
        found: dict[Key, Values] = {}
        for row in rows:
            if len(row) != len(headers):
                raise ValueError(f"a row of {len(row)} columns, not {len(headers)}")
            # Few objects for many rows: a text that comes again is the one that was there.
            day, values = _day(row[day_at]), values_of(row)
            name = asked.get(row[video_at]) if video_at is not None else None
            is_asked = video_at is None or name is not None
            if not is_asked or not _NUMBERS.issuperset(map(type, values)) or min(values) < 0:
                told = dict(zip(headers, row, strict=True))
                reason = reason_against(told, metrics)
                if not is_asked:
                    reason = "an id that was not asked for"
                if reason:
                    self.pull.reject(table, reason, told)
                    continue
            found[(day,) if video_at is None else (name, day)] = values
        return found


def check_columns(headers: list[str], wanted: Sequence[str]) -> None:
    """Hold a report's columns against those asked for, by exact name.

    Raises:
        ContractBroken: it lacks one; the message names it.
    """
    lacking = [name for name in wanted if name not in headers]
    if lacking:
        raise ContractBroken(
            f"YouTube's report lacks the column {', '.join(lacking)}; it has {', '.join(headers)}.",
            "Nothing of this pull was stored. A renamed column must be named anew in "
            "ytempire/analytics.",
        )


def reason_against(told: dict[str, Any], metrics: Iterable[str]) -> str:
    """Why a row cannot be stored; empty when it can.

    Raises:
        ContractBroken: a column is no longer a number.
    """
    for name in metrics:
        value = told[name]
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ContractBroken(
                f"YouTube's report answers {value!r} in the column {name}, not a number.",
                "Nothing of this pull was stored.",
            )
        if value < 0 and name not in SIGNED:
            return f"a negative counter: {name}"
    return ""


def _is_news(told: Values, known: Values | None) -> bool:
    # Nearly all are as they were, to the last digit.
    return known is None or (told != known and any(map(_differs, told, known, _DECIMALS)))


def _differs(told: Any, known: Any, decimals: int) -> bool:
    if told is None:
        return False  # not told again is no news
    return known is None or round(float(told), decimals) != known


#: Numbers as the answers' JSON has them.
_KNOWN = ", ".join(
    f"{name}::float8" if name in ("watch_minutes", "revenue_usd") else name for name in COLUMNS
)
_day = lru_cache(maxsize=4096)(date.fromisoformat)


def _known_days(channel_id: str, start: date) -> dict[date, Values]:
    with connect() as db:
        rows = db.cursor(row_factory=tuple_row).execute(
            f"select distinct on (day) day, {_KNOWN} from raw.youtube_channel_days "  # noqa: S608 (constant columns)
            "where channel_id = %s and day >= %s order by day, fetched_at desc",
            (channel_id, start),
        )
        return {row[0]: row[1:] for row in rows}


def _known_video_days(ids: list[str], start: date, end: date) -> dict[Key, Values]:
    with connect() as db:
        rows = db.cursor(row_factory=tuple_row).execute(
            f"select distinct on (youtube_video_id, day) youtube_video_id, day, {_KNOWN} "  # noqa: S608 (constant columns)
            "from raw.youtube_video_days "
            "where youtube_video_id = any(%s) and day between %s and %s "
            "order by youtube_video_id, day, fetched_at desc",
            (ids, start, end),
        )
        return {row[:2]: row[2:] for row in rows}


def _having_days(ids: set[str], days: set[date]) -> list[str]:
    """Those of the videos of which one of the days is known."""
    if not ids:
        return []
    with connect() as db:
        rows = db.execute(
            """
            select asked.id from unnest(%s::text[]) as asked (id)
            where exists (select from raw.youtube_video_days as known
                          where known.youtube_video_id = asked.id and known.day = any(%s))
            """,
            (list(ids), list(days)),
        ).fetchall()
    return [row["id"] for row in rows]


def last_pull(channel_id: str) -> Any:
    """When the channel was last pulled whole; None: never."""
    with connect() as db:
        row = db.execute(
            "select max(fetched_at) as last from raw.pulls "
            "where source = 'youtube' and channel_id = %s",
            (channel_id,),
        ).fetchone()
    assert row is not None
    return row["last"]
