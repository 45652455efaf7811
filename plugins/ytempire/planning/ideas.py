"""What a channel is to make next: publishing slots filled with the best ideas of its niche."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from ytempire.channels import accounts
from ytempire.channels.accounts import Channel
from ytempire.config import settings
from ytempire.planning.ranking import EVIDENCE, Idea, rank
from ytempire.runs.queue import Request, put, slug
from ytempire.warehouse.clock import PACIFIC
from ytempire.warehouse.database import connect

#: Days in which a channel does not come back to a video that it told about.
REST_DAYS = 30
#: A plan fills the slots from so far ahead (a video takes a while to make), for so long.
LEAD, SPAN = timedelta(hours=2), timedelta(hours=12)


def slot_of(now: datetime) -> str:
    """The publishing slot of a moment: the Pacific day's morning or evening."""
    pacific = now.astimezone(PACIFIC)
    return f"{pacific:%Y-%m-%d}-{'am' if pacific.hour < 12 else 'pm'}"


def slots_of(channel: Channel, now: datetime) -> list[str]:
    """The slots that a plan made now fills: each posting time of the twelve hours that begin in
    two; of a channel without posting times, the Pacific half day.
    """
    posting = channel.posting
    if not posting.times:
        return [slot_of(now)]
    first, last = now + LEAD, now + LEAD + SPAN
    days = {moment.astimezone(posting.zone).date() for moment in (first, last)}
    slots = []
    for day in sorted(days):
        if f"{day:%a}".lower() not in posting.weekdays:
            continue
        for at in sorted(posting.times):
            if first <= datetime.combine(day, at, posting.zone) < last:
                slots.append(f"{day:%Y-%m-%d}-{at:%H%M}")
    return slots


def plan(now: datetime) -> list[str]:
    """Fill the publishing slots of every active channel; returns the new requests' ids.

    Running it twice for a slot asks once: a request is unique per channel and slot.
    """
    asked = []
    for channel in accounts.all_channels(state="active"):
        for slot in slots_of(channel, now):
            ideas = _ideas(channel)
            if not ideas:
                break
            request_id = put(_request(channel, ideas[0], slot))
            if request_id is not None:
                asked.append(request_id)
    return asked


def _ideas(channel: Channel) -> list[Idea]:
    signals = [
        each
        for each in _signals(channel.niche)
        if each["source"] != "own" or each["channel_id"] == channel.channel_id
    ]
    told, topics = _told(channel.channel_id)
    return rank(signals, told, topics, by_score=settings().youtube.derived_scores)


def _request(channel: Channel, idea: Idea, slot: str) -> Request:
    return Request(
        request_id=f"{channel.channel_id}.{slot}.{slug(idea.topic)}",
        channel_id=channel.channel_id,
        slot=slot,
        topic=idea.topic,
        format=channel.formats[0],
        evidence={
            "niche": channel.niche,
            "is_simulated": channel.is_simulated,
            "signals": _jsonable(idea.signals),
            "score": idea.score,
            "parts": idea.parts,
            "because": list(idea.because),
        },
        source="plan",
    )


def evidence_of(niche: str) -> list[dict[str, Any]]:
    """The fastest signals of a niche now, ready to be stored with a request."""
    field = [signal for signal in _signals(niche) if signal["source"] != "own"]
    fastest = sorted(field, key=lambda signal: -signal["views_per_hour"])
    return _jsonable(fastest[:EVIDENCE])


def _jsonable(signals: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    numbers = ("views_per_hour", "baseline_per_hour")
    return [
        signal
        | {"published_at": signal["published_at"].isoformat()}
        | {name: float(signal[name]) for name in numbers if signal.get(name) is not None}
        for signal in signals
    ]


def _signals(niche: str) -> list[dict[str, Any]]:
    """The newest look at each video of a niche, not older than a week."""
    with connect() as db:
        return db.execute(
            """
            select distinct on (youtube_video_id)
                   youtube_video_id, source, channel_id, topic, title, channel_title, published_at,
                   views, views_per_hour, baseline_per_hour
            from raw.trend_signals
            where niche = %s and fetched_at > ops.now() - interval '7 days'
            order by youtube_video_id, fetched_at desc, source
            """,
            (niche,),
        ).fetchall()


def _told(channel_id: str) -> tuple[set[str], list[str]]:
    """YouTube ids that led a request of this channel lately, and the requests' topics."""
    with connect() as db:
        rows = db.execute(
            """
            select evidence -> 'signals' -> 0 ->> 'youtube_video_id' as lead, topic
            from ops.requests
            where channel_id = %s and requested_at > ops.now() - make_interval(days => %s)
              and state <> 'rejected' and source <> 'history'
            """,
            (channel_id, REST_DAYS),
        ).fetchall()
    return {row["lead"] for row in rows if row["lead"]}, [row["topic"] for row in rows]
