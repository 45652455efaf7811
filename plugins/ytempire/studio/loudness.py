"""Loudness as broadcasters count it (ITU-R BS.1770, EBU R 128), and the mix that holds to it.

The gain is constant over the video and a limiter takes the few peaks that would be too high:
unlike one-pass loudness normalising, quiet parts stay quiet and the music does not pump.
"""

from __future__ import annotations

import math
import re
import wave
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from ytempire.domain import Frozen
from ytempire.errors import InvalidMedia
from ytempire.providers.pictures.checking import require_own_frames
from ytempire.studio.encoder import FPS, SAFE, SAMPLE_RATE, ffmpeg, run

#: What YouTube plays at; louder is turned down, quieter stays quiet.
TARGET_LUFS, TOLERANCE_LU = -14.0, 1.0
#: The ceiling that a release keeps, and the one asked for: AAC adds up to a decibel.
CEILING_DBTP, ASKED_DBTP = -1.0, -2.0
#: How far the music lies under the voice before it is ducked, and how a voice ducks it.
_MUSIC_DB = -9
_DUCK = "sidechaincompress=threshold=0.02:ratio=5:attack=60:release=650:knee=4"
_MOST_TRIES = 3
#: Below this nobody hears anything; seconds in which music goes out.
_SILENT_LUFS = -60.0
_FADE_OUT_S = 1.5

_INTEGRATED = re.compile(r"I:\s+(-?[\d.]+|-?inf|nan) LUFS")
_PEAK = re.compile(r"Peak:\s+(-?[\d.]+|-?inf|nan) dBFS")


class Loudness(Frozen):
    """Integrated loudness in LUFS and true peak in dBTP."""

    integrated: float
    true_peak: float


def parse(said: str, about: str) -> Loudness:
    """The summary that FFmpeg's `ebur128` wrote; a peak that was not asked for is -99.

    Raises:
        InvalidMedia: there was no sound to measure.
    """
    integrated, peak = _INTEGRATED.findall(said), _PEAK.findall(said)
    if not integrated:
        raise InvalidMedia(f"{about} has no sound that can be measured.", "Make it again.")
    return Loudness(
        integrated=_number(integrated[-1]), true_peak=_number(peak[-1] if peak else "-inf")
    )


def _number(text: str) -> float:
    """Silence is -99; what is no number stays so, and holds no rule."""
    value = float(text)
    return -99.0 if math.isinf(value) else value


def measure(audio: Path) -> Loudness:
    """The loudness of a sound file or of a video's sound.

    Raises:
        InvalidMedia: it has no sound, or cannot be read.
    """
    return parse(_heard(audio, "ebur128=peak=true:framelog=quiet"), audio.name)


def _heard(audio: Path, filters: str) -> str:
    import subprocess

    done = subprocess.run(
        [ffmpeg(), "-hide_banner", "-nostdin", "-nostats", *SAFE, "-i", f"file:{audio}", "-vn",
         "-af", filters, "-f", "null", "-"],
        capture_output=True,
        check=False,
    )  # fmt: skip
    return done.stderr.decode(errors="replace")


def require_sound(audio: Path, what: str) -> None:
    """Make sure that a file has something to hear.

    Raises:
        InvalidMedia: it cannot be read, lasts 0 s, is silent, or holds values that are no numbers.
    """
    # The true peak costs the most, and nothing here asks for it.
    level = parse(_heard(audio, "ebur128=framelog=quiet"), f"{what} {audio.name}").integrated
    if math.isnan(level):
        raise InvalidMedia(
            f"{what} {audio.name} holds values that are no numbers.", "Make it again."
        )
    if level < _SILENT_LUFS:
        raise InvalidMedia(f"{what} {audio.name} is silent, or lasts 0 s.", "Make it again.")


def seconds_of(audio: Path) -> float:
    """How long the sound of a file lasts.

    Raises:
        InvalidMedia: it has none, or cannot be read.
    """
    import av

    try:
        with av.open(str(audio), options={"protocol_whitelist": "file"}) as container:
            require_own_frames(container, audio.name)
            if not container.streams.audio:
                raise InvalidMedia(f"{audio.name} has no sound.", "Use a sound file.")
            sound = container.streams.audio[0]
            if sound.duration:
                return float(sound.duration * sound.time_base)
            return float(container.duration or 0) / 1e6
    except (av.error.FFmpegError, ValueError, OSError) as error:
        raise InvalidMedia(f"{audio.name} cannot be read: {error}", "Use a sound file.") from error


@dataclass(frozen=True)
class Sounds:
    """What is heard in a cut; with nothing set, silence.

    Attributes:
        narration: a voice, heard from `lead_s` seconds on.
        own: the clips' own sound, where nobody speaks.
        music: what lies under either, or is heard alone; it begins again where it is too short.
    """

    narration: Path | None = None
    lead_s: float = 0.0
    own: Path | None = None
    music: Path | None = None


def mix(sounds: Sounds, frames: int, folder: Path, fps: Fraction = Fraction(FPS)) -> Path:
    """Voice over ducked music, mastered to the target, exactly `frames` video frames long.

    Returns:
        `folder/mix.wav`: stereo, 48 kHz, 16 bit.

    Raises:
        InvalidMedia: the narration or the mix is silent, or cannot be brought to the target.
    """
    samples = round(frames * SAMPLE_RATE / fps)
    if sounds.narration:
        require_sound(sounds.narration, "The narration")
    inputs, graph = _graph(sounds, samples)
    whole = f"apad=whole_len={samples},atrim=end_sample={samples}"
    mixed = folder / "mixed.wav"
    said = run(
        [*inputs, "-filter_complex", f"{graph}{whole},ebur128=framelog=quiet[out]",
         "-map", "[out]", "-c:a", "pcm_f32le", mixed.name],
        folder=folder,
        about="the mix of narration and music",
        tells="info",
    )  # fmt: skip
    try:
        found = parse(said, "The mix")
        is_quiet = found.integrated < _SILENT_LUFS
        if is_quiet and not sounds.narration and not sounds.music:
            return _silence(folder, samples)
        return _mastered(mixed, found, folder)
    finally:
        mixed.unlink(missing_ok=True)


def _graph(sounds: Sounds, samples: int) -> tuple[list[str | Path], str]:
    """FFmpeg's inputs, and its graph up to where the length is set."""
    inputs: list[str | Path] = []
    voice = sounds.narration or sounds.own
    if voice:
        inputs += [*SAFE, "-i", f"file:{voice.resolve()}"]
    if sounds.music:
        inputs += [*SAFE, "-stream_loop", "-1", "-i", f"file:{sounds.music.resolve()}"]
    sides = "mono,pan=stereo|c0=c0|c1=c0" if sounds.narration else "stereo"
    late = f",adelay={round(sounds.lead_s * 1000)}:all=1" if sounds.lead_s else ""
    spoken = f"[0:a]aresample={SAMPLE_RATE},aformat=channel_layouts={sides}{late}"
    fade = max(samples / SAMPLE_RATE - _FADE_OUT_S, 0)
    bed = (
        f"[{1 if voice else 0}:a]aresample={SAMPLE_RATE},aformat=channel_layouts=stereo,"
        f"atrim=end_sample={samples},afade=t=out:st={fade:.3f}:d={_FADE_OUT_S}"
    )
    if voice and sounds.music:
        return inputs, (
            f"{spoken},asplit=2[voice][key];[key]apad[long];{bed},volume={_MUSIC_DB}dB[bed];"
            f"[bed][long]{_DUCK}[ducked];"
            "[voice][ducked]amix=inputs=2:normalize=0:duration=longest,"
        )
    if voice or sounds.music:
        return inputs, f"{spoken if voice else bed},"
    silence = f"anullsrc=r={SAMPLE_RATE}:cl=stereo"
    return ["-f", "lavfi", "-i", silence], "[0:a]"


def _silence(folder: Path, samples: int) -> Path:
    out = folder / "mix.wav"
    with wave.open(str(out), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        for start in range(0, samples, SAMPLE_RATE):
            file.writeframes(bytes(4 * min(SAMPLE_RATE, samples - start)))
    return out


def _mastered(mixed: Path, found: Loudness, folder: Path) -> Path:
    """Constant gain to the target, then a limiter at four times the rate for the true peak."""
    if not found.integrated >= _SILENT_LUFS:
        raise InvalidMedia("The mix of narration and music is silent.", "Make the narration again.")
    gain = TARGET_LUFS - found.integrated
    ceiling = 10 ** (ASKED_DBTP / 20)
    for _ in range(_MOST_TRIES):
        said = run(
            [*SAFE, "-i", mixed, "-af",
             f"volume={gain:.3f}dB,aresample={4 * SAMPLE_RATE},"
             f"alimiter=limit={ceiling:.4f}:level=disabled:attack=3:release=60:latency=1,"
             f"aresample={SAMPLE_RATE},ebur128=framelog=quiet",
             "-c:a", "pcm_s16le", "mix.wav"],
            folder=folder,
            about="the mix of narration and music",
            tells="info",
        )  # fmt: skip
        found = parse(said, "The mix")
        if abs(found.integrated - TARGET_LUFS) <= 0.3:
            return folder / "mix.wav"
        gain += TARGET_LUFS - found.integrated  # the limiter took some of it away
    if abs(found.integrated - TARGET_LUFS) > TOLERANCE_LU:
        raise InvalidMedia(
            f"The sound stays at {found.integrated:.1f} LUFS; {TARGET_LUFS:.0f} was wanted.",
            "Its peaks are far above its body: make the narration again with another voice.",
        )
    return folder / "mix.wav"
