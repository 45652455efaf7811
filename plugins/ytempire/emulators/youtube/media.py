"""What an uploaded file is: its digest, and what a decoder finds in it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Probe:
    """A probed file.

    Attributes:
        seconds: duration of the longest stream; 0 when it cannot be played.
        failure: `status.failureReason` of a file that is no video, else None.
    """

    sha256: str
    seconds: float
    width: int
    height: int
    failure: str | None


def sha256_of(path: Path) -> str:
    """Hex digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def probe(path: Path) -> Probe:
    """Reads a video file as YouTube's processing would; a bad file is a finding, not an error."""
    import av
    from av.error import FFmpegError

    digest = sha256_of(path)
    if path.stat().st_size == 0:
        return Probe(digest, 0.0, 0, 0, "emptyFile")
    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0] if container.streams.video else None
            seconds = float(container.duration or 0) / 1_000_000
            if stream is None or seconds <= 0:
                return Probe(digest, 0.0, 0, 0, "invalidFile")
            return Probe(digest, seconds, int(stream.width), int(stream.height), None)
    except FFmpegError:
        return Probe(digest, 0.0, 0, 0, "invalidFile")


def picture_type(head: bytes) -> str | None:
    """Media type of a picture by its first bytes: JPEG or PNG, else None."""
    if head.startswith(_JPEG):
        return "image/jpeg"
    return "image/png" if head.startswith(_PNG) else None
