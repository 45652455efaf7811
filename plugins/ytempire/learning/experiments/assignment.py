"""Which variant of each running experiment a video is made in.

Drawn by a digest of experiment and video, so that no state decides, and written in the transaction
that begins the video: before anything is paid, once, whoever begins it again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import psycopg

from ytempire.learning.experiments.settings import SETTINGS
from ytempire.warehouse.database import connect

Db = psycopg.Connection[dict[str, Any]]


def drawn(experiment_id: str, video_id: str, shares: Sequence[float]) -> int:
    """The place among the variants that a video falls on, the same each time.

    Args:
        shares: of the variants in their order; they sum to 1.
    """
    digest = hashlib.sha256(f"{experiment_id}\n{video_id}".encode()).digest()
    point = int.from_bytes(digest[:8], "big") / 2**64
    reached = 0.0
    for place, share in enumerate(shares):
        reached += share
        if point < reached:
            return place
    return len(shares) - 1


def assign(db: Db, video_id: str, channel_id: str) -> None:
    """Put a video that begins now into the experiments that run on its channel.

    An experiment takes as many videos as were planned; one that came to nothing is replaced.
    """
    # Locked, so that two that begin at once do not both take the last place.
    running = db.execute(
        """
        select experiment_id, units from ops.experiments
        where state = 'running' and coalesce(channel_id, %(channel)s) = %(channel)s
        order by experiment_id for update
        """,
        {"channel": channel_id},
    ).fetchall()
    for each in running:
        experiment_id = each["experiment_id"]
        taken = db.execute(
            "select count(*) as units from ops.experiment_units_kept where experiment_id = %s",
            (experiment_id,),
        ).fetchone()
        assert taken is not None
        if taken["units"] >= each["units"]:
            continue
        variants = db.execute(
            "select variant, share from ops.experiment_variants "
            "where experiment_id = %s order by place",
            (experiment_id,),
        ).fetchall()
        place = drawn(experiment_id, video_id, [float(row["share"]) for row in variants])
        db.execute(
            "insert into ops.experiment_units (experiment_id, video_id, variant) "
            "values (%s, %s, %s) on conflict do nothing",
            (experiment_id, video_id, variants[place]["variant"]),
        )


def settings_of(video_id: str) -> dict[str, dict[str, Any]]:
    """What of its channel's profile a video is made with instead, by part and field; mostly
    nothing. It stays as it was drawn when the experiment has ended."""
    with connect() as db:
        rows = db.execute(
            """
            select experiment.setting, variant.value
            from ops.experiment_units as unit
            join ops.experiments as experiment using (experiment_id)
            join ops.experiment_variants as variant using (experiment_id, variant)
            where unit.video_id = %s and variant.value is not null
            order by unit.assigned_at, experiment_id
            """,
            (video_id,),
        ).fetchall()
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        setting = SETTINGS[row["setting"]]
        found.setdefault(setting.part, {})[setting.field] = row["value"]
    return found
