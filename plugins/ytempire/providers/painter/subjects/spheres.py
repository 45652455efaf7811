"""Bodies of the sky: lit spheres, and the diagrams of how they pull at each other."""

from __future__ import annotations

import cv2
import numpy as np

from ytempire.providers.painter import canvas as shapes
from ytempire.providers.painter.canvas import Canvas, Patch
from ytempire.providers.painter.colour import Array, mix
from ytempire.providers.painter.noise import fbm

_LIGHT = np.array([-0.55, -0.45, 0.70], np.float32)


def sphere(
    canvas: Canvas, x: float, y: float, r: float, skin: Array, light: Array = _LIGHT
) -> Patch:
    """A ball lit from one side; `skin` is a colour or one per pixel of its square box."""
    disc = shapes.circle(x, y, r)
    size = disc.mask.shape[0]
    axis = np.arange(size, dtype=np.float32)
    nx, ny = (axis[None, :] + disc.x - x) / r, (axis[:, None] + disc.y - y) / r
    nz = np.sqrt(np.clip(1 - nx * nx - ny * ny, 0, 1))
    light = light / np.linalg.norm(light)
    lit = np.clip(nx * light[0] + ny * light[1] + nz * light[2], 0, 1) ** 0.75
    shade = np.float32(0.09) + np.float32(0.91) * lit * (0.55 + 0.45 * nz)
    canvas.lay(disc, (skin * shade[..., None]).astype(np.float32))
    return disc


def _size(r: float) -> int:
    return int(r * 2) + 5


def _skin(field: Array, low: Array, high: Array) -> Array:
    return np.asarray(low + (high - low) * field[..., None], np.float32)


def _step(field: Array, edge: float, soft: float) -> Array:
    t = np.clip((field - edge) / soft + 0.5, 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def moon_ball(canvas: Canvas, x: float, y: float, r: float) -> None:
    """A cratered ball with seas."""
    palette, rng, size = canvas.palette, canvas.rng, _size(r)
    bright = mix(palette.ink, palette.accent, 0.06)
    seas = _step(fbm(rng, size, size, r * 0.9, 4), 0.56, 0.22)
    rough = fbm(rng, size, size, r * 0.12, 3)
    skin = _skin(seas, bright, mix(bright, palette.surface, 0.52))
    skin *= (0.86 + 0.22 * rough)[..., None]
    disc = sphere(canvas, x, y, r, skin)
    for _ in range(34):
        reach, turn = np.sqrt(rng.uniform(0, 0.86)), rng.uniform(0, 2 * np.pi)
        cx, cy = x + r * reach * np.cos(turn), y + r * reach * np.sin(turn)
        big = r * min(0.018 * (1 + rng.pareto(1.6)), 0.12)
        flat = np.sqrt(1 - reach**2 * 0.9)
        degrees = float(np.degrees(turn))
        pit = shapes.ellipse(cx, cy, big * flat, big, degrees).within(disc)
        canvas.lay(
            shapes.ellipse(cx + big * 0.16, cy + big * 0.16, big * flat, big, degrees).within(disc),
            palette.ink,
            0.17,
        )
        canvas.lay(pit, palette.background, 0.30)


def moon(canvas: Canvas, x: float, y: float, r: float) -> None:
    """The Moon with its halo."""
    canvas.glow(x, y, r * 2.3, mix(canvas.palette.ink, canvas.palette.accent, 0.5), 0.38)
    moon_ball(canvas, x, y, r)


def earth_ball(canvas: Canvas, x: float, y: float, r: float) -> None:
    """Sea, land, cloud and a rim of air."""
    palette, rng, size = canvas.palette, canvas.rng, _size(r)
    canvas.glow(x, y, r * 1.42, palette.accent, 0.55)
    land = _step(fbm(rng, size, size, r * 1.15, 6), 0.56, 0.035)
    relief = fbm(rng, size, size, r * 0.22, 4)
    streaks = cv2.resize(fbm(rng, size // 3 + 1, size, r * 0.22, 5), (size, size))
    cloud = _step(np.asarray(streaks, np.float32), 0.66, 0.34)
    sea = mix(palette.surface, palette.accent, 0.42)
    ground = mix(mix(palette.accent, palette.second, 0.12), palette.ink, 0.30)
    skin = _skin(land, sea, ground) * (0.82 + 0.34 * relief)[..., None]
    skin = skin + (palette.ink - skin) * (cloud * 0.72)[..., None]
    disc = sphere(canvas, x, y, r, skin)
    rim = shapes.ring(x, y, r * 0.985, r * 0.03).soft(r * 0.02).within(disc)
    canvas.lay(rim, palette.accent, 0.55, "light")


def earth(canvas: Canvas, x: float, y: float, r: float) -> None:
    """The Earth from afar."""
    earth_ball(canvas, x, y, r)


def sun_ball(canvas: Canvas, x: float, y: float, r: float) -> None:
    """A star near by: corona, granules, a bright limb."""
    palette, rng, size = canvas.palette, canvas.rng, _size(r)
    canvas.glow(x, y, r * 3.2, palette.second, 0.42)
    canvas.glow(x, y, r * 1.7, palette.second, 0.75)
    boil = fbm(rng, size, size, r * 0.16, 4)
    white = mix(palette.second, np.ones(3, np.float32), 0.78)
    disc = shapes.circle(x, y, r)
    axis = np.arange(size, dtype=np.float32)
    reach = np.sqrt((axis[None] + disc.x - x) ** 2 + (axis[:, None] + disc.y - y) ** 2) / r
    heat = np.clip(1.06 - reach**2.6 * 0.92 + (boil - 0.5) * 0.34, 0, 1).astype(np.float32)
    canvas.lay(disc, _skin(heat, mix(palette.second, palette.background, 0.16), white))
    rim = shapes.ring(x, y, r * 0.985, r * 0.04).soft(r * 0.02).within(disc)
    canvas.lay(rim, white, 0.55, "light")


def sun(canvas: Canvas, x: float, y: float, r: float) -> None:
    """The Sun with rays of a steady beat."""
    r *= 0.6  # the rays reach as far as another drawing
    for i in range(36):
        turn = i * np.pi / 18
        near, far = r * 1.32, r * (1.55 if i % 2 else 1.78)
        ends = [(x + d * np.cos(turn), y + d * np.sin(turn)) for d in (near, far)]
        canvas.lay(shapes.line(ends, max(r * 0.018, 2)), canvas.palette.second, 0.55)
    sun_ball(canvas, x, y, r)


def planet(canvas: Canvas, x: float, y: float, r: float) -> None:
    """A banded giant in its ring."""
    palette, rng, size = canvas.palette, canvas.rng, _size(r * 0.66)
    ball = r * 0.66
    canvas.glow(x, y, r * 1.7, palette.accent, 0.4)
    far = r * 3.0
    dx, dy = far * np.cos(np.radians(-20)), far * np.sin(np.radians(-20))
    front = shapes.polygon(
        [(x - dx, y - dy), (x + dx, y + dy), (x + dx, y + far), (x - dx, y + far)]
    )
    tint = mix(palette.second, palette.ink, 0.35)
    rings = []
    for i in range(12):
        reach = r * (0.90 + 0.48 * i / 11)
        path = shapes.ellipse_points(x, y, reach, reach * 0.27, -20)
        band = shapes.line(path, max(r * 0.035, 2), is_closed=True)
        rings.append((band, float(rng.uniform(0.25, 0.8))))
        canvas.lay(band.but(front), tint, rings[-1][1])
    rows = np.linspace(-1, 1, size, dtype=np.float32)[:, None]
    columns = np.linspace(-1, 1, size, dtype=np.float32)[None, :]
    swirl = fbm(rng, size, size, ball * 0.5, 4) - 0.5
    level = rows + 0.36 * columns + 0.16 * swirl
    bands = 0.5 + 0.3 * np.sin(level * 13) + 0.2 * np.sin(level * 29 + 1.3)
    sphere(
        canvas,
        x,
        y,
        ball,
        _skin(
            bands,
            mix(palette.accent, palette.background, 0.35),
            mix(palette.accent, palette.ink, 0.62),
        ),
    )
    for band, alpha in rings:
        canvas.lay(band.within(front), tint, alpha)


def _arrow(canvas: Canvas, start: shapes.Point, end: shapes.Point, width: float) -> None:
    colour = canvas.palette.second
    vector = np.subtract(end, start)
    length = float(np.hypot(*vector))
    ux, uy = vector / length
    head = width * 3.2
    neck = (end[0] - ux * head, end[1] - uy * head)
    canvas.lay(shapes.line([start, neck], width), colour)
    canvas.lay(
        shapes.polygon(
            [
                end,
                (neck[0] - uy * head * 0.55, neck[1] + ux * head * 0.55),
                (neck[0] + uy * head * 0.55, neck[1] - ux * head * 0.55),
            ]
        ),
        colour,
    )


def _bulging_earth(canvas: Canvas, x: float, y: float, r: float, turn: float) -> None:
    """The Earth in a shell of water drawn out along `turn` degrees."""
    palette = canvas.palette
    shell = shapes.ellipse(x, y, r * 1.62, r * 1.16, turn)
    canvas.lay(shell.soft(r * 0.12), palette.accent, 0.30, "light")
    canvas.lay(shell, mix(palette.surface, palette.accent, 0.6), 0.62)
    edge = shapes.ellipse_points(x, y, r * 1.62, r * 1.16, turn)
    canvas.lay(
        shapes.line(edge, max(r * 0.02, 2), is_closed=True),
        mix(palette.accent, palette.ink, 0.5),
        0.9,
    )
    earth_ball(canvas, x, y, r)


def pull(canvas: Canvas, x: float, y: float, r: float) -> None:
    """The Moon raising the sea on both sides of the Earth."""
    dx, dy = (0.62, -0.60) if canvas.is_tall else (0.92, -0.42)
    ex, ey = x - r * 0.62 * dx, y - r * 0.62 * dy
    mx, my = x + r * 1.12 * dx, y + r * 1.12 * dy
    turn = float(np.degrees(np.arctan2(my - ey, mx - ex)))
    way = np.array([mx - ex, my - ey]) / np.hypot(mx - ex, my - ey)
    orbit = np.hypot(mx - ex, my - ey)
    for i in range(0, 360, 6):
        arc = shapes.ellipse_points(ex, ey, orbit, orbit, 0, (i, i + 3))
        canvas.lay(shapes.line(arc[::20], 3), canvas.palette.ink, 0.16)
    _bulging_earth(canvas, ex, ey, r * 0.42, turn)
    canvas.glow(mx, my, r * 0.6, canvas.palette.ink, 0.35)
    moon_ball(canvas, mx, my, r * 0.22)
    start, end = np.array([mx, my]) - way * r * 0.92, np.array([mx, my]) - way * r * 0.30
    _arrow(canvas, (start[0], start[1]), (end[0], end[1]), max(r * 0.032, 5))


def alignment(canvas: Canvas, x: float, y: float, r: float) -> None:
    """Sun, Moon and Earth in one line."""
    slope = -0.35 if canvas.is_tall else -0.12
    turn = float(np.degrees(np.arctan(slope)))

    def at(share: float) -> shapes.Point:
        return x + r * share, y + r * share * slope

    canvas.lay(shapes.line([at(-1.1), at(2.5)], 3), canvas.palette.ink, 0.28)
    sun_ball(canvas, *at(-0.70), r * 0.38)
    canvas.glow(*at(0.1), r * 0.3, canvas.palette.ink, 0.3)
    moon_ball(canvas, *at(0.1), r * 0.105)
    _bulging_earth(canvas, *at(0.74), r * 0.23, turn)
