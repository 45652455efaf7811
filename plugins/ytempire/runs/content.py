"""What a video consists of at the moment, as hashes that decisions are bound to; and how a stage
and all that follows from it is discarded, to be made again."""

from __future__ import annotations

import hashlib

from ytempire.costs import tiers
from ytempire.domain import Frozen, Script
from ytempire.errors import InvalidInput
from ytempire.runs import artifacts
from ytempire.warehouse.database import connect

#: The stages in their order, and the artefacts that each makes; a thumbnail's variants and a
#: scene's pictures are named with a suffix (`picture-001`).
STAGES: dict[str, tuple[str, ...]] = {
    "write": ("script",),
    "narrate": ("narration", "voice"),
    "paint": ("pictures", "picture-", "credits"),
    "assemble": ("cut", "captions", "thumbnail", "thumbnail-"),
    "check": ("report", "rating"),
}
#: What has to be made again after a stage: pictures do not depend on the voice.
AFTER = {
    "write": ("write", "narrate", "paint", "assemble", "check"),
    "narrate": ("narrate", "assemble", "check"),
    "paint": ("paint", "assemble", "check"),
    "assemble": ("assemble", "check"),
}


class Content(Frozen):
    """What a decision is bound to, each part as a hash."""

    title: str
    body: str
    thumbnail: str
    cut: str

    @property
    def words(self) -> str:
        """The part of the digest that stands for title and script."""
        return hashed(f"{self.title}|{self.body}")

    @property
    def digest(self) -> str:
        return self.words + hashed(f"{self.thumbnail}|{self.cut}")


def script_of(video_id: str) -> Script:
    """The script of a video whose `write` is done. Raises InvalidInput before."""
    return Script.model_validate_json(artifacts.local(video_id, "script").read_bytes())


def content_of(video_id: str) -> Content:
    """The video's present content. Raises InvalidInput before there is a script."""
    script = script_of(video_id)
    with connect() as db:
        rows = db.execute(
            """
            select kind, sha256 from ops.artifacts
            where video_id = %s and kind in ('thumbnail', 'cut')
            """,
            (video_id,),
        ).fetchall()
    hashes = {row["kind"]: str(row["sha256"]) for row in rows}
    body = script.model_copy(update={"title": "-"}).model_dump_json()
    return Content(
        title=hashed(script.title),
        body=hashed(body),
        thumbnail=hashes.get("thumbnail", ""),
        cut=hashes.get("cut", ""),
    )


def redo(video_id: str, stage: str) -> tuple[str, ...]:
    """Discard what a stage and those after it made, for them to run again; returns the stages.

    Raises:
        InvalidInput: there is no such stage.
    """
    if stage not in AFTER:
        raise InvalidInput(f"No stage is called {stage!r}.", f"Choose one of {', '.join(AFTER)}.")
    kinds = [kind for each in AFTER[stage] for kind in STAGES[each]]
    with connect() as db:
        rows = db.execute(
            "select kind from ops.artifacts where video_id = %s", (video_id,)
        ).fetchall()
        tiers.forget(db, video_id, AFTER[stage])
    for row in rows:
        kind = str(row["kind"])
        if any(kind == each or (each.endswith("-") and kind.startswith(each)) for each in kinds):
            artifacts.discard(video_id, kind)
    return AFTER[stage]


def redone(video_id: str) -> int:
    """How often people have asked for a stage of this video anew."""
    with connect() as db:
        row = db.execute(
            "select count(*) as times from ops.reviews where video_id = %s and state = 'redo'",
            (video_id,),
        ).fetchone()
    assert row is not None
    return int(row["times"])


def hashed(text: str) -> str:
    """Sixteen letters that stand for a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
