"""Choosing what each scene of a script is drawn as: by what it says, and unlike its neighbour."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from ytempire.domain import Identity, Scene, Script
from ytempire.providers.painter import reading
from ytempire.providers.painter.subjects import SUBJECTS, VAGUE, named_in
from ytempire.providers.painter.textures import COMPANIONS

Kind = Literal[
    "hook", "number", "share", "bars", "line", "timeline", "steps", "subject", "headline"
]

#: What shows other numbers each time it comes: not worn out by use.
_DATA = frozenset({"number", "share", "bars", "line", "timeline", "steps"})

#: A composition seen this few scenes ago is avoided where the scene offers another.
_MEMORY = 3


@dataclass(frozen=True)
class Plan:
    """How one scene is drawn.

    Attributes:
        subject: the name of a drawing, or ``.
        layout: which of the composition's arrangements.
        mood: 0..1, the ground darker to lighter.
    """

    kind: Kind
    subject: str
    layout: int
    ground: str
    mood: float

    @property
    def look(self) -> tuple[str, str]:
        """What the eye calls the same picture."""
        return self.kind, self.subject


def _said(scene: Scene) -> str:
    return f"{scene.on_screen}. {scene.narration}"


def numbers_of(scene: Scene) -> tuple[reading.Quantity, ...]:
    """The scene's numbers: those on screen if there are any, else the spoken ones."""
    return reading.quantities(scene.on_screen) or reading.quantities(scene.narration)


def _charts(scene: Scene) -> list[Kind]:
    """The data graphics a scene has the numbers for, the richest first."""
    spoken, shown = reading.quantities(scene.narration), numbers_of(scene)
    kinds: list[Kind] = []
    if reading.series(spoken):
        kinds.append("line")
    if reading.comparable(spoken):
        kinds.append("bars")
    if any(q.kind == "percent" and 0 < q.value <= 100 for q in shown):
        kinds.append("share")
    if shown and shown[0].kind == "count" and _is_telling(shown[0]):
        kinds.append("number")
    if any(q.kind == "year" for q in shown):
        kinds.append("timeline")
    return kinds


def _is_telling(quantity: reading.Quantity) -> bool:
    """A number that deserves a card: it counts something, or is too big to be said in passing."""
    return bool(quantity.unit) or quantity.value >= 10 or quantity.text[0] in "$€£¥"


def _candidates(scene: Scene, index: int, topic: str) -> list[tuple[Kind, str]]:
    """(kind, subject) from the best fit to the one that always fits."""
    pictured = named_in(scene.picture)
    spoken = named_in(_said(scene))
    named = dict.fromkeys((*pictured, *spoken))
    subjects = sorted(named, key=lambda name: name not in pictured and name in VAGUE)
    first = subjects[0] if subjects else ""
    options: list[tuple[Kind, str]] = []
    is_question = scene.narration.rstrip().endswith("?") or scene.on_screen.endswith("?")
    if index == 0:
        options.append(("hook", first))
    if len(reading.steps(scene.narration)) > 1:
        options.append(("steps", ""))
    options += [(kind, "") for kind in _charts(scene)]
    if is_question and index:
        options.append(("hook", ""))
    options += [("subject", name) for name in subjects]
    options += [("subject", name) for name in named_in(topic) if name not in subjects]
    options.append(("headline", ""))
    if index:
        options.append(("hook", ""))
    return options


def _cost(rank: int, look: tuple[str, str], before: list[Plan]) -> float:
    """How unwelcome an option is: far down, or seen often or lately; the last look is barred."""
    worn = 0 if look[0] in _DATA else sum(plan.subject == look[1] for plan in before)
    cost = rank + 0.8 * worn
    for age, plan in enumerate(reversed(before[-_MEMORY:])):
        if plan.look == look:
            cost += 1000 if age == 0 else 0 if look[0] in _DATA else 5 / (age + 1)
        elif plan.kind == look[0] and look[0] not in {"subject", "headline"} and age == 0:
            cost += 2
    return cost


def _ground(texture: str, index: int) -> str:
    """Every other scene the channel's own texture, between them its companions in turn."""
    own, *others = COMPANIONS.get(texture, ("grain", "contours"))
    return own if index % 2 == 0 else others[index // 2 % len(others)]


@lru_cache(maxsize=32)
def plan(script: Script, identity: Identity) -> tuple[Plan, ...]:
    """One plan a scene; neighbours never share a look."""
    salt = zlib.crc32(f"{identity.seed}/{script.title}".encode())
    plans: list[Plan] = []
    for index, scene in enumerate(script.scenes):
        options = _candidates(scene, index, script.title)
        costs = [_cost(rank, look, plans) for rank, look in enumerate(options)]
        kind, subject = options[costs.index(min(costs))]
        is_place = subject in SUBJECTS and SUBJECTS[subject].is_place
        plans.append(
            Plan(
                kind=kind,
                subject=subject,
                layout=0 if is_place else (salt + index) % 2,
                ground=_ground(identity.texture, index),
                mood=((salt >> 4) + index * 37) % 100 / 99,
            )
        )
    return tuple(plans)


def is_data(script: Script, identity: Identity, index: int) -> bool:
    """Whether a scene is shown by its numbers or steps, which only the painter can write."""
    return plan(script, identity)[index].kind in _DATA
