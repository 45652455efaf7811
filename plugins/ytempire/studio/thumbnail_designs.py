"""Three ways to compose a thumbnail, each from its own seed, so that an experiment can choose.

`beside`: large words next to the thing itself. `panel`: the picture from edge to edge and a panel
with the words under it. `card`: a number, a question or a claim alone, on the channel's accent.
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
from ytempire.studio.legibility import CAPITAL

SIZE = (1280, 720)
#: Words, or characters, that can be large; a longer text gives its first words.
MOST_WORDS, MOST_CHARACTERS = 7, 36
#: A capital's height in pixels that leaves `CAPITAL` at 120 pixels of width, and a little over.
_TALL = CAPITAL * SIZE[0] / 120 * 1.04


@dataclass(frozen=True)
class Design:
    """A thumbnail before it is a file, and where each line of its words stands."""

    canvas: Canvas
    lines: tuple[Box, ...]


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


def thumbnail_words(script: Script) -> str:
    """The words on the thumbnail: its own, or the head of the title; only what can be drawn."""
    own = fonts.drawable(script.thumbnail_text)
    words = (own or fonts.drawable(script.title) or fonts.drawable(script.text)).split()
    if len(words) <= MOST_WORDS or len(" ".join(words)) <= MOST_CHARACTERS:
        return " ".join(words) or "?"
    return " ".join(words[:MOST_WORDS]).rstrip(",.;:،、") + typeset.ELLIPSIS


def beside(material: Material) -> Design:
    """Large words, and the thing itself beside them."""
    canvas = material.canvas(0)
    palette, unit = canvas.palette, canvas.unit
    name = "" if material.bare else material.subject()
    is_place = bool(name) and SUBJECTS[name].is_place
    is_diagram = bool(name) and bool(SUBJECTS[name].with_all)
    across = 0.225 if material.is_mirrored else 0.775
    x, y, r = SIZE[0] * across, SIZE[1] * 0.50, unit * (30.0 if is_diagram else 37.0)
    light = material.light(0)
    if material.bare:
        canvas.pixels[:] = material.bare[0]
    elif not is_place:
        textures.lay_ground(canvas, material.identity.texture if not name else "grain", 0.4)
        if light is not None:
            canvas.pixels += (light - canvas.pixels) * np.float32(0.4)
        canvas.glow(x, y, unit * 95, mix(palette.surface, palette.accent, 0.8), 0.75)
    if name:
        SUBJECTS[name].draw(canvas, x, y, r * (1.1 if is_place else 1.0))
    _shade(canvas, is_right=material.is_mirrored)
    box = Box(540, 52, 1220, 612) if material.is_mirrored else Box(60, 52, 740, 660)
    found = _letter(canvas, material.words, box, palette.ink, _accent(palette), halo=True)
    edge = shapes.rounded(Box(0, SIZE[1] - 12, SIZE[0], SIZE[1] + 12), 0)
    canvas.lay(edge, palette.accent)
    return Design(canvas, found)


def panel(material: Material) -> Design:
    """The picture from edge to edge, and the words on a panel at its foot."""
    canvas = material.canvas(1)
    palette, unit = canvas.palette, canvas.unit
    room = Box(70, 250, 1090, 674)  # clear of the duration, which YouTube lays lower right
    setting = _set(material.words, room, canvas.typeface, lines=3, largest=140)
    top = room.y1 - setting.height
    upper = top - 34
    if material.bare:
        canvas.pixels[:] = material.bare[-1]
    else:
        _stage(canvas, material, upper)
    band = shapes.rounded(Box(0, upper, SIZE[0], SIZE[1] + 40), 0)
    ground = palette.background * np.float32(0.75)
    canvas.shadow(band, 0, -14, 26, 0.6)
    canvas.lay(band, ground, 0.97)
    canvas.lay(shapes.rounded(Box(0, upper, SIZE[0], upper + unit * 2), 0), palette.accent)
    found = _drawn(canvas, setting, room, top, palette.ink, _accent(palette))
    return Design(canvas, found)


def _stage(canvas: Canvas, material: Material, height: float) -> None:
    """What stands in for a photograph: the channel's texture in a scene's light, its subject."""
    palette, unit = canvas.palette, canvas.unit
    name = material.subject()
    x, y = SIZE[0] / 2, height * 0.5
    if not (name and SUBJECTS[name].is_place):
        textures.lay_ground(canvas, material.identity.texture, 0.7)
        light = material.light(1)
        if light is not None:
            canvas.pixels += (light - canvas.pixels) * np.float32(0.3)
        canvas.glow(x, y, unit * 110, mix(palette.surface, palette.second, 0.7), 0.7)
    if name:
        SUBJECTS[name].draw(canvas, x, y, min(height * 0.42, unit * 34))


def card(material: Material) -> Design:
    """A number, a question or a claim alone, on the channel's accent."""
    canvas = material.canvas(2)
    palette = canvas.palette
    bright = palette.accent
    dark = palette.background * np.float32(0.55)
    if contrast(float(luminance(dark)), float(luminance(bright))) < 6:
        bright = mix(bright, np.ones(3, np.float32), 0.45)
    slope = np.linspace(0, 1, SIZE[0], dtype=np.float32)[None, :, None]
    canvas.pixels[:] = bright * (1 - 0.10 * slope) + 0 * canvas.pixels
    x = SIZE[0] * (0.16 if material.is_mirrored else 0.84)
    for step in range(5):  # rings that leave the words alone
        ring = shapes.ring(x, SIZE[1] * 0.40, 110.0 + 92 * step, 22)
        canvas.lay(ring, mix(bright, np.ones(3, np.float32), 0.5), 0.30)
    words = material.words
    number = next((q.text for q in reading.quantities(words) if q.text in words), "")
    sign = number or _question(words)
    found: list[Box] = []
    if number:
        rest = " ".join(words.replace(number, " ", 1).split())
        has_rest = any(c.isalnum() for c in rest)
        upper = Box(70, 44, 1210, 400 if has_rest else 640)
        found += _letter(canvas, number, upper, dark, None, lines=1, largest=430)
        if has_rest:
            lower = Box(70, 410, 1210, 612) if material.is_mirrored else Box(70, 410, 1090, 676)
            found += _letter(canvas, rest, lower, dark, None, lines=2, largest=150)
        return Design(canvas, tuple(found))
    if sign:
        _ghost(canvas, sign, x, bright)
    box = Box(70, 60, 900, 640) if not material.is_mirrored else Box(380, 60, 1210, 612)
    if not sign:
        box = Box(70, 60, 1210, 612)
    found += _letter(canvas, words, box, dark, None, largest=270)
    return Design(canvas, tuple(found))


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


def _parts(word: str) -> list[str]:
    """What may stand alone on a line when a word is too long for one."""
    return [word] if len(word) <= 9 else [word[at : at + 7] for at in range(0, len(word) - 6, 2)]


def _smallest(words: str, typeface: str) -> float:
    """Pixels per em at which the lowest word with letters is still as tall as a capital must be."""
    parts = [part for word in words.split() for part in _parts(word)]
    tall = [typeset.rise_of(part, typeface) for part in parts if any(c.isalnum() for c in part)]
    return min(_TALL / max(min(tall, default=0.7), 0.45), 190)


def _set(words: str, box: Box, typeface: str, *, lines: int, largest: float) -> typeset.Setting:
    """The words whole, and every line tall enough; or else as many of them as can be that tall."""
    strict = _smallest(words, typeface)
    loose = _TALL / max(typeset.rise_of(words, typeface), 0.45)
    for share in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        smallest = loose + (strict - loose) * share
        setting = typeset.fit(
            words,
            box,
            largest=max(largest, smallest),
            smallest=smallest,
            typeface=typeface,
            lines=lines,
            leading=1.04,
        )
        lowest = min(typeset.rise_of(line, typeface) for line in setting.lines)
        if lowest * setting.size >= _TALL * 0.99:
            break
    return setting


def _letter(
    canvas: Canvas,
    words: str,
    box: Box,
    colour: Array,
    accent: Array | None,
    *,
    lines: int = 4,
    largest: float = 250,
    halo: bool = False,
) -> tuple[Box, ...]:
    """Words in the middle of a box; returns where each line stands."""
    setting = _set(words, box, canvas.typeface, lines=lines, largest=largest)
    top = box.y0 + max(box.height - setting.height, 0) * 0.5
    if halo:
        _halo(canvas, typeset.masks(setting, box, top=top))
    return _drawn(canvas, setting, box, top, colour, accent)


def _drawn(
    canvas: Canvas,
    setting: typeset.Setting,
    box: Box,
    top: float,
    colour: Array,
    accent: Array | None,
) -> tuple[Box, ...]:
    typeset.draw(
        canvas,
        setting,
        box,
        colour,
        top=top,
        emphasis=reading.emphasis(" ".join(setting.lines)),
        accent=accent,
        mark="thumbnail",
        shadow=False,
    )
    return typeset.line_boxes(setting, box, top=top)


def _halo(canvas: Canvas, rows: Sequence[shapes.Patch]) -> None:
    """A dark rim around letters that stand on a picture."""
    for patch in rows:
        outline = cv2.dilate(patch.mask, np.ones((9, 9), np.uint8))
        halo = shapes.Patch(patch.x, patch.y, np.asarray(outline, np.float32))
        canvas.shadow(halo, 0, 8, 12, 0.9)
        canvas.lay(halo, canvas.palette.background * np.float32(0.4), 0.85)
