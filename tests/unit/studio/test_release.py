"""A real file is made and passes its check; each way of spoiling it is found."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import pytest
from ytempire.domain import Format, Identity, Narration, QualityReport, Script, Usage
from ytempire.errors import InvalidMedia, OutOfSpace
from ytempire.journal import Notes
from ytempire.providers.voices.espeak import Espeak
from ytempire.studio.assemble import assemble
from ytempire.studio.cards import INTRO_S
from ytempire.studio.encoder import ffmpeg
from ytempire.studio.narrate import narrate
from ytempire.studio.quality import check
from ytempire.studio.script import parse_script

TEXT = "The sea rises twice a day.\n\nThe Moon does it, and the {Sun} \\N helps a little."


IDENTITY = Identity(intro="Tidewise", end_card="See you at low tide", handle="@tidewise")


class Diary(Notes):
    """A journal that keeps every progress it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[float, str]] = []

    def progress(self, fraction: float, note: str = "") -> None:
        self.told.append((fraction, note))


class Made(NamedTuple):
    video: Path
    script: Script
    narration: Narration
    pictures: list[Path]
    told: list[tuple[float, str]]
    usages: list[Usage]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("made")
    script = parse_script(TEXT)
    narration = narrate(script, (Espeak(165),), folder, Notes())
    pictures = [_picture(folder / f"{n}.png", n) for n in range(len(script.scenes))]
    diary = Diary()
    out = assemble(pictures, narration, IDENTITY, Format.SHORT, folder / "cut.mp4", diary)
    return Made(out, script, narration, pictures, diary.told, diary.usages)


def _picture(path: Path, seed: int) -> Path:
    rough = np.random.default_rng(seed).integers(30, 220, (12, 7, 3)).astype(np.uint8)
    assert cv2.imwrite(str(path), cv2.resize(rough, (1210, 2150), interpolation=cv2.INTER_CUBIC))
    return path


def _check(made: Made, video: Path) -> QualityReport:
    return check(video, made.script, made.narration, Format.SHORT, IDENTITY)


def _spoilt(made: Made, folder: Path, *arguments: str) -> Path:
    out = folder / "spoilt.mp4"
    subprocess.run(
        [ffmpeg(), "-v", "error", "-y", "-i", str(made.video), *arguments, str(out)], check=True
    )
    return out


def _broken(report: QualityReport) -> set[str]:
    return {finding.rule for finding in report.failures}


_SAME = ("-c:v", "libx264", "-preset", "ultrafast", "-c:a", "copy", "-movflags", "+faststart")
_KEEP = ("-c", "copy", "-movflags", "+faststart")


@pytest.mark.slow
def test_the_file_passes_and_nothing_else_is_left(made: Made) -> None:
    report = _check(made, made.video)
    assert report.is_ok, report.failures
    assert len(report.findings) >= 14
    left = {path.name for path in made.video.parent.iterdir()}
    assert left == {"cut.mp4", "narration.wav", "spoken", *(p.name for p in made.pictures)}
    fractions = [done for done, _ in made.told]
    assert fractions == sorted(fractions) and fractions[-1] == 1.0
    assert [usage.kind for usage in made.usages] == ["render"] and made.usages[0].quantity > 0


@pytest.mark.slow
def test_captions_are_seen_where_they_belong(made: Made, tmp_path: Path) -> None:
    """While a word is spoken its line has white and accent letters; the band above has none."""
    word = made.narration.words[2]
    shot = tmp_path / "shot.png"
    subprocess.run(
        [ffmpeg(), "-v", "error", "-y", "-ss", f"{INTRO_S + (word.start + word.end) / 2:.3f}", "-i",
         str(made.video), "-frames:v", "1", str(shot)], check=True,
    )  # fmt: skip
    frame = cv2.imread(str(shot))
    white = (frame.min(axis=2) > 245).mean(axis=1)
    assert white[1290:1400].max() > 0.05
    assert white[:1200].max() < 0.01 and white[1480:].max() < 0.01


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (("-vf", "drawbox=t=fill:c=black:enable='between(t,2,3)'", *_SAME), "no black frames"),
        (("-vf", "loop=loop=90:size=1:start=50,trim=end_frame=240,setpts=N/30/TB", *_SAME),
         "no frozen picture"),
        (("-af", "volume=-6dB", "-c:v", "copy", "-c:a", "aac", "-movflags", "+faststart"),
         "loudness"),
        (("-af", "volume=4dB", "-c:v", "copy", "-c:a", "aac", "-movflags", "+faststart"),
         "true peak"),
        (("-vf", "scale=540:960", *_SAME), "size"),
        (("-c", "copy"), "faststart"),
        (("-t", "3", *_KEEP), "length"),
        (("-an", "-c:v", "copy"), "readable"),
        (("-vf", "setparams=colorspace=bt470bg", "-c:v", "libx264", "-preset", "ultrafast",
          "-colorspace", "bt470bg", "-c:a", "copy"), "colour tags"),
    ],
)  # fmt: skip
def test_a_spoilt_file_is_found(
    made: Made, tmp_path: Path, spoil: tuple[str, ...], rule: str
) -> None:
    assert rule in _broken(_check(made, _spoilt(made, tmp_path, *spoil)))


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.6, 0.001, 0.0])
def test_a_file_that_was_cut_off_is_found(made: Made, tmp_path: Path, share: float) -> None:
    data = made.video.read_bytes()
    path = tmp_path / "cut-off.mp4"
    path.write_bytes(data[: int(len(data) * share)])
    assert {"whole", "readable"} & _broken(_check(made, path))


@pytest.mark.slow
def test_captions_of_another_script_are_found(made: Made) -> None:
    other = made.script.model_copy(update={"scenes": made.script.scenes[:1]})
    report = check(made.video, other, made.narration, Format.SHORT)
    assert "captions say the script" in _broken(report)


@pytest.mark.slow
def test_a_disk_that_fills_up_leaves_no_half_file(made: Made, tmp_path: Path) -> None:
    """On a real file system of two megabytes; needs the right to mount one."""
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(small)], capture_output=True,
        check=False,
    )  # fmt: skip
    if mounted.returncode != 0:
        pytest.skip("this machine does not let us mount a small disk")
    try:
        with pytest.raises(OutOfSpace, match="MB free"):
            assemble(made.pictures, made.narration, Identity(), Format.SHORT, small / "v.mp4",
                     Notes())  # fmt: skip
        assert list(small.iterdir()) == []
    finally:
        subprocess.run(["umount", str(small)], check=True)


@pytest.mark.slow
def test_a_disk_that_fills_up_on_the_way_is_told_as_such(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(small)], capture_output=True,
        check=False,
    )  # fmt: skip
    if mounted.returncode != 0:
        pytest.skip("this machine does not let us mount a small disk")
    # Another process can eat the room after the look: the look sees plenty.
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(9e12, 0, 9e12))
    try:
        with pytest.raises(OutOfSpace, match="filled up"):
            assemble(made.pictures, made.narration, Identity(), Format.SHORT, small / "v.mp4",
                     Notes())  # fmt: skip
        assert list(small.iterdir()) == []
    finally:
        subprocess.run(["umount", str(small)], check=True)


@pytest.mark.slow
def test_a_corrupt_picture_is_named_before_anything_starts(made: Made, tmp_path: Path) -> None:
    bad = tmp_path / "bad.png"
    bad.write_bytes(made.pictures[0].read_bytes()[:5000])
    with pytest.raises(InvalidMedia, match=r"bad\.png"):
        assemble([made.pictures[0], bad], made.narration, Identity(), Format.SHORT,
                 tmp_path / "v.mp4", Notes())  # fmt: skip
    assert [path.name for path in tmp_path.iterdir()] == ["bad.png"]
