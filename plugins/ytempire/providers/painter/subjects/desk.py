"""The desk: ledgers, clocks, trees of accounts, screens."""

from __future__ import annotations

import numpy as np

from ytempire.providers.painter import canvas as shapes
from ytempire.providers.painter.canvas import Box, Canvas
from ytempire.providers.painter.colour import mix
from ytempire.providers.painter.subjects.money import pool, solid


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
    solid(canvas, sheet, cream, mix(cream, palette.background, 0.16))
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
            canvas.lay(shapes.line(shapes.smooth(ink, 5), max(r * 0.010, 2)), pen, 0.72)
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
    pool(canvas, x, y + r * 0.62, r * 1.15)
    cover = shapes.polygon(
        [
            (x - r * 1.03, y - r * 0.55),
            (x + r * 1.03, y - r * 0.55),
            (x + r * 1.14, y + r * 0.60),
            (x, y + r * 0.68),
            (x - r * 1.14, y + r * 0.60),
        ]
    )
    solid(
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
    solid(canvas, ribbon, palette.second, mix(palette.second, palette.background, 0.35))


def clock(canvas: Canvas, x: float, y: float, r: float) -> None:
    """A dial; the hands stand where this scene's seed put them."""
    palette, rng = canvas.palette, canvas.rng
    big = r * 0.86
    canvas.glow(x, y, r * 1.6, palette.accent, 0.38)
    dial = shapes.circle(x, y, big)
    canvas.shadow(dial, 0, big * 0.06, big * 0.08, 0.7)
    solid(
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
        solid(canvas, disc, mix(colour, palette.ink, 0.25), mix(colour, palette.background, 0.25))
        canvas.lay(
            shapes.ring(nx, ny, r * size * 0.66, max(r * 0.008, 1.5)), palette.background, 0.35
        )


def screen(canvas: Canvas, x: float, y: float, r: float) -> None:
    """A computer that shows two columns."""
    palette = canvas.palette
    canvas.glow(x, y, r * 1.6, palette.accent, 0.42)
    foot = y + r * 0.72
    pool(canvas, x, foot + r * 0.10, r * 1.15)
    frame = Box(x - r * 0.92, y - r * 0.66, x + r * 0.92, y + r * 0.54)
    lid = shapes.rounded(frame, r * 0.06)
    canvas.shadow(lid, 0, r * 0.05, r * 0.06, 0.6)
    canvas.lay(lid, mix(palette.surface, palette.ink, 0.18))
    glass = frame.inset(r * 0.045)
    solid(
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
    solid(
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
