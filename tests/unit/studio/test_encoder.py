"""The hardware encoder is found by trying, remembered, and left when it fails."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from ytempire.config import settings
from ytempire.errors import NotConfigured
from ytempire.journal import Notes
from ytempire.studio import hardware
from ytempire.studio.assemble import render
from ytempire.studio.cut import Cut
from ytempire.studio.hardware import Encoder, attempt, encoder
from ytempire.studio.sequence import Shot

# Stand-ins that every FFmpeg has: x264 itself for a card that works, and one that is asked for
# what it cannot do, as a listed NVENC without its driver is.
WORKS = Encoder("libx264rgb", ("-c:v", "libx264", "-preset", "ultrafast"))
FAILS = Encoder("libopenh264", ("-c:v", "libx264", "-preset", "no-such-preset"))
ABSENT = Encoder("h264_of_another_machine", ("-c:v", "h264_of_another_machine"))


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """Neither before a test nor, for those of other files, after it."""
    (settings().home / "encoders.json").unlink(missing_ok=True)
    yield
    (settings().home / "encoders.json").unlink(missing_ok=True)


def test_the_first_that_really_encodes_is_taken_and_a_listed_one_that_fails_is_not() -> None:
    assert encoder("auto", (ABSENT, FAILS, WORKS)) == WORKS
    assert encoder("auto", (ABSENT, FAILS)) is None
    assert encoder("libx264", (WORKS,)) is None


def test_the_answer_is_remembered_with_the_reason() -> None:
    encoder("auto", (FAILS, WORKS))
    (results,) = json.loads((settings().home / "encoders.json").read_text()).values()
    assert results["libx264rgb"] == "" and "preset" in results["libopenh264"]
    # The same names with other options are not tried again: the answer is the machine's.
    assert encoder("auto", (Encoder("libopenh264", WORKS.codec),)) is None


def test_a_torn_memory_is_written_anew() -> None:
    (settings().home / "encoders.json").write_text("{torn")
    assert encoder("auto", (WORKS,)) == WORKS


def test_one_that_was_asked_for_by_name_and_fails_is_an_error_with_its_reason() -> None:
    with pytest.raises(NotConfigured, match="preset"):
        encoder("libopenh264", (FAILS,))
    with pytest.raises(NotConfigured, match="no encoder 'h264_x'"):
        encoder("h264_x", (WORKS,))


def test_every_candidate_can_be_tried_on_any_machine() -> None:
    for candidate in hardware.CANDIDATES:
        assert isinstance(attempt(candidate), str)


@pytest.mark.slow
def test_one_that_fails_on_the_way_gives_way_to_x264_and_that_is_noted(tmp_path: Path) -> None:
    """What is remembered may be of before a driver broke."""
    encoder("auto")
    memory = settings().home / "encoders.json"
    ((machine, results),) = json.loads(memory.read_text()).items()
    broken = next((name for name, failure in results.items() if failure), None)
    if broken is None:
        pytest.skip("every hardware encoder works on this machine")
    memory.write_text(json.dumps({machine: {name: "no" for name in results} | {broken: ""}}))
    Image.radial_gradient("L").convert("RGB").save(tmp_path / "still.png")
    notes = Notes()
    render(Cut((Shot(tmp_path / "still.png", 10),), (64, 96)), tmp_path / "out.mp4", notes)
    assert (tmp_path / "out.mp4").stat().st_size > 1000
    (fallback,) = notes.fallbacks
    assert (fallback.capability, fallback.wanted, fallback.used) == ("encode", broken, "libx264")
    assert fallback.reason
