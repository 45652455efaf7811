"""The bundled typefaces draw what they promise and name what they cannot."""

import pytest
from fontTools.ttLib import TTFont
from ytempire.errors import MissingGlyph
from ytempire.studio import fonts


def test_latin_cyrillic_and_greek_can_be_drawn() -> None:
    fonts.require_glyphs(
        "Größe, façade, ČŠŽ łódź. Почему? Їжак. Ήταν η θάλασσα. 71% ≈ €5 → “ok” …\n\t"
    )


def test_decomposed_accents_count_as_their_letters() -> None:
    fonts.require_glyphs("e\u0301 and a\u0308")


def test_what_cannot_be_drawn_is_named_with_a_remedy() -> None:
    with pytest.raises(MissingGlyph) as caught:
        fonts.require_glyphs("Tide 🌊 مد")
    assert "U+1F30A water wave" in caught.value.message
    assert "arabic letter meem" in caught.value.message
    assert caught.value.remedy


def test_a_flood_of_strange_characters_is_counted_not_listed() -> None:
    with pytest.raises(MissingGlyph, match="and 15 more"):
        fonts.require_glyphs("".join(chr(0x4E00 + i) for i in range(20)))


def test_captions_find_their_family_among_the_files() -> None:
    names = {TTFont(path)["name"].getDebugName(1) for path in fonts.FOLDER.glob("*.?tf")}
    assert fonts.CAPTION_FAMILY in names


def test_each_font_file_has_its_licence_and_origin() -> None:
    notice = (fonts.FOLDER / "NOTICE.txt").read_text()
    assert "SIL OPEN FONT LICENSE" in (fonts.FOLDER / "OFL.txt").read_text()
    for path in fonts.FOLDER.glob("*.?tf"):
        assert path.name in notice
