"""Data graphics: bars, lines, shares and maps of steps, of what the scene's own words contain."""

from __future__ import annotations

import math

from ytempire.domain import Scene
from ytempire.providers.painter import canvas as shapes
from ytempire.providers.painter import reading, typeset
from ytempire.providers.painter.canvas import Box, Canvas
from ytempire.providers.painter.cards import headline, words_of
from ytempire.providers.painter.colour import mix
from ytempire.providers.painter.layout import Layout
from ytempire.providers.painter.planning import Plan, numbers_of


def _panel(canvas: Canvas, box: Box) -> None:
    """A quiet sheet that a chart stands on."""
    unit = canvas.unit
    sheet = shapes.rounded(box, unit * 2.4)
    canvas.shadow(sheet, 0, unit * 1.2, unit * 2.2, 0.45)
    canvas.lay(sheet, mix(canvas.palette.background, canvas.palette.surface, 0.45), 0.82)


def _headed(canvas: Canvas, scene: Scene, frame: Layout) -> Box:
    """The scene's words, and beside or under them the sheet for its chart; returns the sheet."""
    valign = 0.0 if canvas.is_tall else 0.42
    headline(canvas, words_of(scene), frame.text, largest=11, lines=3, valign=valign)
    sheet = frame.graphic if canvas.is_tall else frame.graphic.inset(0, frame.graphic.height * 0.06)
    _panel(canvas, sheet)
    return sheet


def _valued(quantity: reading.Quantity) -> str:
    return f"{quantity.text} {quantity.unit}".strip()


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def bars(canvas: Canvas, scene: Scene, plan: Plan, frame: Layout) -> None:
    """One bar for each number of a kind, from zero, to scale."""
    unit = canvas.unit
    group = reading.comparable(reading.quantities(scene.narration))
    panel = _headed(canvas, scene, frame)
    box = panel.inset(unit * 4, unit * 3.4)
    if group[0].unit:  # one unit for all: said once, so that the numbers can be large
        foot = Box(box.x0, box.y1 - unit * 4.2, box.x1, box.y1)
        muted = canvas.palette.muted
        typeset.label(canvas, group[0].unit, foot, unit * 3.4, muted, align="right", mark="unit")
        box = Box(box.x0, box.y0, box.x1, foot.y0)
    most = max(quantity.value for quantity in group)
    row = box.height / len(group)
    for i, quantity in enumerate(group):
        top = box.y0 + row * i
        _bar_row(canvas, quantity, Box(box.x0, top, box.x1, top + row), quantity.value / most)


def _bar_row(canvas: Canvas, quantity: reading.Quantity, row: Box, part: float) -> None:
    """A label, its number, and a bar `part` (0..1) of the row long."""
    unit, palette = canvas.unit, canvas.palette
    thick = min(row.height * 0.32, unit * 6)
    lettering = row.height * 0.42
    top = row.y0 + (row.height - thick - lettering) / 2
    size, middle = min(row.height * 0.32, unit * 4.8), row.x0 + row.width * 0.58
    left = Box(row.x0, top, middle, top + lettering)
    right = Box(middle, top, row.x1, top + lettering)
    typeset.label(canvas, _sentence(quantity.label), left, size, palette.ink)
    typeset.label(
        canvas,
        quantity.text,
        right,
        size,
        palette.ink,
        align="right",
        mark="value",
    )
    y = top + lettering
    canvas.lay(shapes.rounded(Box(row.x0, y, row.x1, y + thick), thick / 2), palette.ink, 0.10)
    length = max(row.width * part, thick * 0.35)
    colour = palette.accent if part == 1 else mix(palette.accent, palette.surface, 0.3)
    bar = shapes.rounded(Box(row.x0, y, row.x0 + length, y + thick), thick / 2)
    canvas.lay(bar, shapes.downward([mix(colour, palette.ink, 0.2), colour], bar))


def line(canvas: Canvas, scene: Scene, plan: Plan, frame: Layout) -> None:
    """Values over years, on true axes from zero."""
    unit, palette = canvas.unit, canvas.palette
    pairs = reading.series(reading.quantities(scene.narration))
    panel = _headed(canvas, scene, frame)
    box = panel.inset(unit * 5, unit * 5)
    plot = Box(box.x0 + unit * 3, box.y0 + unit * 6, box.x1 - unit * 4, box.y1 - unit * 7)
    first, last = pairs[0][0].value, pairs[-1][0].value
    most = max(value.value for _, value in pairs)
    points = [
        (
            plot.x0 + plot.width * (year.value - first) / (last - first),
            plot.y1 - plot.height * value.value / most,
        )
        for year, value in pairs
    ]
    for i in range(5):
        y = plot.y1 - plot.height * i / 4
        canvas.lay(
            shapes.line([(box.x0, y), (box.x1, y)], 2), palette.ink, 0.45 if i == 0 else 0.12
        )
    area = shapes.polygon([*points, (points[-1][0], plot.y1), (points[0][0], plot.y1)])
    canvas.lay(
        area,
        shapes.downward([palette.accent, mix(palette.accent, palette.surface, 0.9)], area),
        0.38,
    )
    canvas.lay(shapes.line(points, unit * 0.9), palette.accent)
    each = plot.width / max(len(pairs) - 1, 1) * 0.94
    for (x, y), (year, value) in zip(points, pairs, strict=True):
        canvas.lay(shapes.circle(x, y, unit * 1.5), palette.second)
        canvas.lay(shapes.circle(x, y, unit * 0.6), palette.background)
        half = min(each / 2, unit * 9)
        at = min(max(x, box.x0 + half), box.x1 - half)
        typeset.label(
            canvas,
            _valued(value),
            Box(at - half, y - unit * 6.2, at + half, y - unit * 2),
            unit * 3.8,
            palette.ink,
            align="centre",
            mark="value",
        )
        typeset.label(
            canvas,
            year.text,
            Box(at - half, plot.y1 + unit * 2, at + half, box.y1),
            unit * 3.6,
            palette.muted,
            align="centre",
            mark="year",
        )


def share(canvas: Canvas, scene: Scene, plan: Plan, frame: Layout) -> None:
    """A part of a whole: one hundred dots for a percentage, a ring for a fraction."""
    unit, palette, safe = canvas.unit, canvas.palette, frame.safe
    quantity = next(q for q in numbers_of(scene) if q.kind == "percent" and 0 < q.value <= 100)
    said = scene.on_screen if not reading.quantities(scene.on_screen) else quantity.label
    side = unit * (37 if canvas.is_tall else 46)
    if canvas.is_tall:
        box = Box(safe.x0, safe.y0, safe.x1, safe.y1 - side - unit * 4)
        left, top = safe.x0, safe.y1 - side
    else:
        box = frame.text
        left = frame.graphic.centre[0] - side / 2
        top = safe.y0 + (safe.height - side) / 2
    figure_box = Box(box.x0, box.y0, box.x1, box.y0 + box.height * 0.55)
    setting = typeset.fit(
        _sentence(quantity.text),
        figure_box,
        largest=unit * (18 if canvas.is_tall else 26),
        smallest=unit * 7,
        typeface=canvas.typeface,
        lines=1,
    )
    offset = 0.0 if canvas.is_tall else box.height * 0.16
    drawn = typeset.draw(
        canvas, setting, figure_box, palette.accent, top=figure_box.y0 + offset, mark="number"
    )
    if said:
        under = Box(box.x0, drawn.y1 + unit * 2, box.x1, box.y1)
        headline(canvas, _sentence(said), under, largest=8.5, lines=3)
    if quantity.text.endswith("%"):
        _dots(canvas, Box(left, top, left + side, top + side), quantity.value)
    else:
        _ring(canvas, left + side / 2, top + side / 2, side / 2, quantity.value)


def _dots(canvas: Canvas, box: Box, percent: float) -> None:
    palette, gap = canvas.palette, box.width / 10
    for i in range(100):
        x, y = box.x0 + gap * (i % 10 + 0.5), box.y1 - gap * (i // 10 + 0.5)
        canvas.lay(shapes.circle(x, y, gap * 0.36), palette.ink, 0.15)
        part = min(max(percent - i, 0.0), 1.0)
        if part > 0:
            canvas.lay(shapes.circle(x, y, gap * 0.36 * math.sqrt(part)), palette.accent)


def _ring(canvas: Canvas, x: float, y: float, r: float, percent: float) -> None:
    palette, pen = canvas.palette, r * 0.26
    canvas.glow(x, y, r * 1.6, palette.accent, 0.3)
    whole = shapes.ring(x, y, r - pen / 2, pen)
    canvas.lay(whole, palette.ink, 0.13)
    wedge = [(x, y), *shapes.ellipse_points(x, y, r * 1.2, r * 1.2, 0, (-90, -90 + 3.6 * percent))]
    part = whole.within(shapes.polygon(wedge))
    canvas.lay(
        part, shapes.downward([mix(palette.accent, palette.ink, 0.25), palette.accent], part)
    )


def steps(canvas: Canvas, scene: Scene, plan: Plan, frame: Layout) -> None:
    """A path with its stations, in the order that the words give."""
    unit, palette, safe = canvas.unit, canvas.palette, frame.safe
    parts = reading.steps(scene.narration)
    if canvas.is_tall:
        head = Box(safe.x0, safe.y0, safe.x1, safe.y0 + safe.height * 0.27)
    else:
        head = Box(safe.x0, safe.y0, safe.x1, safe.y0 + safe.height * 0.34)
    headline(canvas, words_of(scene), head, largest=10, lines=2)
    body = Box(safe.x0, head.y1 + unit * 2, safe.x1, safe.y1)
    count = len(parts)
    if canvas.is_tall:
        pitch, swing = body.height / count, unit * 2.5
        radius = min(unit * 5.4, pitch * 0.40)
        stations = [
            (body.x0 + unit * 6 + swing * (i % 2), body.y0 + pitch * (i + 0.5))
            for i in range(count)
        ]
        way = stations
    else:
        pitch, radius = body.width / count, unit * 5.4
        stations = [
            (body.x0 + pitch * (i + 0.5), body.y0 + unit * (9 + 5 * (i % 2))) for i in range(count)
        ]
        way = [(-pitch, stations[0][1]), *stations, (canvas.width + pitch, stations[-1][1])]
    path = shapes.smooth(way, 24)
    for start in range(0, len(path) - 4, 6):
        canvas.lay(shapes.line(path[start : start + 4], unit * 0.6), palette.accent, 0.7)
    boxes = []
    for i, (x, y) in enumerate(stations):
        _station(canvas, (x, y, radius), i + 1, is_last=i + 1 == count)
        if canvas.is_tall:
            boxes.append(Box(body.x0 + unit * 17, y - pitch * 0.46, body.x1, y + pitch * 0.46))
        else:
            boxes.append(Box(x - pitch * 0.45, body.y0 + unit * 23, x + pitch * 0.45, body.y1))
    _beside(canvas, parts, boxes)


def _beside(canvas: Canvas, parts: tuple[str, ...], boxes: list[Box]) -> None:
    """The steps' words, all of one size: that which the longest of them needs."""
    is_tall, unit = canvas.is_tall, canvas.unit
    align: typeset.Align = "left" if is_tall else "centre"

    def fit(part: str, box: Box, largest: float) -> typeset.Setting:
        return typeset.fit(
            part,
            box,
            largest=largest,
            smallest=unit * 3.2,
            role="text",
            typeface=canvas.typeface,
            lines=3 if is_tall else 4,
            leading=1.18,
        )

    pairs = list(zip(parts, boxes, strict=True))
    size = min(fit(part, box, unit * 6.4).size for part, box in pairs)
    for part, box in pairs:
        setting = fit(part, box, size)
        top = box.centre[1] - setting.height / 2 if is_tall else box.y0
        typeset.draw(canvas, setting, box, canvas.palette.ink, top=top, align=align, mark="step")


def _station(
    canvas: Canvas, at: tuple[float, float, float], ordinal: int, *, is_last: bool
) -> None:
    x, y, r = at
    unit, palette = canvas.unit, canvas.palette
    colour = palette.second if is_last else palette.accent
    disc = shapes.circle(x, y, r)
    canvas.shadow(disc, 0, unit, unit * 1.5, 0.6)
    canvas.lay(disc, shapes.downward([mix(colour, palette.ink, 0.3), colour], disc))
    canvas.lay(shapes.ring(x, y, r * 1.2, unit * 0.3), colour, 0.6)
    box = Box(x - r, y - r, x + r, y + r)
    size = r * 1.2
    setting = typeset.fit(
        str(ordinal), box, largest=size, smallest=size, typeface=canvas.typeface, lines=1
    )
    for patch in typeset.masks(setting, box, align="centre", top=y - setting.size * 0.46):
        canvas.lay(patch, palette.background)
