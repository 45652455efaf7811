"""Pictures: the same every time, different from each other, true to the text, legible."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from ytempire.domain import Format, Identity, Scene, Script
from ytempire.providers.painter import COMPOSITIONS, SeededPainter, cards, compose, lettered
from ytempire.providers.painter.canvas import Canvas
from ytempire.providers.painter.colour import Palette
from ytempire.providers.painter.layout import ART_FOOT, layout, safe_box
from ytempire.providers.painter.planning import plan
from ytempire.providers.painter.subjects import SUBJECTS
from ytempire.providers.painter.textures import FAMILIES
from ytempire.providers.pictures import PictureContext

#: A third of the real size: the layout is in shares of the picture, so it is the same.
SIZES = {Format.SHORT: (402, 716), Format.WIDE: (716, 402)}
LONG = "Rechtsschutzversicherungsgesellschaften und Donaudampfschifffahrtskapitäne reden " * 4

SCRIPT = Script(
    title="Every kind",
    scenes=(
        Scene(narration="Why does the sea rise?", on_screen="Why does it rise?"),
        Scene(narration="It rises to 16 metres.", on_screen="A tall tide"),
        Scene(narration="24 of them.", on_screen="24 hours 50 minutes"),
        Scene(narration="About 71% of the Earth is water.", on_screen="A planet of water"),
        Scene(narration="A third of it is ice.", on_screen=""),
        Scene(
            narration="Rice costs $4, wheat costs $7, and saffron costs $3,000.", on_screen="Dear"
        ),
        Scene(
            narration="In 1990 it was 2 km, in 2000 it was 3 km, in 2010 it was 6 km.",
            on_screen="Up",
        ),
        Scene(narration="In 1494 a friar wrote it down.", on_screen="1494"),
        Scene(
            narration="First, fill the pot. Then boil it slowly. Finally, serve it.",
            on_screen="Soup",
        ),
        Scene(narration="So who is right?", on_screen=""),
        Scene(narration="The Moon shines on the ship.", on_screen="Moonlight"),
        Scene(narration="Hm, well.", on_screen=LONG),
        Scene(
            narration="Почему море поднимается", on_screen="Почему море поднимается дважды в день"
        ),
        Scene(narration="First, " + LONG + ". Then " + LONG + ".", on_screen=LONG),
    ),
)


def painted(index: int, format: Format, script: Script = SCRIPT, **look: object) -> Canvas:
    identity = Identity.model_validate({"seed": 5, **look})
    context = PictureContext(script, index, identity, format)
    return compose(script.scenes[index], context, SIZES[format])


def test_the_script_of_this_test_reaches_every_composition() -> None:
    assert {chosen.kind for chosen in plan(SCRIPT, Identity(seed=5))} == set(COMPOSITIONS)


@pytest.mark.parametrize("format", Format)
@pytest.mark.parametrize("index", range(len(SCRIPT.scenes)))
def test_lettering_is_in_the_safe_area_and_stands_out(index: int, format: Format) -> None:
    canvas = painted(index, format)
    assert canvas.marks
    safe = safe_box(*SIZES[format]).inset(-3)
    for mark in canvas.marks:
        assert safe.holds(mark.box), mark
        assert mark.contrast >= 4.5, mark


@pytest.mark.parametrize("format", Format)
def test_lettering_never_lies_on_lettering(format: Format) -> None:
    for index in range(len(SCRIPT.scenes)):
        boxes = [mark.box for mark in painted(index, format).marks]
        for i, one in enumerate(boxes):
            for other in boxes[i + 1 :]:
                apart_x = one.x1 <= other.x0 + 1 or other.x1 <= one.x0 + 1
                apart_y = one.y1 <= other.y0 + 1 or other.y1 <= one.y0 + 1
                assert apart_x or apart_y, (index, one, other)


@pytest.mark.parametrize("format", Format)
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("words", ["Hello world", "Why is the Moon over the sea tonight at all?"])
def test_a_globe_hangs_over_the_water_clear_of_words_and_captions(
    words: str, seed: int, format: Format
) -> None:
    script = Script(title="T", scenes=(Scene(narration=f"{words}.", on_screen=words),))
    canvas = painted(0, format, script, seed=seed, texture="waves")
    chosen = plan(script, Identity(seed=seed, texture="waves"))[0]
    assert chosen.kind == "hook"
    assert chosen.ground == "waves"
    frame = layout(canvas, chosen.layout if format is Format.WIDE else 0)
    _, y, r = cards.art_of(canvas, script.scenes[0], chosen, frame)
    assert r > canvas.unit * 14
    if format is Format.SHORT:
        assert y + r <= canvas.height * ART_FOOT + 1
        assert canvas.marks[0].box.y1 <= y - r
    else:
        assert y + r <= canvas.height * 0.75
    # A crest is the only edge at the picture's side; none lies above the globe's foot.
    side = canvas.pixels[: int(y + r), : canvas.width // 25].mean(axis=2)
    assert np.abs(np.diff(side, axis=0)).max() < 0.02


def test_every_number_drawn_is_in_the_text() -> None:
    for index, scene in enumerate(SCRIPT.scenes):
        said = f"{scene.narration} {scene.on_screen}"
        for mark in painted(index, Format.SHORT).marks:
            for digits in re.findall(r"[\d.,]*\d", mark.text):
                assert digits in said, (mark, said)


@pytest.mark.parametrize("typeface", ["grotesque", "geometric", "serif"])
def test_every_typeface_letters(typeface: str) -> None:
    assert painted(1, Format.WIDE, typeface=typeface).marks[0].box.width > 20


def test_same_seed_same_pixels_other_seed_other_pixels() -> None:
    first, again = painted(10, Format.SHORT).finish(), painted(10, Format.SHORT).finish()
    other = painted(10, Format.SHORT, seed=6).finish()
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_channels_colours_rule_its_pictures() -> None:
    red = painted(11, Format.WIDE, palette=("#200000", "#500808", "#fff0f0", "#ff5040", "#ffc040"))
    mean = red.finish().reshape(-1, 3).mean(axis=0)
    assert mean[0] > 1.5 * mean[2]


@pytest.mark.parametrize("texture", [*FAMILIES, "unheard-of"])
def test_every_texture_fills_the_picture(texture: str) -> None:
    pixels = painted(11, Format.SHORT, texture=texture).finish()
    assert pixels.std() > 4
    assert pixels.min() < 80


@pytest.mark.parametrize("name", SUBJECTS)
def test_every_subject_leaves_a_drawing(name: str) -> None:
    words = SUBJECTS[name].words[0].rstrip("*") + " " + " ".join(SUBJECTS[name].with_all)
    scenes = (Scene(narration="Hm."), Scene(narration="Hm.", picture=words))
    script = Script(title="T", scenes=scenes)
    chosen = plan(script, Identity(seed=5))[1]
    assert (chosen.kind, chosen.subject) == ("subject", name)
    with_it = painted(1, Format.WIDE, script).pixels
    without = painted(1, Format.WIDE, Script(title="T", scenes=(scenes[0], scenes[0]))).pixels
    assert np.abs(with_it - without).mean() > 0.01


def test_a_picture_on_disk_is_whole_and_measured(tmp_path: Path) -> None:
    context = PictureContext(SCRIPT, 1, Identity(), Format.WIDE)
    made = SeededPainter().picture(SCRIPT.scenes[1], context, (716, 402), tmp_path / "scene")
    (usage,) = made.usages
    with Image.open(made.path) as image:
        image.load()
        assert (image.format, image.size) == ("JPEG", (716, 402))
    assert (usage.provider, usage.kind, usage.unit) == ("painter", "picture", "second")
    assert usage.quantity > 0
    assert [path.name for path in tmp_path.iterdir()] == ["scene.jpg"]


@pytest.mark.parametrize("level", [0, 40, 128, 250])
@pytest.mark.parametrize("size", [(1080, 608), (608, 1080)])
def test_words_on_a_photograph_can_be_read_whatever_it_shows(
    level: int, size: tuple[int, int]
) -> None:
    canvas = Canvas(*size, Palette.of(Identity()), np.random.default_rng(1))
    cards.over_photograph(canvas, Image.new("RGB", size, (level,) * 3), "The far side of the bay")
    (mark,) = canvas.marks
    assert mark.contrast >= 4.5
    assert safe_box(*size).inset(-1).holds(mark.box)  # drawn boxes are whole pixels


def test_a_photograph_without_words_is_left_alone() -> None:
    photograph = Image.new("RGB", (60, 40), "#7799bb")
    assert lettered(photograph, Scene(narration="Quiet."), Identity()) is photograph
