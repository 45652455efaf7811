"""The thumbnail: few words, very large, beside the thing itself; read at 120 pixels or not at all.

1280 x 720 JPEG under 2 MB for both formats (YouTube Help, "Add video thumbnails").
"""

from __future__ import annotations

import io
import time
import zlib
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from ytempire.domain import Format, Identity, Script, Usage
from ytempire.errors import InvalidMedia
from ytempire.providers.painter import canvas as shapes
from ytempire.providers.painter import reading, textures, typeset
from ytempire.providers.painter.canvas import Box, Canvas
from ytempire.providers.painter.colour import Array, Palette, contrast, luminance, mix
from ytempire.providers.painter.subjects import SUBJECTS, VAGUE, named_in
from ytempire.providers.pictures import save_bytes
from ytempire.runs.journal import Journal

SIZE = (1280, 720)
LIMIT_BYTES = 2_000_000

#: Pixels per em under which a capital would be less than 7.5 pixels high at 120 pixels of width.
SMALLEST = 112
#: Words that can be that large; a longer text gives its first ones.
MOST_WORDS = 7
#: Clear of YouTube's duration badge, lower right.
TEXT_BOX = Box(60, 52, 740, 660)


def make_thumbnails(
    script: Script,
    identity: Identity,
    format: Format,
    pictures: Sequence[Path],
    folder: Path,
    journal: Journal,
) -> tuple[Path, Path, Path]:
    """Make three thumbnails of a script in `folder`; the first is the one to publish."""
    made = []
    for letter in "abc":
        path, usages = make_thumbnail(
            script, identity, format, pictures, folder / f"thumbnail-{letter}.jpg"
        )
        journal.used(*usages)
        made.append(path)
    return made[0], made[1], made[2]


def make_thumbnail(
    script: Script, identity: Identity, format: Format, pictures: Sequence[Path], out: Path
) -> tuple[Path, tuple[Usage, ...]]:
    """Make the thumbnail of a script in `out`.

    Args:
        format: the video's; the thumbnail's shape is the same for both.
        pictures: the scenes' pictures; the first one's light becomes the backdrop.

    Raises:
        InvalidMedia: a picture cannot be read.
    """
    started = time.perf_counter()
    canvas = compose_thumbnail(script, identity, _light_of(pictures))
    save_bytes(_encoded(Image.fromarray(canvas.finish(vignette=0.18, grain=0.006))), out)
    seconds = Decimal(f"{time.perf_counter() - started:.3f}")
    return out, (Usage(provider="painter", kind="picture", unit="second", quantity=seconds),)


def _light_of(pictures: Sequence[Path]) -> Array | None:
    """The first picture's colours without its shapes, at the thumbnail's size."""
    if not pictures:
        return None
    try:
        with Image.open(pictures[0]) as image:
            image.draft("RGB", (480, 480))
            small = np.asarray(image.convert("RGB").resize((48, 27)), np.float32) / 255
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InvalidMedia(
            f"The picture {pictures[0].name} cannot be read: {error}.",
            "Delete it and run the stage again; it will be painted anew.",
        ) from error
    soft = cv2.GaussianBlur(np.ascontiguousarray(small), (0, 0), 4)
    return np.asarray(cv2.resize(soft, SIZE, interpolation=cv2.INTER_CUBIC), np.float32)


def thumbnail_words(script: Script) -> str:
    """The words on the thumbnail: its own, or the head of the title."""
    words = (script.thumbnail_text.strip() or script.title).split()
    if len(words) <= MOST_WORDS:
        return " ".join(words)
    return " ".join(words[:MOST_WORDS]).rstrip(",.;:") + typeset.ELLIPSIS


def _subject(script: Script) -> str:
    """What the video is about: what its title names, or else its first scenes."""
    first = " ".join(f"{scene.picture} {scene.on_screen}" for scene in script.scenes[:3])
    said = f"{script.title}. {script.thumbnail_text}. {first}. {script.scenes[0].narration}"
    named = named_in(said)
    return next((name for name in named if name not in VAGUE), next(iter(named), ""))


def compose_thumbnail(script: Script, identity: Identity, light: Array | None) -> Canvas:
    """Paint the thumbnail; the canvas still knows the lettering it carries."""
    # Always the heaviest face: at 120 pixels thin strokes are gone.
    seed = np.random.default_rng([identity.seed, zlib.crc32(script.title.encode()), 9001])
    canvas = Canvas(*SIZE, Palette.of(identity), seed, "grotesque")
    palette, unit = canvas.palette, canvas.unit
    name = _subject(script)
    is_place = bool(name) and SUBJECTS[name].is_place
    is_diagram = bool(name) and bool(SUBJECTS[name].with_all)
    x, y, r = SIZE[0] * 0.775, SIZE[1] * 0.50, unit * (30.0 if is_diagram else 37.0)
    if not is_place:
        textures.lay_ground(canvas, identity.texture if not name else "grain", 0.4)
        if light is not None:
            canvas.pixels += (light - canvas.pixels) * np.float32(0.4)
        canvas.glow(x, y, unit * 95, mix(palette.surface, palette.accent, 0.8), 0.75)
    if name:
        SUBJECTS[name].draw(canvas, x, y, r * (1.1 if is_place else 1.0))
    _shade_left(canvas)
    _letter(canvas, thumbnail_words(script))
    edge = shapes.rounded(Box(0, SIZE[1] - 12, SIZE[0], SIZE[1] + 12), 0)
    canvas.lay(edge, palette.accent)
    return canvas


def _shade_left(canvas: Canvas) -> None:
    """Darkness for the words to stand on, gone before the drawing begins."""
    across = np.linspace(0, 1, canvas.width, dtype=np.float32)
    fall = np.clip((0.80 - across) / 0.42, 0, 1)
    fall = fall * fall * (3 - 2 * fall)
    mask = np.ascontiguousarray(np.broadcast_to(fall, (canvas.height, canvas.width)))
    canvas.lay(shapes.Patch(0, 0, mask), canvas.palette.background * np.float32(0.6), 0.86)


def _smallest(words: str, typeface: str) -> float:
    """SMALLEST, or what the longest word needs to stay in one piece."""
    return min(
        SMALLEST, TEXT_BOX.width * 0.98 / max(typeset.ems(w, typeface) for w in words.split())
    )


def _letter(canvas: Canvas, words: str) -> None:
    """The words, one of them on a stroke of the accent."""
    palette = canvas.palette
    setting = typeset.fit(
        words,
        TEXT_BOX,
        largest=250,
        smallest=_smallest(words, canvas.typeface),
        typeface=canvas.typeface,
        lines=4,
        leading=1.04,
    )
    top = TEXT_BOX.y0 + (TEXT_BOX.height - setting.height) * 0.5
    rows = typeset.masks(setting, TEXT_BOX, top=top)
    for patch in rows:
        outline = cv2.dilate(patch.mask, np.ones((9, 9), np.uint8))
        halo = shapes.Patch(patch.x, patch.y, np.asarray(outline, np.float32))
        canvas.shadow(halo, 0, 8, 12, 0.9)
        canvas.lay(halo, palette.background * np.float32(0.4), 0.85)
    accent = palette.accent
    if contrast(float(luminance(accent)), float(luminance(palette.background))) < typeset.CONTRAST:
        accent = palette.ink
    typeset.draw(
        canvas,
        setting,
        TEXT_BOX,
        palette.ink,
        top=top,
        emphasis=reading.emphasis(" ".join(setting.lines)),
        accent=accent,
        mark="thumbnail",
        shadow=False,
    )


def _encoded(image: Image.Image) -> bytes:
    """JPEG within YouTube's limit; quality gives way first."""
    for quality in (92, 85, 75, 60, 40):
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=quality, optimize=True)
        if buffer.tell() < LIMIT_BYTES:
            break
    return buffer.getvalue()
