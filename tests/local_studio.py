"""The studio's providers on this machine, a planned request of a few seconds, and what the
warehouse says of its video."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ytempire.config import settings
from ytempire.domain import Format
from ytempire.emulators.elevenlabs.account import Account
from ytempire.emulators.openai.state import State
from ytempire.emulators.pexels import Shelf
from ytempire.emulators.serving import Emulated
from ytempire.runs import queue
from ytempire.warehouse.database import connect

#: Three short scenes that stock pictures can show: the shortest script that a model may write.
DRAFT: dict[str, Any] = {
    "title": "What moves the ocean twice a day",
    "hook": "The ocean rises twice a day.",
    "scenes": [
        {"narration": "The ocean rises twice a day.", "on_screen": "", "picture": "an ocean"},
        {"narration": "The moon pulls the near water.", "on_screen": "", "picture": "the moon"},
        {"narration": "Watch the harbour wall tonight.", "on_screen": "", "picture": "a harbour"},
    ],
    "description": "SIMULATED: how the moon moves the ocean.",
    "sources": ["SIMULATED: no source"],
    "tags": ["ocean", "moon"],
    "thumbnail_text": "LOOK AGAIN",
}
_NOW = datetime(2026, 11, 25, 6, tzinfo=UTC)
#: What the trend teller can tell from.
SIGNALS = [
    {
        "title": f"Tide {number}",
        "channel_title": f"Channel {number}",
        "views": 9_000 * number,
        "views_per_hour": 90.0 * number * number,
        "published_at": (_NOW - timedelta(hours=30 * number)).isoformat(),
    }
    for number in range(1, 7)
]


@dataclass
class Live:
    """The providers, each on this machine: what they were asked, and what they bill."""

    openai: Emulated
    elevenlabs: Emulated
    google: Emulated
    pexels: Emulated
    model: State
    account: Account
    shelf: Shelf
    patch: pytest.MonkeyPatch = field(repr=False)

    def set(self, **values: str) -> None:
        """Change settings: `set(ELEVENLABS__CHARACTERS_PER_DAY="5")`."""
        for name, value in values.items():
            self.patch.setenv(f"YTEMPIRE_{name}", value)
        settings.cache_clear()

    def say(self, **changes: Any) -> None:
        """Let the model's next answer be the short script."""
        self.model.knobs.next.append({"content": DRAFT | changes})


def planned(channel_id: str = "tidewise", **values: Any) -> str:
    """A planned request of a few seconds; returns its id."""
    request = queue.Request(
        **{
            "request_id": f"planned.{uuid.uuid4().hex[:8]}",
            "channel_id": channel_id,
            "topic": "What moves the ocean",
            "format": Format.SHORT,
            "source": "plan",
            "evidence": {"niche": "tides", "signals": SIGNALS, "seconds": 10},
        }
        | values
    )
    return str(queue.put(request))


def paid(video_id: str) -> dict[tuple[str, str, str], int]:
    """What the ledger has of others' bills for a video: (provider, kind, unit) -> quantity."""
    with connect() as db:
        rows = db.execute(
            """
            select provider, kind, unit, sum(quantity) as quantity from ops.ledger
            where video_id = %s and unit <> 'second' group by 1, 2, 3
            """,
            (video_id,),
        ).fetchall()
    return {(r["provider"], r["kind"], r["unit"]): int(r["quantity"]) for r in rows}


def rows(sql: str, *values: Any) -> list[dict[str, Any]]:
    """What a query of the warehouse finds."""
    with connect() as db:
        return db.execute(sql, values).fetchall()
