"""Space and light: galaxies, night skies, waves of light, dishes that listen."""

from __future__ import annotations

import cv2
import numpy as np

from ytempire.providers.painter import canvas as shapes
from ytempire.providers.painter import textures
from ytempire.providers.painter.canvas import Canvas, Patch
from ytempire.providers.painter.colour import mix


def galaxy(canvas: Canvas, x: float, y: float, r: float) -> None:
    """Two arms of stars about a bright core, seen at a slant."""
    palette, rng = canvas.palette, canvas.rng
    canvas.glow(x, y, r * 1.5, palette.accent, 0.4)
    count, side = 26_000, int(r * 2.4)
    reach = rng.random(count) ** 0.62
    spread = rng.normal(0, 0.16, count) + rng.normal(0, 0.35, count) * (rng.random(count) < 0.25)
    turn = reach * 6.6 + np.pi * rng.integers(0, 2, count) + spread / (reach + 0.25)
    px, py = reach * np.cos(turn), reach * np.sin(turn) * 0.52
    tilt = np.radians(-24)
    columns = side / 2 + r * (px * np.cos(tilt) - py * np.sin(tilt))
    rows = side / 2 + r * (px * np.sin(tilt) + py * np.cos(tilt))
    field = np.zeros((side, side), np.float32)
    inside = (rows > 0) & (rows < side - 1) & (columns > 0) & (columns < side - 1)
    np.add.at(field, (rows[inside].astype(int), columns[inside].astype(int)), 0.5)
    corner = (int(x - side / 2), int(y - side / 2))
    haze = cv2.GaussianBlur(field, (0, 0), r * 0.035)
    fine = cv2.GaussianBlur(field, (0, 0), 1.0)
    canvas.lay(Patch(*corner, np.clip(haze * 7, 0, 1)), palette.accent, 0.75, "light")
    canvas.lay(
        Patch(*corner, np.clip(fine * 3, 0, 1)),
        mix(palette.ink, palette.accent, 0.15),
        0.95,
        "light",
    )
    canvas.glow(x, y, r * 0.62, palette.second, 0.8)
    canvas.glow(x, y, r * 0.24, palette.ink, 0.9)


def night(canvas: Canvas, x: float, y: float, r: float) -> None:
    """A sky full of stars above dark hills."""
    palette, unit = canvas.palette, canvas.unit
    textures.sky(
        canvas, [palette.background, palette.background, mix(palette.surface, palette.accent, 0.25)]
    )
    textures.nebula(canvas, 0.5)
    textures.stars(canvas, 520, 0.85)
    streak = [(x + r * 0.1, y - r * 0.75), (x + r * 0.75, y - r * 1.08)]
    for share in (1.0, 0.7, 0.45, 0.25):
        tail = [streak[0], tuple(np.add(streak[0], np.subtract(streak[1], streak[0]) * share))]
        canvas.lay(shapes.line(tail, 3), palette.ink, 0.3)
    canvas.glow(*streak[0], unit * 5, palette.ink, 0.8)
    for i, base in enumerate((0.76, 0.84, 0.92)):
        crest = textures.crest_line(canvas, canvas.height * base, unit * (5 - i), 3)
        dark = mix(palette.background, palette.surface, 0.45 - 0.2 * i) * np.float32(0.8)
        textures.layer(
            canvas, crest, canvas.height, [dark, dark * np.float32(0.6)], palette.accent, 0.22
        )


def light(canvas: Canvas, x: float, y: float, r: float) -> None:
    """Waves that are drawn out on their way: short on the left, long on the right."""
    palette = canvas.palette
    y = y if canvas.is_tall else canvas.height * 0.76  # under the words, not through them
    left, right = -canvas.unit * 4, canvas.width + canvas.unit * 4
    t = np.linspace(0, 1, 900)
    phase = 2 * np.pi * 13 * (1 - (1 - t) ** 2.4)
    for i in range(7):
        share = i / 6
        height = r * 0.34 * (1 - 0.55 * share)
        colour = mix(palette.accent, palette.second, share)
        along = y + (share - 0.5) * r * 0.9 + height * np.sin(phase + share * 1.1)
        points = list(zip(left + (right - left) * t, along, strict=True))
        stroke = shapes.line(points, max(r * 0.02 * (1 - 0.5 * share), 2))
        canvas.lay(stroke.soft(r * 0.03), colour, 0.5, "light")
        canvas.lay(stroke, colour, 0.95 - 0.5 * share)


def dish(canvas: Canvas, x: float, y: float, r: float) -> None:
    """A radio telescope that listens to the sky."""
    palette, unit = canvas.palette, canvas.unit
    for i in range(5):
        arc = shapes.ellipse_points(
            x + r * 0.30, y - r * 0.42, r * (0.34 + 0.2 * i), r * (0.34 + 0.2 * i), -45, (-32, 32)
        )
        canvas.lay(shapes.line(arc, max(r * 0.016, 2)), palette.second, 0.8 - 0.14 * i)
    steel, dark = (
        mix(palette.ink, palette.surface, 0.18),
        mix(palette.surface, palette.background, 0.3),
    )
    foot = [
        (x - r * 0.14, y + r * 0.1),
        (x + r * 0.10, y + r * 0.1),
        (x + r * 0.34, y + r),
        (x - r * 0.46, y + r),
    ]
    for a, b in (
        ((x, y), (x - r * 0.40, y + r)),
        ((x, y), (x + r * 0.32, y + r)),
        ((x - r * 0.2, y + r * 0.5), (x + r * 0.16, y + r * 0.5)),
        ((x - r * 0.3, y + r * 0.76), (x + r * 0.24, y + r * 0.76)),
    ):
        canvas.lay(shapes.line([a, b], r * 0.05), mix(steel, palette.background, 0.45))
    canvas.lay(shapes.polygon(foot), dark, 0.25)
    bowl = shapes.polygon(shapes.ellipse_points(x, y - r * 0.1, r * 0.72, r * 0.50, 45, (0, 180)))
    canvas.shadow(bowl, 0, unit, unit * 2, 0.5)
    canvas.lay(
        bowl,
        shapes.downward(
            [mix(steel, palette.accent, 0.2), mix(steel, palette.background, 0.62)], bowl
        ),
    )
    face = shapes.ellipse(x, y - r * 0.1, r * 0.72, r * 0.17, 45)
    canvas.lay(face, shapes.downward([steel, mix(steel, palette.accent, 0.45)], face))
    hub = (x + r * 0.30, y - r * 0.42)
    for edge in (-0.66, 0.0, 0.66):
        turn = np.radians(45)
        start = (x + r * edge * np.cos(turn), y - r * 0.1 + r * edge * np.sin(turn))
        canvas.lay(shapes.line([start, hub], r * 0.02), palette.ink, 0.9)
    canvas.glow(*hub, r * 0.3, palette.second, 0.8)
    canvas.lay(shapes.circle(*hub, r * 0.055), palette.second)
    ground = shapes.line([(x - r * 0.9, y + r), (x + r * 0.8, y + r)], r * 0.025)
    canvas.lay(ground, palette.accent, 0.6)
