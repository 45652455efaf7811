"""Loudness as broadcasters count it (ITU-R BS.1770, EBU R 128), and the mix that holds to it.

The gain is constant over the video and a limiter takes the few peaks that would be too high:
unlike one-pass loudness normalising, quiet parts stay quiet and the music does not pump.
"""

from __future__ import annotations

import math
import re
from pathlib import Path

from ytempire.domain import Frozen
from ytempire.errors import InvalidMedia
from ytempire.studio.encoder import FPS, SAFE, SAMPLE_RATE, ffmpeg, run

#: What YouTube plays at; louder is turned down, quieter stays quiet.
TARGET_LUFS, TOLERANCE_LU = -14.0, 1.0
#: The ceiling that a release keeps, and the one asked for: AAC adds up to a decibel.
CEILING_DBTP, ASKED_DBTP = -1.0, -2.0
#: How far the music lies under the voice before it is ducked, and how a voice ducks it.
_MUSIC_DB = -9
_DUCK = "sidechaincompress=threshold=0.02:ratio=5:attack=60:release=650:knee=4"
_MOST_TRIES = 3

_INTEGRATED = re.compile(r"I:\s+(-?[\d.]+|-?inf|nan) LUFS")
_PEAK = re.compile(r"Peak:\s+(-?[\d.]+|-?inf|nan) dBFS")


class Loudness(Frozen):
    """Integrated loudness in LUFS and true peak in dBTP."""

    integrated: float
    true_peak: float


def parse(said: str, about: str) -> Loudness:
    """The summary that FFmpeg's `ebur128` wrote.

    Raises:
        InvalidMedia: there was no sound to measure, or only silence.
    """
    integrated, peak = _INTEGRATED.findall(said), _PEAK.findall(said)
    if not integrated or not peak:
        raise InvalidMedia(f"{about} has no sound that can be measured.", "Make it again.")
    return Loudness(integrated=_number(integrated[-1]), true_peak=_number(peak[-1]))


def _number(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else -99.0


def measure(audio: Path) -> Loudness:
    """The loudness of a sound file or of a video's sound.

    Raises:
        InvalidMedia: it has no sound, or cannot be read.
    """
    import subprocess

    done = subprocess.run(
        [ffmpeg(), "-hide_banner", "-nostdin", "-nostats", *SAFE, "-i", str(audio), "-vn",
         "-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"],
        capture_output=True,
        check=False,
    )  # fmt: skip
    return parse(done.stderr.decode(errors="replace"), audio.name)


def mix(narration: Path, music: Path, frames: int, folder: Path) -> Path:
    """Narration over ducked music, mastered to the target, exactly `frames` video frames long.

    Returns:
        `folder/mix.wav`: stereo, 48 kHz, 16 bit.

    Raises:
        InvalidMedia: the mix is silent, or cannot be brought to the target.
    """
    samples = frames * SAMPLE_RATE // FPS
    graph = (
        f"[0:a]aresample={SAMPLE_RATE},pan=stereo|c0=c0|c1=c0,asplit=2[voice][key];"
        f"[1:a]aresample={SAMPLE_RATE},volume={_MUSIC_DB}dB[bed];[bed][key]{_DUCK}[ducked];"
        "[voice][ducked]amix=inputs=2:normalize=0:duration=longest,"
        f"apad=whole_len={samples},atrim=end_sample={samples}[out]"
    )
    run(
        [*SAFE, "-i", narration, *SAFE, "-i", music, "-filter_complex", graph, "-map", "[out]",
         "-c:a", "pcm_f32le", "mixed.wav"],
        folder=folder,
        about="the mix of narration and music",
    )  # fmt: skip
    mixed = folder / "mixed.wav"
    try:
        return _mastered(mixed, folder)
    finally:
        mixed.unlink(missing_ok=True)


def _mastered(mixed: Path, folder: Path) -> Path:
    """Constant gain to the target, then a limiter at four times the rate for the true peak."""
    found = measure(mixed)
    if found.integrated < -60:
        raise InvalidMedia("The mix of narration and music is silent.", "Make the narration again.")
    gain = TARGET_LUFS - found.integrated
    ceiling = 10 ** (ASKED_DBTP / 20)
    for _ in range(_MOST_TRIES):
        run(
            [*SAFE, "-i", mixed, "-af",
             f"volume={gain:.3f}dB,aresample={4 * SAMPLE_RATE},"
             f"alimiter=limit={ceiling:.4f}:level=disabled:attack=3:release=60:latency=1,"
             f"aresample={SAMPLE_RATE}",
             "-c:a", "pcm_s16le", "mix.wav"],
            folder=folder,
            about="the mix of narration and music",
        )  # fmt: skip
        found = measure(folder / "mix.wav")
        if abs(found.integrated - TARGET_LUFS) <= 0.3:
            return folder / "mix.wav"
        gain += TARGET_LUFS - found.integrated  # the limiter took some of it away
    if abs(found.integrated - TARGET_LUFS) > TOLERANCE_LU:
        raise InvalidMedia(
            f"The sound stays at {found.integrated:.1f} LUFS; {TARGET_LUFS:.0f} was wanted.",
            "Its peaks are far above its body: make the narration again with another voice.",
        )
    return folder / "mix.wav"
