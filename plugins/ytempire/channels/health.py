"""A channel's health, 0 to 100, from what its operation has met; never from its statistics.

Each trouble costs points of one part; a part costs no more than its most; what is left of 100 is
the health. A trouble weighs half as much after two days and nothing after seven; what is still so
(a dead grant, an open strike) weighs in full until it is mended.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from ytempire.channels.states import unknown
from ytempire.domain import Frozen
from ytempire.providers.youtube.client import AUDIT_SCOPE
from ytempire.warehouse.database import connect

LOOK_BACK = timedelta(days=7)
HALF_LIFE = timedelta(days=2)
#: An expiry nearer than this is a trouble.
EXPIRY_NEAR = timedelta(days=2)

#: Part -> the most points that it can cost. A dead grant or open strikes leave little of 100.
MOST = {
    "grant": 100,
    "standing": 85,
    "processing": 40,
    "publishing": 40,
    "caps": 30,
    "calls": 20,
}


class Trouble(NamedTuple):
    """What an event of a kind costs when it is new."""

    part: str
    points: float
    one: str
    many: str


TROUBLES = {
    "call_failed": Trouble("calls", 2, "an hour with a failed call", "hours with failed calls"),
    "cap_met": Trouble("caps", 12, "upload cap met", "upload caps met"),
    "rested": Trouble("caps", 3, "rest", "rests"),
    "thumbnail_throttled": Trouble("caps", 3, "thumbnail put off", "thumbnails put off"),
    "grant_lost": Trouble("grant", 10, "grant lost", "grants lost"),
    "publish_failed": Trouble("publishing", 8, "failed publication", "failed publications"),
    "video_doubled": Trouble("publishing", 20, "video found twice", "videos found twice"),
    "processing_stuck": Trouble(
        "processing", 6, "video stuck in processing", "videos stuck in processing"
    ),
    "processing_failed": Trouble(
        "processing", 10, "video that YouTube could not process", "videos not processed"
    ),
    "video_rejected": Trouble("processing", 20, "rejected video", "rejected videos"),
    "video_removed": Trouble("standing", 15, "removed video", "removed videos"),
}


class Part(Frozen):
    """One part of the health.

    Attributes:
        lost: points that it costs, 0 to `weight`.
        weight: the most that it can cost.
        words: what it rests on, for a person.
    """

    name: str
    lost: float
    weight: int
    words: tuple[str, ...] = ()


class Health(Frozen):
    """How well a channel is, 0 (of no use) to 100, and what each part costs it."""

    channel_id: str
    total: int
    parts: tuple[Part, ...]

    @property
    def worst(self) -> Part | None:
        """The part that costs most; None when nothing does."""
        part = max(self.parts, key=lambda each: each.lost)
        return part if part.lost else None


class Facts(Frozen):
    """What a rating rests on.

    Attributes:
        events: (kind, when) of the last seven days.
        has_audits: strikes can be read; else they are unknown.
        strikes: those that are open, in words.
    """

    channel_id: str
    state: str
    has_grant: bool
    is_readable: bool = True
    expires_at: datetime | None = None
    has_audits: bool = True
    strikes: tuple[str, ...] = ()
    events: tuple[tuple[str, datetime], ...] = ()


def rate(facts: Facts, now: datetime) -> Health:
    """The health that follows from the facts."""
    lost = dict.fromkeys(MOST, 0.0)
    words: dict[str, list[str]] = {name: [] for name in MOST}
    for part, points, said in _present(facts, now):
        lost[part] += points
        words[part].append(said)
    for kind, trouble in TROUBLES.items():
        ages = [now - at for met, at in facts.events if met == kind]
        points = sum(trouble.points * _decay(age) for age in ages)
        if points:
            lost[trouble.part] += points
            name = trouble.one if len(ages) == 1 else trouble.many
            newest = _ago(min(ages))
            words[trouble.part].append(f"{len(ages)} {name} in 7 days, the last {newest}")
    parts = tuple(
        Part(
            name=name,
            lost=round(min(lost[name], most), 1),
            weight=most,
            words=tuple(words[name]),
        )
        for name, most in MOST.items()
    )
    total = max(0, round(100 - sum(part.lost for part in parts)))
    return Health(channel_id=facts.channel_id, total=total, parts=parts)


def score(channel_id: str) -> Health:
    """A channel's health now.

    Raises:
        UnknownChannel: nobody has that name.
    """
    found = scores()
    if channel_id not in found:
        raise unknown(channel_id, list(found))
    return found[channel_id]


def scores() -> dict[str, Health]:
    """Every channel's health now, by name."""
    with connect() as db:
        rows = db.execute(_FACTS, {"look_back": LOOK_BACK}).fetchall()
    return {row["channel_id"]: rate(_facts(row), row["now"]) for row in rows}


def _facts(row: dict[str, Any]) -> Facts:
    return Facts(
        channel_id=row["channel_id"],
        state=row["state"],
        has_grant=row["has_grant"],
        is_readable=row["is_readable"],
        expires_at=row["expires_at"],
        has_audits=row["scopes"] is None or AUDIT_SCOPE in row["scopes"],
        strikes=tuple(row["strikes"]),
        events=tuple(zip(row["kinds"], row["times"], strict=True)),
    )


#: A strike is open until an event says that it is over; its detail names it.
_FACTS = """
    select channel.channel_id, channel.state, ops.now() as now,
           token.channel_id is not null as has_grant, token.expires_at, token.scopes,
           coalesce((
               select event.kind <> 'grant_unreadable' from ops.channel_events as event
               where event.channel_id = channel.channel_id
                 and event.kind in ('grant_unreadable', 'grant_readable', 'connected')
               order by event_id desc limit 1), true) as is_readable,
           coalesce((
               select array_agg(open.detail order by open.detail)
               from (select distinct on (detail) detail, kind
                     from ops.channel_events as event
                     where event.channel_id = channel.channel_id
                       and event.kind in ('strike', 'strike_over')
                     order by detail, event_id desc) as open
               where open.kind = 'strike'), '{}') as strikes,
           coalesce(recent.kinds, '{}') as kinds, coalesce(recent.times, '{}') as times
    from ops.channels as channel
    left join ops.grants as token using (channel_id)
    left join lateral (
        select array_agg(kind order by event_id) as kinds,
               array_agg(happened_at order by event_id) as times
        from ops.channel_events as event
        where event.channel_id = channel.channel_id
          and event.happened_at > ops.now() - %(look_back)s
          and event.happened_at <= ops.now()
    ) as recent on true
    order by channel.channel_id
"""


def _present(facts: Facts, now: datetime) -> list[tuple[str, float, str]]:
    """What is so now, whenever it began: (part, points, words)."""
    found: list[tuple[str, float, str]] = []
    if not facts.has_grant:
        found.append(("grant", 100, "it is not connected"))
    elif facts.state == "reauth_required":
        found.append(("grant", 100, "its grant is dead: connect it again"))
    elif not facts.is_readable:
        found.append(("grant", 100, "its grant cannot be read with the present keys"))
    elif facts.expires_at is not None:
        points = 30 if facts.expires_at - now < EXPIRY_NEAR else 10
        when = f"{facts.expires_at:%Y-%m-%d %H:%M} UTC"
        found.append(("grant", points, f"its grant dies on {when} (OAuth app in testing mode)"))
    found += [("standing", 60.0, f"an open strike: {said}") for said in facts.strikes]
    if not facts.has_audits:
        found.append(("standing", 0, "strikes are unknown: the grant lacks the scope to read them"))
    return found


def _decay(age: timedelta) -> float:
    if age >= LOOK_BACK:
        return 0.0
    return float(0.5 ** (age / HALF_LIFE))


def _ago(age: timedelta) -> str:
    hours = int(age.total_seconds() // 3600)
    if hours < 1:
        return "within the hour"
    if hours < 48:
        return f"{hours} hour{'s' if hours > 1 else ''} ago"
    return f"{hours // 24} days ago"
