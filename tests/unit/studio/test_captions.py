"""Captions show every word of the narration once, in order, in time."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ytempire.domain import Format, Identity, Narration, Word
from ytempire.studio import captions
from ytempire.studio.captions import LOOKS, lines, write_ass, write_srt

_TOKENS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp", "Cf")),
    min_size=1,
    max_size=30,
).filter(lambda text: text.strip() == text and len(text.split()) == 1)


@st.composite
def narrations(draw: st.DrawFn) -> Narration:
    clock, words, scene = 0.0, [], 0
    for text in draw(st.lists(_TOKENS, min_size=1, max_size=40)):
        clock += draw(st.floats(0, 1.5))
        length = draw(st.floats(0, 1.2))
        scene += draw(st.booleans())
        words.append(Word(text=text, start=clock, end=clock + length, scene=scene))
        clock += length
    return Narration(audio=Path("x.wav"), words=tuple(words), scene_ends=(clock + 1,),
                     seconds=clock + 1)  # fmt: skip


@given(narrations())
@settings(max_examples=60, deadline=None)
def test_lines_joined_are_the_narration(narration: Narration) -> None:
    grouped = list(lines(narration.words, 4, lambda text: len(text) < 20))
    assert [word for line in grouped for word in line] == list(narration.words)
    assert all(len(line) <= 4 for line in grouped)
    assert all(len({word.scene for word in line}) == 1 for line in grouped)


@given(narrations())
@settings(max_examples=40, deadline=None)
def test_cues_to_upload_say_the_script_in_rising_time(
    tmp_path_factory: pytest.TempPathFactory, narration: Narration
) -> None:
    text = write_srt(narration, tmp_path_factory.mktemp("srt") / "c.srt").read_text(
        encoding="utf-8"
    )
    stamps = [_seconds(stamp) for pair in re.findall(_SRT_TIME, text) for stamp in pair]
    assert stamps == sorted(stamps)
    said = [
        word
        for cue in text.split("\n\n")
        for line in cue.strip("\n").split("\n")[2:]
        for word in line.split(" ")
    ]
    assert said == [word.text for word in narration.words]


def test_one_event_for_each_word_and_no_gap_within_a_line(tmp_path: Path) -> None:
    narration = _narration("The sea rises twice a day. Why?")
    events = _events(write_ass(narration, Format.SHORT, Identity(), tmp_path / "c.ass"))
    assert [event["active"] for event in events] == [word.text for word in narration.words]
    for before, after in pairwise(events):
        assert before["end"] <= after["start"]
        if before["line"] == after["line"]:
            assert before["end"] == after["start"]


def test_text_cannot_command_the_renderer(tmp_path: Path) -> None:
    narration = _narration("{\\an8\\fs200} C:\\new {x} ok")
    text = write_ass(narration, Format.SHORT, Identity(), tmp_path / "c.ass").read_text()
    for event in re.findall(r"Word,,0,0,0,,(.*)", text):
        blocks = re.findall(r"(?<!\\)\{[^}]*\}", event)
        assert all(re.match(r"\{\\(pos|c&H)", block) for block in blocks)
        outside = re.sub(r"(?<!\\)\{[^}]*\}", "", event)
        assert not re.search(r"\\[nNh]", outside)


def test_lines_stay_within_the_safe_width_in_both_formats(tmp_path: Path) -> None:
    long = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen " + "wide words here " * 6
    for format in Format:
        look = LOOKS[format]
        path = write_ass(_narration(long), format, Identity(), tmp_path / "c.ass")
        for event in _events(path):
            squeeze = re.search(r"\\fscx(\d+)", event["tags"])
            share = int(squeeze[1]) / 100 if squeeze else 1.0
            assert captions._width(event["line"], look.size) * share <= look.widest * 1.01
        width, height = format.size
        assert look.x + look.widest / 2 <= width * (0.89 if format is Format.SHORT else 1)
        assert 0.62 * height <= look.y <= 0.93 * height


_SRT_TIME = r"(\d\d:\d\d:\d\d,\d{3}) --> (\d\d:\d\d:\d\d,\d{3})"


def _seconds(stamp: str) -> float:
    hours, minutes, seconds = stamp.replace(",", ".").split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def _narration(text: str) -> Narration:
    words = tuple(
        Word(text=word, start=0.3 * index, end=0.3 * index + 0.28, scene=0)
        for index, word in enumerate(text.split())
    )
    seconds = words[-1].end + 1
    return Narration(audio=Path("x.wav"), words=words, scene_ends=(seconds,), seconds=seconds)


def _events(path: Path) -> list[dict[str, str]]:
    found = []
    for start, end, tags, text in re.findall(
        r"Dialogue: 0,([\d:.]+),([\d:.]+),Word,,0,0,0,,(\{\\pos[^}]*\})(.*)", path.read_text()
    ):
        active = re.search(r"\{\\c&H\w+\}(.*?)\{\\c&H00FFFFFF\}", text)
        assert active
        line = re.sub(r"\{[^}]*\}", "", text)
        found.append({"start": start, "end": end, "tags": tags, "line": line, "active": active[1]})
    return found
