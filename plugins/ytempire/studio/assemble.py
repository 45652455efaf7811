"""Pictures, narration, captions and music into one file, in one encode.

Frames go as raw YUV into a single FFmpeg that burns the captions, adds the finished sound and
encodes. Nothing a stranger wrote is part of a filter: captions are a file with escaped text, and
FFmpeg runs in a scratch folder where every name is ours.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from ytempire.domain import Format, Identity, Narration, Usage
from ytempire.errors import InvalidMedia, OutOfSpace
from ytempire.studio import motion
from ytempire.studio.captions import write_ass
from ytempire.studio.encoder import AUDIO_CODEC, FPS, SAFE, VIDEO_CODEC, command, complaint
from ytempire.studio.fonts import FOLDER as FONTS
from ytempire.studio.loudness import mix
from ytempire.studio.music import compose

Progress = Callable[[float, str], None]

#: Bytes a second that a finished file may take (12 Mbit/s; a usual one takes 2), its copy while
#: faststart rewrites it, and the sound in between; and what must stay free besides.
_BYTES_PER_S = 2 * 1_500_000 + 1_000_000
_SPARE_BYTES = 64 * 1024 * 1024
_REPORT_EVERY_S = 1.0
#: Linux lets a pipe hold a megabyte, which spares a third of the switches between processes.
_PIPE_BYTES = 1024 * 1024


def assemble(
    pictures: Sequence[Path],
    narration: Narration,
    identity: Identity,
    format: Format,
    out: Path,
    progress: Progress,
) -> tuple[Path, tuple[Usage, ...]]:
    """Make the video `out` (MP4); it appears there whole, or not at all.

    Args:
        pictures: one for each scene of the narration.
        progress: told the fraction done, 0 to 1, and a short note, about once a second.

    Raises:
        OutOfSpace: the disk has too little room; told before anything starts where possible.
        InvalidMedia: a picture or the narration cannot be used; the message names it.
    """
    started = time.monotonic()
    _check(pictures, narration)
    out.parent.mkdir(parents=True, exist_ok=True)
    require_space(out.parent, narration.seconds)
    ends = motion.scene_frames(narration.scene_ends)
    with _room(out) as folder:
        progress(0.0, "composing the music")
        seed = identity.seed * 7919 + ends[-1]
        with _disk_errors(folder):
            music = compose(ends[-1] / FPS, seed, folder / "music.wav")
            write_ass(narration, format, identity, folder / "captions.ass")
        progress(0.03, "mixing the sound")
        sound = mix(narration.audio.resolve(), music, ends[-1], folder)
        _encode(motion.frames(pictures, ends, format.size, seed), ends[-1], format, sound,
                folder, progress)  # fmt: skip
        with _disk_errors(folder):
            _keep(folder / "cut.mp4", out)
    progress(1.0, f"{ends[-1] / FPS:.0f} s of video")
    spent = Decimal(str(round(time.monotonic() - started, 3)))
    return out, (Usage(provider="ffmpeg", kind="render", unit="second", quantity=spent),)


def require_space(folder: Path, seconds: float) -> None:
    """Make sure that the disk has room for a video of so many seconds.

    Raises:
        OutOfSpace: with how much is free and how much is needed.
    """
    free = shutil.disk_usage(folder).free
    needed = int(seconds * _BYTES_PER_S) + _SPARE_BYTES
    if free < needed:
        raise OutOfSpace(
            f"{folder} has {free / 1e6:.0f} MB free; {seconds:.0f} s of video need "
            f"{needed / 1e6:.0f} MB while it is made.",
            "Free some space, or choose another place with --out or YTEMPIRE_HOME.",
        )


def _check(pictures: Sequence[Path], narration: Narration) -> None:
    if len(pictures) != len(narration.scene_ends):
        raise InvalidMedia(
            f"There are {len(pictures)} pictures for {len(narration.scene_ends)} scenes.",
            "Paint the pictures of this script again.",
        )
    if not narration.audio.is_file():
        raise InvalidMedia(f"There is no narration at {narration.audio}.", "Narrate again.")
    for picture in pictures:
        motion.require_picture(picture)


@contextmanager
def _room(out: Path) -> Iterator[Path]:
    """A scratch folder on the disk of `out`, with the fonts in it; gone afterwards."""
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.stem[:40]}-") as name:
        folder = Path(name).resolve()
        try:
            (folder / "fonts").symlink_to(FONTS)
        except OSError:  # a file system without links
            shutil.copytree(FONTS, folder / "fonts")
        yield folder


@contextmanager
def _disk_errors(folder: Path) -> Iterator[None]:
    """A full disk as OutOfSpace, whoever met it."""
    import errno

    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise complaint("No space left on device", "the video", folder.parent) from error
        raise


def _encode(
    frames: Iterator[motion.Frame],
    total: int,
    format: Format,
    sound: Path,
    folder: Path,
    progress: Progress,
) -> None:
    width, height = format.size
    arguments = command(
        *("-f", "rawvideo", "-pix_fmt", "yuv420p", "-video_size", f"{width}x{height}"),
        *("-framerate", str(FPS), "-color_range", "tv", "-colorspace", "bt709"),
        *(*SAFE, "-i", "pipe:0", *SAFE, "-i", sound),
        *("-vf", "setparams=color_primaries=bt709:color_trc=bt709,"
          "ass=captions.ass:fontsdir=fonts"),
        *("-map", "0:v", "-map", "1:a", *VIDEO_CODEC, *AUDIO_CODEC),
        *("-map_metadata", "-1", "-movflags", "+faststart", "-f", "mp4"),
        "cut.mp4",
    )  # fmt: skip
    with subprocess.Popen(
        [part for part in arguments if part != "-nostdin"],
        cwd=folder,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        said = bytearray()
        listener = threading.Thread(target=_listen, args=(process, said), daemon=True)
        listener.start()
        try:
            is_whole = _feed(process, frames, total, progress)
        except BaseException:
            process.kill()
            raise
        process.wait()
        listener.join()
    if process.returncode != 0 or not is_whole:
        raise complaint(said.decode(errors="replace"), "the video", folder.parent)


def _listen(process: subprocess.Popen[bytes], said: bytearray) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        said.extend(line)
        del said[:-20_000]


def _feed(
    process: subprocess.Popen[bytes],
    frames: Iterator[motion.Frame],
    total: int,
    progress: Progress,
) -> bool:
    """Hand every frame to FFmpeg; False when it hung up before the last."""
    assert process.stdin is not None
    _widen(process.stdin.fileno())
    reported = time.monotonic()
    try:
        for number, frame in enumerate(frames, start=1):
            process.stdin.write(frame.data.data)
            if time.monotonic() - reported >= _REPORT_EVERY_S:
                reported = time.monotonic()
                progress(0.05 + 0.93 * number / total, f"frame {number} of {total}")
        process.stdin.close()
    except BrokenPipeError:
        return False
    progress(0.99, "closing the file")
    return True


def _widen(pipe: int) -> None:
    try:
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    except (ImportError, AttributeError, OSError):
        return  # only Linux has it, and a sandbox may refuse


def _keep(made: Path, out: Path) -> None:
    """Put the finished file in its place, safe from a power cut."""
    part = out.with_name(out.name + ".part")
    made.replace(part)
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(out)
    folder = os.open(out.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
