"""Three ways to compose a thumbnail, each from its own seed, so that an experiment can choose.

`beside`: large words next to the thing itself. `panel`: the picture from edge to edge and a panel
with the words under it. `card`: a number, a question or a claim on the channel's accent, with the
video's picture in a disc.
Languages that run from right to left have them mirrored.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ytempire.domain import Identity, Script
from ytempire.providers.painter import canvas as shapes
from ytempire.providers.painter import reading, textures, typeset
from ytempire.providers.painter.canvas import Box, Canvas
from ytempire.providers.painter.colour import Array, Palette, contrast, luminance, mix
from ytempire.providers.painter.subjects import SUBJECTS, VAGUE, named_in
from ytempire.studio import fonts
from ytempire.studio.thumbnail_words import SIZE, leaned_on, lowest, set_large, thumbnail_words

#: Pixels between words and what they must not touch.
_GAP = 34


@dataclass(frozen=True)
class Design:
    """A thumbnail before it is a file, and where things stand in it.

    Attributes:
        lines: one for each line of words.
        shown: of what stands beside the words.
    """

    canvas: Canvas
    lines: tuple[Box, ...]
    shown: Box | None = None


@dataclass(frozen=True)
class Material:
    """What the designs are made of.

    Attributes:
        pictures: the scenes' pictures at the thumbnail's size, few.
        bare: photographs and clips, without lettering where the thumbnail shows them; few.
    """

    script: Script
    identity: Identity
    pictures: tuple[Array, ...] = ()
    bare: tuple[Array, ...] = ()

    @property
    def words(self) -> str:
        return thumbnail_words(self.script)

    @property
    def is_mirrored(self) -> bool:
        return fonts.runs_leftward(self.script.language) or fonts.is_right_to_left(self.words)

    def canvas(self, design: int) -> Canvas:
        """An empty canvas with the design's own seed, in the face that stays legible small."""
        title = zlib.crc32(self.script.title.encode())
        seed = np.random.default_rng([self.identity.seed, title, 9001 + design])
        face = fonts.lettering("grotesque", self.script.language)
        return Canvas(*SIZE, Palette.of(self.identity), seed, face)

    def light(self, index: int) -> Array | None:
        """A picture's colours without its shapes."""
        if not self.pictures:
            return None
        picture = self.pictures[index % len(self.pictures)]
        small = cv2.GaussianBlur(cv2.resize(picture, (48, 27)), (0, 0), 4)
        return np.asarray(cv2.resize(small, SIZE, interpolation=cv2.INTER_CUBIC), np.float32)

    def subject(self) -> str:
        """What the video is about: what its title names, or else its first scenes."""
        script = self.script
        first = " ".join(f"{scene.picture} {scene.on_screen}" for scene in script.scenes[:3])
        said = f"{script.title}. {script.thumbnail_text}. {first}. {script.scenes[0].narration}"
        named = named_in(said)
        return next((name for name in named if name not in VAGUE), next(iter(named), ""))


def beside(material: Material) -> Design:
    """Large words, and the thing itself beside them, as large as they leave it room."""
    canvas = material.canvas(0)
    palette, unit, is_mirrored = canvas.palette, canvas.unit, material.is_mirrored
    box = Box(540, 52, 1220, 612) if is_mirrored else Box(60, 52, 740, 660)
    setting = set_large(material.words, box, canvas.typeface, lines=4, largest=250)
    top = box.y0 + max(box.height - setting.height, 0) * 0.5
    free = _free(typeset.line_boxes(setting, box, top=top), is_mirrored=is_mirrored)
    name = "" if material.bare else material.subject()
    is_place = bool(name) and SUBJECTS[name].is_place
    light = material.light(0)
    if material.bare:
        canvas.pixels[:] = material.bare[0]
    elif not is_place:
        textures.lay_ground(canvas, material.identity.texture if not name else "grain", 0.4)
        if light is not None:
            canvas.pixels += (light - canvas.pixels) * np.float32(0.4)
        canvas.glow(*free.centre, unit * 95, mix(palette.surface, palette.accent, 0.8), 0.75)
    if name:
        _place(canvas, name, free)
    _shade(canvas, is_right=is_mirrored)
    _halo(canvas, typeset.masks(setting, box, top=top))
    found = _drawn(canvas, setting, box, top, palette.ink, _accent(palette))
    edge = shapes.rounded(Box(0, SIZE[1] - 12, SIZE[0], SIZE[1] + 12), 0)
    canvas.lay(edge, palette.accent)
    return Design(canvas, found, free if name else None)


def _free(lines: Sequence[Box], *, is_mirrored: bool) -> Box:
    """What lines of words leave free at their side, with a gap."""
    if is_mirrored:
        return Box(24, 40, min(line.x0 for line in lines) - _GAP, 680)
    return Box(max(line.x1 for line in lines) + _GAP, 40, SIZE[0] - 24, 680)


def _place(canvas: Canvas, name: str, free: Box) -> None:
    """Draw a subject within a box; what would run on ends where the box does."""
    thing, before = SUBJECTS[name], canvas.pixels.copy()
    thing.draw(canvas, *free.centre, min(free.width / 2 / thing.reach, free.height / 2))
    if thing.is_spread:
        across = np.arange(canvas.width, dtype=np.float32)
        inside = np.clip(np.minimum(across - free.x0, free.x1 - across) / _GAP + 1, 0, 1)
        canvas.pixels[:] = before + (canvas.pixels - before) * inside[None, :, None]


def panel(material: Material) -> Design:
    """The picture from edge to edge, and the words on a panel at its foot."""
    canvas = material.canvas(1)
    palette, unit = canvas.palette, canvas.unit
    room = Box(70, 200, 1210, 650)  # its baseline is over the duration, which YouTube lays on it
    setting = lowest(material.words, room, canvas.typeface)
    top = room.y1 - setting.height
    upper = top - 36
    if material.bare:
        canvas.pixels[:] = material.bare[-1]
    else:
        _stage(canvas, material, upper)
    band = shapes.rounded(Box(0, upper, SIZE[0], SIZE[1] + 40), 0)
    ground = palette.background * np.float32(0.75)
    canvas.shadow(band, 0, -14, 26, 0.6)
    canvas.lay(band, ground, 0.97)
    canvas.lay(shapes.rounded(Box(0, upper, SIZE[0], upper + unit * 2), 0), palette.accent)
    found = _drawn(canvas, setting, room, top, palette.ink, _accent(palette), align="centre")
    return Design(canvas, found)


def _stage(canvas: Canvas, material: Material, height: float) -> None:
    """What stands in for a photograph: the channel's texture in a scene's light, its subject."""
    palette, unit = canvas.palette, canvas.unit
    name = material.subject()
    x, y = SIZE[0] / 2, height * 0.5
    if not (name and SUBJECTS[name].is_place):
        texture = "grain" if name else material.identity.texture
        textures.lay_ground(canvas, texture, 0.7)
        light = material.light(1)
        if light is not None:
            canvas.pixels += (light - canvas.pixels) * np.float32(0.3)
        canvas.glow(x, y, unit * 110, mix(palette.surface, palette.second, 0.7), 0.7)
    if name:
        share = 0.58 if SUBJECTS[name].with_all else 0.48 / SUBJECTS[name].reach
        SUBJECTS[name].draw(canvas, x, y, min(height * share, unit * 50))


def card(material: Material) -> Design:
    """A number, a question or a claim on the channel's accent, with a round look at the thing."""
    canvas = material.canvas(2)
    palette, is_mirrored = canvas.palette, material.is_mirrored
    bright = palette.accent
    dark = palette.background * np.float32(0.55)
    if contrast(float(luminance(dark)), float(luminance(bright))) < 6:
        bright = mix(bright, np.ones(3, np.float32), 0.45)
    slope = np.linspace(0, 1, SIZE[0], dtype=np.float32)[None, :, None]
    canvas.pixels[:] = bright * (1 - 0.10 * slope) + 0 * canvas.pixels
    words = material.words
    number = next((q.text for q in reading.quantities(words) if q.text in words), "")
    x, y, r = (1084.0, 232.0, 160.0) if number else (1052.0, 326.0, 196.0)
    x = SIZE[0] - x if is_mirrored else x
    for step in range(5):  # rings that leave the words alone
        ring = shapes.ring(x, y, 110.0 + 92 * step, 22)
        canvas.lay(ring, mix(bright, np.ones(3, np.float32), 0.5), 0.30)
    is_shown = _medallion(canvas, material, (x, y, r))
    disc = Box(x - r, y - r, x + r, y + r) if is_shown else None
    left, right = (x + r + _GAP, 1210.0) if is_mirrored else (70.0, x - r - _GAP)
    if number:
        found = _counted(canvas, number, words, (left, right) if disc else (70.0, 1210.0), dark)
        return Design(canvas, found, disc)
    sign = _question(words)
    box = Box(left, 60, right, 612 if is_mirrored else 640)
    if not disc and sign:
        _ghost(canvas, sign, x, bright)
    elif not disc:
        box = Box(70, 60, 1210, 612)
    return Design(canvas, _letter(canvas, words, box, dark, largest=270), disc)


def _counted(
    canvas: Canvas, number: str, words: str, across: tuple[float, float], dark: Array
) -> tuple[Box, ...]:
    """A number as large as it goes between two columns, and under it what is said of it."""
    rest = " ".join(words.replace(number, " ", 1).split())
    has_rest = any(c.isalnum() for c in rest)
    upper = Box(across[0], 44, across[1], 400 if has_rest else 640)
    found = _letter(canvas, number, upper, dark, lines=1, largest=430)
    if has_rest:
        is_leftward = fonts.is_right_to_left(words)
        lower = Box(70, 410, 1210, 612) if is_leftward else Box(70, 410, 1090, 676)
        found += _letter(canvas, rest, lower, dark, lines=2, largest=150)
    return found


def _medallion(canvas: Canvas, material: Material, at: tuple[float, float, float]) -> bool:
    """The video's photograph or subject in a disc; False where it has neither."""
    x, y, r = at
    name = "" if material.bare else material.subject()
    if not (name or material.bare):
        return False
    disc = shapes.circle(x, y, r)
    height, width = disc.mask.shape
    if material.bare:
        picture = material.bare[0]
        crop = picture[:, (SIZE[0] - SIZE[1]) // 2 : (SIZE[0] + SIZE[1]) // 2]
        seen = cv2.resize(crop, (width, height), interpolation=cv2.INTER_AREA)
    else:
        within = Canvas(width, height, canvas.palette, canvas.rng, canvas.typeface)
        textures.lay_ground(within, "grain", 0.5)
        light = material.light(0)
        if light is not None:
            within.pixels += (cv2.resize(light, (width, height)) - within.pixels) * np.float32(0.5)
        thing = SUBJECTS[name]
        thing.draw(
            within, width / 2, height / 2, r * (0.9 if thing.is_place else 0.8) / thing.reach
        )
        seen = within.pixels
    canvas.shadow(disc, 0, 10, 18, 0.4)
    canvas.lay(disc, np.clip(np.asarray(seen, np.float32), 0, 1))
    canvas.lay(shapes.ring(x, y, r - 5, 10), mix(canvas.palette.ink, np.ones(3, np.float32), 0.5))
    return True


DESIGNS: tuple[Callable[[Material], Design], ...] = (beside, panel, card)


def _question(words: str) -> str:
    """The question mark of a text as its script writes it."""
    return next((sign for sign in "?？؟" if sign in words), "")


def _ghost(canvas: Canvas, sign: str, x: float, bright: Array) -> None:
    """A sign as tall as the picture, a shade lighter than its ground."""
    box = Box(x - 200, 60, x + 200, 660)
    setting = typeset.fit(sign, box, largest=640, smallest=640, typeface=canvas.typeface, lines=1)
    for patch in typeset.masks(setting, box, align="centre"):
        canvas.lay(patch, mix(bright, np.ones(3, np.float32), 0.75), 0.9)


def _accent(palette: Palette) -> Array:
    if contrast(float(luminance(palette.accent)), float(luminance(palette.background))) < 4.5:
        return palette.ink
    return palette.accent


def _shade(canvas: Canvas, *, is_right: bool) -> None:
    """Darkness for the words to stand on, gone before the drawing begins."""
    across = np.linspace(0, 1, canvas.width, dtype=np.float32)
    across = across[::-1] if is_right else across
    fall = np.clip((0.80 - across) / 0.42, 0, 1)
    fall = fall * fall * (3 - 2 * fall)
    mask = np.ascontiguousarray(np.broadcast_to(fall, (canvas.height, canvas.width)))
    canvas.lay(shapes.Patch(0, 0, mask), canvas.palette.background * np.float32(0.6), 0.86)


def _letter(
    canvas: Canvas,
    words: str,
    box: Box,
    colour: Array,
    *,
    lines: int = 4,
    largest: float = 250,
) -> tuple[Box, ...]:
    """Words in the middle of a box; returns where each line stands."""
    setting = set_large(words, box, canvas.typeface, lines=lines, largest=largest)
    top = box.y0 + max(box.height - setting.height, 0) * 0.5
    return _drawn(canvas, setting, box, top, colour, None)


def _drawn(
    canvas: Canvas,
    setting: typeset.Setting,
    box: Box,
    top: float,
    colour: Array,
    accent: Array | None,
    align: typeset.Align = "left",
) -> tuple[Box, ...]:
    typeset.draw(
        canvas,
        setting,
        box,
        colour,
        top=top,
        align=align,
        emphasis=leaned_on(setting),
        accent=accent,
        mark="thumbnail",
        shadow=False,
    )
    return typeset.line_boxes(setting, box, top=top, align=align)


def _halo(canvas: Canvas, rows: Sequence[shapes.Patch]) -> None:
    """A dark rim around letters that stand on a picture."""
    for patch in rows:
        outline = cv2.dilate(patch.mask, np.ones((9, 9), np.uint8))
        halo = shapes.Patch(patch.x, patch.y, np.asarray(outline, np.float32))
        canvas.shadow(halo, 0, 8, 12, 0.9)
        canvas.lay(halo, canvas.palette.background * np.float32(0.4), 0.85)
