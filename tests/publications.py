"""A video to publish, and what the warehouse says of its publication."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from PIL import Image
from ytempire.channels import publish
from ytempire.config import settings
from ytempire.domain import Format, Scene, Script
from ytempire.runs import queue
from ytempire.warehouse.database import connect

from tests.made_videos import CHUNK

SCRIPT = Script(
    title="Why the sea <rises> twice a day",
    description="The Moon pulls, the Earth turns.",
    scenes=(Scene(narration="The sea rises twice a day."),),
    tags=("tides", "moon"),
)


def silent(fraction: float, note: str) -> None:
    """Progress that nobody watches."""


@pytest.fixture
def video(youtube, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A video ready to be published, in chunks small enough to be broken off between."""
    monkeypatch.setenv("YTEMPIRE_YOUTUBE__CHUNK_BYTES", str(CHUNK))
    settings.cache_clear()
    file, thumbnail = tmp_path / "cut.mp4", tmp_path / "thumbnail.jpg"
    file.write_bytes(b"\x00\x00\x00\x18ftypmp42" + hashlib.shake_256(b"v").digest(3 * CHUNK + 77))
    Image.new("RGB", (1280, 720), "navy").save(thumbnail)
    request_id = queue.put(
        queue.Request(request_id="r1", channel_id="tidewise", topic="The sea", format=Format.SHORT)
    )
    assert request_id
    video_id = queue.accept(request_id)

    def run() -> str:
        return publish.publish(video_id, SCRIPT, file, thumbnail, silent)

    run.video_id, run.file, run.thumbnail = video_id, file, thumbnail
    return run


def uploads() -> list[dict]:
    with connect() as db:
        return db.execute("select * from ops.uploads").fetchall()


def unsaid(session: str = "") -> None:
    """As if YouTube's answer had never been written down."""
    with connect() as db:
        db.execute(
            "update ops.uploads set state = 'opened', youtube_video_id = null, "
            "session_uri = session_uri || %s",
            (session,),
        )
        db.execute(
            "update ops.videos set state = 'checked', youtube_video_id = null, published_at = null"
        )


def of(table: str, columns: str) -> list[tuple]:
    with connect() as db:
        found = db.execute(f"select {columns} from ops.{table} order by {columns}").fetchall()
    return [tuple(row.values()) for row in found]


def told() -> list[str]:
    """What was noted about the channels since they were connected."""
    return [kind for (kind,) in of("channel_events", "kind") if kind != "connected"]
