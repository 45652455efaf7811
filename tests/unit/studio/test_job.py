"""A JOB.json becomes the video that it describes, or is told which field is wrong."""

from __future__ import annotations

import json
import subprocess
import wave
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner
from ytempire.cli import app
from ytempire.errors import InvalidInput, InvalidMedia, MissingGlyph, YTEmpireError
from ytempire.studio import loudness
from ytempire.studio.encoder import SAMPLE_RATE, ffmpeg
from ytempire.studio.job import assemble_job, read_job
from ytempire.studio.quality import _starts_fast
from ytempire.studio.subtitles import words_of_srt, words_of_times

SCENE = {"media": "still.png", "seconds": 1.0}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A still, a clip with a tone, a voice."""
    Image.radial_gradient("L").convert("RGB").save(tmp_path / "still.png")
    subprocess.run(
        [ffmpeg(), "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=1", "-f", "lavfi",
         "-i", "sine=f=300:d=1", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p",
         str(tmp_path / "clip -y 100%: [v].mp4")], check=True,
    )  # fmt: skip
    _tone(tmp_path / "voice.wav", 2.0)
    return tmp_path


def _tone(path: Path, seconds: float) -> None:
    at = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    sound = 0.3 * np.sin(2 * np.pi * 220 * at) * (np.sin(2 * np.pi * 3 * at) > 0)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((sound * 32767).astype("<i2").tobytes())


def _job(folder: Path, **fields: Any) -> Path:
    path = folder / "JOB.json"
    path.write_text(json.dumps({"width": 108, "height": 192, "scenes": [SCENE], **fields}))
    return path


class Seen:
    """The streams of a finished file."""

    def __init__(self, path: Path) -> None:
        with av.open(str(path)) as container:
            video, audio = container.streams.video[0], container.streams.audio[0]
            self.size = (video.width, video.height)
            self.fps = float(video.average_rate)
            self.audio = (audio.codec_context.name, audio.rate, audio.channels)
            self.audio_seconds = float(audio.duration * audio.time_base)
            self.luma = [
                frame.to_ndarray(format="gray").astype(float) for frame in container.decode(video)
            ]


@pytest.mark.slow
def test_clips_and_stills_voice_music_and_captions_become_one_file(folder: Path) -> None:
    _tone(folder / "music.wav", 0.7)
    words = [
        {"text": "Tides", "start": 0.2, "end": 0.6},
        {"word": "{\\pos(0,0)}rise", "start": 0.6, "end": 1.4},
    ]
    scenes = [SCENE, {"media": "clip -y 100%: [v].mp4", "seconds": 1}]
    told: list[float] = []
    job = _job(folder, scenes=scenes, narration="voice.wav", music="music.wav", captions=words)
    made = assemble_job(job, folder / "out.mp4", lambda done, note: told.append(done))
    seen = Seen(made.path)
    assert (seen.size, seen.fps, len(seen.luma)) == ((108, 192), 30.0, 60)
    assert seen.audio == ("aac", 48000, 2)
    assert abs(seen.audio_seconds - 2) < 0.04
    assert abs(loudness.measure(made.path).integrated + 14) <= 1
    assert _starts_fast(made.path)
    assert made.notes == () and told == sorted(told) and told[-1] == 1.0
    bright = [(frame[125:145] > 225).mean() for frame in seen.luma[:25]]
    assert bright[3] == 0 < bright[12]  # letters, once they are spoken
    assert {path.name for path in folder.iterdir()} == {
        "JOB.json", "out.mp4", "still.png", "clip -y 100%: [v].mp4", "voice.wav", "music.wav",
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fields", "size", "fps", "frames"),
    [
        ({"width": 161, "height": 91, "fps": 24}, (160, 90), 24, 24),
        ({"width": 90, "height": 90, "fps": 60}, (90, 90), 60, 60),
        ({"fps": 29.97}, (108, 192), 30000 / 1001, 30),
    ],
)
def test_any_size_and_rate(
    folder: Path, fields: dict[str, Any], size: tuple[int, int], fps: float, frames: int
) -> None:
    made = assemble_job(_job(folder, **fields), folder / "out.mp4")
    seen = Seen(made.path)
    assert (seen.size, len(seen.luma)) == (size, frames)
    assert abs(seen.fps - fps) < 1e-3
    assert bool(made.notes) == (fields.get("width") == 161)


@pytest.mark.slow
def test_what_is_heard_without_a_voice(folder: Path) -> None:
    """A clip's own sound; nothing at all is a silent AAC track."""
    clip = [SCENE, {"media": "clip -y 100%: [v].mp4", "seconds": 1}]
    own = assemble_job(_job(folder, scenes=clip), folder / "own.mp4").path
    assert abs(loudness.measure(own).integrated + 14) <= 1
    silent = assemble_job(_job(folder), folder / "silent.mp4").path
    assert Seen(silent).audio == ("aac", 48000, 2)
    assert loudness.measure(silent).integrated < -60


@pytest.mark.slow
def test_a_voice_that_outlasts_its_scenes_is_heard_to_its_end(folder: Path) -> None:
    made = assemble_job(_job(folder, narration="voice.wav"), folder / "out.mp4")
    assert made.frames == 60
    assert "1.00 s longer" in made.notes[0]


@pytest.mark.slow
def test_a_clip_that_is_too_short_is_told(folder: Path) -> None:
    scenes = [{"media": "clip -y 100%: [v].mp4", "seconds": 1.6}]
    made = assemble_job(_job(folder, scenes=scenes, fps=25), folder / "out.mp4")
    assert made.frames == 40 == len(Seen(made.path).luma)
    assert "shorter than its scene" in made.notes[0]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"scenes": []}, "scenes"),
        ({"scenes": [{"media": "still.png"}]}, r"scenes\[0\].seconds"),
        ({"scenes": [SCENE, {"media": "still.png", "seconds": -1}]}, r"scenes\[1\].seconds"),
        ({"scenes": [{"media": "still.png", "seconds": "NaN"}]}, r"scenes\[0\].seconds"),
        ({"fps": 5}, "fps"),
        ({"width": 0}, "width"),
        ({"narations": "voice.wav"}, "narations"),
        ({"captions": [{"text": "a", "start": 0}]}, r"captions\[0\].end"),
        ({"scenes": [{"media": "absent.mp4", "seconds": 1}]}, r"scenes\[0\].media.*absent"),
        ({"scenes": [{"media": "JOB.json", "seconds": 1}]}, r"scenes\[0\].media.*JOB"),
        ({"narration": "absent.wav"}, "narration.*absent"),
        ({"narration": "still.png"}, "narration.*still"),
        ({"music": "still.png"}, "music.*still"),
        ({"captions": "absent.srt"}, "captions.*absent"),
        ({"captions": "JOB.json"}, "captions.*JOB"),
        ({"scenes": [{"media": "x" * 5000, "seconds": 1}]}, r"scenes\[0\].media.*no file"),
        ({"captions": "1\n00:00:00,000 --> 00:00:01,000\n" + "x" * 5000}, "captions.*no file"),
        ({"captions": "deep.json"}, "captions.*no list"),
        ({"scenes": [{"media": "list.ffconcat", "seconds": 1}]}, r"scenes\[0\].media.*list of"),
        ({"narration": "list.ffconcat"}, "narration.*list of other files"),
        ({"captions": [{"text": "\U000f0000", "start": 0, "end": 1}]}, "captions"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_made(
    folder: Path, fields: dict[str, Any], named: str
) -> None:
    (folder / "deep.json").write_text("[" * 100_000)
    (folder / "list.ffconcat").write_text("ffconcat version 1.0\nfile voice.wav\n")
    with pytest.raises((InvalidInput, InvalidMedia, MissingGlyph), match=named) as told:
        assemble_job(_job(folder, **fields), folder / "out.mp4")
    assert len(told.value.message) < 500
    assert not (folder / "out.mp4").exists()


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"words"', "\x00", "[" * 100_000])
def test_what_is_no_job_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "JOB.json").write_text(text)
    for path in (tmp_path / "JOB.json", tmp_path / "absent.json", tmp_path):
        with pytest.raises(YTEmpireError):
            read_job(path)


def test_a_video_is_not_put_where_it_cannot_be(folder: Path) -> None:
    blocked = folder / "still.png" / "below"
    for out in (folder / "out.avi", folder / f"{'x' * 5000}.mp4", folder / f"{'x' * 250}.mp4"):
        with pytest.raises(InvalidInput, match="no name for a video"):
            assemble_job(_job(folder), out)
    with pytest.raises(InvalidInput, match="cannot be made"):
        assemble_job(_job(folder), blocked / "out.mp4")


@pytest.mark.slow
def test_a_name_is_printed_as_it_is_also_where_it_looks_like_markup(folder: Path) -> None:
    (folder / "[bold]").mkdir()
    out = folder / "[bold]" / "a [/red] cut.mp4"
    job = _job(folder, scenes=[{"media": "still.png", "seconds": 0.2}])
    done = CliRunner().invoke(app, ["assemble", str(job), "--out", str(out)])
    assert done.exit_code == 0 and str(out) in done.output.replace("\n", "")


def test_srt_of_every_editor_is_read() -> None:
    text = (
        "1\r\n00:00:01,000 --> 00:00:03,000\r\n<i>The sea</i>\r\nrises &amp; falls\r\n\r\n"
        "2\r\n00:00:03.500 --> 00:00:04.000 X1:40 X2:600\r\n{\\an8}1200 times\x07\r\n"
    )
    words = words_of_srt(text, "a.srt")
    assert [word.text for word in words] == ["The", "sea", "rises", "&", "falls", "1200", "times"]
    assert words[0].start == 1.0 and words[4].end == pytest.approx(3.0)
    assert [word.scene for word in words] == [0] * 5 + [1] * 2
    assert all(word.start <= word.end for word in words)


def test_srt_without_a_cue_or_that_runs_backwards_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"a\.srt has no cue"):
        words_of_srt("only words", "a.srt")
    with pytest.raises(InvalidInput, match="cue 1 ends before"):
        words_of_srt("00:00:05,000 --> 00:00:01,000\nno", "a.srt")


class Heard:
    """A word as a recogniser gives it."""

    def __init__(self, text: str, start: float, end: float) -> None:
        self.text, self.start, self.end = text, start, end


def test_words_are_put_in_order_and_never_overlap() -> None:
    words = words_of_times([Heard("b", 1, 3), Heard(" a\n", 0, 1.5), Heard("  ", 2, 3)])
    assert [(word.text, word.start, word.end) for word in words] == [("a", 0, 1), ("b", 1, 3)]
