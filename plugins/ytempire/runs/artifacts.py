"""What the stages of a video have made: a row here means that the file is whole and stored."""

from __future__ import annotations

import shutil
from pathlib import Path

from ytempire import storage
from ytempire.config import settings
from ytempire.errors import InvalidInput
from ytempire.warehouse.database import connect


def save(video_id: str, kind: str, source: Path) -> str:
    """Store a file and record it; returns its address. Saving the kind again replaces it."""
    stored = storage.put(source, f"videos/{video_id}/{source.name}")
    with connect() as db:
        db.execute(
            """
            insert into ops.artifacts (video_id, kind, path, sha256, bytes)
            values (%s, %s, %s, %s, %s)
            on conflict (video_id, kind) do update
                set path = excluded.path, sha256 = excluded.sha256, bytes = excluded.bytes
            """,
            (video_id, kind, stored.path, stored.sha256, stored.bytes),
        )
    return stored.path


def find(video_id: str, kind: str) -> str | None:
    """The address of a video's artefact, or None when that stage has not finished."""
    with connect() as db:
        row = db.execute(
            "select path from ops.artifacts where video_id = %s and kind = %s", (video_id, kind)
        ).fetchone()
    return row["path"] if row else None


def discard(video_id: str, kind: str) -> None:
    """Forget an artefact, so that its stage makes it anew; the stored file stays for a look."""
    with connect() as db:
        db.execute("delete from ops.artifacts where video_id = %s and kind = %s", (video_id, kind))


def local(video_id: str, kind: str) -> Path:
    """A local file with a video's artefact.

    Raises:
        InvalidInput: the stage that makes it has not finished.
    """
    path = find(video_id, kind)
    if path is None:
        raise InvalidInput(
            f"Video {video_id} has no {kind} yet.", "Clear the task that makes it, and let it run."
        )
    return storage.fetch(path, workshop(video_id))


def lines(video_id: str, kind: str) -> tuple[str, ...]:
    """The lines of a text that a stage may have left; none when it did not."""
    if find(video_id, kind) is None:
        return ()
    return tuple(local(video_id, kind).read_text(encoding="utf-8").splitlines())


def sha256(file: Path) -> str:
    """What a file is known by, as `save` writes it down."""
    return storage.sha256(file)


def workshop(video_id: str) -> Path:
    """The scratch folder of a video on this machine; what is finished moves to storage."""
    folder = settings().home / "work" / video_id
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def remove(video_id: str, *, for_good: bool) -> int:
    """Remove every file of a video, in storage and in this machine's own folders.

    Args:
        video_id: letters, digits, `_`, `.` and `-`: it names folders.
        for_good: else they stay, and are only counted.

    Returns:
        How many there are.
    """
    count = storage.remove(f"videos/{video_id}", for_good=for_good)
    for folder in ("work", "handed"):
        place = settings().home / folder / video_id
        count += sum(each.is_file() for each in place.rglob("*"))
        if for_good:
            shutil.rmtree(place, ignore_errors=True)
    return count
