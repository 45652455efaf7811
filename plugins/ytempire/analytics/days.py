"""Days of a channel and of its videos, from the Analytics API; see `windows` for which.

Audience and money are asked for apart: a report ends on the last day that has all of its metrics,
and money comes later, or never for a channel outside the partner programme.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from ytempire.analytics import windows
from ytempire.analytics.landing import MONEY as LATE
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
#: Decimals that the warehouse keeps.
_DECIMALS = {"watch_minutes": 4}

Key = tuple[Any, ...]
Values = dict[str, Any]


class Days:
    """The day reports of one pull."""

    def __init__(self, pull: Pull) -> None:
        self.pull = pull
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
        changed = set()
        for (day,), values in told.items():
            self.pull.add("youtube_channel_days", day=day, **values)
            if _is_news(values, known.get(day)):
                changed.add(day)
        return changed

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
        asked: set[str] = set()
        told: set[str] = set()
        changed: set[date] = set()
        for start, end in windows.spans(days, DAYS):
            ids = [
                name
                for name, poll in self.pull.polls.items()
                if poll.removed_at is None
                and name not in skipped
                and (only is None or name in only)
                and pacific_day(poll.published_at) <= end
            ]
            asked.update(ids)
            for first in range(0, len(ids), VIDEOS):
                some = ids[first : first + VIDEOS]
                known = _known_video_days(some, start, end) if compared else {}
                for (name, day), values in self._fetch_videos(start, end, some):
                    told.add(name)
                    if (name, day) in known and _is_news(values, known[name, day]):
                        changed.add(day)
        for name in _having_days(asked - told, days):
            self.pull.miss(name)
        return changed

    def _fetch_videos(
        self, start: date, end: date, ids: list[str]
    ) -> Iterator[tuple[tuple[str, date], Values]]:
        for (name, day), values in self._days("youtube_video_days", start, end, ids).items():
            self.pull.add("youtube_video_days", youtube_video_id=name, day=day, **values)
            yield (name, day), values

    def _days(
        self, table: str, start: date, end: date, ids: Sequence[str] | None = None
    ) -> dict[Key, Values]:
        days = dict(self._report(table, METRICS, start, end, ids))
        if not days or not self.earns:
            return days
        for key, values in self._report(table, MONEY, start, end, ids):
            # Money of a day that has no views yet is not a day: wait for both.
            if key in days:
                days[key] |= values
        return days

    def _report(
        self, table: str, metrics: dict[str, str], start: date, end: date, ids: Sequence[str] | None
    ) -> Iterator[tuple[Key, Values]]:
        """Rows of a report as (key, our columns); none when the channel earns no money."""
        dimensions = ("video", "day") if ids else ("day",)
        wanted = {"filters": f"video=={','.join(ids)}"} if ids else {}
        request = self.pull.account.analytics.reports().query(
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
            return
        headers = [header["name"] for header in answer["columnHeaders"]]
        check_columns(headers, (*dimensions, *metrics))
        yield from self._rows(table, headers, answer.get("rows", []), metrics, ids)

    def _rows(
        self,
        table: str,
        headers: list[str],
        rows: list[list[Any]],
        metrics: dict[str, str],
        ids: Sequence[str] | None,
    ) -> Iterator[tuple[Key, Values]]:
        asked = set(ids or ())
        for row in rows:
            told = dict(zip(headers, row, strict=True))
            day = date.fromisoformat(told["day"])
            reason = reason_against(told, metrics)
            if ids and told["video"] not in asked:
                reason = "an id that was not asked for"
            if reason:
                self.pull.reject(table, reason, told)
                continue
            values = {ours: told[theirs] for theirs, ours in metrics.items()}
            yield ((told["video"], day) if ids else (day,)), values


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


def _is_news(values: Values, known: Values | None) -> bool:
    if known is None:
        return True
    return any(_differs(name, told, known[name]) for name, told in values.items())


def _differs(name: str, told: Any, known: Any) -> bool:
    if told is None:
        return False  # not told again is no news
    return known is None or round(float(told), _DECIMALS.get(name, 6)) != float(known)


_KNOWN = ", ".join((*METRICS.values(), *LATE))


def _known_days(channel_id: str, start: date) -> dict[date, Values]:
    with connect() as db:
        rows = db.execute(
            f"select distinct on (day) day, {_KNOWN} from raw.youtube_channel_days "  # noqa: S608 (constant columns)
            "where channel_id = %s and day >= %s order by day, fetched_at desc",
            (channel_id, start),
        ).fetchall()
    return {row["day"]: row for row in rows}


def _known_video_days(ids: list[str], start: date, end: date) -> dict[Key, Values]:
    with connect() as db:
        rows = db.execute(
            f"select distinct on (youtube_video_id, day) youtube_video_id, day, {_KNOWN} "  # noqa: S608 (constant columns)
            "from raw.youtube_video_days "
            "where youtube_video_id = any(%s) and day between %s and %s "
            "order by youtube_video_id, day, fetched_at desc",
            (ids, start, end),
        ).fetchall()
    return {(row["youtube_video_id"], row["day"]): row for row in rows}


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
