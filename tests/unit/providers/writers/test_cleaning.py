"""A model's text keeps what people write, in any script, and loses what is not for viewers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ytempire.providers.writers.cleaning import block, line, listed, shortened, spoken
from ytempire.studio.fonts import require_glyphs


@pytest.mark.parametrize(
    "text",
    [
        "At 20 °C, about ½ of it: 3 × 4 ≈ 12, № 7, “quoted” — 5 €.",
        "می‌خواهم دریا را ببینم.",
        "הים עולה פעמיים בשנה.",
        "क्षितिज पर ज्वार दो बार आता है।",
        "割れた茶碗を、あなたは捨てますか。",
        "Το νερό ανεβαίνει, и море встаёт.",
    ],
)
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert spoken(text) == text
    require_glyphs(text)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("## Scene one\n- **The sea** rises.", "Scene one The sea rises."),
        ("Narrator: The sea rises. [Cut to: waves]", "The sea rises."),
        ("The sea \N{WATER WAVE}\ufe0f rises \U0001f600", "The sea rises"),
        ("a\u202eb\u200bc\u0007d", "abc d"),
        ("{\\an8\\fs40}The sea <b>rises</b> if 2 < 3", "The sea rises if 2 ‹ 3"),
        ("Look at https://a.example/b?c=d now", "Look at now"),
    ],
)
def test_markup_directions_pictures_and_addresses_go(given: str, kept: str) -> None:
    assert spoken(given) == kept


@given(st.text(max_size=300), st.integers(min_value=2, max_value=60))
def test_any_text_becomes_one_drawable_line_of_the_length_it_may_have(
    text: str, longest: int
) -> None:
    cleaned = line(text, longest)
    assert len(cleaned) <= longest and "\n" not in cleaned
    require_glyphs(cleaned)
    assert len(shortened(text, longest)) <= max(longest, 0)


def test_a_block_keeps_its_paragraphs_within_its_bytes() -> None:
    assert block("One.\n\n\n\nTwo.", 100) == "One.\n\nTwo."
    assert len(block("海" * 5000, 3000).encode()) <= 3000


def test_a_list_has_each_item_once() -> None:
    assert listed(["Tides", "#tides", "", "sea"], 20, 5) == ("Tides", "sea")
