"""The bundled typefaces draw what they promise and name what they cannot."""

import pytest
from fontTools.ttLib import TTFont
from ytempire.errors import MissingGlyph
from ytempire.providers.painter import fonts

SENTENCES = {
    "Latin": "Größe, façade, ČŠŽ łódź. 71% ≈ €5 → “ok” …\n\t",
    "Cyrillic, Greek": "Почему? Їжак. Ήταν η θάλασσα.",
    "Arabic": "لماذا يرتفع البحر مرتين في اليوم؟ ٢٤ ساعة، پچژگ ڈٹے",
    "Hebrew": "למה הים עולה פעמיים ביום? שָׁלוֹם ₪5",
    "Devanagari": "समुद्र दिन में दो बार क्यों उठता है? क्षत्रिय, ज्ञान। ₹५",
    "Thai": "ทำไมทะเลถึงขึ้นวันละสองครั้ง",
    "Japanese": "海はなぜ、一日に二度「高く」なるのでしょうか。ガッツポーズ！鬱憤",
    "Simplified Chinese": "海水为什么每天涨两次？“因为月亮”，国家、发展。",
    "Traditional Chinese": "海水為什麼每天漲兩次？「因為月亮」，國家、發展。",
    "Korean": "바다는 왜 하루에 두 번 높아질까요? 뷔페",
}


@pytest.mark.parametrize("script", SENTENCES)
def test_every_script_of_the_set_up_can_be_drawn(script: str) -> None:
    fonts.require_glyphs(SENTENCES[script])


def test_decomposed_accents_count_as_their_letters() -> None:
    fonts.require_glyphs("e\u0301 and a\u0308")


def test_what_cannot_be_drawn_is_named_with_a_remedy() -> None:
    with pytest.raises(MissingGlyph) as caught:
        fonts.require_glyphs("Tide 🌊 ሰላም")
    assert "U+1F30A water wave" in caught.value.message
    assert "ethiopic syllable sa" in caught.value.message
    assert caught.value.remedy


def test_a_flood_of_strange_characters_is_counted_not_listed() -> None:
    with pytest.raises(MissingGlyph, match="and 15 more"):
        fonts.require_glyphs("".join(chr(0x1200 + i) for i in range(20)))


def test_only_what_can_be_drawn_is_left() -> None:
    assert fonts.drawable("Tide 🌊 in\n\u202ethe bay\x07") == "Tide in the bay"


@pytest.mark.parametrize(
    ("language", "file"),
    [
        ("ja", "StudioSansJP-Bold.otf"),
        ("zh", "StudioSansSC-Bold.otf"),
        ("zh-CN", "StudioSansSC-Bold.otf"),
        ("zh_TW", "StudioSansTC-Bold.otf"),
        ("zh-Hant-HK", "StudioSansTC-Bold.otf"),
        ("zh-Hans-HK", "StudioSansSC-Bold.otf"),
        ("ko", "StudioSansKR-Bold.otf"),
    ],
)
def test_a_language_gets_the_han_forms_of_its_region(language: str, file: str) -> None:
    text = "바다" if language == "ko" else "直"
    chain = fonts.chain(text, "display", fonts.lettering("grotesque", language))
    assert fonts.runs(text, chain) == [(file, text)]


def test_the_same_sign_is_drawn_as_each_region_writes_it() -> None:
    shapes = set()
    for file in fonts.REGIONS.values():
        if ord("骨") in fonts.coverage(file):
            glyph = fonts.load(file).get_nominal_glyph(ord("骨"))
            shapes.add(tuple(fonts.load(file).get_glyph_extents(glyph)))
    assert len(shapes) > 1


def test_a_line_that_runs_both_ways_is_one_run() -> None:
    text = "قالت NASA إن 24 ساعة"
    chain = fonts.chain(text, "display", "geometric@rtl")
    assert fonts.runs(text, chain) == [(fonts.ALPHABETS, text)]


def test_renderers_find_each_family_among_the_files() -> None:
    for file, family in fonts.FAMILIES.items():
        assert TTFont(fonts.FOLDER / file)["name"].getDebugName(1) == family


def test_no_file_is_called_like_a_font_of_the_system() -> None:
    for file in (fonts.ALPHABETS, *fonts.REGIONS.values()):
        names = TTFont(fonts.FOLDER / file)["name"]
        assert not any("Noto" in str(names.getDebugName(number)) for number in (1, 3, 4, 6))


def test_each_font_file_has_its_licence_and_origin() -> None:
    notice = (fonts.FOLDER / "NOTICE.txt").read_text()
    assert "SIL OPEN FONT LICENSE" in (fonts.FOLDER / "OFL.txt").read_text()
    for path in fonts.FOLDER.glob("*.?tf"):
        assert path.name in notice
