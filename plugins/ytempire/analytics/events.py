"""What customers did in the product: signed up, first channel, first video, paid.

Files are JSON lines or CSV with `event_id,event,owner,occurred_at` and, of a sign-up, `source` (the
platform that it is attributed to, or `organic`) and `campaign_id`. `owner` is whose channels they
are, as in a channel's profile.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import AwareDatetime, BaseModel, Field

from ytempire.analytics import inbox
from ytempire.analytics.inbox import Feed, Record

SOURCE = "events"


class Event(BaseModel):
    """Something that happened once; `occurred_at` with its offset."""

    event_id: str = Field(min_length=1)
    event: Literal["signed_up", "first_channel", "first_video", "paid"]
    owner: str = Field(min_length=1)
    occurred_at: AwareDatetime
    source: str | None = None
    campaign_id: str | None = None


def _rows_of(record: Record) -> Iterator[Event]:
    yield Event.model_validate({name: value or None for name, value in record.items()})


FEED = Feed(
    source=SOURCE,
    table="product_events",
    columns=tuple(Event.model_fields),
    key=("event_id",),
    needs=frozenset(("event_id", "event", "owner", "occurred_at")),
    rows_of=_rows_of,
)


def pull(run_id: str) -> dict[str, int]:
    """Land the files of `inbox/events` that are new; see `inbox.pull`."""
    return inbox.pull(FEED, run_id)
