"""Places: sea, ship, shore, city, mountains. Each fills the picture and is its own ground."""

from __future__ import annotations

import numpy as np

from ytempire.providers.painter import canvas as shapes
from ytempire.providers.painter import textures
from ytempire.providers.painter.canvas import Canvas
from ytempire.providers.painter.colour import Array, mix
from ytempire.providers.painter.subjects.spheres import moon_ball


def _evening(canvas: Canvas, x: float, horizon: float) -> None:
    palette = canvas.palette
    textures.sky(
        canvas,
        [
            palette.background,
            mix(palette.background, palette.surface, 0.9),
            mix(palette.surface, palette.accent, 0.35),
            palette.background,
        ],
    )
    textures.stars(canvas, 90, 0.35)
    canvas.glow(x, horizon, canvas.unit * 80, mix(palette.accent, palette.second, 0.25), 0.5)


def _glitter(canvas: Canvas, x: float, horizon: float, colour: Array) -> None:
    """The path that a light lays on water."""
    rng, unit = canvas.rng, canvas.unit
    reach = canvas.height - horizon
    for _ in range(150):
        depth = rng.random() ** 1.5
        y = horizon + unit + reach * depth * 0.75
        half = unit * (0.5 + 4 * depth) * rng.uniform(0.4, 1.3)
        off = rng.normal(0, unit * (1.2 + 7 * depth))
        dash = shapes.ellipse(x + off, y, half, max(unit * 0.12 * (1 + depth * 1.4), 1))
        canvas.lay(dash, colour, float(rng.uniform(0.15, 0.55)) * (1 - depth * 0.6))


def _horizon(canvas: Canvas) -> float:
    return canvas.height * (0.54 if canvas.is_tall else 0.60)


def sea(canvas: Canvas, x: float, y: float, r: float) -> None:
    """Open water under a low moon."""
    horizon = _horizon(canvas)
    _evening(canvas, x, horizon)
    height = min(y, horizon - r * 0.55)
    canvas.glow(x, height, r * 1.3, canvas.palette.ink, 0.32)
    moon_ball(canvas, x, height, r * 0.36)
    textures.water(canvas, horizon, 0.7)
    _glitter(canvas, x, horizon, mix(canvas.palette.ink, canvas.palette.accent, 0.3))


def _sail(canvas: Canvas, x: float, top: float, foot: float, half: float, lean: float) -> None:
    palette = canvas.palette
    left = shapes.smooth(
        [(x - half * 0.72, top), (x - half * 0.86 + lean * 0.4, (top + foot) / 2), (x - half, foot)]
    )
    right = shapes.smooth(
        [(x + half, foot), (x + half * 0.9 + lean, (top + foot) / 2), (x + half * 0.72, top)]
    )
    sail = shapes.polygon([*left, *right])
    cloth = mix(palette.ink, palette.second, 0.12)
    canvas.lay(sail, shapes.downward([cloth, mix(cloth, palette.surface, 0.42)], sail))
    canvas.lay(shapes.line(right, max(canvas.unit * 0.2, 2)), palette.background, 0.25)


def ship(canvas: Canvas, x: float, y: float, r: float) -> None:
    """A merchantman under full sail."""
    palette = canvas.palette
    horizon = _horizon(canvas)
    _evening(canvas, x + r * 0.5, horizon)
    textures.water(canvas, horizon, 0.6, 4)
    deck, dark = horizon + r * 0.22, mix(palette.background, palette.second, 0.22)
    for off, tall, wide in ((-0.42, 0.92, 0.27), (0.02, 1.18, 0.33), (0.44, 0.84, 0.24)):
        mast = x + r * off
        canvas.lay(shapes.line([(mast, deck), (mast, deck - r * tall)], max(r * 0.022, 3)), dark)
        levels = 3
        for i in range(levels):
            top = deck - r * tall * (0.95 - 0.29 * i)
            foot = deck - r * tall * (0.70 - 0.29 * i)
            _sail(canvas, mast, top, foot, r * wide * (0.62 + 0.19 * i), r * 0.06)
        flag = [
            (mast, deck - r * tall),
            (mast + r * 0.14, deck - r * (tall - 0.035)),
            (mast, deck - r * (tall - 0.07)),
        ]
        canvas.lay(shapes.polygon(flag), palette.second)
    upper = shapes.smooth(
        [
            (x - r * 0.78, deck - r * 0.16),
            (x - r * 0.4, deck),
            (x + r * 0.4, deck),
            (x + r * 0.80, deck - r * 0.12),
        ]
    )
    lower = shapes.smooth(
        [(x + r * 0.62, deck + r * 0.20), (x, deck + r * 0.25), (x - r * 0.66, deck + r * 0.20)]
    )
    hull = shapes.polygon([*upper, *lower])
    canvas.lay(hull, shapes.downward([mix(dark, palette.second, 0.3), palette.background], hull))
    canvas.lay(
        shapes.line([(px, py + r * 0.05) for px, py in upper], max(r * 0.018, 2)),
        palette.second,
        0.9,
    )
    canvas.lay(
        shapes.line(
            [(x - r * 0.76, deck - r * 0.14), (x - r * 1.06, deck - r * 0.34)], max(r * 0.025, 3)
        ),
        dark,
    )
    for i in range(4):
        level = deck + r * (0.16 + 0.24 * i + 0.06 * i * i)
        crest = textures.crest_line(canvas, level, canvas.unit * (1.0 + 0.5 * i), 3)
        body = mix(palette.mid, palette.background, 0.42 + 0.15 * i)
        textures.layer(
            canvas, crest, canvas.height, [body, palette.background], palette.accent, 0.4
        )


def shore(canvas: Canvas, x: float, y: float, r: float) -> None:
    """A bay between cliffs, the tide coming in."""
    palette, rng, unit = canvas.palette, canvas.rng, canvas.unit
    horizon = _horizon(canvas)
    _evening(canvas, canvas.width * 0.5, horizon)
    textures.water(canvas, horizon, 0.8)
    _glitter(canvas, canvas.width * 0.5, horizon, mix(palette.second, palette.ink, 0.5))
    for side in (-1, 1):
        for i in range(3):
            reach = canvas.width * (0.20 + 0.10 * (2 - i)) * rng.uniform(0.85, 1.1)
            edge = 0 if side < 0 else canvas.width
            top = horizon - r * (0.24 + 0.24 * i)
            foot = horizon + r * (0.04 + 0.26 * i)
            steps = 9
            outline: list[shapes.Point] = [(edge, top)]
            for k in range(steps + 1):
                share = k / steps
                out = reach * (0.42 + 0.58 * share**1.4) * rng.uniform(0.9, 1.08)
                outline.append((edge - side * out, top + (foot - top) * share))
            outline.append((edge, foot))
            rock = shapes.polygon(outline)
            stone = mix(
                mix(palette.surface, palette.second, 0.34), palette.background, 0.15 + 0.3 * i
            )
            canvas.lay(
                rock,
                shapes.downward(
                    [mix(stone, palette.second, 0.3), mix(stone, palette.background, 0.7)], rock
                ),
            )
            wash = [
                (px, foot + rng.uniform(-1, 1)) for px in np.linspace(edge, edge - side * reach, 6)
            ]
            canvas.lay(shapes.line(wash, max(unit * 0.4, 2)), palette.ink, 0.5)


def city(canvas: Canvas, x: float, y: float, r: float) -> None:
    """Rows of houses and towers with lit windows."""
    palette, rng, unit = canvas.palette, canvas.rng, canvas.unit
    horizon = canvas.height * (0.66 if canvas.is_tall else 0.74)
    _evening(canvas, x, horizon - r * 0.3)
    for i in range(3):
        colour = mix(mix(palette.mid, palette.background, 0.35 + 0.3 * i), palette.background, 0.1)
        left = -unit * rng.uniform(0, 8)
        while left < canvas.width:
            wide = unit * rng.uniform(6, 13)
            tall = r * rng.uniform(0.35, 1.05) * (1.15 - 0.3 * i) * _room(canvas, left)
            base = horizon + i * unit * 7
            _house(canvas, (left, base - tall, left + wide, canvas.height), colour, i)
            left += wide + unit * rng.uniform(-0.5, 1.2)


def _room(canvas: Canvas, x: float) -> float:
    """How high things may stand at x: in a wide picture the words have the left."""
    return 1.0 if canvas.is_tall else 0.30 + 0.85 * min(max(x / canvas.width - 0.25, 0) / 0.4, 1.0)


def _house(
    canvas: Canvas, walls: tuple[float, float, float, float], colour: Array, row: int
) -> None:
    rng, unit = canvas.rng, canvas.unit
    x0, top, x1, base = walls
    peak = (x0 + x1) / 2
    roof = unit * float(rng.choice([0, 0, 3, 6]))
    block = shapes.polygon([(x0, base), (x0, top), (peak, top - roof), (x1, top), (x1, base)])
    canvas.lay(
        block,
        shapes.downward(
            [mix(colour, canvas.palette.accent, 0.12), colour * np.float32(0.5)], block
        ),
    )
    gap = unit * 2.1
    for wy in np.arange(top + gap, min(top + unit * 34, canvas.height), gap * 1.25):
        for wx in np.arange(x0 + gap * 0.55, x1 - gap * 0.7, gap):
            if rng.random() < 0.34 - 0.06 * row:
                pane = shapes.rounded(shapes.Box(wx, wy, wx + gap * 0.45, wy + gap * 0.66), 2)
                canvas.lay(pane, canvas.palette.second, float(rng.uniform(0.35, 0.95)))


def mountain(canvas: Canvas, x: float, y: float, r: float) -> None:
    """Ranges behind ranges, snow on the highest."""
    palette, rng = canvas.palette, canvas.rng
    horizon = canvas.height * (0.62 if canvas.is_tall else 0.70)
    _evening(canvas, x + r * 0.4, horizon - r * 0.4)
    far = mix(palette.surface, palette.accent, 0.55)
    for i in range(4):
        base, tall = horizon + r * 0.22 * i, r * (0.95 - 0.2 * i)
        peaks = [(-0.1 * canvas.width, base)]
        for k, px in enumerate(np.arange(0.0, canvas.width * 1.1, r * 0.34)):
            share = rng.uniform(0.5, 1.0) if k % 2 else rng.uniform(0.0, 0.25)
            high = tall * share * _room(canvas, px)
            peaks.append((float(px + rng.uniform(-0.08, 0.08) * r), base - high))
        _range(canvas, peaks, mix(far, palette.background, 0.02 + 0.28 * i), has_snow=i == 0)


def _range(canvas: Canvas, peaks: list[shapes.Point], colour: Array, *, has_snow: bool) -> None:
    palette = canvas.palette
    edge = canvas.width * 1.2
    body = shapes.polygon([*peaks, (edge, canvas.height), (peaks[0][0], canvas.height)])
    canvas.lay(
        body,
        shapes.downward(
            [mix(colour, palette.accent, 0.2), mix(colour, palette.background, 0.8)], body
        ),
    )
    for (ax, ay), (bx, by), (cx, cy) in zip(peaks, peaks[1:], peaks[2:], strict=False):
        if by < ay and by < cy:
            deep = min(ay, cy)
            shaded = shapes.polygon([(bx, by), (cx, cy), (bx + (cx - bx) * 0.25, deep)])
            canvas.lay(shaded.within(body), palette.background, 0.28)
            if has_snow and deep - by > canvas.unit * 6:
                _snow(canvas, (ax, ay), (bx, by), (cx, cy))


def _snow(canvas: Canvas, left: shapes.Point, top: shapes.Point, right: shapes.Point) -> None:
    """A cap with a torn edge on the highest third of a peak."""
    share, (x, y) = 0.30, top
    west = (x + (left[0] - x) * share, y + (left[1] - y) * share)
    east = (x + (right[0] - x) * share, y + (right[1] - y) * share)
    drop = (min(left[1], right[1]) - y) * 0.10
    torn = [
        west,
        (x + (west[0] - x) * 0.45, west[1] - drop),
        (x, west[1] + drop),
        (x + (east[0] - x) * 0.45, east[1] - drop),
        east,
    ]
    canvas.lay(shapes.polygon([top, *torn]), canvas.palette.ink, 0.9)
