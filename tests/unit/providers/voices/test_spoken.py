"""Numbers and signs are said as people say them, one spoken form for each written word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ytempire.providers.voices.spoken import say


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("in 1969, it", "in 19 69, it"),
        ("in 1905", "in 19 oh 5"),
        ("in 1900.", "in 19 hundred."),
        ("the 1960s", "the 19 60s"),
        ("about 1969 people", "about 1969 people"),
        ("in 2008", "in 2008"),
        ("costs $5.", "costs 5 dollars."),
        ("costs $1", "costs 1 dollar"),
        ("costs $1.2 million.", "costs 1.2 million dollars."),
        ("100 km/h", "100 kilometres an hour"),
        ("(50%)", "(50 percent)"),
        ("10–20 m", "10 to 20 m"),
        ("1,200 GPS units", "1,200 GPS units"),
    ],
)
def test_said_as_people_say_it(written: str, spoken: str) -> None:
    assert " ".join(say(written.split(), "en")) == spoken


def test_other_languages_are_left_to_the_voice() -> None:
    assert say(["1969", "$5"], "de") == ["1969", "$5"]


@given(st.lists(st.text(min_size=1)))
def test_one_spoken_form_for_each_word(words: list[str]) -> None:
    assert len(say(words, "en")) == len(words)
