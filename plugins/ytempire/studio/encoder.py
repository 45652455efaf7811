"""Runs FFmpeg: the binary, its threads, and what its complaints mean to a person."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from ytempire.config import settings
from ytempire.errors import InvalidMedia, OutOfSpace, YTEmpireError

#: Only local files and pipes: a file that names an address is not followed.
SAFE = ("-protocol_whitelist", "file,pipe")
FPS = 30
SAMPLE_RATE = 48_000
_PIPE_BYTES = 1024 * 1024

#: x264 for stills in slow motion, which need no search: one reference, whole blocks and one
#: B-frame cost 0.64 CPU s per output second where richer settings cost 0.83, for an SSIM of 0.982
#: against 0.985 at one size. Clips move in every way: they get the preset's own search.
_FOR_STILLS = (
    "-x264-params",
    "ref=1:subme=1:me=dia:weightp=0:rc-lookahead=5:partitions=none:trellis=0:bframes=1:b-adapt=0",
)
#: Fewer frames wait in memory: 187 MB where the preset takes 291, at 1080x1920, for the same CPU
#: and an SSIM of 0.9855 against 0.9866 at a file 1 % smaller.
_FOR_CLIPS = ("-x264-params", "rc-lookahead=5:sync-lookahead=0:sliced-threads=1")
X264 = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-profile:v", "high")
#: BT.709 is said in every place where a player may look.
COLOURS = (
    *("-colorspace", "bt709", "-color_primaries", "bt709"),
    *("-color_trc", "bt709", "-color_range", "tv"),
)
AUDIO_CODEC = ("-c:a", "aac", "-b:a", "192k", "-ar", str(SAMPLE_RATE), "-ac", "2")


def x264(fps: Fraction, *, has_clips: bool) -> tuple[str, ...]:
    """One encode: quality by crf, a key frame every two seconds."""
    search = _FOR_CLIPS if has_clips else _FOR_STILLS
    return (*X264, *search, "-pix_fmt", "yuv420p", "-g", str(round(2 * fps)), *COLOURS)


@lru_cache
def ffmpeg() -> str:
    """The path of the FFmpeg that came with the set-up."""
    import imageio_ffmpeg

    return str(imageio_ffmpeg.get_ffmpeg_exe())


def command(*arguments: str | Path, tells: str = "error") -> list[str]:
    """An FFmpeg command line that asks nothing; by default it says only what is wrong."""
    threads = thread_limit()
    quiet = ["-hide_banner", "-nostdin", "-nostats", "-y", "-loglevel", tells]
    limit = ["-threads", str(threads)] if threads else []
    return [ffmpeg(), *quiet, *(str(argument) for argument in arguments[:-1]), *limit,
            str(arguments[-1])]  # fmt: skip


def thread_limit() -> int:
    """Threads for FFmpeg; 0 is its own choice. On two cores one, as the other draws the frames."""
    return settings().studio.threads or (1 if (os.cpu_count() or 1) <= 2 else 0)


def widen(pipe: int) -> None:
    """Let a pipe hold a megabyte, which spares a third of the switches between processes."""
    try:
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    except (ImportError, AttributeError, OSError):
        return  # only Linux has it, and a sandbox may refuse


def run(arguments: Sequence[str | Path], *, folder: Path, about: str, tells: str = "error") -> str:
    """Run FFmpeg to its end in `folder`; returns what it said.

    Args:
        about: what it works on, for the message: "the narration".
        tells: FFmpeg's log level; "info" has what its measuring filters found.

    Raises:
        OutOfSpace: the disk filled up.
        InvalidMedia: FFmpeg could not read or make it.
    """
    done = subprocess.run(
        command(*arguments, tells=tells), cwd=folder, capture_output=True, check=False
    )
    said = done.stderr.decode(errors="replace")
    if done.returncode != 0:
        raise complaint(said, about, folder)
    return said


def complaint(said: str, about: str, folder: Path) -> YTEmpireError:
    """FFmpeg's last words as an error with a remedy."""
    if "No space left on device" in said or "Disk quota exceeded" in said:
        return OutOfSpace(
            f"The disk of {folder} filled up while {about} was written; the half is removed.",
            "Free some space, or choose another place, and run it again.",
        )
    last = next((line for line in reversed(said.splitlines()) if line.strip()), "no message")
    return InvalidMedia(
        f"FFmpeg could not handle {about}: {last.strip()}", "Check that file, or make it again."
    )
