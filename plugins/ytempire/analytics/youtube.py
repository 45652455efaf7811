"""One pull of one channel: everything is fetched first, then landed in one transaction.

Counters come from `videos.batchGetStats` as often as a video's age asks for (`polling`), days from
the Analytics API (`windows`), retention from there as well, reach from the Reporting API's files.
Every changed answer is kept as a version (`fetched_at`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import date, timedelta
from typing import Any

from ytempire.analytics import landing, looks, windows
from ytempire.analytics.days import DAYS, Days
from ytempire.analytics.pull import Pull
from ytempire.analytics.reach import fetch_reach
from ytempire.analytics.retention import fetch_retention
from ytempire.analytics.uploads import fetch_uploads
from ytempire.channels import quota
from ytempire.channels.account import Account
from ytempire.domain import Frozen
from ytempire.errors import InvalidInput, MalformedAnswer, NotConfigured
from ytempire.warehouse import clock

#: The watermarks of a pull, and of a window of a backfill.
SOURCE, BACKFILL = "youtube", "youtube_backfill"


class Pulled(Frozen):
    """What one pull landed.

    Attributes:
        rows: by table, none of them unchanged ones; empty: this run had landed before.
        rejected: rows that no table may hold; they are in `raw.rejects` with their reasons.
        skipped: what was not asked, and why; the next pull asks for it.
        calls: requests sent.
    """

    channel_id: str
    rows: dict[str, int]
    rejected: int = 0
    skipped: tuple[str, ...] = ()
    calls: int = 0


class _Range(Frozen):
    start: date | None = None
    end: date | None = None


def pull_channel(
    channel_id: str, run_id: str, *, start: date | None = None, end: date | None = None
) -> Pulled:
    """Fetch what is due of one channel, and land what changed.

    Args:
        start, end: Pacific days, both included: ask for the days between again instead (a
            backfill); without an end, until today.

    Raises:
        YTEmpireError: what YouTube's refusal means; nothing of this pull is landed then.
        ContractBroken: an answer lacks a column that is built upon; it names it.
        MalformedAnswer: an answer lacks what the protocol promises; it names the field.
    """
    if start is not None or end is not None:
        return backfill(channel_id, run_id, start, end)
    if landing.is_landed(SOURCE, channel_id, run_id):
        return Pulled(channel_id=channel_id, rows={})
    with closing(Pull(Account(channel_id, "pull"), run_id)) as pull:
        with _understanding(channel_id):
            looks.look(pull, fetch_uploads(pull, _fetch_channel(pull)))
            Days(pull).fetch()
            fetch_retention(pull)
            fetch_reach(pull)
        return _pulled(pull, pull.land(SOURCE))


def pull_as_asked(channel_id: str, run_id: str, form: Mapping[str, Any]) -> dict[str, Any]:
    """`pull_channel` by a form with the days `start` and `end`, as text or empty; its result plain.

    Raises:
        ValidationError: a day that is none. Else as `pull_channel`.
    """
    days = _Range.model_validate({name: form.get(name) or None for name in ("start", "end")})
    return pull_channel(channel_id, run_id, start=days.start, end=days.end).model_dump(mode="json")


def backfill(channel_id: str, run_id: str, start: date | None, end: date | None) -> Pulled:
    """Ask for all days of a range again, whatever is known of them, and land what changed.

    Each 25 days are a transaction of their own: a backfill that was cut short goes on after them
    when the run is repeated. It spends none of the day's quota but for a channel that was never
    pulled, whose videos are listed first.

    Raises:
        InvalidInput: the range ends before it begins. Else as `pull_channel`.
    """
    today = clock.pacific_day(clock.now())
    last = min(end or today, today)
    if start is None or start > last:
        raise InvalidInput(f"A backfill from {start} to {last} has no days.", "Give both dates.")
    done: list[Pulled] = []
    for first in windows.all_days(start, last)[::DAYS]:
        until = min(first + timedelta(days=DAYS - 1), last)
        if not landing.is_landed(BACKFILL, channel_id, f"{run_id}/{first}"):
            done.append(_backfill(channel_id, f"{run_id}/{first}", first, until))
    rows: Counter[str] = Counter()
    for each in done:
        rows.update(each.rows)
    return Pulled(
        channel_id=channel_id,
        rows=dict(rows),
        rejected=sum(each.rejected for each in done),
        skipped=tuple(words for each in done for words in each.skipped),
        calls=sum(each.calls for each in done),
    )


def _backfill(channel_id: str, run_id: str, start: date, end: date) -> Pulled:
    with closing(Pull(Account(channel_id, "pull"), run_id)) as pull:
        with _understanding(channel_id):
            if not pull.polls:
                looks.look(pull, fetch_uploads(pull, _fetch_channel(pull)))
            days = Days(pull)
            days.fetch_channel(start, end)
            days.fetch_videos(windows.all_days(start, end))
        return _pulled(pull, pull.land(BACKFILL))


@contextmanager
def _understanding(channel_id: str) -> Iterator[None]:
    try:
        yield
    except (KeyError, TypeError, IndexError, AttributeError, ValueError) as error:
        raise MalformedAnswer(
            f"YouTube's answer about channel {channel_id} lacks or garbles a field: {error!r}.",
            "Nothing of this pull was stored; the next pull asks again.",
        ) from error


def _pulled(pull: Pull, rows: dict[str, int]) -> Pulled:
    return Pulled(
        channel_id=pull.channel.channel_id,
        rows=rows,
        rejected=len(pull.rejects),
        skipped=tuple(pull.skipped),
        calls=pull.calls,
    )


def _fetch_channel(pull: Pull) -> str:
    """The channel's own counters; returns the playlist of its uploads."""
    request = pull.account.data.channels().list(part="snippet,statistics,contentDetails", mine=True)
    answer = pull.read(request, default=quota.LIST)
    if not answer.get("items"):
        raise NotConfigured(f"The account of {pull.channel.channel_id} has no channel.")
    mine = answer["items"][0]
    counts = mine["statistics"]
    pull.add(
        "youtube_channels",
        youtube_channel_id=mine["id"],
        title=mine["snippet"]["title"],
        subscribers=looks.optional(counts.get("subscriberCount")),
        views=int(counts["viewCount"]),
        videos=int(counts["videoCount"]),
    )
    return str(mine["contentDetails"]["relatedPlaylists"]["uploads"])
