"""The one encode of a cut: feeds FFmpeg frames and runs of clips, and tells how far it is."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from ytempire.config import settings
from ytempire.domain import Fallback
from ytempire.journal import Journal
from ytempire.studio import hardware
from ytempire.studio.clips import Clip
from ytempire.studio.cut import Cut
from ytempire.studio.encoder import (
    AUDIO_CODEC,
    COLOURS,
    SAFE,
    complaint,
    ffmpeg,
    thread_limit,
    widen,
    x264,
)
from ytempire.studio.motion import Frame
from ytempire.studio.sequence import Run, film

_REPORT_EVERY_S = 1.0


def encode(cut: Cut, sound: Path, folder: Path, journal: Journal) -> None:
    """Make `folder/cut.mp4` with the best encoder that works here; libx264 where that one fails.

    Raises:
        OutOfSpace: the disk filled up.
        InvalidMedia: a picture or a clip cannot be read, or FFmpeg cannot make the video.
    """
    chosen = hardware.encoder()
    if chosen is not None:
        failed = _encode(cut, sound, folder, journal, chosen)
        if failed is None:
            return
        journal.fell_back(
            Fallback(capability="encode", wanted=chosen.name, used="libx264", reason=failed)
        )
    failed = _encode(cut, sound, folder, journal, None)
    if failed is not None:
        raise complaint(failed, "the video", folder.parent)


def _encode(
    cut: Cut, sound: Path, folder: Path, journal: Journal, chosen: hardware.Encoder | None
) -> str | None:
    """Encode once; returns what FFmpeg complained of, None when all went well."""
    arguments = _arguments(cut, sound, chosen)
    with subprocess.Popen(
        arguments, cwd=folder, stdin=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
    ) as process:
        said = bytearray()
        listener = threading.Thread(target=_listen, args=(process, said), daemon=True)
        listener.start()
        frames = film(
            cut.shots, cut.size, cut.seed, cut.fps, cut.ground,
            note=lambda text: journal.fell_back(_mended(text)),
        )  # fmt: skip
        try:
            is_whole = _feed(process, frames, cut.frames, journal)
        except BaseException:
            process.kill()
            raise
        finally:
            frames.close()
        process.wait()
        listener.join()
    if process.returncode == 0 and is_whole:
        return None
    return said.decode(errors="replace").strip() or "no message"


def _mended(text: str) -> Fallback:
    return Fallback(capability="picture", wanted="a whole clip", used="what there is", reason=text)


def _arguments(cut: Cut, sound: Path, chosen: hardware.Encoder | None) -> list[str]:
    width, height = cut.size
    rate = f"{cut.fps.numerator}/{cut.fps.denominator}"
    filters = ["setparams=color_primaries=bt709:color_trc=bt709"]
    if cut.captions:
        filters.append("ass=captions.ass:fontsdir=fonts")
    has_clips = any(isinstance(shot.media, Clip) for shot in cut.shots)
    codec = x264(cut.fps, has_clips=has_clips)
    if chosen is not None:
        filters += chosen.filters
        codec = (*chosen.codec, "-g", str(round(2 * cut.fps)), *COLOURS)
    # Clips are drawn by their own FFmpeg, whose work is small: the encoder may have every core.
    threads = settings().studio.threads if has_clips else thread_limit()
    parts = [
        *("-hide_banner", "-nostats", "-y", "-loglevel", "error"),
        *(chosen.before if chosen else ()),
        *("-f", "rawvideo", "-pix_fmt", "yuv420p", "-video_size", f"{width}x{height}"),
        *("-framerate", rate, "-color_range", "tv", "-colorspace", "bt709"),
        *("-thread_queue_size", "2", "-threads", "1"),  # of frames that wait in memory
        *(*SAFE, "-i", "pipe:0", *SAFE, "-i", f"file:{sound}"),
        *("-vf", ",".join(filters), "-map", "0:v", "-map", "1:a", *codec, *AUDIO_CODEC),
        *("-map_metadata", "-1", "-movflags", "+faststart", "-f", "mp4"),
        *(("-threads", str(threads)) if threads else ()),
    ]
    return [ffmpeg(), *parts, "cut.mp4"]


def _write(pipe: int, frame: Frame) -> None:
    view = frame.data.data
    while view:
        view = view[os.write(pipe, view) :]


def _listen(process: subprocess.Popen[bytes], said: bytearray) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        said.extend(line)
        del said[:-20_000]


def _feed(
    process: subprocess.Popen[bytes],
    frames: Iterator[Frame | Run],
    total: int,
    journal: Journal,
) -> bool:
    """Hand every frame to FFmpeg; False when it hung up before the last."""
    assert process.stdin is not None
    pipe = process.stdin.fileno()
    widen(pipe)
    reported, done = time.monotonic(), 0
    try:
        for each in frames:
            if isinstance(each, Run):
                each.reel.pour(each.frames, pipe)
                done += each.frames
            else:
                _write(pipe, each)
                done += 1
            if time.monotonic() - reported >= _REPORT_EVERY_S:
                reported = time.monotonic()
                journal.progress(0.05 + 0.93 * done / total, f"frame {done} of {total}")
        process.stdin.close()
    except BrokenPipeError:
        return False
    journal.progress(0.99, "closing the file")
    return True
