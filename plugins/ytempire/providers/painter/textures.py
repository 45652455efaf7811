"""Grounds: the generative families a channel's pictures are painted on.

Each takes an empty canvas and a mood (0..1, darker to lighter, another for each scene) and fills
it; all are seeded by the canvas's generator.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from ytempire.providers.painter import canvas as shapes
from ytempire.providers.painter.canvas import Canvas, Patch
from ytempire.providers.painter.colour import Array, mix, ramp
from ytempire.providers.painter.noise import fbm


def sky(canvas: Canvas, stops: list[Array], cloud: float = 0.05) -> None:
    """A vertical gradient with slow clouds of tone in it."""
    height, width = canvas.height, canvas.width
    canvas.pixels[:] = ramp(stops, height)[:, None]
    small = fbm(canvas.rng, width // 8, height // 8, min(width, height) / 10, 4) - 0.5
    tone = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    canvas.pixels *= (1 + tone * np.float32(cloud * 4))[..., None]


def _stops(canvas: Canvas, mood: float) -> list[Array]:
    palette = canvas.palette
    deep = mix(palette.background, palette.surface, 0.25 * mood)
    return [
        deep,
        mix(palette.background, palette.surface, 0.75),
        mix(palette.surface, palette.accent, 0.1 + 0.12 * mood),
    ]


def crest_line(canvas: Canvas, base: float, swell: float, octaves: int) -> Array:
    """A wave's height for each column, pixels from the top."""
    x = np.linspace(0, 1, canvas.width, dtype=np.float32) * (canvas.width / canvas.unit / 100)
    y = np.zeros_like(x)
    for octave in range(octaves):
        pitch = canvas.rng.uniform(0.7, 1.3) * 2**octave
        phase = canvas.rng.uniform(0, 2 * np.pi)
        y += np.sin(x * pitch * 2 * np.pi + phase, dtype=np.float32) / 2.1**octave
    return (base + y * swell).astype(np.float32)


def layer(
    canvas: Canvas, crest: Array, until: float, colours: list[Array], rim: Array, light: float
) -> None:
    """Everything under a crest line: a gradient, and light along its edge."""
    top = max(int(crest.min()) - 2, 0)
    bottom = min(int(until), canvas.height)
    if bottom - top < 2:
        return
    rows = np.arange(top, bottom, dtype=np.float32)[:, None]
    depth = rows - crest[None, :]
    mask = np.clip(depth + 0.5, 0, 1)
    shade = ramp(colours, bottom - top)[:, None]
    edge = np.exp(-np.maximum(depth, 0) / (canvas.unit * 2.2)) * np.float32(light)
    paint = shade + (rim - shade) * edge[..., None]
    canvas.lay(Patch(0, top, mask), paint)


def waves(canvas: Canvas, mood: float, under: float = 0.0) -> None:
    """Water in layers, lit from where the light stands."""
    palette, unit = canvas.palette, canvas.unit
    sky(canvas, _stops(canvas, mood))
    light_x = canvas.width * canvas.rng.uniform(0.15, 0.85)
    horizon = max(canvas.height * float(canvas.rng.uniform(0.56, 0.74)), under)
    light = mix(palette.accent, palette.second, 0.55 * float(canvas.rng.random()))
    canvas.glow(light_x, horizon, unit * 85, mix(palette.surface, light, 0.7), 0.62)
    canvas.glow(light_x, horizon, unit * 30, light, 0.30)
    water(canvas, horizon, mood, int(canvas.rng.integers(4, 7)))


def water(canvas: Canvas, horizon: float, mood: float, layers: int = 6) -> None:
    """Swells from the horizon to the lower edge, darker toward the eye."""
    palette, unit = canvas.palette, canvas.unit
    lit = mix(palette.surface, palette.accent, 0.55)
    crests = []
    for i in range(layers):
        nearness = i / (layers - 1)
        base = horizon + (canvas.height - horizon) * (0.02 + 0.86 * nearness**1.25)
        crests.append(crest_line(canvas, base, unit * (0.5 + 2.6 * nearness), 3))
    for i, crest in enumerate(crests):
        nearness = i / (layers - 1)
        body = mix(lit, palette.background, 0.12 + 0.74 * nearness - 0.10 * mood)
        foot = mix(body, palette.background, 0.55)
        until = canvas.height if i + 1 == layers else crests[i + 1].max() + 2
        layer(canvas, crest, until, [body, foot], palette.accent, 0.42 * (1 - 0.6 * nearness))


def dunes(canvas: Canvas, mood: float, under: float = 0.0) -> None:
    """Ridges of sand, one side lit."""
    palette, unit = canvas.palette, canvas.unit
    sky(canvas, _stops(canvas, mood))
    canvas.glow(
        canvas.width * canvas.rng.uniform(0.2, 0.8),
        canvas.height * 0.5,
        unit * 70,
        palette.second,
        0.3,
    )
    count, first = 5, max(canvas.height * 0.56, under + unit * 5)
    for i in range(count):
        nearness = i / (count - 1)
        base = first + (canvas.height * 0.92 - first) * nearness
        ridge = crest_line(canvas, 0, unit * (5 + 6 * nearness), 2)
        crest = np.asarray(base - np.sqrt(ridge * ridge + unit * unit), np.float32)
        body = mix(
            mix(palette.surface, palette.second, 0.28), palette.background, 0.2 + 0.7 * nearness
        )
        layer(
            canvas,
            crest,
            canvas.height,
            [mix(body, palette.second, 0.16), mix(body, palette.background, 0.5)],
            palette.second,
            0.3,
        )


def stars(canvas: Canvas, count: int, until: float = 1.0) -> None:
    """A field of stars: many faint, few bright, the brightest with a halo."""
    rng, palette = canvas.rng, canvas.palette
    for _ in range(count):
        x, y = rng.uniform(0, canvas.width), rng.uniform(0, canvas.height * until)
        size = canvas.unit * 0.055 * (1 + rng.pareto(2.2))
        size = min(size, canvas.unit * 0.34)
        tint = mix(
            palette.ink,
            palette.accent if rng.random() < 0.5 else palette.second,
            rng.uniform(0, 0.5),
        )
        canvas.lay(shapes.circle(x, y, max(size, 0.7)), tint, float(rng.uniform(0.35, 0.95)))
        if size > canvas.unit * 0.26:
            canvas.glow(x, y, size * 9, tint, 0.35)


def nebula(canvas: Canvas, strength: float = 0.5) -> None:
    """Clouds of light in the channel's two accents."""
    palette, step = canvas.palette, 6
    width, height = canvas.width // step, canvas.height // step
    for colour in (palette.accent, palette.second):
        cloud = fbm(canvas.rng, width, height, min(width, height) * 0.6, 5)
        cloud = cv2.GaussianBlur(np.clip((cloud - 0.40) * 1.7, 0, 1) ** 2.2, (0, 0), 5)
        full = cv2.resize(cloud, (canvas.width, canvas.height), interpolation=cv2.INTER_CUBIC)
        share = strength if colour is palette.accent else strength * 0.3
        canvas.lay(Patch(0, 0, full), mix(palette.surface, colour, 0.55), share, "light")


def rings(canvas: Canvas, mood: float) -> None:
    """Orbits about a point off the picture, in a field of stars."""
    palette, rng, unit = canvas.palette, canvas.rng, canvas.unit
    sky(
        canvas,
        [
            mix(palette.background, palette.surface, 0.15 + 0.4 * mood),
            palette.background,
            mix(palette.background, palette.surface, 0.6),
        ],
    )
    nebula(canvas, 0.30 + 0.25 * mood)
    stars(canvas, 190)
    x = canvas.width * rng.choice([-0.08, 1.08])
    y = canvas.height * rng.uniform(0.75, 1.05)
    canvas.glow(x, y, unit * 80, palette.accent, 0.35)
    radius = unit * 38
    for i in range(8):
        faint = 0.34 * 0.86**i
        path = shapes.ellipse_points(x, y, radius, radius * 0.62, -16)
        canvas.lay(shapes.line(path, 2 if i % 3 else 3, is_closed=True), palette.accent, faint)
        px, py = path[int(rng.integers(len(path)))]
        canvas.lay(
            shapes.circle(px, py, unit * rng.uniform(0.5, 1.1)),
            palette.second if i % 3 == 1 else palette.accent,
            0.8,
        )
        radius *= 1.22


def grid(canvas: Canvas, mood: float) -> None:
    """A plane in perspective that runs to a lit horizon."""
    palette, unit = canvas.palette, canvas.unit
    sky(canvas, _stops(canvas, mood))
    horizon = canvas.height * 0.62
    x = canvas.width * canvas.rng.uniform(0.35, 0.65)
    canvas.glow(x, horizon, unit * 75, palette.accent, 0.4)
    for i in range(-26, 27):
        far, near = x + i * unit * 5, x + i * unit * 34
        canvas.lay(
            shapes.line([(far, horizon), (near, canvas.height + 4)], 2), palette.accent, 0.20
        )
    for i in range(14):
        y = horizon + (canvas.height - horizon) * (i / 13) ** 2.2
        canvas.lay(
            shapes.line([(0, y), (canvas.width, y)], 2), palette.accent, 0.10 + 0.16 * i / 13
        )
    canvas.lay(shapes.line([(0, horizon), (canvas.width, horizon)], 3), palette.accent, 0.5)


def contours(canvas: Canvas, mood: float) -> None:
    """A map's lines of equal height."""
    palette, step = canvas.palette, 4
    sky(canvas, _stops(canvas, mood), 0.03)
    field = fbm(canvas.rng, canvas.width // step, canvas.height // step, canvas.unit * 55 / step, 3)
    field = (
        cv2.resize(
            cv2.GaussianBlur(field, (0, 0), 6),
            (canvas.width, canvas.height),
            interpolation=cv2.INTER_CUBIC,
        )
        * 18
    )
    for top in range(0, canvas.height, 256):
        above = 1 if top else 0  # a row more each side, for the slope
        lines = _isolines(field[top - above : top + 257])[above : above + 256]
        canvas.lay(Patch(0, top, lines), palette.accent)


def _isolines(field: Array) -> Array:
    """Lines where a field is whole, every fifth heavier, one pixel wide whatever the slope."""
    across = cv2.Sobel(field, cv2.CV_32F, 1, 0, scale=1 / 8)
    down = cv2.Sobel(field, cv2.CV_32F, 0, 1, scale=1 / 8)
    slope = np.sqrt(across * across + down * down) + np.float32(1e-3)
    whole = np.rint(field)
    heavy = whole % 5 == 0
    pen = np.where(heavy, np.float32(1.5), np.float32(0.9))
    strength = np.where(heavy, np.float32(0.42), np.float32(0.22))
    return np.asarray(np.clip(pen - np.abs(field - whole) / slope + 0.5, 0, 1) * strength)


def rosette(canvas: Canvas, x: float, y: float, radius: float, colour: Array, alpha: float) -> None:
    """The engraved flower of banknotes and share certificates: a bundle of epitrochoids."""
    petals = int(canvas.rng.choice([8, 10, 12]))
    t = np.linspace(0, 2 * np.pi, 900)
    paths = []
    for i in range(15):
        reach, swing = radius * (0.30 + 0.70 * i / 14), 0.05 + 0.09 * i / 14
        for way in (-1, 1):
            r = reach * (1 + swing * np.cos(petals * t + way * i * 0.21))
            paths.append(list(zip(x + r * np.cos(t), y + r * np.sin(t), strict=True)))
    canvas.lay(shapes.lines(paths, 1), colour, alpha)


def paper(canvas: Canvas, mood: float) -> None:
    """A banker's ledger: fibres, ruled columns, an engraved rosette."""
    palette, rng, unit = canvas.palette, canvas.rng, canvas.unit
    sky(
        canvas,
        [
            mix(palette.background, palette.surface, 0.45 + 0.4 * mood),
            mix(palette.background, palette.surface, 0.2 + 0.3 * mood),
            palette.background,
        ],
        0.03,
    )
    fibre = fbm(rng, canvas.width // 2, canvas.height // 2, 7, 2) - 0.5
    full = cv2.resize(fibre, (canvas.width, canvas.height), interpolation=cv2.INTER_LINEAR)
    canvas.pixels *= (1 + full * np.float32(0.10))[..., None]
    gap = unit * 5.2
    for i in range(int(canvas.height / gap) + 1):
        y = i * gap + gap * 0.4
        canvas.lay(shapes.line([(0, y), (canvas.width, y)], 1), palette.ink, 0.055)
    margin = canvas.width * 0.075
    for offset in (0.0, unit * 0.8):
        canvas.lay(
            shapes.line([(margin + offset, 0), (margin + offset, canvas.height)], 2),
            palette.second,
            0.35,
        )
    x = canvas.width * rng.uniform(0.72, 1.0)
    y = canvas.height * rng.uniform(0.62, 0.92)
    canvas.glow(x, y, unit * 60, mix(palette.surface, palette.accent, 0.4), 0.35)
    rosette(canvas, x, y, unit * rng.uniform(36, 48), palette.accent, 0.17)


def grain(canvas: Canvas, mood: float) -> None:
    """Soft light from two sides and nothing else."""
    palette, unit, rng = canvas.palette, canvas.unit, canvas.rng
    sky(canvas, _stops(canvas, mood), 0.08)
    for colour, strength in ((palette.accent, 0.4), (palette.second, 0.28)):
        x, y = rng.uniform(0, canvas.width), rng.uniform(canvas.height * 0.4, canvas.height)
        canvas.glow(x, y, unit * rng.uniform(70, 110), mix(palette.surface, colour, 0.7), strength)


FAMILIES: dict[str, Callable[[Canvas, float], None]] = {
    "waves": waves,
    "dunes": dunes,
    "rings": rings,
    "grid": grid,
    "contours": contours,
    "paper": paper,
    "grain": grain,
}

#: What a channel's ground may change to between scenes, so that a video does not stand still.
COMPANIONS: dict[str, tuple[str, ...]] = {
    "waves": ("waves", "contours", "grain"),
    "dunes": ("dunes", "contours", "grain"),
    "rings": ("rings", "grain", "contours"),
    "grid": ("grid", "grain", "contours"),
    "contours": ("contours", "grain"),
    "paper": ("paper", "grain", "contours"),
    "grain": ("grain", "contours"),
}


#: Grounds with a horizon, which what stands in the sky must not hang in front of.
_HORIZONS = {"waves": waves, "dunes": dunes}


def lay_ground(canvas: Canvas, family: str, mood: float, under: float = 0.0) -> None:
    """Fill the canvas; a family this painter does not know is laid as soft light.

    Args:
        under: where a drawing ends, in pixels from the top; a horizon stays under it.
    """
    if family in _HORIZONS:
        _HORIZONS[family](canvas, mood, under)
    else:
        FAMILIES.get(family, grain)(canvas, mood)
