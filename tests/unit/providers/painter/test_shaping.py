"""Letters join, stack and turn as their script asks, on any machine."""

import numpy as np
import pytest
from ytempire.providers.painter import fonts
from ytempire.providers.painter.shaping import Line, ink, reach, shape


def line(text: str, language: str = "en") -> Line:
    lettering = fonts.lettering("grotesque", language)
    is_leftward = fonts.runs_leftward(language)
    return shape(text, fonts.chain(text, "display", lettering), is_leftward=is_leftward)


def order(text: str, language: str, words: list[str]) -> list[str]:
    """The words by where they stand, left to right."""
    set_ = line(text, language)
    return sorted(words, key=lambda word: set_.span(text.index(word), text.index(word) + 1)[0])


def test_arabic_letters_join() -> None:
    joined = [glyph.index for glyph in line("بيت", "ar").glyphs]
    alone = [line(letter, "ar").glyphs[0].index for letter in "بيت"]
    assert not set(joined) & set(alone)


def test_devanagari_letters_stack_and_turn() -> None:
    assert len(line("क्ष", "hi").glyphs) < 3
    first = line("कि", "hi").glyphs[0]
    assert first.index != line("क", "hi").glyphs[0].index  # the vowel stands before its letter


def test_numbers_and_names_keep_their_direction_in_arabic() -> None:
    text = "قالت NASA Earth إن 24 ساعة"
    words = text.split()
    assert order(text, "ar", words) == ["ساعة", "24", "إن", "NASA", "Earth", "قالت"]


def test_a_line_of_a_language_runs_its_way_whatever_it_begins_with() -> None:
    text = "NASA قالت"
    assert order(text, "ar", text.split()) == ["قالت", "NASA"]
    assert order(text, "en", text.split()) == ["NASA", "قالت"]


def test_brackets_are_mirrored_in_hebrew() -> None:
    glyphs = line("(ים)", "he").glyphs
    opening = line("(").glyphs[0].index
    alphabets = fonts.load(fonts.ALPHABETS)
    assert [glyphs[0].index, glyphs[-1].index] == [
        alphabets.get_nominal_glyph(ord("(")),
        alphabets.get_nominal_glyph(ord(")")),
    ]
    assert opening


@pytest.mark.parametrize(("text", "language"), [("Tide", "en"), ("海の水", "ja"), ("البحر", "ar")])
def test_words_of_a_line_stand_side_by_side_and_fill_it(text: str, language: str) -> None:
    set_ = line(f"{text} {text}", language)
    spans = sorted([set_.span(0, len(text)), set_.span(len(text) + 1, 2 * len(text) + 1)])
    assert spans[0][0] == pytest.approx(0, abs=0.02)
    assert spans[0][1] < spans[1][0]
    assert spans[1][1] == pytest.approx(set_.width, abs=0.02)


@pytest.mark.parametrize(("text", "language"), [("Tag", "en"), ("क्यों", "hi"), ("海", "ja")])
def test_ink_lies_where_the_line_says(text: str, language: str) -> None:
    set_ = line(text, language)
    top, bottom = reach(set_)
    mask = ink(set_, 100, 30, 150, int(set_.width * 100) + 60, 250)
    rows = np.flatnonzero(mask.max(axis=1) > 0.5)
    columns = np.flatnonzero(mask.max(axis=0) > 0.5)
    assert rows[0] == pytest.approx(150 - top * 100, abs=2)
    assert rows[-1] == pytest.approx(150 + bottom * 100, abs=2)
    assert 25 < columns[0] < columns[-1] < 35 + set_.width * 100


def test_nothing_is_drawn_of_nothing() -> None:
    assert ink(shape("", fonts.FALLBACKS), 40, 0, 40, 20, 50).max() == 0
