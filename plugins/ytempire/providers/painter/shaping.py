"""Shaping: which glyphs a line of text becomes, where each stands, and their ink.

Letters join, stack and change order by their script's rules (HarfBuzz); lines that run both ways
are ordered by the Unicode Bidirectional Algorithm. Positions are in ems, x rightward, y upward.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import numpy as np
import uharfbuzz
from bidi import algorithm
from fontTools import unicodedata as scripts

from ytempire.providers.painter import fonts
from ytempire.providers.painter.colour import Array


@dataclass(frozen=True)
class Glyph:
    """One shape of a file, the pen position it stands at, and the text it comes from.

    Attributes:
        at: index of its (first) character in the line.
    """

    file: str
    index: int
    x: float
    y: float
    advance: float
    at: int


@dataclass(frozen=True)
class Line:
    """A line as glyphs, left to right."""

    text: str
    glyphs: tuple[Glyph, ...]
    width: float

    def span(self, start: int, end: int) -> tuple[float, float]:
        """Where the characters from `start` to before `end` stand: left and right, in ems."""
        firsts = sorted({glyph.at for glyph in self.glyphs})
        # A glyph may stand for several characters: a span that begins inside one takes it whole.
        low = max((at for at in firsts if at <= start), default=0)
        edges = [
            (glyph.x, glyph.x + glyph.advance) for glyph in self.glyphs if low <= glyph.at < end
        ]
        if not edges:
            return 0.0, 0.0
        return min(left for left, _ in edges), max(right for _, right in edges)


@dataclass(frozen=True)
class _Run:
    file: str
    start: int
    end: int
    level: int


@lru_cache(maxsize=8192)
def shape(text: str, files: tuple[str, ...], *, is_leftward: bool = False) -> Line:
    """A line of clean text (`fonts.clean`) as glyphs of the first of `files` that has each.

    Args:
        is_leftward: it belongs to a text that runs from right to left, whatever it begins with.
    """
    glyphs: list[Glyph] = []
    pen = 0.0
    for run in _in_visual_order(list(_runs(text, files, is_leftward))):
        for glyph, advance in _shaped(text, run, pen):
            glyphs.append(glyph)
            pen += advance
    return Line(text, tuple(glyphs), pen)


def _runs(text: str, files: tuple[str, ...], is_leftward: bool) -> Iterator[_Run]:
    """Stretches of one file, one direction and one script."""
    of_file = [file for file, piece in fonts.runs(text, files) for _ in piece]
    keys = list(zip(of_file, _levels(text, is_leftward), _scripts(text), strict=True))
    for key, group in groupby(range(len(text)), key=keys.__getitem__):
        indices = list(group)
        yield _Run(key[0], indices[0], indices[-1] + 1, key[1])


def _levels(text: str, is_leftward: bool) -> list[int]:
    """The embedding level of each character: odd runs from right to left."""
    if not is_leftward and all(scripts.bidirectional(c) not in {"R", "AL", "AN"} for c in text):
        return [0] * len(text)
    storage = algorithm.get_empty_storage()
    storage["base_level"] = int(is_leftward or fonts.is_right_to_left(text))
    storage["base_dir"] = "R" if storage["base_level"] else "L"
    algorithm.get_embedding_levels(text, storage)
    for character, at in zip(storage["chars"], range(len(text)), strict=True):
        character["at"] = at
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage)
    algorithm.resolve_neutral_types(storage, False)
    algorithm.resolve_implicit_levels(storage, False)
    levels = [int(storage["base_level"])] * len(text)
    for character in storage["chars"]:
        levels[character["at"]] = int(character["level"])
    return levels


@lru_cache(maxsize=4096)
def _script(character: str) -> str:
    return str(scripts.script(character))


def _scripts(text: str) -> list[str]:
    """The script of each character; signs that all share take the one before, or the one after."""
    found = [_script(character) for character in text]
    common = {"Zyyy", "Zinh", "Zzzz"}
    last = next((script for script in found if script not in common), "Latn")
    filled = []
    for script in found:
        last = last if script in common else script
        filled.append(last)
    return filled


def _in_visual_order(runs: Sequence[_Run]) -> list[_Run]:
    """Rule L2: from the highest level down, what stands at that level or above is reversed."""
    ordered = list(runs)
    for level in range(max((run.level for run in runs), default=0), 0, -1):
        start = 0
        for is_deep, group in groupby(list(ordered), key=lambda run: run.level >= level):
            size = len(list(group))
            if is_deep:
                ordered[start : start + size] = ordered[start : start + size][::-1]
            start += size
    return ordered


def _shaped(text: str, run: _Run, pen: float) -> Iterator[tuple[Glyph, float]]:
    """The glyphs of one run from `pen` on, each with how far it moves the pen."""
    font = fonts.load(run.file)
    em = font.face.upem
    buffer = uharfbuzz.Buffer()
    buffer.add_codepoints([ord(c) for c in text[run.start : run.end]])
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if run.level % 2 else "ltr"
    uharfbuzz.shape(font, buffer)
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        advance = place.x_advance / em
        yield (
            Glyph(
                run.file,
                info.codepoint,
                pen + place.x_offset / em,
                place.y_offset / em,
                advance,
                run.start + info.cluster,
            ),
            advance,
        )
        pen += advance


def ink(line: Line, size: int, x: float, y: float, width: int, height: int) -> Array:
    """The line's coverage, 0 to 1, in a picture of `width` x `height` pixels.

    Args:
        size: pixels per em.
        x, y: the pen's start and the baseline, in pixels from the upper left corner.
    """
    raster = uharfbuzz.RasterDraw()
    for glyph in line.glyphs:
        font = fonts.load(glyph.file)
        scale = size / font.face.upem
        raster.transform = (
            scale, 0.0, 0.0, scale, x + glyph.x * size, height - y + glyph.y * size,
        )  # fmt: skip
        raster.draw_glyph(font, glyph.index)
    raster.extents = uharfbuzz.RasterExtents(0, 0, width, height)
    image = raster.render()
    if image is None or not image.extents.height:
        return np.zeros((height, width), np.float32)
    rows = np.frombuffer(image.buffer, np.uint8).reshape(-1, image.extents.stride)
    coverage = rows[::-1, :width].astype(np.float32)
    return np.ascontiguousarray(coverage) * np.float32(1 / 255)


def reach(line: Line) -> tuple[float, float]:
    """How far a line's ink goes above its baseline and under it, in ems."""
    top = bottom = 0.0
    for glyph in line.glyphs:
        font = fonts.load(glyph.file)
        extents = font.get_glyph_extents(glyph.index)
        if extents is None or not extents.height:
            continue
        em = font.face.upem
        top = max(top, glyph.y + extents.y_bearing / em)
        bottom = max(bottom, -(glyph.y + (extents.y_bearing + extents.height) / em))
    return top, bottom
