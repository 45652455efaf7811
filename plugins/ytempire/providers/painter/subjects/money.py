"""Money: coins, balances, banks, banknotes."""

from __future__ import annotations

import numpy as np

from ytempire.providers.painter import canvas as shapes
from ytempire.providers.painter import textures
from ytempire.providers.painter.canvas import Box, Canvas, Patch
from ytempire.providers.painter.colour import Array, mix


def solid(canvas: Canvas, patch: Patch, top: Array, foot: Array, alpha: float = 1.0) -> None:
    """A shape in a vertical gradient."""
    canvas.lay(patch, shapes.downward([top, foot], patch), alpha)


def pool(canvas: Canvas, x: float, y: float, half: float) -> None:
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
        solid(canvas, face, mix(body, bright, 0.35), body)
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
    pool(canvas, x, foot + r * 0.06, r * 1.05)
    for off, count in ((-0.72, 4), (0.74, 9), (0.10, 6)):
        _stack(canvas, x + r * off, foot, r * 0.30, count)
    cx, cy, big = x - r * 0.16, y + r * 0.02, r * 0.56
    face = shapes.circle(cx, cy, big)
    canvas.shadow(face, big * 0.06, big * 0.1, big * 0.12, 0.7)
    canvas.lay(shapes.circle(cx + big * 0.07, cy + big * 0.03, big), dark)
    solid(canvas, face, mix(body, bright, 0.5), mix(body, dark, 0.35))
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
    solid(canvas, star, bright, body)
    canvas.lay(shapes.circle(cx, cy, big * 0.15), mix(body, dark, 0.5), 0.9)


def balance(canvas: Canvas, x: float, y: float, r: float) -> None:
    """A pair of scales at rest."""
    bright, body, dark = _gold(canvas)
    canvas.glow(x, y - r * 0.2, r * 1.5, body, 0.28)
    foot = y + r * 0.92
    pool(canvas, x, foot + r * 0.03, r * 0.75)
    for half, tall, lift in ((0.46, 0.09, 0.0), (0.32, 0.08, 0.09)):
        step = shapes.rounded(
            Box(x - r * half, foot - r * (lift + tall), x + r * half, foot - r * lift), r * 0.03
        )
        solid(canvas, step, mix(body, bright, 0.3), dark)
    pillar = shapes.polygon(
        [
            (x - r * 0.035, y - r * 0.72),
            (x + r * 0.035, y - r * 0.72),
            (x + r * 0.065, foot - r * 0.16),
            (x - r * 0.065, foot - r * 0.16),
        ]
    )
    solid(canvas, pillar, bright, mix(body, dark, 0.5))
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
        solid(canvas, bowl, mix(body, bright, 0.25), dark)
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
    pool(canvas, x, foot + r * 0.04, r * 1.15)
    for i in range(3):
        half = r * (1.02 - 0.07 * i)
        step = shapes.rounded(
            Box(x - half, foot - r * 0.08 * (i + 1), x + half, foot - r * 0.08 * i), 2
        )
        solid(canvas, step, mix(stone, shade, 0.2), mix(stone, shade, 0.7))
    base, head = foot - r * 0.24, y - r * 0.32
    canvas.lay(
        shapes.rounded(Box(x - r * 0.78, head, x + r * 0.78, base), 0),
        mix(palette.background, palette.surface, 0.4),
    )
    door = shapes.rounded(Box(x - r * 0.13, y + r * 0.02, x + r * 0.13, base), r * 0.13)
    solid(canvas, door, palette.second, mix(palette.second, palette.background, 0.5), 0.9)
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
    solid(canvas, lintel, stone, mix(stone, shade, 0.5))
    roof = shapes.polygon(
        [(x - r * 1.0, head - r * 0.13), (x, y - r * 0.86), (x + r * 1.0, head - r * 0.13)]
    )
    solid(canvas, roof, stone, mix(stone, shade, 0.35))
    inner = shapes.polygon(
        [(x - r * 0.74, head - r * 0.18), (x, y - r * 0.76), (x + r * 0.74, head - r * 0.18)]
    )
    solid(canvas, inner, shade, mix(stone, shade, 0.75))
    canvas.lay(shapes.circle(x, y - r * 0.57, r * 0.085), palette.second)


def rosette(canvas: Canvas, x: float, y: float, r: float) -> None:
    """A banknote's engraved flower."""
    canvas.glow(x, y, r * 1.4, canvas.palette.accent, 0.3)
    textures.rosette(canvas, x, y, r, canvas.palette.accent, 0.42)
