"""Ideas out of trend signals, each with what speaks for it in numbers and in words.

The score is YTEmpire's, not YouTube's: how far a video outruns what is usual for its channel or
search, how many others tell of the same, and how the channel's own videos on it did.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from pydantic import Field

from ytempire.domain import Frozen

#: Signals that a script is told from.
EVIDENCE = 8
#: Share of the shorter title's words that two titles have in common when they tell of the same.
SAME = 0.5
#: Doublings of a pace beyond which it counts no more: one hit is no law.
MOST_LIFT = 4.0
#: Weight of a doubling in the field, of a doubling of tellers, of one in the channel's own past.
LIFT, BREADTH, OWN = 1.0, 0.7, 0.8

Signal = dict[str, Any]


class Idea(Frozen):
    """A topic with what speaks for it.

    Attributes:
        signals: the lead signal, then what tells of the same, then the fastest of the field.
        score: higher is better; the sum of `parts`.
        parts: `lift`, `breadth` and `own`, in weighted doublings.
        because: the same in words.
    """

    topic: str
    signals: tuple[Signal, ...]
    score: float = 0.0
    parts: dict[str, float] = Field(default_factory=dict)
    because: tuple[str, ...] = ()


def rank(
    signals: Sequence[Signal],
    told: set[str],
    topics: Sequence[str] = (),
    *,
    by_score: bool = True,
) -> list[Idea]:
    """Ideas of a niche, the best first; nothing that was told lately leads one.

    Args:
        signals: rows of `raw.trend_signals`; own ones lead no idea, they judge the others.
        told: YouTube ids of videos that have led a request lately.
        topics: what those requests were about: the same from another mouth is told as well.
        by_score: False: the newest first, without any number of our own making.
    """
    own = [signal for signal in signals if signal.get("source") == "own"]
    field = [signal for signal in signals if signal.get("source") != "own"]
    field.sort(key=lambda signal: -signal["views_per_hour"])
    fresh = [
        lead
        for lead in field
        if lead["youtube_video_id"] not in told
        and all(alike(lead["title"], topic) < 1.0 for topic in topics)
    ]
    ideas = [_idea(lead, field, own) for lead in fresh]
    if by_score:
        ideas.sort(key=lambda idea: (-idea.score, idea.signals[0]["youtube_video_id"]))
    else:
        ideas.sort(key=lambda idea: idea.signals[0]["published_at"], reverse=True)
    return _each_once(ideas)


def alike(one: str, other: str) -> float:
    """The share of the shorter text's telling words that the other has too, 0 to 1."""
    a, b = _words(one), _words(other)
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def _idea(lead: Signal, field: list[Signal], own: list[Signal]) -> Idea:
    same = [each for each in field if each is not lead and _tells_the_same(each, lead)]
    rest = [each for each in field if each is not lead and each not in same]
    because: list[str] = []
    parts = {
        "lift": LIFT * _lift(lead, because),
        "breadth": BREADTH * _breadth(lead, same, because),
        "own": OWN * _own(lead, own, because),
    }
    return Idea(
        topic=topic_of(lead["title"]),
        signals=tuple([lead, *same, *rest][:EVIDENCE]),
        score=round(sum(parts.values()), 3),
        parts={name: round(value, 3) for name, value in parts.items()},
        because=tuple(because),
    )


def _lift(lead: Signal, because: list[str]) -> float:
    usual = float(lead.get("baseline_per_hour") or 0)
    if usual <= 0:
        return 0.0
    times = float(lead["views_per_hour"]) / usual
    against = "the search" if lead.get("source") == "search" else "its channel"
    because.append(
        f"{float(lead['views_per_hour']):,.0f} views an hour, {times:.1f} times what is usual "
        f"for {against}"
    )
    return _doublings(times)


def _doublings(times: float) -> float:
    """How often a pace doubles the usual one, within what one video can say."""
    return min(MOST_LIFT, math.log2(max(times, 2**-MOST_LIFT)))


def _breadth(lead: Signal, same: list[Signal], because: list[str]) -> float:
    tellers = {each["channel_title"] for each in same} - {lead["channel_title"]}
    if not tellers:
        return 0.0
    because.append(f"{len(tellers) + 1} channels tell of it this week")
    return math.log2(len(tellers) + 1)


def _own(lead: Signal, own: list[Signal], because: list[str]) -> float:
    """How our videos on the same did against our others; the most alike one speaks."""
    scored = [(alike(f"{each['topic']} {each['title']}", lead["title"]), each) for each in own]
    likeness, nearest = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    if nearest is None or likeness < SAME or not nearest["baseline_per_hour"]:
        return 0.0
    times = float(nearest["views_per_hour"]) / float(nearest["baseline_per_hour"])
    because.append(f"our own {nearest['title']!r} did {times:.1f} times our median")
    return _doublings(times)


def _each_once(ideas: list[Idea]) -> list[Idea]:
    """The best idea of each topic; a second telling of the same waits for its own day."""
    kept: list[Idea] = []
    later: list[Idea] = []
    for idea in ideas:
        is_new = all(alike(idea.topic, other.topic) < 1.0 for other in kept)
        (kept if is_new else later).append(idea)
    return kept + later


def _tells_the_same(one: Signal, other: Signal) -> bool:
    return alike(one["title"], other["title"]) >= SAME


def _words(text: str) -> set[str]:
    """Words that tell something: four letters and more, without the commonest of them."""
    return {word for word in re.findall(r"\w{4,}", text.casefold()) if word not in _COMMON}


_COMMON = frozenset(
    re.findall(
        r"\w+",
        """about after again always because before being between could every explained facts first
        from guide happened have inside just knew know like made make more most much never nobody
        only other over part really should some still story than that their them then there these
        they thing things this those three through told truth under until very video watch were
        what when where which while whole will with would years your""",
    )
)


def topic_of(title: str) -> str:
    """A stranger's title as a topic: printable, one line, short."""
    printable = "".join(sign if sign.isprintable() else " " for sign in title)
    return " ".join(printable.split())[:120] or "untitled"
