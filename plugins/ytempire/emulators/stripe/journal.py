"""Everything that ever happens in the local Stripe, as versions of its objects in time.

What is asked for at a moment is the latest version until then; what led to a version is an event.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ytempire.emulators.stripe.ids import identifier

Body = dict[str, Any]


@dataclass(frozen=True)
class Version:
    """An object from a moment (epoch seconds) on; without a body it is deleted."""

    at: int
    body: Body | None


@dataclass
class Kept:
    """An object: when it was made, the how manyth it was, and its versions in time."""

    created: int
    number: int
    versions: list[Version] = field(default_factory=list)

    def at(self, moment: int) -> Version | None:
        place = bisect_right(self.versions, moment, key=lambda version: version.at)
        return self.versions[place - 1] if place else None


class Journal:
    """Objects by list and id, and events."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, Kept]] = {}
        self._events: list[tuple[int, int, str, Body]] = []
        self._count = 0
        self._asked: dict[str, tuple[int, list[Body]]] = {}

    def tell(
        self, at: int, event: str | None, kind: str, body: Body, *, gone: bool = False
    ) -> None:
        """A new version of an object, and what happened; None: nothing that Stripe tells of."""
        self._count += 1
        copied = json.loads(json.dumps(body))  # much quicker than copy.deepcopy
        kept = self._kept.setdefault(kind, {})
        thing = kept.setdefault(body["id"], Kept(body.get("created", at), self._count))
        thing.versions.append(Version(at, None if gone else copied))
        if event is not None:
            self._events.append((at, self._count, event, copied))

    def close(self) -> Journal:
        """Bring what was told life by life into the order of time."""
        for kept in self._kept.values():
            for thing in kept.values():
                thing.versions.sort(key=lambda version: version.at)
        self._events.sort(key=lambda event: event[:2])
        return self

    def listed(self, kind: str, at: int) -> list[Body]:
        """The objects that exist at a moment, the newest first."""
        asked, answer = self._asked.get(kind, (-1, []))
        if asked == at:  # the next page of the same list
            return answer
        found = [
            (thing.created, thing.number, version.body)
            for thing in self._kept.get(kind, {}).values()
            if (version := thing.at(at)) is not None and version.body is not None
        ]
        found.sort(key=lambda each: each[:2], reverse=True)
        answer = [body for _, _, body in found]
        self._asked[kind] = (at, answer)
        return answer

    def find(self, kind: str, name: str, at: int) -> Version | None:
        """An object at a moment; None: it never was."""
        thing = self._kept.get(kind, {}).get(name)
        return None if thing is None else thing.at(at)

    def events(self, since: int, until: int, seed: int) -> list[Body]:
        """What happened between two moments, the newest first."""
        first = bisect_right(self._events, since - 1, key=lambda event: event[0])
        last = bisect_right(self._events, until, key=lambda event: event[0])
        return [_event(seed, *event) for event in reversed(self._events[first:last])]


@lru_cache(maxsize=100_000)  # a list of them is asked for page by page
def _event_id(seed: int, at: int, about: str) -> str:
    return identifier("evt", seed, at, about)


def _event(seed: int, at: int, _: int, kind: str, body: Body) -> Body:
    return {
        "id": _event_id(seed, at, body["id"] + kind),
        "object": "event",
        "api_version": None,
        "created": at,
        "data": {"object": body},
        "livemode": False,
        "pending_webhooks": 0,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }
