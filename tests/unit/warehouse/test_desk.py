"""The operators' views: the dashboards' login reads them, nobody else's does."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from ytempire.channels.accounts import Channel, add
from ytempire.config import Ports, settings
from ytempire.domain import Format
from ytempire.runs import queue
from ytempire.runs.stages import stage
from ytempire.warehouse.database import connect
from ytempire.warehouse.roles import ensure

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("warehouse")]
VIEWS = (
    "queue", "progress", "gpu", "gpu_runs", "reviews", "quota", "channels", "experiments",
)  # fmt: skip


@pytest.fixture(autouse=True)
def granted(postgres: Ports, home: Path) -> None:
    with connect() as db:
        ensure(db)


def seen(view: str) -> list[dict[str, object]]:
    with connect(settings().dashboard_url()) as db:
        return db.execute(f"select * from desk.{view}").fetchall()


def asked(request_id: str) -> None:
    add(Channel(channel_id="tidewise", youtube_channel_id=None, title="Tidewise", niche="sea"))
    queue.put(
        queue.Request(
            request_id=request_id, channel_id="tidewise", topic="Spring tides", format=Format.SHORT
        )
    )


@pytest.mark.parametrize("view", VIEWS)
def test_only_the_dashboards_see_a_view(view: str) -> None:
    assert isinstance(seen(view), list)
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        connect(settings().analyst_url()) as db,
    ):
        db.execute(f"select * from desk.{view}")


def test_a_request_is_seen_from_the_asking_to_its_video() -> None:
    asked("r1")
    [row] = seen("queue")
    assert (row["state"], row["title"], row["video_id"]) == ("queued", "Spring tides", None)
    assert seen("progress") == []
    video_id = queue.accept("r1")
    with stage(video_id, "write"):
        [row] = seen("progress")
        assert (row["stage"], row["stage_state"], row["attempt"]) == ("write", "running", 1)
    [row] = seen("queue")
    assert (row["state"], row["stage"], row["cost_usd"]) == ("accepted", "write", Decimal(0))
    [row] = seen("progress")
    assert round(float(str(row["share"])), 3) == round(1 / 6, 3)


def test_a_picture_being_painted_holds_a_slot() -> None:
    asked("r1")
    video_id = queue.accept("r1")
    with stage(video_id, "paint"):
        assert [row["video_id"] for row in seen("gpu_runs")] == [video_id]
    assert seen("gpu_runs") == []


def test_an_ended_request_leaves_the_queue() -> None:
    asked("r1")
    queue.reject(queue.accept("r1"))
    assert seen("queue") == []
