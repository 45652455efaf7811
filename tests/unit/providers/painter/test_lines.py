"""Lines part where their script lets them, and carry every letter."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ytempire.providers.painter import lines, typeset
from ytempire.providers.painter.canvas import Box

BOX = Box(0, 0, 300, 600)
JAPANESE = "海はなぜ、一日に二度「高く」なるのでしょうか。ゆっくりと、確かめましょう。"


def set_lines(text: str, lettering: str = "grotesque", size: float = 50) -> list[str]:
    setting = typeset.fit(text, BOX, largest=size, smallest=size, typeface=lettering, lines=12)
    return list(setting.lines)


@pytest.mark.parametrize(
    ("text", "lettering"),
    [
        (JAPANESE, "grotesque@jp"),
        ("海水为什么每天涨两次？因为月亮拉着海水，所以（一天）有两次潮汐。", "grotesque@sc"),
        ("海水為什麼每天漲兩次？因為月亮拉著海水，所以每天有兩次潮汐。", "grotesque@tc"),
        ("ทำไมทะเลถึงขึ้นวันละสองครั้งทำไมทะเลถึงขึ้น", "grotesque"),
    ],
)
def test_scripts_without_spaces_break_without_any(text: str, lettering: str) -> None:
    found = set_lines(text, lettering)
    assert len(found) > 2
    assert "".join(found) == text
    for line in found:
        assert line[0] not in "、。，？）」ーっょ่้ั็"
        assert line[-1] not in "「（"


def test_japanese_parts_between_phrases() -> None:
    found = lines.phrases("海はなぜ一日に二度高くなるのか", "grotesque@jp")
    assert [piece.text for piece in found][:2] == ["海は", "なぜ"]


def test_a_mark_never_parts_from_its_letter() -> None:
    for line in set_lines("क्षत्रियोंकीक्षमतासेपरिचितविद्यार्थियोंकीप्रतियोगिता"):
        assert not 0x0900 <= ord(line[0]) <= 0x0903
        assert not 0x093A <= ord(line[0]) <= 0x094F


def test_a_word_too_long_goes_on_with_a_hyphen() -> None:
    found = set_lines("Donaudampfschifffahrtsgesellschaft")
    assert all(line.endswith("-") for line in found[:-1])
    assert "".join(found).replace("-", "") == "Donaudampfschifffahrtsgesellschaft"


@settings(max_examples=40, deadline=None)
@given(
    st.text(alphabet="ab Жω海の水、。「」バגב عل कि्ษ้ -?1", min_size=1, max_size=80).filter(
        str.strip
    )
)
def test_no_text_loses_a_letter_or_leaves_its_box(text: str) -> None:
    setting = typeset.fit(text, BOX, largest=40, smallest=12, lines=30)
    kept = "".join("".join(setting.lines).replace("-", "").split())
    assert kept == "".join(unicodedata.normalize("NFC", text).replace("-", "").split())
    assert setting.width <= BOX.width


def test_20_000_characters_without_a_space_are_cut_short() -> None:
    setting = typeset.fit("a" * 20_000, BOX, largest=60, smallest=20, lines=4)
    assert len(setting.lines) == 4
    assert setting.lines[-1].endswith("…")
