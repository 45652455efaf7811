"""The studio from text to checked file, and assembly beside one bare FFmpeg pass.

Everything runs in fresh processes; CPU and memory count all that they start, FFmpeg and the voice
included. References are measured in the same run, one right after the other.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import NamedTuple

import psutil
import yaml
from figures import Figure
from ytempire.domain import Format, Identity, Narration, Word
from ytempire.providers.voices.align import align
from ytempire.providers.voices.espeak import Espeak
from ytempire.providers.voices.sounds import read_wav
from ytempire.providers.voices.spoken import say
from ytempire.studio.captions import write_ass
from ytempire.studio.encoder import AUDIO_CODEC, FPS, ffmpeg, x264
from ytempire.studio.fonts import FOLDER as FONTS

ROOT = Path(__file__).resolve().parents[2]
#: So many clips are drawn; further ones are copies.
_UNLIKE = 3
_COUNTED = """
import json, resource
def counted(**told):
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(json.dumps({"cpu": sum(s.ru_utime + s.ru_stime for s in spent), **told}))
"""
_ASSEMBLE = """
import sys
from pathlib import Path
from ytempire.studio.job import assemble_job
assemble_job(Path(sys.argv[1]), Path(sys.argv[2]))
counted()
"""
_MAKE = """
import sys
from pathlib import Path
from ytempire.domain import Format
from ytempire.studio.identities import identity_for
from ytempire.studio.make import make_video
from ytempire.studio.script import read_script
script, shape, *outs = sys.argv[1:]
for out in outs:
    video, usages = make_video(read_script(Path(script)), Format(shape), Path(out),
                               identity_for("tidewise"), lambda done, note: None)
seconds = {}
for usage in usages:
    if usage.unit == "second":
        seconds[usage.kind] = seconds.get(usage.kind, 0.0) + float(usage.quantity)
counted(seconds=video.seconds, bytes=video.path.stat().st_size, stages=seconds)
"""
_MANY = """
import sys
from pathlib import Path
import psutil
from ytempire.studio.job import assemble_job
held = []
for number in range(int(sys.argv[3])):
    assemble_job(Path(sys.argv[1]), Path(sys.argv[2]) / f"{number}.mp4")
    held.append(psutil.Process().memory_info().rss / 1e6)
counted(held=held)
"""


class Measured(NamedTuple):
    """One process and all that it started."""

    wall_s: float
    peak_mb: float
    told: dict[str, object]

    def number(self, name: str) -> float:
        value = self.told[name]
        assert isinstance(value, int | float)
        return float(value)


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield from _alignment(folder)
        yield from _memory_over_videos(folder)
        yield from _clips(folder)
        short = yield from _short(folder)
        yield from _five(folder, short)
        yield from _wide(folder)


def _load() -> str:
    return f"load {psutil.getloadavg()[0]:.1f} on {os.cpu_count()} CPUs"


def _python(code: str, *arguments: object) -> Measured:
    command = [sys.executable, "-c", _COUNTED + code, *map(str, arguments)]
    return _timed(command, {"PYTHONPATH": str(ROOT / "plugins"), "PATH": "/usr/bin:/bin"})


def _timed(
    command: Sequence[str], environment: dict[str, str] | None = None, folder: Path | None = None
) -> Measured:
    began = time.monotonic()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, cwd=folder)
    peak = _peak_bytes(process)
    said, _ = process.communicate()
    wall = time.monotonic() - began
    if process.returncode != 0:
        raise RuntimeError(f"{command[:2]} failed")
    return Measured(wall, peak / 1e6, json.loads(said.splitlines()[-1]) if said else {})


def _ffmpeg(*arguments: object) -> None:
    subprocess.run([ffmpeg(), "-v", "error", "-y", *map(str, arguments)], check=True)


# Words


def _alignment(folder: Path) -> Iterator[Figure]:
    """Where words are found in a sound, beside where the voice says that they began."""
    texts = yaml.safe_load((ROOT / "tests/fixtures/voices/spoken_texts.yaml").read_text())
    errors: list[float] = []
    for language, text in texts.items():
        spoken, _, _ = Espeak(165).speak(text, language, folder / "words.wav")
        words = [word.text for word in spoken]
        sound = read_wav(folder / "words.wav")
        found = align(words, say(words, language), *sound, language)
        errors += [abs(a.start - b.start) for a, b in zip(found, spoken, strict=True)]
    yield Figure(
        "word alignment, median", median(errors), "s", 0.12,
        reference=f"espeak's own times of {len(errors)} words in {len(texts)} languages",
    )  # fmt: skip


# Clips


def _footage(folder: Path, clips: int, seconds: int, size: str) -> list[Path]:
    """Textured, moving, each of another hue: what a camera's clip asks of an encoder."""
    source = f"testsrc2=s={size}:r={FPS}:d={seconds},noise=alls=5:allf=t"
    made: list[Path] = []
    for number in range(clips):
        out = folder / f"clip-{number:02}.mp4"
        if number >= _UNLIKE:  # drawing them takes longer than what is measured
            shutil.copyfile(made[number % _UNLIKE], out)
        else:
            _ffmpeg(
                *("-f", "lavfi", "-i", f"{source},hue=h={360 * number // _UNLIKE}"),
                *("-f", "lavfi", "-i", f"sine=f={200 + 20 * number}:d={seconds}"),
                *("-c:v", "libx264", "-preset", "veryfast", "-crf", 20, "-pix_fmt", "yuv420p"),
                *("-colorspace", "bt709", "-color_range", "tv", "-c:a", "aac", "-shortest", out),
            )
        made.append(out)
    return made


def _sounds(folder: Path, seconds: int) -> tuple[Path, Path]:
    voice, music = folder / "voice.wav", folder / "music.wav"
    spoken = "tremolo=f=3:d=0.9,volume=0.5"
    _ffmpeg("-f", "lavfi", "-i", f"sine=f=180:d={seconds}:r=48000", "-af", spoken, voice)
    _ffmpeg("-f", "lavfi", "-i", f"anoisesrc=d={seconds}:c=pink:a=0.1:r=48000", music)
    return voice, music


def _clips(folder: Path, count: int = 12) -> Iterator[Figure]:
    """Twelve clips of five seconds, with captions, voice and music: ours and a bare pass."""
    each = 5
    clips = _footage(folder, count, each, "1080x1920")
    voice, music = _sounds(folder, count * each)
    words = [
        Word(text=f"word{at}", start=at * 0.4, end=at * 0.4 + 0.35, scene=at // 12)
        for at in range(count * each * 5 // 2)
    ]
    job = {
        "scenes": [{"media": clip.name, "seconds": each} for clip in clips],
        "narration": voice.name, "music": music.name,
        "captions": [word.model_dump(include={"text", "start", "end"}) for word in words],
    }  # fmt: skip
    (folder / "JOB.json").write_text(json.dumps(job))
    bare = _bare(folder, clips, words)
    reference = _timed(bare, folder=folder)
    ours = _python(_ASSEMBLE, folder / "JOB.json", folder / "ours.mp4")
    again = _timed(bare, folder=folder)
    wall = (reference.wall_s + again.wall_s) / 2
    yield Figure(
        "assemble 12 clips of 5 s, by a bare pass", ours.wall_s / wall, "x", 1.15,
        reference=f"{ours.wall_s:.1f} s; bare, before and after, {reference.wall_s:.1f} and "
        f"{again.wall_s:.1f} s; {_load()}",
        ratio=ours.wall_s / wall,
    )  # fmt: skip
    yield Figure(
        "assemble 12 clips, peak memory", ours.peak_mb, "MB", 500,
        reference=f"bare pass {reference.peak_mb:.0f} MB", ratio=ours.peak_mb / reference.peak_mb,
    )  # fmt: skip
    yield Figure(
        "assemble 12 clips, CPU per output second", ours.number("cpu") / (count * each), "CPU s"
    )


def _bare(folder: Path, clips: Sequence[Path], words: Sequence[Word]) -> list[str]:
    """The same inputs and encoder settings, one FFmpeg: concat, captions, a plain mix."""
    seconds = len(clips) * 5.0
    told = Narration(
        audio=folder / "voice.wav", words=tuple(words), scene_ends=(seconds,), seconds=seconds
    )
    write_ass(told, Format.SHORT, Identity(), folder / "bare.ass")
    (folder / "list.txt").write_text("".join(f"file '{clip.name}'\n" for clip in clips))
    if not (folder / "fonts").exists():
        (folder / "fonts").symlink_to(FONTS)
    return [
        ffmpeg(), "-v", "error", "-y", "-f", "concat", "-i", "list.txt", "-i", "voice.wav",
        "-i", "music.wav", "-filter_complex",
        "[0:v]ass=bare.ass:fontsdir=fonts[v];[1:a][2:a]amix=inputs=2:normalize=0[a]",
        "-map", "[v]", "-map", "[a]", *x264(Fraction(FPS), has_clips=True), *AUDIO_CODEC,
        "-movflags", "+faststart", "-t", str(seconds), "bare.mp4",
    ]  # fmt: skip


def _memory_over_videos(folder: Path) -> Iterator[Figure]:
    """Fifty small videos of a still and a clip in one process."""
    _footage(folder, 1, 1, "216x384")
    _ffmpeg("-f", "lavfi", "-i", "testsrc2=s=500x900", "-frames:v", 1, folder / "still.png")
    job = {
        "width": 108,
        "height": 192,
        "scenes": [
            {"media": "clip-00.mp4", "seconds": 0.5},
            {"media": "still.png", "seconds": 0.5},
        ],
    }
    (folder / "small.json").write_text(json.dumps(job))
    made = _python(_MANY, folder / "small.json", folder, 50)
    held = made.told["held"]
    assert isinstance(held, list)
    yield Figure(
        "memory gained over videos 11 to 50 of one process", held[-1] - held[9], "MB", 10,
        reference=f"{held[0]:.0f} MB after the first, {held[-1]:.0f} MB after the fiftieth",
    )  # fmt: skip


# From text to file


def _short(folder: Path) -> Generator[Figure, None, float]:
    made = _python(_MAKE, ROOT / "examples/tides.md", "short", folder / "short.mp4")
    length = made.number("seconds")
    about = f"{length:.0f} s short, {_load()}"
    yield Figure("short, text to checked file", made.wall_s, "s", 75, reference=about)
    yield Figure("short, peak memory", made.peak_mb, "MB", 700, reference="FFmpeg included")
    yield Figure("short, CPU per output second", made.number("cpu") / length, "CPU s", 1.2)
    stages = made.told["stages"]
    assert isinstance(stages, dict)
    for stage, seconds in stages.items():
        yield Figure(f"short, {stage}", seconds, "s")
    yield Figure("short, bit rate", made.number("bytes") * 8 / length / 1e6, "Mbit/s")
    yield from _stills(folder)
    return made.wall_s


def _stills(folder: Path) -> Iterator[Figure]:
    """Assembly alone, from stills: what one second of a short costs."""
    for number in range(3):
        picture = f"testsrc2=s=1210x2150,hue=h={number * 90},boxblur=4"
        _ffmpeg("-f", "lavfi", "-i", picture, "-frames:v", 1, folder / f"still-{number}.png")
    voice, _ = _sounds(folder, 12)
    job = {"scenes": [{"media": f"still-{n}.png", "seconds": 4} for n in range(3)],
           "narration": voice.name, "music": "music.wav"}  # fmt: skip
    (folder / "stills.json").write_text(json.dumps(job))
    made = _python(_ASSEMBLE, folder / "stills.json", folder / "stills.mp4")
    yield Figure(
        "stills, CPU per output second at 1080x1920", made.number("cpu") / 12, "CPU s", 1.0,
        reference=f"{made.wall_s:.1f} s for 12 s, peak {made.peak_mb:.0f} MB",
    )  # fmt: skip


def _five(folder: Path, one_s: float) -> Iterator[Figure]:
    """Five shorts queued together: one process after the other, as the render pool runs them."""
    outs = [folder / f"short-{number}.mp4" for number in range(5)]
    made = _python(_MAKE, ROOT / "examples/tides.md", "short", *outs)
    yield Figure(
        "five shorts queued together", made.wall_s, "s", 5 * one_s,
        reference=f"5 x one is {5 * one_s:.0f} s", ratio=made.wall_s / one_s,
    )  # fmt: skip


def _wide(folder: Path) -> Iterator[Figure]:
    """Ten minutes, from text to checked file: the example's words, again until they last so."""
    text = (ROOT / "examples/quiet-space.md").read_text()
    head, _, body = text.partition("\n\n")
    words = len(body.split())
    (folder / "long.md").write_text(head + "\n\n" + "\n\n".join([body] * max(1650 // words, 1)))
    made = _python(_MAKE, folder / "long.md", "wide", folder / "wide.mp4")
    length = made.number("seconds")
    yield Figure(
        "wide video, wall per ten minutes", made.wall_s * 600 / length, "s", 540,
        reference=f"{made.wall_s:.0f} s for {length:.0f} s, peak {made.peak_mb:.0f} MB; {_load()}",
        ratio=made.wall_s / length,
    )  # fmt: skip


def _peak_bytes(process: subprocess.Popen[bytes]) -> int:
    """The most memory that the process and its children held at once, looked at ten times a second.

    Proportional set sizes are added up: what processes share, such as FFmpeg's code, counts once.
    A child that has not yet become another program is its parent still, memory and all.
    """
    peak = 0
    while True:
        try:
            family = [psutil.Process(process.pid)]
            own = family[0].cmdline()
            family += [c for c in family[0].children(recursive=True) if c.cmdline() != own]
            peak = max(peak, sum(one.memory_full_info().pss for one in family))
            process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
        except psutil.Error:
            if process.poll() is None:
                continue
        return peak
