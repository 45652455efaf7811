"""Numbers and signs are said as people say them, one spoken form for each written word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ytempire.providers.voices import is_speakable
from ytempire.providers.voices.spoken import say


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("in 1969, it", "in nineteen sixty nine, it"),
        ("in 1905", "in nineteen oh five"),
        ("in 1900.", "in nineteen hundred."),
        ("the 1960s and '90s", "the nineteen sixties and nineties"),
        ("about 1969 people", "about one thousand nine hundred and sixty nine people"),
        ("1500 people", "one thousand five hundred people"),
        ("in 2024", "in twenty twenty four"),
        ("costs $5.", "costs five dollars."),
        ("costs $1", "costs one dollar"),
        ("costs $1.2 million.", "costs one point two million dollars."),
        ("$5.50 or $3M", "five dollars fifty or three million dollars"),
        ("$10-20, 20€", "ten to twenty dollars, twenty euros"),
        ("100 km/h", "one hundred kilometres an hour"),
        ("(50%)", "(fifty percent)"),
        ("10–20 m", "ten to twenty metres"),
        (
            "1 kg, 5kg, 2.4GHz, 20°C",
            "one kilogram, five kilograms, two point four gigahertz, twenty degrees Celsius",
        ),
        ("1,200 GPS units", "one thousand two hundred GPS units"),
        ("example.com/x", "example dot com slash x"),
        (
            "https://www.a-b.co.uk/c?d=1.",
            "a dash b dot co dot uk slash c question mark d equals one.",
        ),
        ("me@x.org", "me at x dot org"),
        ("at 10:30am or 14:00", "at ten thirty A M or fourteen hundred"),
        ("9:05 p.m., 9:00", "nine oh five P M., nine o'clock"),
        ("March 11, 2024", "March eleventh, twenty twenty four"),
        ("11 March", "the eleventh of March"),
        ("on 2024-03-11", "on March eleventh twenty twenty four"),
        ("the 1st, 22nd", "the first, twenty second"),
        ("1/2 cup, 3/4", "one half cup, three quarters"),
        ("Dr. Smith vs. Mr. X", "Doctor Smith versus Mister X"),
        ("No. 5 is #1", "number five is number one"),
        ("~50 >10 -5%", "about fifty more than ten minus five percent"),
        ("A380 COVID-19", "A three hundred and eighty COVID nineteen"),
        ("v 3.2.1 007", "v three point two point one zero zero seven"),
        ("World War II", "World War two"),
        ("1914-1918", "nineteen fourteen to nineteen eighteen"),
        ("<b>now</b> it\u202es", "now its"),
        ("state-of-the-art 'tis", "state-of-the-art 'tis"),
    ],
)
def test_said_as_people_say_it(written: str, spoken: str) -> None:
    assert " ".join(say(written.split(), "en")) == spoken


def test_a_sign_beside_a_word_is_said() -> None:
    assert say(["fish &", "5 <", "— so"], "en") == ["fish and", "five less than", "— so"]


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        (
            "de",
            "1969 kostete 1.200,5 $5",
            "neunzehnhundertneunundsechzig kostete eintausendzweihundert Komma fünf fünf Dollar",
        ),
        ("es", "50% de 1.200", "cincuenta por ciento de mil doscientos"),
        ("fr", "3,5%", "trois virgule cinq pour cent"),
        ("ja", "3枚", "三枚"),
        ("ru", "12 лет", "двенадцать лет"),
        ("hi", "1969 में", "1969 में"),
    ],
)
def test_other_languages_have_their_numbers_in_words(
    language: str, written: str, spoken: str
) -> None:
    assert " ".join(say(written.split(), language)) == spoken


@given(st.lists(st.text(min_size=1)), st.sampled_from(["en", "de", "ja"]))
def test_one_spoken_form_for_each_word(words: list[str], language: str) -> None:
    said = say(words, language)
    assert len(said) == len(words)
    for word, now in zip(words, said, strict=True):
        assert is_speakable(now) or not is_speakable(word)
