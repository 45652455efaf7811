"""Cards: hooks, headlines, numbers, years, and drawings with their words."""

from __future__ import annotations

import numpy as np
from PIL import Image

from ytempire.domain import Scene
from ytempire.providers.painter import canvas as shapes
from ytempire.providers.painter import reading, typeset
from ytempire.providers.painter.canvas import Box, Canvas
from ytempire.providers.painter.colour import contrast, luminance, mix
from ytempire.providers.painter.layout import ART_FOOT, Layout, safe_box
from ytempire.providers.painter.planning import Plan, numbers_of
from ytempire.providers.painter.subjects import SUBJECTS


def words_of(scene: Scene) -> str:
    """What is lettered: the on-screen words, or the head of the first sentence."""
    if scene.on_screen.strip():
        return scene.on_screen
    sentences = [part.rstrip(".") for part in scene.narration.strip().split(". ")]
    said = next((part for part in sentences if len(part.split()) > 2), sentences[0])
    words = said.split()
    return " ".join(words[:8]) + (typeset.ELLIPSIS if len(words) > 8 else "")


def _bar(canvas: Canvas, x: float, y: float) -> None:
    """The channel's accent stroke above a headline."""
    unit = canvas.unit
    stroke = shapes.rounded(Box(x, y, x + unit * 9, y + unit * 1.1), unit)
    canvas.lay(stroke, canvas.palette.accent)


def headline(
    canvas: Canvas,
    text: str,
    box: Box,
    *,
    largest: float,
    lines: int = 4,
    valign: float = 0.0,
    mark: str = "headline",
) -> Box:
    """The accent stroke and a text under it, in `box`; `valign` 0 is its top, 1 its foot.

    `largest` is in units, hundredths of the picture's shorter side.
    """
    unit = canvas.unit
    setting, room = _set(canvas, text, box, largest=largest, lines=lines)
    top = room.y0 + max(room.height - setting.height, 0) * valign
    drawn = typeset.draw(
        canvas,
        setting,
        room,
        canvas.palette.ink,
        top=top,
        emphasis=reading.emphasis(" ".join(setting.lines)),
        accent=canvas.palette.accent,
        mark=mark,
    )
    start = box.x1 - unit * 9 if setting.is_right_to_left else box.x0
    _bar(canvas, start, top - unit * 5 * 0.68)
    return drawn


def _set(
    canvas: Canvas, text: str, box: Box, *, largest: float, lines: int
) -> tuple[typeset.Setting, Box]:
    """A headline's words, and what its stroke leaves them of `box`."""
    unit = canvas.unit
    room = Box(box.x0, box.y0 + unit * 5, box.x1, box.y1)
    setting = typeset.fit(
        text,
        room,
        largest=unit * largest,
        smallest=unit * 4.6,
        typeface=canvas.typeface,
        lines=lines,
    )
    return setting, room


def art_of(canvas: Canvas, scene: Scene, plan: Plan, frame: Layout) -> tuple[float, float, float]:
    """The centre and half-size of a scene's drawing; a tall hook's words leave it what they can."""
    if plan.kind != "hook" or not canvas.is_tall:
        return frame.art
    if SUBJECTS[plan.subject].is_place:  # a horizon: kept smaller, under the words
        return canvas.width * 0.5, canvas.height * 0.60, canvas.unit * 25
    box = _hook_box(canvas, frame)
    setting, room = _set(canvas, hook_words(scene, plan), box, largest=19, lines=5)
    top, foot = room.y0 + setting.height + canvas.unit * 3, canvas.height * ART_FOOT
    reach = min((foot - top) / 2, canvas.unit * 32)
    return canvas.width * 0.5, foot - reach, reach


def _hook_box(canvas: Canvas, frame: Layout) -> Box:
    """Where the words of a tall hook stand over its drawing."""
    return frame.safe._replace(y1=canvas.height * 0.375)


def over_photograph(canvas: Canvas, photograph: Image.Image, words: str) -> None:
    """A photograph of the canvas's size, and words where they cover least of what it shows."""
    canvas.pixels = np.asarray(photograph.convert("RGB"), np.float32) / np.float32(255)
    safe = safe_box(canvas.width, canvas.height)
    if canvas.is_tall:
        box = Box(safe.x0, safe.y0, safe.x1, safe.y0 + safe.height * 0.5)
        _shade(canvas, Box(box.x0, box.y0, box.x1, box.y0 + box.height * 0.8))
        headline(canvas, words, box, largest=12, lines=3)
    else:
        box = Box(safe.x0, safe.y1 - safe.height * 0.5, safe.x0 + safe.width * 0.62, safe.y1)
        _shade(canvas, Box(box.x0, box.y0 + box.height * 0.2, box.x1, box.y1))
        headline(canvas, words, box, largest=11, lines=2, valign=1.0)


def _shade(canvas: Canvas, box: Box) -> None:
    """Bring the picture's top (tall) or foot (wide) near the ground, from edge to edge, no more
    than lettering in `box` needs: a veil of the words' own shape would look like a sticker.
    """
    rows = np.arange(canvas.height, dtype=np.float32)
    inner = box.y1 if canvas.is_tall else box.y0
    away = (rows - inner if canvas.is_tall else inner - rows) / (canvas.height * 0.3)
    fall = 1 - np.clip(away, 0, 1)
    fall = fall * fall * (3 - 2 * fall)
    mask = np.repeat(fall[:, None], canvas.width, axis=1).astype(np.float32)
    ink = float(luminance(canvas.palette.ink))
    for _ in range(8):
        ground = typeset.ground_luminance(canvas, box, is_bright=ink > 0.18)
        if contrast(ink, ground) >= typeset.CONTRAST:
            return
        canvas.lay(shapes.Patch(0, 0, mask), canvas.palette.background, 0.22)


def subject(canvas: Canvas, scene: Scene, plan: Plan, frame: Layout) -> None:
    """A drawing and its words."""
    thing = SUBJECTS[plan.subject]
    x, y, r = art_of(canvas, scene, plan, frame)
    thing.draw(canvas, x, y, r * (1.1 if thing.is_place else 1.0))
    words = words_of(scene)
    largest = 17 if len(words) <= 12 and not (thing.is_place and canvas.is_tall) else 13
    if canvas.is_tall:
        headline(canvas, words, frame.text, largest=largest, lines=3, valign=float(plan.layout))
    else:
        headline(canvas, words, frame.text, largest=largest, lines=4, valign=0.42)


def hook_words(scene: Scene, plan: Plan) -> str:
    """What a hook says: the question that the scene asks, where it shows no words for it."""
    words = words_of(scene)
    if (
        not scene.on_screen.endswith("?")
        and scene.narration.rstrip().endswith("?")
        and not plan.subject
    ):
        asked = scene.narration.strip().replace("! ", ". ").split(". ")[-1]
        return asked if len(asked.split()) <= 9 else words
    return words


def hook(canvas: Canvas, scene: Scene, plan: Plan, frame: Layout) -> None:
    """The question or claim, as large as it goes, over what it is about."""
    words = hook_words(scene, plan)
    if plan.subject:
        SUBJECTS[plan.subject].draw(canvas, *art_of(canvas, scene, plan, frame))
    elif words.endswith("?"):
        _ghost(canvas, "?", frame)
    if canvas.is_tall:
        box = _hook_box(canvas, frame) if plan.subject else frame.safe
        valign = 0.0 if plan.subject else 0.5
        headline(canvas, words, box, largest=19, lines=5, valign=valign, mark="hook")
    elif plan.subject:
        headline(canvas, words, frame.text, largest=16, lines=4, valign=0.4, mark="hook")
    else:
        box = Box(
            frame.safe.x0, frame.safe.y0, frame.safe.x1 - frame.safe.width * 0.2, frame.safe.y1
        )
        headline(canvas, words, box, largest=19, lines=3, valign=0.45, mark="hook")


def _ghost(canvas: Canvas, sign: str, frame: Layout) -> None:
    """A sign as large as the picture that is seen only after the words."""
    size = canvas.unit * (110 if canvas.is_tall else 92)
    box = Box(canvas.width * 0.30, canvas.height * 0.12, canvas.width * 1.3, canvas.height)
    if not canvas.is_tall:
        box = Box(canvas.width * 0.62, -canvas.unit * 4, canvas.width * 1.3, canvas.height)
    setting = typeset.fit(sign, box, largest=size, smallest=size, typeface=canvas.typeface, lines=1)
    for patch in typeset.masks(setting, box):
        canvas.lay(patch, canvas.palette.accent, 0.13)


def plain(canvas: Canvas, scene: Scene, plan: Plan, frame: Layout) -> None:
    """Words alone, on the channel's ground, with a figure of rings for weight."""
    unit, palette = canvas.unit, canvas.palette
    x = canvas.width * (0.86 if plan.layout == 0 else 0.14)
    y = canvas.height * (0.68 if canvas.is_tall else 0.72)
    canvas.glow(x, y, unit * 60, mix(palette.surface, palette.accent, 0.6), 0.4)
    for i in range(7):
        canvas.lay(
            shapes.ring(x, y, unit * (10 + 7.5 * i), unit * 0.22), palette.accent, 0.42 - 0.05 * i
        )
    canvas.lay(shapes.circle(x, y, unit * 3.4), palette.second)
    box = frame.safe
    if not canvas.is_tall:
        box = Box(box.x0, box.y0, box.x1 - box.width * 0.22, box.y1)
    headline(canvas, words_of(scene), box, largest=17, lines=5, valign=0.30)


def _rows(scene: Scene) -> list[tuple[str, str]]:
    """(number, unit) rows for the card: all of the on-screen words where they are nothing else."""
    shown = reading.quantities(scene.on_screen)
    if shown and sum(len(q.text) + len(q.unit) for q in shown) >= len(scene.on_screen) * 0.7:
        return [(q.text, q.unit) for q in shown[:3]]
    first = next(q for q in numbers_of(scene) if q.kind == "count")
    return [(first.text, first.unit)]


def number(canvas: Canvas, scene: Scene, plan: Plan, frame: Layout) -> None:
    """A number too large to overlook, what it counts, and what that says."""
    unit, palette = canvas.unit, canvas.palette
    rows = _rows(scene)
    safe = frame.safe
    _gauge(canvas, frame)
    caption = scene.on_screen if not reading.quantities(scene.on_screen) else ""
    foot = safe.height * (0.24 if caption else 0.0)
    each = (safe.height * (0.86 if canvas.is_tall else 0.94) - foot) / len(rows)
    colour = typeset.lifted(canvas, safe, palette.accent)  # one tint for all rows
    largest = (50 if len(rows) == 1 else 30) * (1.0 if canvas.is_tall else 0.86)
    top = safe.y0 + unit * 2
    for value, name in rows:
        tall = each * (0.66 if name else 0.92)
        box = Box(safe.x0, top, safe.x1, top + tall)
        figure = typeset.fit(
            value, box, largest=unit * largest, smallest=unit * 5, typeface=canvas.typeface, lines=2
        )
        drawn = typeset.draw(canvas, figure, box, colour, mark="number")
        if name:
            under = Box(safe.x0, drawn.y1 + unit * 2.4, safe.x1, drawn.y1 + unit * 2.4 + each * 0.3)
            size = min(max(figure.size * 0.40, unit * 6.5), unit * 11)
            drawn = typeset.label(
                canvas, name, under, size, palette.ink, role="display", mark="unit"
            )
        top = drawn.y1 + unit * 6
    if caption:
        box = Box(safe.x0, min(top, safe.y1 - safe.height * 0.24), safe.x1, safe.y1)
        headline(canvas, caption, box, largest=8, lines=2)


def _gauge(canvas: Canvas, frame: Layout) -> None:
    """An instrument's scale behind a number: ticks on a large arc, partly lit."""
    unit, palette = canvas.unit, canvas.palette
    x = canvas.width * (1.0 if canvas.is_tall else 0.82)
    y = canvas.height * (0.74 if canvas.is_tall else 0.66)
    reach = unit * (52 if canvas.is_tall else 46)
    canvas.glow(x, y, reach * 1.5, mix(palette.surface, palette.accent, 0.5), 0.45)
    lit = canvas.rng.uniform(0.5, 0.8)
    for beat, pen in ((10, 0.5), (1, 0.28)):
        ticks: dict[bool, list[list[shapes.Point]]] = {True: [], False: []}
        for i in range(0, 101, beat):
            turn, inner = np.radians(135 + 2.7 * i), 0.88 if beat == 10 else 0.93
            ends = [
                (x + reach * d * np.cos(turn), y + reach * d * np.sin(turn)) for d in (inner, 1)
            ]
            ticks[i / 100 < lit].append(ends)
        canvas.lay(shapes.lines(ticks[True], unit * pen), palette.second, 0.6)
        canvas.lay(shapes.lines(ticks[False], unit * pen), palette.ink, 0.16)
    canvas.lay(shapes.ring(x, y, reach * 0.80, unit * 0.2), palette.accent, 0.3)


def timeline(canvas: Canvas, scene: Scene, plan: Plan, frame: Layout) -> None:
    """A year on the line of time; a few years of a scene stand on it together."""
    unit, palette, safe = canvas.unit, canvas.palette, frame.safe
    years = [q for q in numbers_of(scene) if q.kind == "year"][:4]
    top = safe.y0 + unit * 3
    box = Box(safe.x0, top, safe.x1, top + safe.height * 0.42)
    text = years[0].text if len(years) == 1 else f"{years[0].text}–{years[-1].text}"
    setting = typeset.fit(
        text, box, largest=unit * 38, smallest=unit * 8, typeface=canvas.typeface, lines=1
    )
    drawn = typeset.draw(canvas, setting, box, palette.accent, mark="number")
    axis = drawn.y1 + unit * 9
    _axis(canvas, axis, [q.value for q in years], safe)
    said = scene.on_screen
    if reading.quantities(said):
        spoken = reading.quantities(scene.narration)
        said = next((q.label for q in spoken if q.value == years[0].value), "")
    if said:
        below = Box(safe.x0, axis + unit * 5, safe.x1, safe.y1)
        headline(canvas, said[:1].upper() + said[1:], below, largest=9, lines=3)


def _axis(canvas: Canvas, y: float, years: list[float], safe: Box) -> None:
    unit, palette = canvas.unit, canvas.palette
    canvas.lay(shapes.line([(-9, y), (canvas.width + 9, y)], unit * 0.4), palette.ink, 0.55)
    low, high = min(years), max(years)
    span = max(high - low, 50.0)
    for i in range(-8, 49):
        x = safe.x0 + safe.width * i / 40
        tall = unit * (2.2 if i % 5 == 0 else 1.1)
        canvas.lay(shapes.line([(x, y - tall), (x, y + tall)], unit * 0.22), palette.ink, 0.35)
    for year in years:
        share = 0.62 if len(years) == 1 else (year - low) / span
        x = safe.x0 + safe.width * (0.06 + 0.88 * share)
        canvas.glow(x, y, unit * 14, palette.second, 0.7)
        canvas.lay(shapes.circle(x, y, unit * 2.2), palette.second)
        canvas.lay(shapes.circle(x, y, unit * 0.9), palette.background)
