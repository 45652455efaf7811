"""The bundled typefaces: which file speaks in which role, and which characters they can draw.

Han characters are written differently in Japan, Korea, China and Taiwan: a *lettering* is a
typeface with the region whose forms it takes, as `lettering()` names it. A new script is a new
file in `fonts_data/` (make_subsets.py) and a line in `FALLBACKS`. Licences lie beside the files.
"""

from __future__ import annotations

import struct
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Literal

import uharfbuzz

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

#: Latin, Cyrillic, Greek, Arabic, Hebrew, Devanagari and Thai in one file.
ALPHABETS = "StudioSans-Bold.ttf"
#: Han, kana and hangul, drawn as each region writes them.
REGIONS = {
    "jp": "StudioSansJP-Bold.otf",
    "sc": "StudioSansSC-Bold.otf",
    "tc": "StudioSansTC-Bold.otf",
    "kr": "StudioSansKR-Bold.otf",
}
#: Asked in turn for what a typeface lacks; what they cover, every typeface can draw.
FALLBACKS = ("InterDisplay-ExtraBold.otf", ALPHABETS, *REGIONS.values())

#: How each file calls itself to a renderer that looks fonts up by family.
FAMILIES = {
    "InterDisplay-ExtraBold.otf": CAPTION_FAMILY,
    ALPHABETS: "Studio Sans",
    **{file: f"Studio Sans {region.upper()}" for region, file in REGIONS.items()},
}

#: Ends the name of a lettering whose lines run from right to left.
LEFTWARD = "@rtl"
#: Languages written from right to left.
_LEFTWARD = frozenset({"ar", "fa", "he", "iw", "ur", "ps", "sd", "ug", "yi", "ckb"})
#: How many characters a message names before it says how many more there are.
_NAMED = 5
#: Marks that command the order of letters; text is ordered by its own letters alone.
_COMMANDS = dict.fromkeys(
    [0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF, 0xAD]
)


def region_of(language: str) -> str:
    """The region whose Han forms a language takes, such as `tc` for zh-TW; empty: none."""
    tags = language.lower().replace("_", "-").split("-")
    if tags[0] in {"zh", "cmn", "yue"}:
        traditional = tags[0] == "yue" or {"hant", "tw", "hk", "mo"} & set(tags[1:])
        return "tc" if traditional and "hans" not in tags else "sc"
    return {"ja": "jp", "ko": "kr"}.get(tags[0], "")


def runs_leftward(language: str) -> bool:
    """Whether a language is written from right to left."""
    return language.lower().replace("_", "-").split("-")[0] in _LEFTWARD


def lettering(typeface: str, language: str) -> str:
    """A typeface as it letters a language: `grotesque@jp`; `@rtl` where lines run leftward."""
    if runs_leftward(language):
        return typeface + LEFTWARD
    region = region_of(language)
    return f"{typeface}@{region}" if region else typeface


def region_in(text: str, lettering: str = "") -> str:
    """The region of a lettering, or else the one that the signs of a text tell."""
    _, _, region = lettering.partition("@")
    if region in REGIONS:
        return region
    if any(0x3040 <= ord(c) <= 0x30FF for c in text):
        return "jp"
    return "kr" if any(0xAC00 <= ord(c) <= 0xD7A3 for c in text) else "sc"


def clean(text: str) -> str:
    """Text as it is set: composed, on one line, without signs that command its order."""
    text = unicodedata.normalize("NFC", text).translate(_COMMANDS)
    return "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text)


@lru_cache(maxsize=512)
def is_right_to_left(text: str) -> bool:
    """Whether the first letter of a text that has a direction runs from right to left."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return False


@lru_cache
def load(file: str) -> uharfbuzz.Font:
    """A bundled file, to shape and draw with."""
    return uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(FOLDER / file))))


@lru_cache
def coverage(file: str) -> frozenset[int]:
    """The code points that a file has a glyph for."""
    return frozenset(load(file).face.unicodes)


@lru_cache
def line_height(file: str) -> tuple[float, float]:
    """What libass takes for a file's height: above and under the baseline, in ems."""
    font = load(file)
    # usWinAscent and usWinDescent of OS/2: bytes 74 to 78, big-endian.
    table = bytes(font.face.reference_table("OS/2").data)
    above, under = struct.unpack_from(">HH", table, 74)
    return above / font.face.upem, under / font.face.upem


def is_invisible(character: str) -> bool:
    """Spaces, line ends, joiners and selectors need no glyph of their own."""
    return (
        character.isspace()
        or unicodedata.category(character) in {"Cc", "Cf"}
        or (0xFE00 <= ord(character) <= 0xFE0F)
    )


def chain(text: str, role: Role, lettering: str) -> tuple[str, ...]:
    """The files to ask for each character of a text, best first."""
    region = REGIONS[region_in(text, lettering)]
    first = TYPEFACES[lettering.partition("@")[0]][role]
    if any(unicodedata.bidirectional(c) in {"R", "AL"} for c in text):
        # One file for all of a line that runs both ways.
        return (ALPHABETS, first, *FALLBACKS)
    return (first, FALLBACKS[0], ALPHABETS, region, *REGIONS.values())


def runs(text: str, files: tuple[str, ...]) -> list[tuple[str, str]]:
    """`text` cut into (file, piece), each piece drawable by its file.

    Spaces and marks stay with what they follow. What no face can draw stays with the first file:
    `require_glyphs` refuses it before any picture is begun.
    """
    pieces: list[tuple[str, str]] = []
    for character in text:
        able = (file for file in files if ord(character) in coverage(file))
        file = next(able, files[0])
        if pieces and _stays(character, pieces[-1][0]):
            file = pieces[-1][0]
        if pieces and pieces[-1][0] == file:
            pieces[-1] = (file, pieces[-1][1] + character)
        else:
            pieces.append((file, character))
    return pieces


def _stays(character: str, file: str) -> bool:
    """Whether a character belongs to the run before it, which `file` draws."""
    if is_invisible(character):
        return True
    is_mark = unicodedata.category(character).startswith("M")
    return is_mark and ord(character) in coverage(file)


def missing_glyphs(text: str) -> tuple[str, ...]:
    """The characters of `text` that no bundled face can draw, each once, in order."""
    wanted = dict.fromkeys(unicodedata.normalize("NFC", text))
    return tuple(
        c
        for c in wanted
        if not is_invisible(c) and not any(ord(c) in coverage(file) for file in FALLBACKS)
    )


def drawable(text: str) -> str:
    """`text` without what no bundled face can draw, such as emoji."""
    missing = set(missing_glyphs(text))
    return " ".join("".join(c for c in clean(text) if c not in missing).split())


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
        "Leave these out, or write them in Latin, Cyrillic, Greek, Arabic, Hebrew, Devanagari, "
        "Thai, Chinese, Japanese or Korean letters in everyday use; another script needs an openly "
        f"licensed font in {FOLDER.name}/ and its name in FALLBACKS (providers/painter/fonts.py).",
    )
