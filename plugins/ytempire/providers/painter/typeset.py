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

from ytempire.providers.painter import fonts, shaping
from ytempire.providers.painter import lines as breaking
from ytempire.providers.painter.canvas import Box, Canvas, Mark, Patch
from ytempire.providers.painter.colour import Array, contrast, luminance, mix

Align = Literal["left", "centre", "right"]
is_unspaced = breaking.is_unspaced

#: WCAG 2.2 AA for text. The painter darkens the ground until its lettering has it.
CONTRAST = 4.5
ELLIPSIS = "…"

#: Above and under a baseline, in ems, where letters have no marks: capitals, and a g's tail.
_RISE, _DROP = 0.82, 0.24
_STOPS = " ,.;:،、。-"
_MARKS = _STOPS + "?!？！…「」『』（）()"
#: A text longer than this is cut before it is measured: no picture holds it.
_LONGEST = 600


@lru_cache(maxsize=1024)
def _reach(text: str, role: fonts.Role, typeface: str) -> tuple[float, float]:
    """How far a text's ink goes above and under its baseline, in ems."""
    if text.isascii():
        return _RISE, _DROP
    top, bottom = shaping.reach(_shaped(text, role, typeface))
    return max(top, _RISE), max(bottom, _DROP)


def _shaped(text: str, role: fonts.Role, typeface: str) -> shaping.Line:
    files = fonts.chain(text, role, typeface)
    return shaping.shape(text, files, is_leftward=typeface.endswith(fonts.LEFTWARD))


def _advance(text: str, role: fonts.Role, typeface: str) -> float:
    """Width of `text` in ems."""
    return _shaped(text, role, typeface).width


def ems(text: str, typeface: str) -> float:
    """How wide a text is in display lettering, as a multiple of its size."""
    return _advance(fonts.clean(text), "display", typeface)


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
    def reach(self) -> tuple[float, float]:
        """From a baseline to the top of the letters and to under them, in ems."""
        reaches = [_reach(line, self.role, self.typeface) for line in self.lines]
        return max(r for r, _ in reaches), max(d for _, d in reaches)

    @property
    def rise(self) -> float:
        """From the top of the first line to its baseline, in ems."""
        return self.reach[0]

    @property
    def is_right_to_left(self) -> bool:
        return self.typeface.endswith(fonts.LEFTWARD) or fonts.is_right_to_left(
            " ".join(self.lines)
        )

    @property
    def width(self) -> float:
        return max(self.widths, default=0.0)

    @property
    def height(self) -> float:
        """From the top of the first line's ascenders to under the last one's descenders."""
        return self.leading * (len(self.lines) - 1) + self.size * sum(self.reach)


def _shortened(line: str, role: fonts.Role, typeface: str, limit: float) -> str:
    kept = line.rstrip(_STOPS)
    while kept and _advance(kept + ELLIPSIS, role, typeface) > limit:
        kept = kept[:-1].rstrip(_STOPS)
    is_torn = line[len(kept) : len(kept) + 1].strip(_STOPS) != ""
    if is_torn and " " in kept:  # rather a word less than half a word
        kept = kept.rpartition(" ")[0].rstrip(_STOPS)
    return kept + ELLIPSIS


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
    text = " ".join(fonts.clean(text[: _LONGEST + 1]).split())
    if len(text) > _LONGEST:
        text = text[:_LONGEST].rstrip() + ELLIPSIS
    deep = sum(_reach(text, role, typeface))
    leading = max(leading, deep) if not text.isascii() else leading
    phrases = breaking.phrases(text, typeface)

    def wide(piece: str) -> float:
        return _advance(piece, role, typeface)

    size, whole_width = largest, wide(text)
    while True:
        limit = box.width * 0.985 / size
        if whole_width > (limit + 1) * lines and size > smallest:  # no way to break it helps
            size = max(size * 0.94, smallest)
            continue
        words = breaking.pieces(phrases, limit, wide)
        whole = size > smallest and len(words) > len(phrases)
        chosen = breaking.balanced(words, limit, wide)
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
    widths = tuple(wide(line) * pixels for line in chosen)
    return Setting(tuple(chosen), widths, pixels, leading * pixels, role, typeface)


def _line_patch(setting: Setting, text: str, x: float, baseline: float) -> Patch:
    """One line as a mask."""
    size = setting.size
    line = _shaped(text, setting.role, setting.typeface)
    rise, drop = setting.reach
    left, up = int(x - size * 0.25), int(baseline - size * (rise + 0.3))
    width, height = int(line.width * size) + size, int(size * (rise + drop + 0.5))
    return Patch(left, up, shaping.ink(line, size, x - left, baseline - up, width, height))


def _left(setting: Setting, box: Box, align: Align, width: float) -> float:
    if align == "centre":
        return box.centre[0] - width / 2
    # "left" is where lines begin: the right for scripts that run from there.
    is_right = align == "right" or setting.is_right_to_left
    return box.x1 - width if is_right else box.x0


def _patches(
    setting: Setting, box: Box, align: Align, top: float
) -> Iterable[tuple[str, float, float, Patch]]:
    for row, (text, width) in enumerate(zip(setting.lines, setting.widths, strict=True)):
        x = _left(setting, box, align, width)
        baseline = top + setting.size * setting.rise + row * setting.leading
        patch = _line_patch(setting, text, x, baseline)
        # A j reaches left of where it stands, an Arabic tail too.
        overhang = max(box.x0 - patch.box.x0, 0) or min(box.x1 - patch.box.x1, 0)
        yield text, x + overhang, baseline, patch.moved(overhang, 0)


def masks(
    setting: Setting, box: Box, *, align: Align = "left", top: float | None = None
) -> list[Patch]:
    """The lines as shapes, for lettering that is drawing: ghosts, seals, ordinals."""
    start = box.y0 if top is None else top
    return [patch for _, _, _, patch in _patches(setting, box, align, start)]


def line_boxes(setting: Setting, box: Box, *, top: float, align: Align = "left") -> tuple[Box, ...]:
    """Where each line's letters stand when drawn: from the tallest one's top to the baseline."""
    return tuple(
        patch.box._replace(y1=min(patch.box.y1, baseline))
        for _, _, baseline, patch in _patches(setting, box, align, top)
    )


def rise_of(text: str, typeface: str) -> float:
    """How far the ink of display lettering goes above its baseline, in ems."""
    return shaping.reach(_shaped(fonts.clean(text), "display", typeface))[0]


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
    if where < 0 or not _is_word(text, where, where + len(emphasis), setting.typeface):
        return
    em = setting.size
    line = _shaped(text, setting.role, setting.typeface)
    left, right = line.span(where, where + len(emphasis))
    column0 = int(at[0] + left * em - patch.x - em * 0.02)
    column1 = int(at[0] + right * em - patch.x + em * 0.03)
    columns = slice(max(column0, 0), column1)
    canvas.lay(Patch(patch.x + columns.start, patch.y, patch.mask[:, columns]), accent)


def _is_word(text: str, start: int, end: int, typeface: str) -> bool:
    """Whether a stretch of a line stands alone in it; where no spaces part words, as a phrase."""
    if any(map(breaking.is_unspaced, text[start:end])):
        return text[start:end] in said_phrases(text, typeface)
    around = text[max(start - 1, 0) : start] + text[end : end + 1]
    is_torn = any(unicodedata.category(c)[0] in "LM" for c in around)
    return not is_torn


def said_phrases(text: str, typeface: str) -> list[str]:
    """A text's phrases, those that no space parts too, without the marks at their ends."""
    return [piece.text.strip(_MARKS) for piece in breaking.phrases(text, typeface)]


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
    "is_unspaced",
    "label",
    "lifted",
    "line_boxes",
    "rise_of",
    "said_phrases",
    "secure",
]
