"""Makes the StudioSans files of this folder out of Noto Sans: bold, one region of Han a file.

`python make_subsets.py FOLDER`, where FOLDER holds the font files of Debian's fonts-noto-core and
fonts-noto-cjk packages (`apt-get download`, `dpkg-deb -x`). Needs fontTools; takes two minutes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont

HERE = Path(__file__).parent
COLLECTION = "NotoSansCJK-Bold.ttc"

#: Scripts that live in one file: lines that mix them with Latin are shaped and ordered as one.
ALPHABETS: dict[str, tuple[tuple[int, int], ...]] = {
    "NotoSansArabic-Bold.ttf": ((0x600, 0x6FF), (0x750, 0x77F), (0xFD3E, 0xFD3F), (0xFDFC, 0xFDFC)),
    "NotoSansHebrew-Bold.ttf": ((0x590, 0x5FF), (0xFB1D, 0xFB4F), (0x20AA, 0x20AA)),
    "NotoSansDevanagari-Bold.ttf": ((0x900, 0x97F), (0xA8E0, 0xA8FF), (0x20B9, 0x20B9)),
    "NotoSansThai-Bold.ttf": ((0xE00, 0xE7F),),
}

#: What shapes letters; forms for vertical lines and for taste are left out.
FEATURES = (
    "ccmp locl init medi fina isol rlig liga clig calt mark mkmk kern curs abvm blwm dist nukt "
    "akhn rphf rkrf blwf half pstf vatu cjct pres abvs blws psts haln ljmo vjmo tjmo"
)

#: Region: its place in the collection, and the character set that its newspapers keep to.
REGIONS = {"JP": (0, "jp"), "KR": (1, "kr"), "SC": (2, "cn"), "TC": (3, "tw")}


def _rows(codec: str, first: Iterable[int], second: Iterable[int]) -> Iterator[str]:
    seconds = list(second)
    for lead in first:
        for trail in seconds:
            try:
                yield bytes((lead, trail)).decode(codec)
            except UnicodeDecodeError:
                continue


def _wanted(region: str) -> set[int]:
    """The code points of a region's everyday character set, with kana and wide forms for all."""
    grid = range(0xA1, 0xFF)
    rows = {
        "jp": lambda: _rows("euc_jp", grid, grid),  # JIS X 0208
        "cn": lambda: _rows("gb2312", grid, grid),  # GB 2312
        "tw": lambda: _rows("big5", range(0xA1, 0xC7), range(0x40, 0xFF)),  # Big5, level 1
        "kr": lambda: _rows("euc_kr", range(0xA1, 0xC9), grid),  # KS X 1001 without hanja
    }[region]()
    points = {ord(character) for character in rows if len(character) == 1}
    blocks = ((0x20, 0x7E), (0xA0, 0xFF), (0x2010, 0x2027), (0x3000, 0x30FF), (0xFF01, 0xFFEF))
    points.update(*(range(low, high + 1) for low, high in blocks))
    if region == "kr":
        points.update(range(0x3131, 0x318F))
    if region == "tw":
        points.update(range(0x3105, 0x3130))
    return points - set(range(0xE000, 0xF900))


def _subset(font: Any, points: set[int]) -> None:
    options = Options()
    options.layout_features = FEATURES.split()
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "DSIG", "MATH"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=points)
    subsetter.subset(font)


def _named(font: Any, family: str) -> None:
    """A name of its own, so that no copy of Noto on a machine is taken for it."""
    names = font["name"]
    postscript = family.replace(" ", "") + "-Bold"
    names.names = [record for record in names.names if record.nameID in {0, 5, 13, 14}]
    wanted = {1: family, 2: "Bold", 3: postscript, 4: f"{family} Bold", 6: postscript}
    for number, text in wanted.items():
        names.setName(text, number, 3, 1, 0x409)
    if "CFF " in font:
        table = font["CFF "].cff
        table.fontNames = [postscript]
        table.topDictIndex[0].FullName = f"{family} Bold"
        table.topDictIndex[0].FamilyName = family


def _level(font: Any, ascent: int, descent: int) -> None:
    """One line height for all: renderers size letters by it."""
    font["hhea"].ascent, font["hhea"].descent, font["hhea"].lineGap = ascent, -descent, 0
    os2 = font["OS/2"]
    os2.sTypoAscender, os2.sTypoDescender, os2.sTypoLineGap = ascent, -descent, 0
    os2.usWinAscent, os2.usWinDescent = ascent, descent


def alphabets(origin: Path) -> None:
    """StudioSans-Bold.ttf: Latin, Cyrillic, Greek, Arabic, Hebrew, Devanagari, Thai."""
    with TemporaryDirectory() as folder:
        parts = []
        base = TTFont(origin / "NotoSans-Bold.ttf")
        have = set(base.getBestCmap())
        _subset(base, have)
        base.save(Path(folder) / "base.ttf")
        parts.append(str(Path(folder) / "base.ttf"))
        for name, blocks in ALPHABETS.items():
            font = TTFont(origin / name)
            points = {p for low, high in blocks for p in range(low, high + 1)} - have
            _subset(font, points & set(font.getBestCmap()))
            font.save(Path(folder) / name)
            parts.append(str(Path(folder) / name))
        merged = Merger().merge(parts)
    _named(merged, "Studio Sans")
    _level(merged, 1069, 293)
    merged.save(HERE / "StudioSans-Bold.ttf")


def regions(origin: Path) -> None:
    """StudioSans{JP,KR,SC,TC}-Bold.otf: the same code points drawn as each region writes them."""
    for region, (index, codec) in REGIONS.items():
        font = TTCollection(origin / COLLECTION, lazy=True).fonts[index]
        _subset(font, _wanted(codec) & set(font.getBestCmap()))
        _named(font, f"Studio Sans {region}")
        _level(font, 1069, 293)
        font.save(HERE / f"StudioSans{region}-Bold.otf")


if __name__ == "__main__":
    alphabets(Path(sys.argv[1]))
    regions(Path(sys.argv[1]))
