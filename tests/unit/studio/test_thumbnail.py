"""A thumbnail is read at 120 pixels, whatever the title."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from ytempire.domain import Format, Identity, Scene, Script
from ytempire.errors import InvalidMedia
from ytempire.studio.identities import HOUSE, STARTERS
from ytempire.studio.thumbnail import (
    LIMIT_BYTES,
    SIZE,
    TEXT_BOX,
    compose_thumbnail,
    make_thumbnail,
    thumbnail_words,
)

TITLES = [
    "Saturn",
    "Why the sea rises twice a day",
    "The long and winding history of coins in medieval Europe, told in one minute",
    "42%",
    "Почему море поднимается",
]


def script(title: str, text: str = "") -> Script:
    return Script(title=title, thumbnail_text=text, scenes=(Scene(narration="The Moon."),))


def luminance_at_120(canvas_pixels: np.ndarray) -> np.ndarray:
    small = Image.fromarray(canvas_pixels).resize((120, 68), Image.Resampling.LANCZOS)
    return np.asarray(small.convert("L"), float)


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("identity", [HOUSE, *STARTERS.values()], ids=lambda look: look.name)
def test_words_are_large_contrasting_and_in_place(title: str, identity: Identity) -> None:
    canvas = compose_thumbnail(script(title), identity, None)
    (mark,) = canvas.marks
    assert TEXT_BOX.inset(-3).holds(mark.box)
    assert mark.contrast >= 4.5
    lines = max(round(mark.box.height / 110), 1)
    assert mark.box.height / lines * 120 / SIZE[0] >= 6, "a line is lost at 120 pixels"
    x0, y0, x1, y1 = (int(edge * 120 / SIZE[0]) for edge in mark.box)
    region = luminance_at_120(canvas.finish())[y0 : y1 + 1, x0 : x1 + 1]
    assert np.percentile(region, 92) - np.percentile(region, 15) > 90


def test_its_own_words_come_before_the_title() -> None:
    assert thumbnail_words(script("A title", "TWO TIDES?")) == "TWO TIDES?"
    assert thumbnail_words(script("one two three four five six seven eight")).endswith("seven…")


def test_the_file_is_what_youtube_takes(tmp_path: Path) -> None:
    picture = tmp_path / "scene.png"
    Image.new("RGB", (200, 300), (200, 40, 40)).save(picture)
    out, usages = make_thumbnail(
        script("Saturn"), HOUSE, Format.SHORT, [picture], tmp_path / "thumb.jpg"
    )
    assert out.stat().st_size < LIMIT_BYTES
    with Image.open(out) as image:
        assert (image.format, image.size) == ("JPEG", SIZE)
    assert usages[0].quantity > 0


def test_the_first_picture_lends_its_light(tmp_path: Path) -> None:
    outs = []
    for name, colour in (("red", (220, 30, 30)), ("blue", (30, 30, 220))):
        Image.new("RGB", (64, 64), colour).save(tmp_path / f"{name}.png")
        out, _ = make_thumbnail(
            script("Plain"),
            HOUSE,
            Format.WIDE,
            [tmp_path / f"{name}.png"],
            tmp_path / f"{name}.jpg",
        )
        with Image.open(out) as image:
            outs.append(np.asarray(image.convert("RGB"), float).reshape(-1, 3).mean(axis=0))
    assert outs[0][0] > outs[1][0]
    assert outs[0][2] < outs[1][2]


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\xff\xd8\xff\xe0broken"])
def test_a_corrupt_picture_is_named_and_nothing_is_left(tmp_path: Path, content: bytes) -> None:
    broken = tmp_path / "scene-000.jpg"
    broken.write_bytes(content)
    with pytest.raises(InvalidMedia, match=r"scene-000\.jpg"):
        make_thumbnail(script("Saturn"), HOUSE, Format.WIDE, [broken], tmp_path / "thumb.jpg")
    assert not (tmp_path / "thumb.jpg").exists()
