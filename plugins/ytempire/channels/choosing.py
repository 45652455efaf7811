"""Which channel a video goes to: judges each candidate, then takes the fairest.

Computes only (`channels.placing` reads and writes): the same facts give the same answer. A video
stays with the channel that it was made for while that one can take it. Otherwise the candidates,
of the same owner, niche and language, share by weight: least wins of

    (videos of the last 7 days + 1) / (weight x health / 100 x match of the niche)

and of equal ones that whose last video is longest ago, then the first by name.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ytempire.channels.accounts import Channel
from ytempire.channels.slots import HORIZON_DAYS, day_ends, earliest, next_slot
from ytempire.domain import Format, Frozen
from ytempire.warehouse.clock import pacific_day

#: A channel that is iller than this gets nothing until it is better.
LEAST_HEALTH = 20
#: How long ago videos count for a channel's share.
SHARE_DAYS = 7
#: When a channel that waits for a person, or for its health, is looked at again.
LOOK_AGAIN = timedelta(hours=1)


class Wanted(Frozen):
    """What a channel is looked for.

    Attributes:
        home: the channel that it was made for; None: there is none yet.
        format, language: None: any.
    """

    owner: str
    niche: str
    format: Format | None = None
    language: str | None = None
    home: str | None = None


class Candidate(Frozen):
    """A channel with what the choice rests on.

    Attributes:
        health: 0 to 100.
        has_times: its videos become public at posting times.
        recent: how many videos it was given in the last 7 days.
        uploads: moments of its uploads of the last days, those included that were decided and
            have not begun.
        taken: moments at which its videos became or will become public; of those that wait for
            its pace, whose turn comes then.
    """

    channel: Channel
    health: int
    has_grant: bool
    has_times: bool = False
    recent: int = 0
    uploads: tuple[datetime, ...] = ()
    taken: tuple[datetime, ...] = ()


class Judged(Frozen):
    """What was found of a candidate.

    Attributes:
        refused: why it cannot take the video, in words; empty: it can.
        until: when it may be able to; None: not before a person acts.
        is_paced: it is refused only for its gap, being neither full nor ill: at `until` it is the
            video's turn.
        publish_at: the posting slot that is free; None: at once.
        share: see the module; lower goes first.
    """

    channel_id: str
    share: float
    health: int
    weight: float
    match: float
    recent: int
    last_at: datetime | None = None
    refused: str = ""
    until: datetime | None = None
    is_paced: bool = False
    publish_at: datetime | None = None


class Choice(Frozen):
    """A decision: a channel and its slot, or what is waited for.

    Attributes:
        channel_id: who gets the video, or will, as far as known.
        publish_at: its slot; of one that waits for its channel's pace, its turn.
        waits_until: None: nothing is waited for.
        told: the decision in words.
    """

    channel_id: str | None
    publish_at: datetime | None
    waits_until: datetime | None
    told: str
    candidates: tuple[Judged, ...]

    def because(self) -> dict[str, Any]:
        """What it rests on, for `ops.choices`."""
        return self.model_dump(mode="json", include={"told", "candidates"})


def match(wanted: str, niche: str) -> float:
    """How far a channel's niche is the wanted one: 1 the same, less where one of the two is part of
    the other (`ocean` of `ocean science`: half), 0 for others."""
    one, other = set(wanted.casefold().split()), set(niche.casefold().split())
    if not one or not (one <= other or other <= one):
        return 0.0
    return len(one & other) / len(one | other)


def is_candidate(wanted: Wanted, channel: Channel) -> bool:
    """Whether a channel is one that the video could be of at all."""
    if channel.channel_id == wanted.home:
        return True
    return (
        channel.owner == wanted.owner
        and match(wanted.niche, channel.niche) > 0
        and wanted.format in (None, *channel.formats)
        and wanted.language in (None, channel.language)
    )


def judge(wanted: Wanted, candidate: Candidate, now: datetime) -> Judged:
    """Whether a candidate can take the video now, at which slot, and its share."""
    channel = candidate.channel
    fit = 1.0 if channel.channel_id == wanted.home else match(wanted.niche, channel.niche)
    strength = channel.pacing.weight * max(candidate.health, 1) / 100 * fit
    judged = Judged(
        channel_id=channel.channel_id,
        share=round((candidate.recent + 1) / strength, 6),
        health=candidate.health,
        weight=channel.pacing.weight,
        match=round(fit, 3),
        recent=candidate.recent,
        last_at=max(candidate.uploads, default=None),
    )
    verdict = _unable(candidate, now) or _full(candidate, now) or _placed(candidate, now)
    return judged.model_copy(update=verdict)


def _unable(candidate: Candidate, now: datetime) -> dict[str, Any]:
    """Why the channel takes no video at all at present, if so."""
    channel = candidate.channel
    if channel.state == "paused":
        return {"refused": "paused by a person"}
    if not candidate.has_grant:
        return {"refused": "not connected"}
    if channel.state == "reauth_required":
        return {"refused": "its grant is dead: it has to be connected again"}
    if channel.state == "resting":
        until = channel.rest_until or now + LOOK_AGAIN
        return {"refused": f"resting until {_said(until)}", "until": until}
    if candidate.health < LEAST_HEALTH:
        return {
            "refused": f"health {candidate.health} is under {LEAST_HEALTH}",
            "until": now + LOOK_AGAIN,
        }
    return {}


def _full(candidate: Candidate, now: datetime) -> dict[str, Any]:
    """Its uploads of the day, if they are as many as it may have."""
    most = candidate.channel.pacing.per_day
    today = sum(pacific_day(at) == pacific_day(now) for at in candidate.uploads)
    if today < most:
        return {}
    until = day_ends(now)
    return {"refused": f"daily cap of {most} reached until {_said(until)}", "until": until}


def _placed(candidate: Candidate, now: datetime) -> dict[str, Any]:
    """When the video may be public: at a slot, at once, or later."""
    posting, pacing = candidate.channel.posting, candidate.channel.pacing
    if candidate.has_times:
        at = next_slot(posting, pacing, candidate.taken, now)
        if at is not None:
            return {"publish_at": at}
        return {
            "refused": f"no free slot in the next {HORIZON_DAYS} days",
            "until": day_ends(now),
        }
    at = earliest(pacing, candidate.taken, now)
    if at == now:
        return {}
    today = sum(pacific_day(other) == pacific_day(now) for other in candidate.taken)
    if today >= pacing.per_day:
        return {"refused": f"daily cap reached until {_said(at)}", "until": at}
    return {"refused": f"min gap until {_said(at)}", "until": at, "is_paced": True}


def choose(wanted: Wanted, candidates: list[Candidate], now: datetime) -> Choice:
    """Decide; `candidates` are those of `is_candidate`."""
    judged = sorted((judge(wanted, each, now) for each in candidates), key=_rank)
    able = [each for each in judged if not each.refused]
    home = next((each for each in judged if each.channel_id == wanted.home), None)
    if home is not None and not home.refused:
        return _taken(home, "it was made for this channel", judged)
    if home is not None and home.is_paced:
        return _waiting(home, judged)
    if able:
        why = "the least share"
        if home is not None:
            why = f"{home.channel_id}: {home.refused}; of the others this has the least share"
        return _taken(able[0], why, judged)
    awaited = [(each.until, each is not home, n) for n, each in enumerate(judged) if each.until]
    if awaited:
        return _waiting(judged[min(awaited)[2]], judged)
    return Choice(
        channel_id=wanted.home,
        publish_at=None,
        waits_until=now + LOOK_AGAIN,
        told="no channel can take it before a person acts",
        candidates=tuple(judged),
    )


def _rank(judged: Judged) -> tuple[float, float, str]:
    last = judged.last_at.timestamp() if judged.last_at else 0.0
    return (judged.share, last, judged.channel_id)


def _taken(judged: Judged, why: str, all_judged: list[Judged]) -> Choice:
    return Choice(
        channel_id=judged.channel_id,
        publish_at=judged.publish_at,
        waits_until=None,
        told=why,
        candidates=tuple(all_judged),
    )


def _waiting(judged: Judged, all_judged: list[Judged]) -> Choice:
    return Choice(
        channel_id=judged.channel_id,
        publish_at=judged.until if judged.is_paced else None,
        waits_until=judged.until,
        told=f"{judged.channel_id}: {judged.refused}",
        candidates=tuple(all_judged),
    )


def _said(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
