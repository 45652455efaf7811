"""Setting words: balanced lines, the largest size that fits, contrast that is measured.

Order of retreat when words are long: smaller, then more lines, then an ellipsis. Nothing is ever
drawn outside the box it was given.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from PIL import Image, ImageDraw

from ytempire.providers.painter import fonts
from ytempire.providers.painter.canvas import Box, Canvas, Mark, Patch
from ytempire.providers.painter.colour import Array, contrast, luminance, mix

Align = Literal["left", "centre", "right"]

#: WCAG 2.2 AA for text. The painter darkens the ground until its lettering has it.
CONTRAST = 4.5
ELLIPSIS = "…"

#: Words that may not end a line: they belong to what follows.
_LEADING = frozenset(
    {
        "a",
        "an",
        "the",
        "of",
        "in",
        "on",
        "at",
        "to",
        "for",
        "and",
        "or",
        "but",
        "by",
        "with",
        "from",
    }
    | {"as", "is", "are", "its", "their"}
)


#: From a baseline to under the descenders, in ems.
_DROP = 0.24


def _rise(text: str) -> float:
    """What stands above a baseline, in ems: capitals, or capitals with an accent on them."""
    is_accented = any(c.isupper() and unicodedata.decomposition(c) for c in text)
    return 1.0 if is_accented else 0.82


@lru_cache(maxsize=8192)
def _advance(text: str, role: fonts.Role, typeface: str) -> float:
    """Width of `text` in ems, measured once at a large size."""
    em = 200
    pieces = fonts.runs(text, role, typeface)
    return sum(fonts.load(file, em).getlength(piece) for file, piece in pieces) / em


def ems(text: str, typeface: str) -> float:
    """How wide a text is in display lettering, as a multiple of its size."""
    return _advance(text, "display", typeface)


@dataclass(frozen=True)
class Setting:
    """Lines that fit: each with its width, at one size.

    Attributes:
        size: pixels per em.
        leading: pixels from one baseline to the next.
    """

    lines: tuple[str, ...]
    widths: tuple[float, ...]
    size: int
    leading: float
    role: fonts.Role
    typeface: str

    @property
    def rise(self) -> float:
        """From the top of the first line to its baseline, in ems."""
        return _rise(" ".join(self.lines))

    @property
    def width(self) -> float:
        return max(self.widths, default=0.0)

    @property
    def height(self) -> float:
        """From the top of the first line's ascenders to under the last one's descenders."""
        return self.leading * (len(self.lines) - 1) + self.size * (self.rise + _DROP)


def _pieces(text: str, limit: float, role: fonts.Role, typeface: str) -> list[str]:
    """Words, those wider than `limit` ems cut where they still fit."""
    words: list[str] = []
    for word in text.split():
        while _advance(word, role, typeface) > limit and len(word) > 1:
            cut = len(word) - 1
            while cut > 1 and _advance(word[:cut], role, typeface) > limit:
                cut -= max(cut // 8, 1)
            words.append(word[: max(cut, 1)])
            word = word[max(cut, 1) :]
        words.append(word)
    return words


def _break(words: list[str], widths: list[float], space: float, limit: float) -> list[list[str]]:
    """The fewest lines, and of those the evenest: least squares of what is left blank."""
    count = len(words)
    best: list[tuple[int, float, int]] = [(0, 0.0, 0)] + [(10**6, 0.0, 0)] * count
    for end in range(1, count + 1):
        width = -space
        for start in range(end - 1, -1, -1):
            width += widths[start] + space
            if width > limit and start < end - 1:
                break
            blank = (max(limit - width, 0) / limit) ** 2
            if end < count and words[end - 1].lower() in _LEADING:
                blank += 0.12
            lines, cost, _ = best[start]
            best[end] = min(best[end], (lines + 1, cost + blank, start))
    cuts, end = [], count
    while end:
        start = best[end][2]
        cuts.append(words[start:end])
        end = start
    return cuts[::-1]


def _balanced(words: list[str], role: fonts.Role, typeface: str, limit: float) -> list[str]:
    """Lines of about one length, none over `limit` ems."""
    widths = [_advance(word, role, typeface) for word in words]
    space = _advance(" ", role, typeface)
    first = _break(words, widths, space, limit)
    if len(first) > 1:  # tighten the measure until a line would be added: the lines grow even
        low, high = max(widths), limit
        for _ in range(6):
            middle = (low + high) / 2
            if len(_break(words, widths, space, middle)) == len(first):
                high = middle
            else:
                low = middle
        first = _break(words, widths, space, high)
    return [" ".join(line) for line in first]


def _shortened(line: str, role: fonts.Role, typeface: str, limit: float) -> str:
    line = line.rstrip(" ,.;:")
    while line and _advance(line + ELLIPSIS, role, typeface) > limit:
        line = line[:-1].rstrip(" ,.;:")
    return line + ELLIPSIS


def fit(
    text: str,
    box: Box,
    *,
    largest: float,
    smallest: float,
    role: fonts.Role = "display",
    typeface: str = "grotesque",
    lines: int = 4,
    leading: float = 1.08,
) -> Setting:
    """Set `text` as large as it goes within `box` and `lines`.

    Args:
        largest: pixels per em to start from.
        smallest: pixels per em below which words are left out instead.
        leading: line distance in ems.
    """
    text = " ".join(text.split())
    size, deep = largest, _rise(text) + _DROP
    while True:
        limit = box.width * 0.985 / size
        words = _pieces(text, limit, role, typeface)
        whole = size > smallest and len(words) > len(text.split())
        chosen = _balanced(words, role, typeface, limit)
        room = max(int((box.height - size * deep) / (leading * size)) + 1, 1)
        if len(chosen) <= min(lines, room) and not whole:
            break
        if size <= smallest:
            keep = min(lines, room)
            if len(chosen) > keep:
                chosen = chosen[:keep]
                chosen[-1] = _shortened(chosen[-1], role, typeface, limit)
            break
        size = max(size * 0.94, smallest)
    pixels = max(int(size), 1)
    widths = tuple(_advance(line, role, typeface) * pixels for line in chosen)
    return Setting(tuple(chosen), widths, pixels, leading * pixels, role, typeface)


def _line_patch(setting: Setting, text: str, x: float, baseline: float) -> Patch:
    """One line as a mask."""
    size = setting.size
    width = int(_advance(text, setting.role, setting.typeface) * size) + size
    image = Image.new("L", (width, int(size * 1.7)))
    draw = ImageDraw.Draw(image)
    pen, left, up = size * 0.25, int(x - size * 0.25), int(baseline - size * 1.2)
    pen += x - size * 0.25 - left
    for file, piece in fonts.runs(text, setting.role, setting.typeface):
        font = fonts.load(file, size)
        draw.text((pen, baseline - up), piece, fill=255, font=font, anchor="ls")
        pen += font.getlength(piece)
    return Patch(left, up, np.asarray(image, np.float32) * np.float32(1 / 255))


def _left(setting: Setting, box: Box, align: Align, width: float) -> float:
    if align == "left":
        return box.x0
    return box.x1 - width if align == "right" else box.centre[0] - width / 2


def _patches(
    setting: Setting, box: Box, align: Align, top: float
) -> Iterable[tuple[str, float, float, Patch]]:
    for row, (text, width) in enumerate(zip(setting.lines, setting.widths, strict=True)):
        x = _left(setting, box, align, width)
        baseline = top + setting.size * setting.rise + row * setting.leading
        patch = _line_patch(setting, text, x, baseline)
        overhang = max(box.x0 - patch.box.x0, 0)  # a j reaches left of where it stands
        yield text, x + overhang, baseline, patch.moved(overhang, 0)


def masks(
    setting: Setting, box: Box, *, align: Align = "left", top: float | None = None
) -> list[Patch]:
    """The lines as shapes, for lettering that is drawing: ghosts, seals, ordinals."""
    start = box.y0 if top is None else top
    return [patch for _, _, _, patch in _patches(setting, box, align, start)]


def ground_luminance(canvas: Canvas, box: Box, *, is_bright: bool) -> float:
    """The luminance that lettering in `box` has to stand against: its hard 5 %."""
    x0, y0 = max(int(box.x0), 0), max(int(box.y0), 0)
    region = canvas.pixels[y0 : int(box.y1) + 1 : 3, x0 : int(box.x1) + 1 : 3]
    if not region.size:
        return float(luminance(canvas.palette.background))
    return float(np.percentile(luminance(np.clip(region, 0, 1)), 95 if is_bright else 5))


def secure(canvas: Canvas, box: Box, colour: Array, wanted: float = CONTRAST) -> float:
    """Quieten the ground under `box` until `colour` stands out from it; returns the ratio.

    The ground moves toward the channel's background (dark looks) or its ink's opposite (light
    looks) under a mask with wide soft edges, so that no box shows.
    """
    bright = float(luminance(colour))
    is_bright = bright > 0.18
    toward = canvas.palette.background if is_bright else mix(colour, np.ones(3, np.float32), 0.9)
    reach = canvas.unit * 12
    height, width = int(box.height + 2 * reach), int(box.width + 2 * reach)
    core = np.zeros((height, width), np.float32)
    rim = int(reach * 0.5)
    core[rim:-rim, rim:-rim] = 1
    veil = Patch(int(box.x0 - reach), int(box.y0 - reach), core).soft(reach * 0.3)
    ratio = contrast(bright, ground_luminance(canvas, box, is_bright=is_bright))
    for _ in range(6):
        if ratio >= wanted:
            break
        canvas.lay(veil, toward, 0.45)
        ratio = contrast(bright, ground_luminance(canvas, box, is_bright=is_bright))
    return ratio


def lifted(canvas: Canvas, box: Box, colour: Array) -> Array:
    """A colour brought toward the ink, if that spares the ground a darkening."""
    level = ground_luminance(canvas, box, is_bright=True)
    for share in (0.0, 0.15, 0.3, 0.45):
        lifted = mix(colour, canvas.palette.ink, share) if share else colour
        if contrast(float(luminance(lifted)), level) >= CONTRAST:
            return lifted
    return mix(colour, canvas.palette.ink, 0.3)


def draw(
    canvas: Canvas,
    setting: Setting,
    box: Box,
    colour: Array,
    *,
    align: Align = "left",
    top: float | None = None,
    emphasis: str = "",
    accent: Array | None = None,
    mark: str = "text",
    shadow: bool = True,
) -> Box:
    """Letter a setting into `box`, from `top` (or the box's top) down; returns the inked box.

    Args:
        emphasis: a word of the text that is drawn in `accent`.
        mark: the role under which the lettering is noted in `canvas.marks`.
    """
    start = box.y0 if top is None else top
    inked: list[Patch] = []
    rows = list(_patches(setting, box, align, start))
    left = min(x for _, x, _, _ in rows)
    extent = Box(left, start, left + setting.width, start + setting.height)
    colour = lifted(canvas, extent, colour)
    ratio = secure(canvas, extent, colour)
    if accent is not None and emphasis:
        level = ground_luminance(canvas, extent, is_bright=True)
        if contrast(float(luminance(accent)), level) < CONTRAST:
            accent = None
    for text, x, baseline, patch in rows:
        if shadow and setting.size > canvas.unit * 3:
            canvas.shadow(patch, 0, setting.size * 0.04, setting.size * 0.09, 0.55)
        canvas.lay(patch, colour)
        if accent is not None and emphasis:
            _tint(canvas, setting, text, emphasis, (x, baseline), patch, accent)
        inked.append(patch)
    boxes = [patch.box for patch in inked]
    drawn = Box(
        min(b.x0 for b in boxes),
        min(b.y0 for b in boxes),
        max(b.x1 for b in boxes),
        max(b.y1 for b in boxes),
    )
    canvas.marks.append(Mark(mark, " ".join(setting.lines), drawn, ratio))
    return drawn


def _tint(
    canvas: Canvas,
    setting: Setting,
    text: str,
    emphasis: str,
    at: tuple[float, float],
    patch: Patch,
    accent: Array,
) -> None:
    """Re-ink one word of a line."""
    where = text.find(emphasis)
    if where < 0:
        return
    em = setting.size
    before = _advance(text[:where], setting.role, setting.typeface) * em
    width = _advance(emphasis, setting.role, setting.typeface) * em
    column0 = int(at[0] + before - patch.x - em * 0.02)
    column1 = int(at[0] + before + width - patch.x + em * 0.03)
    columns = slice(max(column0, 0), column1)
    canvas.lay(Patch(patch.x + columns.start, patch.y, patch.mask[:, columns]), accent)


def label(
    canvas: Canvas,
    text: str,
    box: Box,
    size: float,
    colour: Array,
    *,
    align: Align = "left",
    lines: int = 1,
    mark: str = "label",
    role: fonts.Role = "text",
) -> Box:
    """Small lettering that fits its box: axis names, units, captions of parts."""
    setting = fit(
        text,
        box,
        largest=size,
        smallest=size * 0.55,
        role=role,
        typeface=canvas.typeface,
        lines=lines,
        leading=1.2,
    )
    return draw(canvas, setting, box, colour, align=align, mark=mark, shadow=False)


__all__ = [
    "CONTRAST",
    "Align",
    "Setting",
    "draw",
    "fit",
    "ground_luminance",
    "label",
    "lifted",
    "secure",
]
