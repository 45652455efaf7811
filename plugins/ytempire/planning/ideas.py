"""From trend signals to ideas: what a niche's newest videos say is worth telling now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ytempire.analytics.windows import PACIFIC
from ytempire.channels import accounts
from ytempire.channels.accounts import Channel
from ytempire.domain import Frozen
from ytempire.runs.queue import Request, put, slug
from ytempire.warehouse.database import connect

#: Signals that a script is told from.
EVIDENCE = 8
#: Days in which a channel does not come back to a video that it told about.
REST_DAYS = 30


class Idea(Frozen):
    """A topic with what speaks for it: the lead signal, and the field it stands out from."""

    topic: str
    signals: tuple[dict[str, Any], ...]


def rank(signals: list[dict[str, Any]], told: set[str]) -> list[Idea]:
    """Ideas of a niche, the fastest mover first; videos in `told` lead none.

    Velocity is views per hour of life (see `analytics.trends`); each idea carries the fastest
    signals of the field, its own lead first, as evidence.
    """
    field = sorted(signals, key=lambda signal: -signal["views_per_hour"])
    ideas = []
    for lead in field:
        if lead["youtube_video_id"] in told:
            continue
        others = [signal for signal in field if signal is not lead][: EVIDENCE - 1]
        ideas.append(Idea(topic=_topic(lead["title"]), signals=(lead, *others)))
    return ideas


def slot_of(now: datetime) -> str:
    """The publishing slot of a moment: the Pacific day's morning or evening."""
    pacific = now.astimezone(PACIFIC)
    return f"{pacific:%Y-%m-%d}-{'am' if pacific.hour < 12 else 'pm'}"


def plan(slot: str) -> list[str]:
    """Fill one publishing slot of every active channel; returns the new requests' ids.

    Running it twice for a slot asks once: a request is unique per channel and slot.
    """
    asked = []
    for channel in accounts.all_channels(state="active"):
        ideas = rank(_signals(channel.niche), _told(channel.channel_id))
        if not ideas:
            continue
        request_id = put(_request(channel, ideas[0], slot))
        if request_id is not None:
            asked.append(request_id)
    return asked


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
        },
        source="plan",
    )


def _topic(title: str) -> str:
    """A stranger's title as a topic: printable, one line, short."""
    printable = "".join(sign if sign.isprintable() else " " for sign in title)
    return " ".join(printable.split())[:120] or "untitled"


def evidence_of(niche: str) -> list[dict[str, Any]]:
    """The fastest signals of a niche now, ready to be stored with a request."""
    fastest = sorted(_signals(niche), key=lambda signal: -signal["views_per_hour"])
    return _jsonable(fastest[:EVIDENCE])


def _jsonable(signals: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        signal
        | {
            "published_at": signal["published_at"].isoformat(),
            "views_per_hour": float(signal["views_per_hour"]),
        }
        for signal in signals
    ]


def _signals(niche: str) -> list[dict[str, Any]]:
    """The newest look at each watched video of a niche, not older than a week."""
    with connect() as db:
        return db.execute(
            """
            select distinct on (youtube_video_id)
                   youtube_video_id, title, channel_title, published_at, views, views_per_hour
            from raw.trend_signals
            where niche = %s and fetched_at > now() - interval '7 days'
            order by youtube_video_id, fetched_at desc
            """,
            (niche,),
        ).fetchall()


def _told(channel_id: str) -> set[str]:
    """YouTube ids that led a request of this channel lately."""
    with connect() as db:
        rows = db.execute(
            """
            select evidence -> 'signals' -> 0 ->> 'youtube_video_id' as lead
            from ops.requests
            where channel_id = %s and requested_at > now() - make_interval(days => %s)
            """,
            (channel_id, REST_DAYS),
        ).fetchall()
    return {row["lead"] for row in rows if row["lead"]}
