"""Things: coins, ledgers, balances, banks, clocks, trees of accounts, screens."""

from __future__ import annotations

import numpy as np

from ytempire.providers.painter import canvas as shapes
from ytempire.providers.painter import textures
from ytempire.providers.painter.canvas import Box, Canvas, Patch
from ytempire.providers.painter.colour import Array, mix


def _solid(canvas: Canvas, patch: Patch, top: Array, foot: Array, alpha: float = 1.0) -> None:
    canvas.lay(patch, shapes.downward([top, foot], patch), alpha)


def _pool(canvas: Canvas, x: float, y: float, half: float) -> None:
    """The soft shadow a thing stands on."""
    canvas.lay(
        shapes.ellipse(x, y, half, half * 0.13).soft(half * 0.07), canvas.palette.background, 0.75
    )


def _gold(canvas: Canvas) -> tuple[Array, Array, Array]:
    """Light, body and shadow of the channel's metal: whichever accent is the warmer."""
    palette = canvas.palette
    metal = max(palette.accent, palette.second, key=lambda colour: float(colour[0] - colour[2]))
    return mix(metal, palette.ink, 0.55), metal, mix(metal, palette.background, 0.55)


def _stack(canvas: Canvas, x: float, foot: float, half: float, count: int) -> None:
    bright, body, dark = _gold(canvas)
    thick, flat = half * 0.20, half * 0.30
    for i in range(count):
        cx = x + float(canvas.rng.uniform(-0.05, 0.05)) * half
        y = foot - i * thick
        rim = [
            *shapes.ellipse_points(cx, y, half, flat, 0, (0, 180)),
            *shapes.ellipse_points(cx, y - thick, half, flat, 0, (180, 360)),
        ]
        side = shapes.polygon(rim)
        width = side.mask.shape[1]
        sheen = 0.5 + 0.5 * np.cos(np.linspace(-2.2, 3.4, width, dtype=np.float32))
        paint = dark + (body - dark) * sheen[None, :, None]
        canvas.lay(side, np.broadcast_to(paint, (*side.mask.shape, 3)))
        face = shapes.ellipse(cx, y - thick, half, flat)
        _solid(canvas, face, mix(body, bright, 0.35), body)
        canvas.lay(
            shapes.line(shapes.ellipse_points(cx, y - thick, half, flat), 2, is_closed=True),
            bright,
            0.7,
        )
    top = foot - count * thick
    canvas.lay(
        shapes.line(shapes.ellipse_points(x, top, half * 0.74, flat * 0.74), 2, is_closed=True),
        dark,
        0.6,
    )


def coin(canvas: Canvas, x: float, y: float, r: float) -> None:
    """A struck coin before growing stacks."""
    bright, body, dark = _gold(canvas)
    canvas.glow(x, y, r * 1.6, body, 0.3)
    foot = y + r * 0.86
    _pool(canvas, x, foot + r * 0.06, r * 1.05)
    for off, count in ((-0.72, 4), (0.74, 9), (0.10, 6)):
        _stack(canvas, x + r * off, foot, r * 0.30, count)
    cx, cy, big = x - r * 0.16, y + r * 0.02, r * 0.56
    face = shapes.circle(cx, cy, big)
    canvas.shadow(face, big * 0.06, big * 0.1, big * 0.12, 0.7)
    canvas.lay(shapes.circle(cx + big * 0.07, cy + big * 0.03, big), dark)
    _solid(canvas, face, mix(body, bright, 0.5), mix(body, dark, 0.35))
    for i in range(72):
        turn = i * np.pi / 36
        ends = [(cx + big * d * np.cos(turn), cy + big * d * np.sin(turn)) for d in (0.93, 0.99)]
        canvas.lay(shapes.line(ends, 2), dark, 0.6)
    canvas.lay(shapes.ring(cx, cy, big * 0.87, big * 0.035), dark, 0.55)
    canvas.lay(shapes.ring(cx, cy + big * 0.012, big * 0.87, big * 0.012), bright, 0.8)
    points = []
    for i in range(16):
        reach, turn = big * (0.60 if i % 2 == 0 else 0.27), i * np.pi / 8 - np.pi / 2
        points.append((cx + reach * np.cos(turn), cy + reach * np.sin(turn)))
    star = shapes.polygon(points)
    canvas.lay(star.moved(big * 0.02, big * 0.03), dark, 0.8)
    _solid(canvas, star, bright, body)
    canvas.lay(shapes.circle(cx, cy, big * 0.15), mix(body, dark, 0.5), 0.9)


def _page(canvas: Canvas, x: float, y: float, r: float, side: int) -> None:
    """One page of an open book, its outer edge nearer to the eye."""
    palette = canvas.palette
    cream = mix(palette.ink, palette.second, 0.08)
    top = shapes.smooth(
        [
            (x, y - r * 0.52),
            (x + side * r * 0.35, y - r * 0.64),
            (x + side * r * 0.95, y - r * 0.56),
        ]
    )
    foot = shapes.smooth(
        [(x + side * r * 1.06, y + r * 0.50), (x + side * r * 0.4, y + r * 0.44), (x, y + r * 0.60)]
    )
    sheet = shapes.polygon([*top, *foot])
    for i in range(4, 0, -1):
        canvas.lay(
            sheet.moved(side * i * r * 0.012, i * r * 0.014),
            mix(cream, palette.background, 0.25 + 0.09 * i),
        )
    _solid(canvas, sheet, cream, mix(cream, palette.background, 0.16))
    gutter = shapes.polygon(
        [
            (x, y - r * 0.54),
            (x + side * r * 0.2, y - r * 0.58),
            (x + side * r * 0.2, y + r * 0.5),
            (x, y + r * 0.6),
        ]
    )
    canvas.lay(gutter.soft(r * 0.06).within(sheet), palette.background, 0.45)

    def at(u: float, v: float) -> shapes.Point:
        near = 1 + 0.1 * v
        bend = -0.10 * np.sin(np.pi * min(u * 1.1, 1))
        return x + side * r * u * near, y + r * (-0.52 + 1.06 * v + bend * (1 - 0.5 * v))

    pen, red = (
        mix(palette.background, palette.surface, 0.5),
        mix(palette.second, palette.background, 0.1),
    )
    for row in range(13):
        v = 0.14 + row * 0.062
        canvas.lay(
            shapes.line([at(u, v) for u in np.linspace(0.1, 0.9, 9)], 2), palette.surface, 0.30
        )
        if row:
            words = canvas.rng.uniform(0.25, 0.48)
            ink = [at(0.14 + words * k / 8, v - 0.02 + 0.006 * (-1) ** k) for k in range(9)]
            canvas.lay(shapes.line(ink, max(r * 0.010, 2)), pen, 0.72)
            sums = canvas.rng.uniform(0.06, 0.13)
            canvas.lay(
                shapes.line([at(0.87 - sums, v - 0.02), at(0.87, v - 0.02)], max(r * 0.014, 2)),
                pen,
                0.85,
            )
    for u in (0.68, 0.70):
        canvas.lay(shapes.line([at(u, v) for v in np.linspace(0.06, 0.95, 8)], 2), red, 0.75)
    canvas.lay(shapes.line([at(0.72, 0.945), at(0.88, 0.945)], max(r * 0.012, 3)), red)


def ledger(canvas: Canvas, x: float, y: float, r: float) -> None:
    """An open account book: two pages, two columns of sums."""
    palette = canvas.palette
    canvas.glow(x, y - r * 0.2, r * 1.6, mix(palette.surface, palette.accent, 0.5), 0.5)
    _pool(canvas, x, y + r * 0.62, r * 1.15)
    cover = shapes.polygon(
        [
            (x - r * 1.03, y - r * 0.55),
            (x + r * 1.03, y - r * 0.55),
            (x + r * 1.14, y + r * 0.60),
            (x, y + r * 0.68),
            (x - r * 1.14, y + r * 0.60),
        ]
    )
    _solid(
        canvas,
        cover,
        mix(palette.second, palette.background, 0.35),
        mix(palette.second, palette.background, 0.7),
    )
    for side in (-1, 1):
        _page(canvas, x, y, r, side)
    ribbon = shapes.polygon(
        [
            (x - r * 0.02, y + r * 0.56),
            (x + r * 0.04, y + r * 0.56),
            (x + r * 0.05, y + r * 0.86),
            (x + r * 0.015, y + r * 0.80),
            (x - r * 0.02, y + r * 0.86),
        ]
    )
    _solid(canvas, ribbon, palette.second, mix(palette.second, palette.background, 0.35))


def balance(canvas: Canvas, x: float, y: float, r: float) -> None:
    """A pair of scales at rest."""
    bright, body, dark = _gold(canvas)
    canvas.glow(x, y - r * 0.2, r * 1.5, body, 0.28)
    foot = y + r * 0.92
    _pool(canvas, x, foot + r * 0.03, r * 0.75)
    for half, tall, lift in ((0.46, 0.09, 0.0), (0.32, 0.08, 0.09)):
        step = shapes.rounded(
            Box(x - r * half, foot - r * (lift + tall), x + r * half, foot - r * lift), r * 0.03
        )
        _solid(canvas, step, mix(body, bright, 0.3), dark)
    pillar = shapes.polygon(
        [
            (x - r * 0.035, y - r * 0.72),
            (x + r * 0.035, y - r * 0.72),
            (x + r * 0.065, foot - r * 0.16),
            (x - r * 0.065, foot - r * 0.16),
        ]
    )
    _solid(canvas, pillar, bright, mix(body, dark, 0.5))
    beam = shapes.smooth(
        [
            (x - r * 0.86, y - r * 0.60),
            (x - r * 0.4, y - r * 0.68),
            (x, y - r * 0.64),
            (x + r * 0.4, y - r * 0.68),
            (x + r * 0.86, y - r * 0.60),
        ]
    )
    canvas.lay(shapes.line(beam, r * 0.055), mix(body, dark, 0.2))
    canvas.lay(
        shapes.line([(px, py - r * 0.012) for px, py in beam], max(r * 0.014, 2)), bright, 0.9
    )
    canvas.lay(shapes.circle(x, y - r * 0.72, r * 0.09), body)
    canvas.lay(shapes.circle(x - r * 0.02, y - r * 0.745, r * 0.035), bright)
    for side in (-1, 1):
        px, top, pan = x + side * r * 0.84, y - r * 0.60, y + r * 0.22
        for off in (-0.33, 0.0, 0.33):
            canvas.lay(
                shapes.line([(px, top), (px + r * off, pan)], max(r * 0.012, 2)), bright, 0.75
            )
        _stack(canvas, px, pan - r * 0.02, r * 0.17, 4)
        bowl = shapes.polygon(shapes.ellipse_points(px, pan, r * 0.37, r * 0.19, 0, (0, 180)))
        _solid(canvas, bowl, mix(body, bright, 0.25), dark)
        canvas.lay(
            shapes.line([(px - r * 0.37, pan), (px + r * 0.37, pan)], max(r * 0.025, 3)),
            bright,
            0.9,
        )


def bank(canvas: Canvas, x: float, y: float, r: float) -> None:
    """A house with columns, where money sleeps."""
    palette = canvas.palette
    stone = mix(palette.ink, palette.surface, 0.16)
    shade = mix(stone, palette.background, 0.58)
    canvas.glow(x, y, r * 1.5, mix(palette.surface, palette.accent, 0.5), 0.45)
    foot = y + r * 0.80
    _pool(canvas, x, foot + r * 0.04, r * 1.15)
    for i in range(3):
        half = r * (1.02 - 0.07 * i)
        step = shapes.rounded(
            Box(x - half, foot - r * 0.08 * (i + 1), x + half, foot - r * 0.08 * i), 2
        )
        _solid(canvas, step, mix(stone, shade, 0.2), mix(stone, shade, 0.7))
    base, head = foot - r * 0.24, y - r * 0.32
    canvas.lay(
        shapes.rounded(Box(x - r * 0.78, head, x + r * 0.78, base), 0),
        mix(palette.background, palette.surface, 0.4),
    )
    door = shapes.rounded(Box(x - r * 0.13, y + r * 0.02, x + r * 0.13, base), r * 0.13)
    _solid(canvas, door, palette.second, mix(palette.second, palette.background, 0.5), 0.9)
    for off in (
        (-0.72, -0.43, 0.43, 0.72)
        if r < canvas.unit * 10
        else (-0.74, -0.49, -0.25, 0.25, 0.49, 0.74)
    ):
        column = shapes.rounded(Box(x + r * (off - 0.065), head, x + r * (off + 0.065), base), 3)
        across = 0.5 + 0.5 * np.cos(np.linspace(-1.2, 2.6, column.mask.shape[1], dtype=np.float32))
        paint = shade + (stone - shade) * across[None, :, None]
        canvas.lay(column, np.broadcast_to(paint, (*column.mask.shape, 3)))
        for top in (head, base - r * 0.05):
            cap = shapes.rounded(
                Box(x + r * (off - 0.09), top, x + r * (off + 0.09), top + r * 0.05), 2
            )
            canvas.lay(cap, mix(stone, shade, 0.15))
    lintel = shapes.rounded(Box(x - r * 0.92, head - r * 0.13, x + r * 0.92, head), 3)
    _solid(canvas, lintel, stone, mix(stone, shade, 0.5))
    roof = shapes.polygon(
        [(x - r * 1.0, head - r * 0.13), (x, y - r * 0.86), (x + r * 1.0, head - r * 0.13)]
    )
    _solid(canvas, roof, stone, mix(stone, shade, 0.35))
    inner = shapes.polygon(
        [(x - r * 0.74, head - r * 0.18), (x, y - r * 0.76), (x + r * 0.74, head - r * 0.18)]
    )
    _solid(canvas, inner, shade, mix(stone, shade, 0.75))
    canvas.lay(shapes.circle(x, y - r * 0.57, r * 0.085), palette.second)


def clock(canvas: Canvas, x: float, y: float, r: float) -> None:
    """A dial; the hands stand where this scene's seed put them."""
    palette, rng = canvas.palette, canvas.rng
    big = r * 0.86
    canvas.glow(x, y, r * 1.6, palette.accent, 0.38)
    dial = shapes.circle(x, y, big)
    canvas.shadow(dial, 0, big * 0.06, big * 0.08, 0.7)
    _solid(
        canvas,
        dial,
        mix(palette.surface, palette.accent, 0.16),
        mix(palette.background, palette.surface, 0.55),
    )
    canvas.lay(shapes.ring(x, y, big, big * 0.07), palette.accent)
    canvas.lay(shapes.ring(x, y - big * 0.01, big * 1.02, big * 0.012), palette.ink, 0.6)
    for i in range(60):
        turn, is_hour = i * np.pi / 30, i % 5 == 0
        inner = 0.74 if i % 15 == 0 else 0.79 if is_hour else 0.85
        ends = [(x + big * d * np.sin(turn), y - big * d * np.cos(turn)) for d in (inner, 0.89)]
        canvas.lay(
            shapes.line(ends, max(big * (0.026 if is_hour else 0.01), 2)),
            palette.ink,
            0.95 if is_hour else 0.5,
        )
    hour = rng.uniform(9.3, 11.0)
    swept = [
        (x, y),
        *shapes.ellipse_points(x, y, big * 0.66, big * 0.66, 0, (-90, (hour % 1) * 360 - 90)),
    ]
    canvas.lay(shapes.polygon(swept), palette.accent, 0.16)
    for turn, reach, pen, colour in (
        (hour / 12, 0.48, 0.055, palette.ink),
        (hour % 1, 0.72, 0.038, palette.ink),
        (0.55, 0.78, 0.014, palette.second),
    ):
        angle = turn * 2 * np.pi
        ends = [
            (x - big * 0.1 * np.sin(angle), y + big * 0.1 * np.cos(angle)),
            (x + big * reach * np.sin(angle), y - big * reach * np.cos(angle)),
        ]
        hand = shapes.line(ends, big * pen)
        canvas.lay(hand.soft(big * 0.02).moved(big * 0.015, big * 0.03), palette.background, 0.5)
        canvas.lay(hand, colour)
    canvas.lay(shapes.circle(x, y, big * 0.055), palette.second)


def tree(canvas: Canvas, x: float, y: float, r: float) -> None:
    """A tree of accounts: one root, branches, and their leaves."""
    palette = canvas.palette
    canvas.glow(x, y, r * 1.5, palette.accent, 0.3)
    root = (x, y - r * 0.72)
    middle = [(x + r * off, y - r * 0.02) for off in (-0.72, 0.0, 0.72)]
    leaves = [[(mx + r * off, y + r * 0.68) for off in (-0.22, 0.0, 0.22)] for mx, _ in middle]

    def branch(start: shapes.Point, end: shapes.Point, pen: float) -> None:
        half = (start[1] + end[1]) / 2
        path = shapes.smooth([start, (start[0], half - r * 0.06), (end[0], half + r * 0.06), end])
        canvas.lay(shapes.line(path, max(r * pen, 2)), palette.accent, 0.75)

    for node, below in zip(middle, leaves, strict=True):
        branch(root, node, 0.022)
        for leaf in below:
            branch(node, leaf, 0.014)
    nodes = [(root, 0.17, palette.second), *((m, 0.125, palette.accent) for m in middle)]
    nodes += [(leaf, 0.075, palette.ink) for below in leaves for leaf in below]
    for (nx, ny), size, colour in nodes:
        disc = shapes.circle(nx, ny, r * size)
        canvas.shadow(disc, 0, r * 0.03, r * 0.04, 0.6)
        _solid(canvas, disc, mix(colour, palette.ink, 0.25), mix(colour, palette.background, 0.25))
        canvas.lay(
            shapes.ring(nx, ny, r * size * 0.66, max(r * 0.008, 1.5)), palette.background, 0.35
        )


def screen(canvas: Canvas, x: float, y: float, r: float) -> None:
    """A computer that shows two columns."""
    palette = canvas.palette
    canvas.glow(x, y, r * 1.6, palette.accent, 0.42)
    foot = y + r * 0.72
    _pool(canvas, x, foot + r * 0.10, r * 1.15)
    frame = Box(x - r * 0.92, y - r * 0.66, x + r * 0.92, y + r * 0.54)
    lid = shapes.rounded(frame, r * 0.06)
    canvas.shadow(lid, 0, r * 0.05, r * 0.06, 0.6)
    canvas.lay(lid, mix(palette.surface, palette.ink, 0.18))
    glass = frame.inset(r * 0.045)
    _solid(
        canvas,
        shapes.rounded(glass, r * 0.03),
        mix(palette.background, palette.surface, 0.75),
        palette.background,
    )
    base = shapes.polygon(
        [
            (x - r * 1.10, foot),
            (x + r * 1.10, foot),
            (x + r * 0.94, y + r * 0.54),
            (x - r * 0.94, y + r * 0.54),
        ]
    )
    _solid(
        canvas,
        base,
        mix(palette.surface, palette.ink, 0.12),
        mix(palette.surface, palette.ink, 0.38),
    )
    canvas.lay(
        shapes.rounded(Box(x - r * 1.10, foot, x + r * 1.10, foot + r * 0.05), r * 0.03),
        mix(palette.surface, palette.ink, 0.5),
    )
    bar = Box(glass.x0 + r * 0.08, glass.y0 + r * 0.08, glass.x1 - r * 0.08, glass.y0 + r * 0.17)
    canvas.lay(shapes.rounded(bar, r * 0.03), palette.accent, 0.35)
    for side in (-1, 1):
        colour = palette.accent if side < 0 else palette.second
        for row in range(7):
            top = glass.y0 + r * (0.27 + 0.112 * row)
            left = x + (r * 0.06 if side > 0 else -r * 0.80)
            words, sums = canvas.rng.uniform(0.2, 0.42), canvas.rng.uniform(0.09, 0.16)
            canvas.lay(
                shapes.rounded(Box(left, top, left + r * words, top + r * 0.04), r * 0.02),
                palette.ink,
                0.42,
            )
            canvas.lay(
                shapes.rounded(
                    Box(left + r * (0.72 - sums), top, left + r * 0.72, top + r * 0.04), r * 0.02
                ),
                colour,
                0.95,
            )
    canvas.lay(
        shapes.line([(x, glass.y0 + r * 0.24), (x, glass.y1 - r * 0.08)], 2), palette.ink, 0.3
    )


def rosette(canvas: Canvas, x: float, y: float, r: float) -> None:
    """A banknote's engraved flower."""
    canvas.glow(x, y, r * 1.4, canvas.palette.accent, 0.3)
    textures.rosette(canvas, x, y, r, canvas.palette.accent, 0.42)
