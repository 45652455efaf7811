"""What a scene says is read as written, and nothing is made up."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ytempire.providers.painter import reading


def test_a_number_keeps_its_writing_its_unit_and_what_it_is_of() -> None:
    (moon,) = reading.quantities("The Moon is 384,400 kilometres away.")
    assert (moon.value, moon.text, moon.unit, moon.label) == (
        384400,
        "384,400",
        "kilometres",
        "Moon",
    )


def test_scale_words_belong_to_the_number() -> None:
    (age,) = reading.quantities("13.8 billion years")
    assert (age.value, age.text, age.unit) == (13.8e9, "13.8 billion", "years")


@pytest.mark.parametrize(
    ("text", "kind", "shown"),
    [
        ("About 71% of the Earth is water.", "percent", "71%"),
        ("It grew by 12.5 percent.", "percent", "12.5%"),
        ("Two thirds of the company is debt.", "percent", "two thirds"),
        ("In 1494 a friar printed it.", "year", "1494"),
        ("1494", "year", "1494"),
        ("It sold 1494 copies.", "count", "1494"),
        ("Rice costs $4.", "count", "$4"),
    ],
)
def test_kinds_of_numbers(text: str, kind: str, shown: str) -> None:
    (quantity,) = reading.quantities(text)
    assert (quantity.kind, quantity.text) == (kind, shown)


def test_only_numbers_of_one_unit_stand_side_by_side() -> None:
    same = reading.quantities("The Moon is 384 km away, and the Sun is 150 million km away.")
    mixed = reading.quantities("It takes 24 hours and 50 minutes.")
    assert [q.label for q in reading.comparable(same)] == ["Moon", "Sun"]
    assert reading.comparable(mixed) == ()


def test_a_series_needs_three_years_each_with_a_value() -> None:
    three = "In 2010 it was 60 percent, in 1990 it was 20 percent, and in 2000 it was 35 percent."
    pairs = reading.series(reading.quantities(three))
    assert [(year.text, value.text) for year, value in pairs] == [
        ("1990", "20%"),
        ("2000", "35%"),
        ("2010", "60%"),
    ]
    assert reading.series(reading.quantities("In 1990 it was 20 percent.")) == ()


def test_a_sequence_is_read_in_its_order() -> None:
    text = (
        "First, the merchant writes the sale. Then he writes the payment, and finally, he checks."
    )
    assert reading.steps(text) == (
        "The merchant writes the sale",
        "He writes the payment",
        "He checks",
    )
    assert reading.steps("The tide comes in. It goes out.") == ()


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader_and_every_number_is_in_it(text: str) -> None:
    for quantity in reading.quantities(text):
        for digits in re.findall(r"\d+", quantity.text):
            assert digits in text
    reading.steps(text)
    reading.emphasis(text)
