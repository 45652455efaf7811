"""The bundled typefaces: which file speaks in which role, and which characters they can draw.

A new script (Arabic, Devanagari, CJK) is a new file in `fonts_data/` and a line in `FALLBACKS`.
Licences and origins lie beside the files.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Literal

from PIL import ImageFont

from ytempire.errors import MissingGlyph

Role = Literal["display", "text"]

FOLDER = Path(__file__).parent / "fonts_data"

#: What libass looks up in FOLDER: a heavy grotesque that stays legible over pictures.
CAPTION_FAMILY = "Inter Display Extra Bold"

#: A typeface by name: the file for headlines and numbers, and the file for labels.
TYPEFACES: dict[str, dict[Role, str]] = {
    "grotesque": {"display": "InterDisplay-ExtraBold.otf", "text": "Inter-SemiBold.otf"},
    "geometric": {"display": "Manrope-ExtraBold.ttf", "text": "Manrope-SemiBold.ttf"},
    "serif": {"display": "NotoSerifDisplay-Bold.ttf", "text": "Inter-SemiBold.otf"},
}

#: Asked in turn for what a typeface lacks; what they cover, every typeface can draw.
FALLBACKS = ("InterDisplay-ExtraBold.otf", "NotoSans-Bold.ttf")

#: How many characters a message names before it says how many more there are.
_NAMED = 5


@lru_cache(maxsize=256)
def load(file: str, size: int) -> ImageFont.FreeTypeFont:
    """A bundled file at `size` pixels per em, shaped by Raqm where Pillow carries it."""
    return ImageFont.truetype(str(FOLDER / file), max(size, 1))


def face(role: Role, size: int, typeface: str = "grotesque") -> ImageFont.FreeTypeFont:
    """The face of `typeface` for `role`, for Pillow."""
    return load(TYPEFACES[typeface][role], size)


@lru_cache
def _coverage(file: str) -> frozenset[int]:
    from fontTools.ttLib import TTFont

    with TTFont(FOLDER / file, lazy=True) as font:
        return frozenset(font.getBestCmap())


def _is_invisible(character: str) -> bool:
    """Spaces, line ends, joiners and selectors need no glyph of their own."""
    return (
        character.isspace()
        or unicodedata.category(character) in {"Cc", "Cf"}
        or (0xFE00 <= ord(character) <= 0xFE0F)
    )


def runs(text: str, role: Role, typeface: str = "grotesque") -> list[tuple[str, str]]:
    """`text` cut into (file, piece), each piece drawable by its file.

    What no face can draw stays with the first file: `require_glyphs` refuses it before any
    picture is begun.
    """
    chain = (TYPEFACES[typeface][role], *FALLBACKS)
    pieces: list[tuple[str, str]] = []
    for character in unicodedata.normalize("NFC", text):
        able = (file for file in chain if ord(character) in _coverage(file))
        file = next(able, chain[0])
        if _is_invisible(character) and pieces:
            file = pieces[-1][0]
        if pieces and pieces[-1][0] == file:
            pieces[-1] = (file, pieces[-1][1] + character)
        else:
            pieces.append((file, character))
    return pieces


def missing_glyphs(text: str) -> tuple[str, ...]:
    """The characters of `text` that no bundled face can draw, each once, in order."""
    able = frozenset().union(*(_coverage(file) for file in FALLBACKS))
    wanted = dict.fromkeys(unicodedata.normalize("NFC", text))
    return tuple(c for c in wanted if not _is_invisible(c) and ord(c) not in able)


def require_glyphs(text: str) -> None:
    """Make sure that every character of `text` can be drawn.

    Raises:
        MissingGlyph: names the first characters that cannot, by sign, code point and Unicode name.
    """
    missing = missing_glyphs(text)
    if not missing:
        return
    named = ", ".join(
        f"{character!r} (U+{ord(character):04X} {unicodedata.name(character, 'unnamed').lower()})"
        for character in missing[:_NAMED]
    )
    more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
    raise MissingGlyph(
        f"No bundled typeface can draw {named}{more}.",
        "Write these in Latin, Cyrillic or Greek letters, or add an openly licensed font that has "
        f"them to {FOLDER.name}/ and name it in FALLBACKS (providers/painter/fonts.py).",
    )
