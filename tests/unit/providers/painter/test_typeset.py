"""Lettering stays in its box, breaks evenly, and stands out from its ground."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ytempire.domain import Identity
from ytempire.providers.painter import typeset
from ytempire.providers.painter.canvas import Box, Canvas
from ytempire.providers.painter.colour import Palette, rgb

BOX = Box(40, 60, 360, 260)


def canvas() -> Canvas:
    return Canvas(420, 420, Palette.of(Identity()), np.random.default_rng(1))


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="abcdefgijMWÄЖΩ .,-!?", min_size=1, max_size=300).filter(str.strip))
def test_any_text_is_drawn_inside_its_box(text: str) -> None:
    setting = typeset.fit(text, BOX, largest=90, smallest=14, lines=4)
    drawn = typeset.draw(canvas(), setting, BOX, rgb("#ffffff"))
    assert BOX.inset(-2).holds(drawn)


def test_short_words_are_large_and_long_texts_smaller() -> None:
    short = typeset.fit("Tides", BOX, largest=90, smallest=14)
    long = typeset.fit(
        "The tides of the sea rise and fall twice a day", BOX, largest=90, smallest=14
    )
    assert short.size > long.size >= 14


def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    setting = typeset.fit("word " * 200, BOX, largest=60, smallest=30, lines=2)
    assert len(setting.lines) == 2
    assert setting.lines[-1].endswith("…")


def test_lines_are_even() -> None:
    setting = typeset.fit("Is he rich, or is he ruined?", BOX, largest=60, smallest=60, lines=3)
    assert len(setting.lines) > 1
    assert min(setting.widths) > 0.55 * max(setting.widths)


@pytest.mark.parametrize("ground", ["#ffffff", "#c0d0e0", "#38bdf8", "#0f172a"])
def test_the_ground_is_quietened_until_the_words_stand_out(ground: str) -> None:
    picture = canvas()
    picture.pixels[:] = rgb(ground)
    setting = typeset.fit("Readable", BOX, largest=60, smallest=20)
    typeset.draw(picture, setting, BOX, picture.palette.ink)
    assert picture.marks[0].contrast >= typeset.CONTRAST
