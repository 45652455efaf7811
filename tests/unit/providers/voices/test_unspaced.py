"""Scripts without spaces are cut into phrases that a caption can light up, and joined again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ytempire.providers.voices import joined, written_words

JAPANESE = (
    "今日は2024年3月11日に東京タワーでGPSを使いました。「とても便利です」と彼は言った、"
    "インターネットテレビジョン放送局で。iPhone 15を買う！"
)
CHINESE = "月球离地球三十八万四千四百公里，每天引起两次潮汐。中华人民共和国国家发展和改革委员会"
THAI = "วันนี้อากาศดีมากและเราจะไปเที่ยวทะเลกัน"


@pytest.mark.parametrize("text", [JAPANESE, CHINESE, THAI])
def test_words_without_spaces_are_phrases_and_join_to_the_text(text: str) -> None:
    words = written_words(text)
    assert joined(words) == text
    assert len(words) >= len(text) / 8
    assert max(len(word.strip("、。「」！，")) for word in words) <= 11


def test_numbers_and_latin_words_are_not_cut() -> None:
    words = written_words(JAPANESE)
    for whole in ("2024年", "GPS", "iPhone", "15"):
        assert any(whole in word for word in words)


def test_a_sign_never_begins_a_word() -> None:
    assert not [w for w in written_words(JAPANESE + CHINESE) if w[0] in "、。」！，ーッ"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I like 東京 a lot", ["I", "like", "東京", "a", "lot"]),
        ("달은 지구에서 멀다.", ["달은", "지구에서", "멀다."]),
        ("القمر بعيد جدا", ["القمر", "بعيد", "جدا"]),
        ("चाँद दूर है।", ["चाँद", "दूर", "है।"]),
    ],
)
def test_spaced_scripts_keep_their_spaces(text: str, words: list[str]) -> None:
    assert written_words(text) == words
    assert joined(words) == text


@given(st.text(alphabet="今日は東京タワーっ。「」、あ2Aa ก เร  ", min_size=1))
def test_joining_is_the_inverse_but_for_spacing(text: str) -> None:
    words = written_words(text)
    assert "".join(joined(words).split()) == "".join(text.split())
    assert joined(written_words(joined(words))) == joined(words)
