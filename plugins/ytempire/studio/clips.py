"""Clips as frames of the cut: any footage in, planes of the frame's size and rate out.

Each clip is decoded by an FFmpeg of its own, which crops it to fill, turns what a phone filmed on
its side, evens out a variable frame rate and brings HDR and other colours to BT.709. Whole frames
go from its pipe to the encoder's without passing through here; only those of a transition do.
"""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

from ytempire.domain import Frozen
from ytempire.errors import InvalidMedia
from ytempire.providers.pictures.checking import require_own_frames
from ytempire.studio.encoder import SAFE, ffmpeg, widen
from ytempire.studio.motion import Frame

Note = Callable[[str], None]

#: A clip shorter than this stands still on its last frame; a longer one begins again, unless it
#: lacks no more than this, as one does that is as long as its scene and fades into the next.
_HELD_S = 0.5
#: A frame of more pixels than this is a wrong file, or an attack on memory.
_LARGEST_PIXELS = 80_000_000
#: One decodes an HD clip faster than it can be encoded; each more takes memory.
_THREADS = "1"
_LARGE_PIXELS, _LARGE_THREADS = 3_000_000, "2"
_AT_ONCE = 1024 * 1024

# FFmpeg's numbers (ITU-T H.273): transfer functions of PQ and HLG; matrices.
_HDR = {16: "smpte2084", 18: "arib-std-b67"}
_MATRICES = {1: "bt709", 4: "fcc", 5: "bt601", 6: "bt601", 7: "smpte240m", 9: "bt2020"}
_FULL_RANGE = 2
#: Decoders that drop the transparency, and those that keep it.
_KEEPS_ALPHA = {"vp8": "libvpx", "vp9": "libvpx-vp9"}


class Clip(Frozen):
    """What a video file holds, as it is meant to be seen.

    Attributes:
        size: of a frame, turned upright, in pixels that may not be square.
        pixel: width of a pixel over its height, turned upright.
        seconds: 0 where the file does not say.
        transfer, matrix: FFmpeg's numbers (ITU-T H.273).
    """

    path: Path
    size: tuple[int, int]
    pixel: Fraction
    rate: Fraction
    seconds: float
    codec: str
    pixel_format: str
    transfer: int
    matrix: int
    is_full_range: bool
    is_interlaced: bool
    has_alpha: bool
    has_sound: bool

    @property
    def is_hdr(self) -> bool:
        return self.transfer in _HDR


def probe(path: Path) -> Clip:
    """Look at a video file and decode its first frame.

    Raises:
        InvalidMedia: it is missing, holds no moving picture, or none that can be decoded.
    """
    import av

    if not path.is_file():
        raise InvalidMedia(f"There is no clip at {path}.", "Correct the path.")
    try:
        with av.open(str(path), options={"protocol_whitelist": "file"}) as container:
            require_own_frames(container, path.name)
            streams = [s for s in container.streams.video if not _is_cover(s)]
            if not streams:
                raise InvalidMedia(f"{path.name} holds no moving picture.", "Use a video file.")
            frame = next(container.decode(streams[0]), None)
            if frame is None:
                raise InvalidMedia(f"No frame of {path.name} can be decoded.", "Replace it.")
            return _clip(path, container, streams[0], frame)
    except (av.error.FFmpegError, ValueError, OSError) as error:
        raise InvalidMedia(f"The clip {path} cannot be read: {error}", "Replace it.") from error


def _is_cover(stream: Any) -> bool:
    import av

    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _clip(path: Path, container: Any, stream: Any, frame: Any) -> Clip:
    if frame.width * frame.height > _LARGEST_PIXELS:
        raise InvalidMedia(
            f"{path.name} has frames of {frame.width}x{frame.height} pixels.",
            "Use a clip of at most 80 megapixels a frame.",
        )
    pixel = Fraction(stream.sample_aspect_ratio or 1) or Fraction(1)
    size = (frame.width, frame.height)
    if frame.rotation % 180:
        size, pixel = (size[1], size[0]), 1 / pixel
    return Clip(
        path=path,
        size=size,
        pixel=pixel,
        rate=Fraction(stream.average_rate or stream.guessed_rate or 30),
        seconds=_seconds(container, stream),
        codec=stream.codec_context.name,
        pixel_format=frame.format.name,
        transfer=int(frame.color_trc),
        matrix=int(frame.colorspace),
        is_full_range=int(frame.color_range) == _FULL_RANGE or frame.format.name.startswith("yuvj"),
        is_interlaced=bool(frame.interlaced_frame),
        has_alpha=any(c.is_alpha for c in frame.format.components)
        or stream.metadata.get("alpha_mode") == "1",
        has_sound=bool(container.streams.audio),
    )


def _seconds(container: Any, stream: Any) -> float:
    if stream.duration:
        return float(stream.duration * stream.time_base)
    return float(container.duration or 0) / 1e6


def filters(clip: Clip, frames: int, size: tuple[int, int], fps: Fraction, ground: str) -> str:
    """The FFmpeg graph from a clip to frames of the cut, labelled [out].

    Args:
        frames: how many are wanted.
        ground: #rrggbb, what is seen through a clip that is transparent.
    """
    steps = ["setpts=PTS-STARTPTS"]
    if clip.is_interlaced:
        steps.append("bwdif=mode=send_frame:deint=interlaced")
    slower = clip.rate > fps  # frames that are dropped need not be scaled
    if slower:
        steps.append(_rate(fps))
    steps += _filling(clip, size)
    steps += _colours(clip, size)
    if clip.has_alpha:
        timed = [*steps, *([] if slower else [_rate(fps)]), *_holding(clip, frames, fps)]
        return _over(timed, size, fps, ground)
    if not slower:
        steps.append(_rate(fps))
    return "[0:v:0]" + ",".join([*steps, *_holding(clip, frames, fps), "format=yuv420p[out]"])


def _rate(fps: Fraction) -> str:
    return f"fps={fps.numerator}/{fps.denominator}"


def _holding(clip: Clip, frames: int, fps: Fraction) -> list[str]:
    if 0 < clip.seconds < _HELD_S:
        return ["tpad=stop=-1:stop_mode=clone"]
    is_just_enough = abs(float(frames / fps) - clip.seconds) <= _HELD_S
    return [f"tpad=stop={round(fps * Fraction(_HELD_S))}:stop_mode=clone"] if is_just_enough else []


def _filling(clip: Clip, size: tuple[int, int]) -> list[str]:
    """Cut the middle at the frame's shape, in the clip's own pixels, before anything is scaled."""
    across = Fraction(size[0], size[1]) / clip.pixel
    width, height = clip.size
    cut_w, cut_h = min(width, round(height * across)), min(height, round(width / across))
    if (cut_w, cut_h) == clip.size:
        return []
    left, top = (width - max(cut_w, 1)) // 2, (height - max(cut_h, 1)) // 2
    return [f"crop={max(cut_w, 1)}:{max(cut_h, 1)}:{left}:{top}:exact=1"]


def _colours(clip: Clip, size: tuple[int, int]) -> list[str]:
    """Scale, and bring the colours to 8-bit BT.709 in limited range, where they are not."""
    scale = f"scale={size[0]}:{size[1]}:flags=bicubic+accurate_rnd"
    told = f"in_color_matrix={_matrix(clip)}:in_range={'full' if clip.is_full_range else 'limited'}"
    if clip.has_alpha:
        return [f"{scale}:{told}", "setsar=1", "format=gbrap"]
    if clip.is_hdr:
        return [
            f"{scale}", "setsar=1",
            f"zscale=tin={_HDR[clip.transfer]}:pin=bt2020:min=bt2020nc:t=linear:npl=203",
            "format=gbrpf32le", "zscale=p=bt709", "tonemap=tonemap=mobius:desat=0",
            "zscale=t=bt709:m=bt709:r=limited:d=ordered",
        ]  # fmt: skip
    is_ready = clip.size == size and clip.pixel == 1 and clip.pixel_format == "yuv420p"
    if is_ready and _matrix(clip) == "bt709" and not clip.is_full_range:
        return []
    return [f"{scale}:{told}:out_color_matrix=bt709:out_range=limited", "setsar=1"]


def _matrix(clip: Clip) -> str:
    """The colour matrix; a clip that does not say is BT.709 from HD on, BT.601 below."""
    return _MATRICES.get(clip.matrix) or ("bt709" if max(clip.size) >= 1280 else "bt601")


def _over(steps: list[str], size: tuple[int, int], fps: Fraction, ground: str) -> str:
    return (
        f"color=c=0x{ground.removeprefix('#')}:s={size[0]}x{size[1]}:"
        f"r={fps.numerator}/{fps.denominator},format=gbrp[ground];"
        f"[0:v:0]{','.join(steps)}[clip];"
        "[ground][clip]overlay=format=gbrp:shortest=1,"
        "scale=out_color_matrix=bt709:out_range=limited,format=yuv420p[out]"
    )


class Reel:
    """A clip's frames in order, for as long as they are wanted."""

    def __init__(
        self,
        clip: Clip,
        frames: int,
        size: tuple[int, int],
        fps: Fraction,
        ground: str,
        note: Note,
    ) -> None:
        self._clip, self._fps, self._note = clip, fps, note
        decoder = ("-c:v", _KEEPS_ALPHA[clip.codec]) if self._is_hidden_alpha else ()
        is_large = clip.size[0] * clip.size[1] > _LARGE_PIXELS
        threads = _LARGE_THREADS if is_large else _THREADS
        self._command = [
            ffmpeg(), "-hide_banner", "-nostdin", "-loglevel", "quiet", "-threads", threads,
            *decoder, *SAFE, "-i", f"file:{clip.path.resolve()}",
            "-filter_complex", filters(clip, frames, size, fps, ground), "-map", "[out]",
            "-filter_threads", "1", "-thread_queue_size", "2",  # of frames that wait in memory
            "-f", "rawvideo", "-pix_fmt", "yuv420p", "pipe:1",
        ]  # fmt: skip
        self._frame_bytes = size[0] * size[1] * 3 // 2
        self._process: subprocess.Popen[bytes] | None = None
        self._given = 0  # bytes since the clip began

    @property
    def _is_hidden_alpha(self) -> bool:
        return self._clip.has_alpha and self._clip.codec in _KEEPS_ALPHA

    def start(self) -> int:
        """Begin to decode ahead, as far as the pipe holds; returns the pipe."""
        if self._process is None:
            self._process = subprocess.Popen(
                self._command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
            )
            assert self._process.stdout is not None
            widen(self._process.stdout.fileno())
        assert self._process.stdout is not None
        return self._process.stdout.fileno()

    def draw(self, into: Frame) -> None:
        """Read the next frame."""
        view = into.data.data
        while view:
            view = view[self._counted(os.readv(self.start(), [view])) :]

    def pour(self, frames: int, pipe: int) -> None:
        """Pass the next frames on to another pipe."""
        left = frames * self._frame_bytes
        while left:
            left -= self._counted(_pass_on(self.start(), pipe, min(_AT_ONCE, left)))

    def _counted(self, moved: int) -> int:
        """Note what came; nothing: the clip is over before its scene and begins again.

        Raises:
            InvalidMedia: it gave no frame since it began, or broke off within one.
        """
        if moved:
            self._given += moved
            return moved
        self.close()
        if not self._given or self._given % self._frame_bytes:
            raise InvalidMedia(f"The clip {self._clip.path} cannot be decoded.", "Replace it.")
        self._given = 0
        self._note(f"{self._clip.path.name} is shorter than its scene and begins again")
        return 0

    def close(self) -> None:
        """End its FFmpeg."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            assert process.stdout is not None
            process.stdout.close()
            process.wait()


def _pass_on(source: int, target: int, count: int) -> int:
    """Move bytes between two pipes; on Linux they are not copied."""
    try:
        return os.splice(source, target, count)
    except (AttributeError, OSError) as error:  # no Linux, or a sandbox without it
        if getattr(error, "errno", errno.EINVAL) not in {errno.EINVAL, errno.ENOSYS, errno.EPERM}:
            raise
    data = os.read(source, count)
    view = memoryview(data)
    while view:
        view = view[os.write(target, view) :]
    return len(data)
