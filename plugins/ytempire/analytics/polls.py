"""When each video was last asked about what: `ops.video_polls`, read whole and written back."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from psycopg.rows import tuple_row

from ytempire.warehouse.database import connect


@dataclass(slots=True)
class Poll:
    """A video of ours and when it was last asked for; None: never.

    Attributes:
        missing_since: an answer lacked it then, and none has had it since.
        removed_at: it is gone from YouTube; nothing is asked of it until it is listed again.
    """

    youtube_video_id: str
    published_at: datetime
    listed_at: datetime
    described_at: datetime | None = None
    counted_at: datetime | None = None
    days_asked_at: datetime | None = None
    retention_at: datetime | None = None
    missing_since: datetime | None = None
    removed_at: datetime | None = None


_COLUMNS = tuple(field.name for field in fields(Poll))


def read(channel_id: str) -> dict[str, Poll]:
    """Every known video of a channel by its YouTube id, newest first."""
    with connect() as db:
        rows = db.cursor(row_factory=tuple_row).execute(
            f"select {', '.join(_COLUMNS)} from ops.video_polls "  # noqa: S608 (constant columns)
            "where channel_id = %s order by published_at desc, youtube_video_id",
            (channel_id,),
        )
        return {row[0]: Poll(*row) for row in rows}


def write(db: Any, channel_id: str, polls: list[Poll]) -> None:
    """Bring videos up to date, in the caller's transaction."""
    columns = [[getattr(poll, name) for poll in polls] for name in _COLUMNS]
    db.execute(_WRITE, {"channel_id": channel_id, **dict(zip(_COLUMNS, columns, strict=True))})


_TIMES = _COLUMNS[1:]
_WRITE = f"""
    insert into ops.video_polls ({", ".join(_COLUMNS)}, channel_id)
    select polled.*, %(channel_id)s
    from unnest(%(youtube_video_id)s::text[],
                {", ".join(f"%({name})s::timestamptz[]" for name in _TIMES)}) as polled
    on conflict (youtube_video_id) do update
    set {", ".join(f"{name} = excluded.{name}" for name in _TIMES)}
"""  # noqa: S608 (constant columns)
