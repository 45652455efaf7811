"""Captions show every word of the narration once, in order, in time."""

from __future__ import annotations

import re
import subprocess
from itertools import pairwise
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ytempire.domain import CaptionStyle, Format, Identity, Narration, Word
from ytempire.providers.voices import joined, written_words
from ytempire.studio import fonts
from ytempire.studio.captions import LOOKS, lines, write_ass, write_srt
from ytempire.studio.karaoke import Setter

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
    said = "".join(line for cue in text.split("\n\n") for line in cue.strip("\n").split("\n")[2:])
    drawn = fonts.drawable(" ".join(word.text for word in narration.words))
    assert "".join(said.split()).replace("→", "-->") == "".join(drawn.split()).replace("→", "-->")


@pytest.mark.parametrize("style", ["highlight", "karaoke", "boxed"])
def test_each_word_is_lit_once_while_its_line_stands(tmp_path: Path, style: CaptionStyle) -> None:
    narration = _narration("The sea rises twice a day. Why?")
    events = _events(write_ass(narration, Format.SHORT, Identity(captions=style), tmp_path / "c"))
    standing = [event for event in events if event["name"] == "Line"]
    lit = [event for event in events if event["name"] == "Word"]
    assert " ".join(event["line"] for event in standing) == "The sea rises twice a day. Why?"
    assert [event["start"] for event in lit] == [_clock(word.start) for word in narration.words]
    assert len([event for event in events if event["name"] == "Box"]) == (
        len(lit) if style == "boxed" else 0
    )
    for before, after in pairwise(standing):
        assert before["end"] <= after["start"]
    for event in lit:
        assert any(
            line["line"] == event["line"] and line["start"] <= event["start"] < line["end"]
            for line in standing
        )


def test_captions_wait_for_what_comes_before_the_narration(tmp_path: Path) -> None:
    narration = _narration("The sea rises.")
    late = write_srt(narration, tmp_path / "late.srt", shift=2.5).read_text()
    assert "00:00:02,500 -->" in late
    burned = write_ass(narration, Format.WIDE, Identity(), tmp_path / "late.ass", shift=2.5)
    assert min(event["start"] for event in _events(burned)) == "0:00:02.50"


@pytest.mark.parametrize("style", ["highlight", "karaoke", "boxed"])
def test_text_cannot_command_the_renderer(tmp_path: Path, style: CaptionStyle) -> None:
    narration = _narration("{\\an8\\fs200} C:\\new {x} \u202eok \x07 {\\p1}m 0 0")
    text = write_ass(narration, Format.SHORT, Identity(captions=style), tmp_path / "c").read_text()
    assert "\u202e" not in text
    for event in re.findall(r"Word,(?:Line|Word),0,0,0,,(.*)", text):
        blocks = re.findall(r"(?<!\\)\{[^}]*\}", event)
        assert all(re.match(r"\{\\(pos|fn)", block) for block in blocks)
        outside = re.sub(r"(?<!\\)\{[^}]*\}", "", event)
        assert not re.search(r"\\[nNh]", outside)


@pytest.mark.parametrize("size", [None, (608, 1080), (480, 480), (854, 480)])
def test_lines_stay_within_the_safe_width_in_every_size(
    tmp_path: Path, size: tuple[int, int] | None
) -> None:
    long = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen " + "wide words here " * 6
    for format in Format:
        width, height = size or format.size
        text = write_ass(
            _narration(long), format, Identity(), tmp_path / "c.ass", size=size
        ).read_text()
        assert f"PlayResX: {width}\nPlayResY: {height}\n" in text
        spans = [(int(a), int(b)) for a, b in re.findall(r"\\clip\((\d+),0,(\d+),", text)]
        assert spans
        assert min(left for left, _ in spans) >= width * 0.05
        assert max(right for _, right in spans) <= width * (0.89 if format is Format.SHORT else 0.9)
        for y in re.findall(r"\\pos\(\d+,(\d+)\)", text):
            assert 0.62 * height <= int(y) <= 0.93 * height


def test_20_000_characters_without_a_space_are_shown_in_parts(tmp_path: Path) -> None:
    word = Word(text="a" * 20_000, start=0, end=600, scene=0)
    narration = Narration(audio=Path("x"), words=(word,), scene_ends=(600,), seconds=600)
    events = _events(write_ass(narration, Format.SHORT, Identity(), tmp_path / "c.ass"))
    shown = [event["line"] for event in events if event["name"] == "Line"]
    assert "".join(shown).replace(" ", "") == word.text
    assert max(map(len, shown)) < 40
    cues = write_srt(narration, tmp_path / "c.srt").read_text().splitlines()
    assert max(map(len, cues)) < 90


def test_no_space_comes_into_japanese(tmp_path: Path) -> None:
    text = "海はなぜ、一日に二度「高く」なるのでしょうか。答えは、月とその引力にあります。"
    narration = _narration(text, "ja")
    srt = write_srt(narration, tmp_path / "c.srt").read_text()
    said = [line for cue in srt.split("\n\n") for line in cue.strip("\n").split("\n")[2:]]
    assert "".join(said) == text
    assert max(map(len, said)) <= 20
    events = _events(write_ass(narration, Format.SHORT, Identity(), tmp_path / "c.ass"))
    assert "".join(event["line"] for event in events if event["name"] == "Line") == text


@pytest.mark.parametrize(
    ("text", "language", "family"),
    [
        ("Почему море", "ru", "Inter Display Extra Bold"),
        ("قالت NASA إن", "ar", "Studio Sans"),
        ("समुद्र क्यों", "hi", "Studio Sans"),
        ("海は二度", "ja", "Studio Sans JP"),
        ("海水两次", "zh-CN", "Studio Sans SC"),
        ("海水兩次", "zh-TW", "Studio Sans TC"),
        ("바다는 왜", "ko", "Studio Sans KR"),
    ],
)
def test_each_language_is_set_in_a_bundled_family(
    tmp_path: Path, text: str, language: str, family: str
) -> None:
    out = write_ass(_narration(text, language), Format.WIDE, Identity(), tmp_path / "c.ass")
    assert set(re.findall(r"\\fn([^\\}]+)", out.read_text())) == {family}


def test_right_to_left_words_are_lit_from_the_right(tmp_path: Path) -> None:
    text = "قالت NASA Earth إن البحر"
    setter = Setter(LOOKS[Format.WIDE], 1080, "ar", "#ffffff")
    words = _narration(text, "ar").words
    spans = dict(zip(text.split(), setter.place(words).spans, strict=True))
    ordered = sorted(spans, key=lambda word: spans[word][0], reverse=True)
    assert ordered == ["قالت", "Earth", "NASA", "إن", "البحر"]


def test_a_word_fills_the_way_it_is_read(tmp_path: Path) -> None:
    identity = Identity(captions="karaoke")
    ass = write_ass(_narration("قالت NASA", "ar"), Format.WIDE, identity, tmp_path / "c.ass")
    found = re.findall(
        r"clip\((\d+),0,(\d+),1080\)\\t\(0,\d+,\\clip\((\d+),0,(\d+),", ass.read_text()
    )
    (shut_a, _, _, right), (shut_n, _, left, _) = found
    assert (shut_a, shut_n) == (right, left)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Why does the sea rise?", "en"),
        ("قالت NASA إن البحر يرتفع", "ar"),
        ("समुद्र दिन में दो बार", "hi"),
        ("海はなぜ高くなる", "ja"),
    ],
)
def test_burned_words_stand_where_they_were_laid_out(
    tmp_path: Path, text: str, language: str
) -> None:
    """The lit word's colour, in a real frame, lies in the word's own place and nowhere else."""
    narration = _narration(text, language)
    identity = Identity(palette=("#000000", "#000000", "#ffffff", "#ff0000", "#ff0000"))
    ass = write_ass(narration, Format.WIDE, identity, tmp_path / "c.ass", size=(960, 540))
    look = LOOKS[Format.WIDE].scaled(0.5, 0.5)
    spans = Setter(look, 540, language, "#ff0000").place(narration.words).spans
    frame = _burned(ass, narration.words[1].start + 0.2)
    red = (frame[..., 0] > 150) & (frame[..., 1] < 90)
    columns = np.flatnonzero(red.any(axis=0))
    left, right = spans[1]
    assert columns.size > 8
    assert left - 2 <= columns[0] <= columns[-1] <= right + 2
    assert columns[-1] - columns[0] > 0.7 * (right - left)
    white = np.flatnonzero((frame.min(axis=2) > 180).any(axis=0))
    outer = min(x for x, _ in spans), max(x for _, x in spans)
    assert abs(white[0] - outer[0]) < 8 or columns[0] < white[0]
    assert outer[0] - 3 <= white[0] <= white[-1] <= outer[1] + 3


def _burned(ass: Path, at: float) -> np.ndarray:
    """One frame of captions on grey."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i",
               f"color=0x404040:s=960x540:r=10:d={at + 0.3}", "-vf",
               f"ass={ass}:fontsdir={fonts.FOLDER},trim=start={at}", "-frames:v", "1",
               "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]  # fmt: skip
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(540, 960, 3)


_SRT_TIME = r"(\d\d:\d\d:\d\d,\d{3}) --> (\d\d:\d\d:\d\d,\d{3})"


def _seconds(stamp: str) -> float:
    hours, minutes, seconds = stamp.replace(",", ".").split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def _clock(seconds: float) -> str:
    return f"0:00:{seconds:05.2f}"


def _narration(text: str, language: str = "en") -> Narration:
    words = tuple(
        Word(text=word, start=0.3 * index, end=0.3 * index + 0.28, scene=0)
        for index, word in enumerate(written_words(text))
    )
    assert joined([word.text for word in words]) == " ".join(text.split())
    seconds = words[-1].end + 1
    return Narration(audio=Path("x.wav"), words=words, scene_ends=(seconds,), seconds=seconds,
                     language=language)  # fmt: skip


def _events(path: Path) -> list[dict[str, str]]:
    return [
        {
            "start": start,
            "end": end,
            "name": name,
            "line": re.sub(r"(?<!\\)\{[^}]*\}|[\u2060\u200f]", "", text),
        }
        for start, end, name, text in re.findall(
            r"Dialogue: \d,([\d:.]+),([\d:.]+),Word,(\w+),0,0,0,,(.*)", path.read_text()
        )
    ]
