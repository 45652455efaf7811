"""The whole chain refuses what it cannot make before it makes anything, and leaves no trace."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from ytempire.config import settings
from ytempire.domain import Format, Identity
from ytempire.emulators.elevenlabs.account import Account
from ytempire.emulators.elevenlabs.server import application
from ytempire.emulators.serving import running
from ytempire.errors import InvalidScript, MissingGlyph, OutOfSpace, YTEmpireError
from ytempire.studio.make import make_video
from ytempire.studio.script import parse_script


def _refused(text: str, folder: Path, format: Format = Format.SHORT) -> YTEmpireError:
    with pytest.raises(YTEmpireError) as refusal:
        make_video(
            parse_script(text),
            format,
            folder / "new" / "v.mp4",
            Identity(),
            lambda done, note: None,
        )
    return refusal.value


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("The sea \N{WATER WAVE} rises.", "WATER WAVE"),
        ("\u1263\u1215\u122d rises twice a day.", "ETHIOPIC SYLLABLE BAA"),
        ("Plain words.\n> \N{GRINNING FACE}\n\nMore of them.", "GRINNING FACE"),
    ],
)
def test_what_no_font_can_draw_is_named_before_anything_starts(
    tmp_path: Path, text: str, named: str
) -> None:
    error = _refused(text, tmp_path)
    assert isinstance(error, MissingGlyph)
    assert named.lower() in error.message.lower()
    assert list(tmp_path.iterdir()) == []


def test_a_short_that_would_last_too_long_is_refused_and_wide_is_offered(tmp_path: Path) -> None:
    error = _refused("This sentence has eight words in it, surely. " * 120, tmp_path)
    assert isinstance(error, InvalidScript)
    assert "--format wide" in error.remedy
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(9, 9, 1000))
    error = _refused("The sea rises twice a day.", tmp_path)
    assert isinstance(error, OutOfSpace)
    assert list((tmp_path / "new").iterdir()) == []


class Stopped(BaseException):
    """A person stops it."""


def _stopped_while_painting(folder: Path) -> None:
    def tell(_: float, note: str) -> None:
        if note.startswith("painting"):
            raise Stopped

    with pytest.raises(Stopped):
        make_video(
            parse_script("The sea rises twice a day."),
            Format.SHORT,
            folder / "v.mp4",
            Identity(),
            tell,
        )


def test_what_was_paid_for_stays_however_often_the_rest_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = Account()
    with running(application(account)) as emulated:
        monkeypatch.setenv("YTEMPIRE_ELEVENLABS__API_KEY", account.key)
        monkeypatch.setenv("YTEMPIRE_ELEVENLABS__BASE_URL", emulated.address)
        settings.cache_clear()
        try:
            for _ in range(4):
                _stopped_while_painting(tmp_path)
        finally:
            settings.cache_clear()
    assert account.used == len("The sea rises twice a day.")


def test_what_nobody_paid_for_goes_when_the_rest_fails(tmp_path: Path) -> None:
    _stopped_while_painting(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_script_becomes_a_video_with_thumbnail_and_captions(tmp_path: Path) -> None:
    told: list[float] = []
    video, usages = make_video(
        parse_script("# Tides\n\nThe sea rises twice a day. Why?"),
        Format.WIDE,
        tmp_path / "tides.mp4",
        Identity(),
        lambda done, note: told.append(done),
    )
    assert video.report.is_ok
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "tides.b.jpg",
        "tides.c.jpg",
        "tides.jpg",
        "tides.mp4",
        "tides.srt",
    ]
    assert {usage.kind for usage in usages} >= {"voice", "picture", "render"}
    assert told == sorted(told) and told[-1] == 1.0
    assert abs(video.frames / 30 - video.seconds) <= 1 / 30
