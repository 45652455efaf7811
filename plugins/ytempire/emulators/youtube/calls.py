"""What a handler is given and what it gives back; and the emulator that all of them share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from ytempire.emulators.youtube.catalog import STANDARD, Channel, Scale
from ytempire.emulators.youtube.chance import identifier
from ytempire.emulators.youtube.clock import Clock
from ytempire.emulators.youtube.discovery import Method
from ytempire.emulators.youtube.faults import Faults
from ytempire.emulators.youtube.library import Library, Listing
from ytempire.emulators.youtube.oauth import Grants
from ytempire.emulators.youtube.quota import Quota
from ytempire.emulators.youtube.refusals import Refusal, not_found
from ytempire.emulators.youtube.store import Store
from ytempire.emulators.youtube.world import World


class Emulator:
    """One local YouTube: its world, clock, store and the people who may call it.

    Args:
        seed: of the world.
        speed: emulated seconds per real second.
        state: folder that keeps it across restarts.
        scale: how many channels it has, and how long a past.

    Raises:
        InvalidInput: the folder holds another world.
    """

    def __init__(self, seed: int, speed: float, state: Path, scale: Scale = STANDARD) -> None:
        self.seed = seed
        self.scale = scale
        self.store = Store(state, seed, asdict(scale))
        self.clock = Clock(self.store.anchor(), speed)
        self.store.keep_anchor(self.clock.anchor)
        self.world = World(seed)
        self.library = Library(seed, self.store, self.clock, scale)
        self.grants = Grants(self.store, seed, self.library.own, self.clock)
        self.quota = Quota(self.store)
        self.faults = Faults(self.store, seed)

    def now(self) -> datetime:
        """The emulated moment, UTC."""
        return self.clock.now()

    def advance(self, hours: float) -> None:
        """Moves the clock forward, for good."""
        self.clock.advance(hours)
        self.store.keep_anchor(self.clock.anchor)

    def log(self, method: str, channel: str | None, status: int, units: int, fault: str) -> None:
        """Keeps a line about an answered request."""
        self.store.insert(
            "requests",
            {
                "method": method,
                "channel_id": channel,
                "status": status,
                "units": units,
                "at": self.clock.seconds(),
                "fault": fault or None,
            },
        )


@dataclass(frozen=True)
class Call:
    """A validated API call.

    Attributes:
        account: the own channel that the token acts as.
        scopes: how far the token reaches.
        address: the server's own base address.
        path: of the request.
        body: the raw body; of a media upload, all of it.
    """

    method: Method
    query: Mapping[str, Sequence[str]]
    headers: Mapping[str, str]
    account: Channel
    address: str
    body: bytes = b""
    path: str = ""
    scopes: tuple[str, ...] = ()

    def one(self, name: str, default: str = "") -> str:
        """The value of a parameter that may be given once."""
        return (self.query.get(name) or [default])[0]

    def many(self, name: str) -> list[str]:
        """The values of a repeated parameter; comma-joined ones are taken apart."""
        joined = ",".join(self.query.get(name) or [])
        return [value for value in joined.split(",") if value]

    def flag(self, name: str) -> bool:
        """A boolean parameter; false when absent."""
        return self.one(name).lower() == "true"


@dataclass(frozen=True)
class Answer:
    """A handler's answer; a body of None is empty."""

    body: object = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Emulator, Call], Answer]


def own_listing(emulator: Emulator, call: Call, video_id: str) -> Listing:
    """A video of the caller. Raises Refusal: 404 when unknown, 403 when another's."""
    listing = emulator.library.find(video_id)
    if listing is None:
        raise not_found("video", "videoNotFound", "youtube.video")
    if listing.channel is not call.account:
        raise Refusal(403, "forbidden", "The request is not properly authorized.", "youtube.video")
    return listing


def etag(value: object) -> str:
    """An entity tag of a resource."""
    return identifier(27, repr(value))


def tagged(kind: str, **fields: Any) -> dict[str, Any]:
    """A resource with its `kind` and `etag`; empty fields are left out."""
    kept = {key: value for key, value in fields.items() if value is not None}
    return {"kind": f"youtube#{kind}", "etag": etag(kept), **kept}
