"""The release check: measures a finished file against what it should be, in one decode.

It reads nothing but the file, the script and the narration, and shares no number with the
encoder's own settings beyond the targets: a wrong file is found whoever made it.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from ytempire.domain import Finding, Format, Frozen, Identity, Narration, QualityReport, Script
from ytempire.errors import InvalidMedia
from ytempire.studio import cards, loudness
from ytempire.studio.encoder import FPS, SAFE, SAMPLE_RATE, ffmpeg, thread_limit

#: Seconds of black, or of a picture that stands still, that a viewer takes for a fault.
LONGEST_BLACK_S, LONGEST_FREEZE_S = 0.2, 1.5
#: A pixel darker than this share is black; a dark background is brighter. Mean difference of a
#: picture (0..1) below which it stands still: a slow zoom over a plain gradient is above it.
_BLACK_PIXEL, _STILL = 0.03, 0.00025
#: Seconds without a word beyond which captions and voice have come apart.
_LONGEST_REST_S = 3.0
_DEADLINE_S = 600

_BLACK = re.compile(r"black_start:(\S+) black_end:(\S+) black_duration:(\S+)")
_FREEZE = re.compile(r"freeze_duration: (\S+)")
_FREEZE_START = re.compile(r"freeze_start: (\S+)")


class _Streams(Frozen):
    """What the container and the packets say, without decoding."""

    video_codec: str
    pixel_format: str
    size: tuple[int, int]
    fps: float
    colours: tuple[int, int, int, int]
    frames: int
    frames_promised: int
    audio_codec: str
    sample_rate: int
    channels: int
    video_seconds: float
    audio_seconds: float


def check(
    video: Path,
    script: Script,
    narration: Narration,
    format: Format,
    identity: Identity | None = None,
) -> QualityReport:
    """Measure a finished video; every rule is a finding, held or broken.

    A file that cannot be read is a finding as well, never an exception.

    Args:
        identity: whose opening and closing card stand before and after the narration.
    """
    findings = list(_captions(script, narration))
    try:
        streams = _read(video)
    except (InvalidMedia, OSError) as error:
        broken = Finding(rule="readable", is_ok=False, measured=str(error), wanted="an MP4 file")
        return QualityReport(findings=(broken, *findings))
    findings += _shape(video, streams, format)
    cards_s = cards.lead_s(identity) + cards.tail_s(identity) if identity else 0.0
    findings += _lengths(streams, narration.seconds + cards_s)
    findings += _seen_and_heard(video, streams.video_seconds)
    return QualityReport(findings=tuple(findings))


def _captions(script: Script, narration: Narration) -> Iterator[Finding]:
    written = "".join(script.text.split())
    spoken = "".join("".join(word.text for word in narration.words).split())
    is_same = written == spoken
    yield Finding(
        rule="captions say the script",
        is_ok=is_same,
        measured=f"{len(narration.words)} words"
        + ("" if is_same else f", unlike from {_parting(written, spoken)!r} on"),
        wanted=f"the script's {len(written)} letters",
    )
    times = [time for word in narration.words for time in (word.start, word.end)]
    rises = all(a <= b for a, b in pairwise(times))
    inside = bool(times) and times[0] >= 0 and times[-1] <= narration.seconds
    rest = max((b.start - a.end for a, b in pairwise(narration.words)), default=0.0)
    yield Finding(
        rule="captions keep time",
        is_ok=rises and inside and rest <= _LONGEST_REST_S,
        measured=f"rising: {rises}, within the sound: {inside}, longest rest {rest:.2f} s",
        wanted=f"rising, within the sound, no rest over {_LONGEST_REST_S:.0f} s",
    )


def _parting(written: str, spoken: str) -> str:
    """Some letters of the captions, from the first that is not the script's."""
    pairs = zip(written, spoken, strict=False)
    same = next((at for at, (one, other) in enumerate(pairs) if one != other), len(written))
    return spoken[same : same + 24]


def _read(video: Path) -> _Streams:
    import av

    try:
        with av.open(str(video)) as container:
            if not container.streams.video or not container.streams.audio:
                raise InvalidMedia(f"{video.name} lacks a picture or a sound stream.")
            picture, sound = container.streams.video[0], container.streams.audio[0]
            counted = {picture.index: 0, sound.index: 0}
            ends = {picture.index: 0.0, sound.index: 0.0}
            for packet in container.demux(picture, sound):
                if packet.size and packet.pts is not None:
                    index = packet.stream.index
                    counted[index] += 1
                    end = float((packet.pts + (packet.duration or 0)) * packet.time_base)
                    ends[index] = max(ends[index], end)
            return _streams(picture, sound, counted[picture.index], ends)
    except (av.error.FFmpegError, ValueError) as error:
        raise InvalidMedia(f"{video.name} cannot be read: {error}") from error


def _streams(picture: Any, sound: Any, frames: int, ends: dict[int, float]) -> _Streams:
    codec = picture.codec_context
    return _Streams(
        video_codec=codec.name,
        pixel_format=codec.pix_fmt or "",
        size=(codec.width, codec.height),
        fps=float(picture.average_rate or 0),
        colours=(codec.colorspace, codec.color_primaries, codec.color_trc, codec.color_range),
        frames=frames,
        frames_promised=picture.frames,
        audio_codec=sound.codec_context.name,
        sample_rate=sound.codec_context.sample_rate,
        channels=sound.codec_context.channels,
        video_seconds=ends[picture.index],
        audio_seconds=min(float(sound.duration * sound.time_base), ends[sound.index]),
    )


def _shape(video: Path, streams: _Streams, format: Format) -> Iterator[Finding]:
    yield _equal("video codec", f"{streams.video_codec} {streams.pixel_format}", "h264 yuv420p")
    yield _equal("size", "{}x{}".format(*streams.size), "{}x{}".format(*format.size))
    yield _equal("frame rate", f"{streams.fps:g}", str(FPS))
    #: FFmpeg's numbers: BT.709 is 1 in each table, and limited ("tv") range is 1.
    yield _equal("colour tags", str(streams.colours), str((1, 1, 1, 1)))
    yield _equal(
        "audio codec",
        f"{streams.audio_codec} {streams.sample_rate} Hz {streams.channels} ch",
        f"aac {SAMPLE_RATE} Hz 2 ch",
    )
    yield _equal("faststart", " ".join(_atoms(video)), "moov before mdat", _starts_fast(video))
    yield _equal("whole", f"{streams.frames} frames", f"{streams.frames_promised} frames")


def _equal(rule: str, measured: str, wanted: str, is_ok: bool | None = None) -> Finding:
    held = measured == wanted if is_ok is None else is_ok
    return Finding(rule=rule, is_ok=held, measured=measured, wanted=wanted)


def _atoms(video: Path) -> list[str]:
    """The names of an MP4's top-level boxes, in order (ISO/IEC 14496-12, 4.2)."""
    names: list[str] = []
    size = video.stat().st_size
    with video.open("rb") as file:
        at = 0
        while at + 8 <= size and len(names) < 16:
            file.seek(at)
            header = file.read(16)
            length = int.from_bytes(header[:4], "big")
            if length == 1:
                length = int.from_bytes(header[8:16], "big")
            names.append(header[4:8].decode("latin-1"))
            if length < 8:
                break
            at += length
    return names


def _starts_fast(video: Path) -> bool:
    names = _atoms(video)
    return "moov" in names and "mdat" in names and names.index("moov") < names.index("mdat")


def _lengths(streams: _Streams, wanted: float) -> Iterator[Finding]:
    apart = abs(streams.video_seconds - streams.audio_seconds)
    yield Finding(
        rule="picture and sound end together",
        is_ok=apart <= 1 / FPS + 1e-3,
        measured=f"{streams.video_seconds:.3f} s and {streams.audio_seconds:.3f} s",
        wanted="equal to a frame",
    )
    off = abs(streams.video_seconds - wanted)
    yield Finding(
        rule="length",
        is_ok=off <= 1 / FPS + 1e-3,
        measured=f"{streams.video_seconds:.3f} s",
        wanted=f"{wanted:.3f} s, to a frame",
    )


def _seen_and_heard(video: Path, seconds: float) -> Iterator[Finding]:
    said = _decode(video)
    try:
        heard = loudness.parse(said, video.name)
    except InvalidMedia as error:
        heard = loudness.Loudness(integrated=-99.0, true_peak=-99.0)
        yield Finding(rule="sound", is_ok=False, measured=error.message, wanted="a sound")
    yield Finding(
        rule="loudness",
        is_ok=abs(heard.integrated - loudness.TARGET_LUFS) <= loudness.TOLERANCE_LU,
        measured=f"{heard.integrated:.1f} LUFS",
        wanted=f"{loudness.TARGET_LUFS:.0f} ±{loudness.TOLERANCE_LU:.0f} LUFS",
    )
    yield Finding(
        rule="true peak",
        is_ok=heard.true_peak <= loudness.CEILING_DBTP,
        measured=f"{heard.true_peak:.1f} dBTP",
        wanted=f"at most {loudness.CEILING_DBTP:.0f} dBTP",
    )
    black = sum(float(match[3]) for match in _BLACK.finditer(said))
    yield Finding(
        rule="no black frames",
        is_ok=black <= LONGEST_BLACK_S,
        measured=f"{black:.2f} s black",
        wanted=f"at most {LONGEST_BLACK_S:.1f} s",
    )
    frozen = _frozen(said, seconds)
    yield Finding(
        rule="no frozen picture",
        is_ok=frozen <= LONGEST_FREEZE_S,
        measured=f"{frozen:.2f} s still",
        wanted=f"at most {LONGEST_FREEZE_S:.1f} s",
    )


def _frozen(said: str, seconds: float) -> float:
    """The longest stretch that stands still; one that lasts to the end has no reported length."""
    lasting = [float(length) for length in _FREEZE.findall(said)]
    starts = [float(start) for start in _FREEZE_START.findall(said)]
    if len(starts) > len(lasting):
        lasting.append(seconds - starts[-1])
    return max(lasting, default=0.0)


def _decode(video: Path) -> str:
    """What FFmpeg's detectors say: every reference frame, small, and all of the sound.

    The upper half only is asked whether it moves: captions, lower down, change in any case.
    """
    seen = (
        "[0:v]scale=iw/4:-2:flags=area,split=2[whole][half];"
        f"[whole]blackdetect=d=0.05:pix_th={_BLACK_PIXEL}:pic_th=0.995,nullsink;"
        "[half]crop=iw:ih*0.56:0:0,"
        f"freezedetect=n={_STILL}:d={LONGEST_FREEZE_S},nullsink;"
        "[0:a]ebur128=peak=true:framelog=quiet[sound]"
    )
    done = subprocess.run(
        [ffmpeg(), "-hide_banner", "-nostdin", "-nostats", "-threads", str(thread_limit()),
         "-skip_frame", "noref",
         "-skip_loop_filter", "all", *SAFE, "-i", str(video),
         "-filter_complex", seen, "-map", "[sound]", "-f", "null", "-"],
        capture_output=True,
        check=False,
        timeout=_DEADLINE_S,
    )  # fmt: skip
    return done.stderr.decode(errors="replace")
