"""The publishing stage of a video by its id: what the DAG's last task calls."""

from __future__ import annotations

import shutil
import time
from decimal import Decimal

from ytempire.channels.publish import publish as publish_file
from ytempire.channels.publish import ready
from ytempire.domain import Script, Usage
from ytempire.runs import artifacts, reviews
from ytempire.runs.content import script_of
from ytempire.runs.stages import only_one, stage
from ytempire.warehouse.database import connect


def publish(video_id: str) -> str:
    """Publish a checked video; returns YouTube's id. Run again, it returns the same id.

    Raises:
        MustWait: quota, channel or slot come later; nothing failed.
        PolicyBlocked, ReleaseRejected: the present content may not go out.
    """
    with only_one(video_id, "publish"):
        done = _dressed(video_id)
        if done is not None:
            return done
        reviews.release_of(video_id)
        artifacts.local(video_id, "report")  # no report, no release
        script = credited(video_id)
        cut = artifacts.local(video_id, "cut")
        placed = ready(video_id, cut)  # a wait is no attempt at the stage
        with stage(video_id, "publish") as run:
            started = time.monotonic()
            youtube_video_id = publish_file(
                video_id,
                script,
                cut,
                artifacts.local(video_id, "thumbnail"),
                run.progress,
                placed,
            )
            run.used(
                Usage(
                    provider="youtube",
                    kind="upload",
                    unit="call",
                    quantity=Decimal(1),
                    device="remote",
                ),
                Usage.seconds("machine", "upload", time.monotonic() - started),
            )
        shutil.rmtree(artifacts.workshop(video_id), ignore_errors=True)  # all of it is stored
        return youtube_video_id


def credited(video_id: str) -> Script:
    """The script, whose sources name also those whose pictures are shown."""
    script = script_of(video_id)
    owed = artifacts.lines(video_id, "credits")
    return script.model_copy(update={"sources": (*script.sources, *owed)})


def _dressed(video_id: str) -> str | None:
    with connect() as db:
        row = db.execute(
            "select youtube_video_id from ops.uploads where video_id = %s and state = 'dressed'",
            (video_id,),
        ).fetchone()
    return row["youtube_video_id"] if row else None
