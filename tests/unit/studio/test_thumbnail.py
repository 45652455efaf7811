"""A thumbnail is read at 120 pixels, whatever the title and its letters."""

import io
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image
from ytempire.domain import Format, Identity, Scene, Script
from ytempire.errors import InvalidMedia
from ytempire.journal import Notes
from ytempire.providers.painter.canvas import Box, Canvas
from ytempire.providers.painter.colour import Palette
from ytempire.providers.painter.subjects import SUBJECTS
from ytempire.providers.pictures import Credit
from ytempire.studio.identities import HOUSE, STARTERS
from ytempire.studio.legibility import legibility
from ytempire.studio.thumbnail import LIMIT_BYTES, SIZE, gathered, make_thumbnails, thumbnail_words
from ytempire.studio.thumbnail_designs import DESIGNS, Material, beside, card, panel

TITLES = {
    "moon": "en",
    "The long and winding history of coins in medieval Europe, told in one minute": "en",
    "42% of it": "en",
    "Почему море поднимается": "ru",
    "لماذا يرتفع البحر مرتين في اليوم؟": "ar",
    "למה הים עולה 2 פעמים": "he",
    "समुद्र दिन में दो बार क्यों उठता है": "hi",
    "海はなぜ一日に二度高くなるのか": "ja",
    "海水为什么每天涨两次？": "zh-CN",
    "海水為什麼每天漲兩次？": "zh-TW",
    "바다는 왜 하루에 두 번 높아질까": "ko",
    "Donaudampfschifffahrtsgesellschaftskapitänsmützen": "de",
}
LOOKS = [HOUSE, *STARTERS.values()]


def script(title: str, text: str = "", language: str = "en", picture: str = "") -> Script:
    scenes = (Scene(narration="Here it is.", picture=picture),)
    return Script(title=title, thumbnail_text=text, language=language, scenes=scenes)


def as_jpeg(pixels: np.ndarray) -> np.ndarray:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=75)
    return np.asarray(Image.open(buffer).convert("RGB"))


@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.__name__)
@pytest.mark.parametrize("title", TITLES)
def test_every_line_is_large_and_contrasting_at_120_pixels(design, title: str) -> None:
    identity = LOOKS[list(TITLES).index(title) % len(LOOKS)]
    made = design(Material(script(title, language=TITLES[title], picture="the Moon"), identity))
    pixels = as_jpeg(made.canvas.finish(vignette=0.12, grain=0.006))
    assert made.lines
    for line, measured in zip(made.lines, legibility(pixels, made.lines), strict=True):
        assert measured.is_ok, (line, measured)
        assert Box(0, 0, *SIZE).inset(40).holds(line)
        assert line.x1 < 1110 or line.y1 < 630, "the duration lies over it"


@pytest.mark.parametrize("identity", LOOKS, ids=lambda look: look.name)
def test_words_stay_legible_over_any_picture(identity: Identity) -> None:
    noise = np.random.default_rng(3).random((SIZE[1], SIZE[0], 3), dtype=np.float32)
    for picture, design in zip((noise, np.ones_like(noise), noise), DESIGNS, strict=True):
        made = design(Material(script("Two tides a day"), identity, (picture,), (picture,)))
        pixels = made.canvas.finish(vignette=0.12, grain=0.006)
        assert all(line.is_ok for line in legibility(pixels, made.lines)), design.__name__


def test_legibility_knows_small_and_pale_letters() -> None:
    pixels = np.full((720, 1280, 3), 90, np.uint8)
    pixels[100:150:, 100:400:8] = 255  # 50 pixels high
    pixels[300:400, 100:400:2] = 110  # pale
    pixels[500:600, 100:400] = 20
    pixels[500:600, 120:380] = 255
    small, pale, good = legibility(
        pixels, [Box(100, 100, 400, 150), Box(100, 300, 400, 400), Box(80, 500, 420, 600)]
    )
    assert small.height == pytest.approx(50 * 120 / 1280)
    assert not small.is_ok
    assert pale.contrast < 2
    assert good.is_ok


def test_its_own_words_come_before_the_title() -> None:
    assert thumbnail_words(script("A title", "TWO TIDES?")) == "TWO TIDES?"
    assert thumbnail_words(script("one two three four five six seven eight")).endswith("seven…")


@pytest.mark.parametrize(
    ("design", "text"),
    [
        (DESIGNS[0], ""),
        (DESIGNS[1], "🌊🌊"),
        (DESIGNS[2], "\u202eabc\x07 Tide"),
        (DESIGNS[0], "Word " * 60),
        (DESIGNS[1], "長" * 300),
        (DESIGNS[2], "—"),
    ],
)
def test_strange_words_still_make_a_thumbnail(design, text: str) -> None:
    made = design(Material(script("Two tides", text), HOUSE))
    assert made.lines
    for mark in made.canvas.marks:
        assert Box(0, 0, *SIZE).holds(mark.box)
        assert not set(mark.text) & set("🌊\u202e\x07")


def test_a_number_stands_alone_on_its_card() -> None:
    marks = card(Material(script("Only 42% of all coins"), HOUSE)).canvas.marks
    assert [mark.text for mark in marks] == ["42%", "Only of all coins"]


def test_right_to_left_words_stand_at_the_right() -> None:
    arabic = script("لماذا يرتفع البحر؟", language="ar")
    for design in DESIGNS:
        for line in design(Material(arabic, HOUSE)).lines:
            assert line.x1 > 1050


def test_three_files_as_youtube_takes_them(tmp_path: Path) -> None:
    picture = tmp_path / "scene.png"
    Image.new("RGB", (200, 300), (200, 40, 40)).save(picture)
    notes = Notes()
    outs = make_thumbnails(script("Saturn"), HOUSE, Format.SHORT, [picture], tmp_path, notes)
    assert [out.name for out in outs] == ["thumbnail-a.jpg", "thumbnail-b.jpg", "thumbnail-c.jpg"]
    seen = []
    for out in outs:
        assert out.stat().st_size < LIMIT_BYTES
        with Image.open(out) as image:
            assert (image.format, image.size) == ("JPEG", SIZE)
            seen.append(np.asarray(image.resize((64, 36)), float))
    assert np.abs(seen[0] - seen[1]).mean() > 15
    assert np.abs(seen[1] - seen[2]).mean() > 15
    assert notes.usages[0].quantity > 0


def test_a_clip_lends_a_frame_to_the_panel(tmp_path: Path) -> None:
    clip = tmp_path / "scene-000.mp4"
    writer = imageio_ffmpeg.write_frames(str(clip), (160, 96), fps=10, macro_block_size=1)
    writer.send(None)
    for _ in range(6):
        writer.send(np.full((96, 160, 3), (220, 30, 30), np.uint8).tobytes())
    writer.close()
    outs = make_thumbnails(script("Plain"), HOUSE, Format.WIDE, [clip], tmp_path, Notes())
    with Image.open(outs[1]) as image:
        red, green, blue = np.asarray(image.convert("RGB"), float)[60:200].reshape(-1, 3).mean(0)
    assert red > 150 > green + blue


def test_a_photograph_is_shown_and_a_lettered_card_is_not(tmp_path: Path) -> None:
    paths = [tmp_path / "scene-000.jpg", tmp_path / "scene-001.jpg"]
    for path in paths:
        Image.new("RGB", (320, 180), (200, 40, 40)).save(path)
    credit = Credit(provider="pexels", media="pexels:photo:1")
    paths[1].with_suffix(".json").write_text(credit.model_dump_json())
    scenes = (Scene(narration="One."), Scene(narration="Two."))
    two = script("Plain").model_copy(update={"scenes": scenes})
    assert len(gathered(two, HOUSE, paths).bare) == 1
    worded = (scenes[0], scenes[1].model_copy(update={"on_screen": "Words"}))
    assert not gathered(two.model_copy(update={"scenes": worded}), HOUSE, paths).bare


@pytest.mark.parametrize("design", [beside, card], ids=lambda design: design.__name__)
@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("picture", ["the Moon pulls the sea", "a ledger", "Saturn"])
def test_words_never_touch_what_is_shown(design, title: str, picture: str) -> None:
    made = design(Material(script(title, language=TITLES[title], picture=picture), HOUSE))
    assert made.shown is not None
    assert Box(0, 0, *SIZE).holds(made.shown)
    for line in made.lines:
        is_beside = line.x1 < made.shown.x0 or made.shown.x1 < line.x0
        assert is_beside or made.shown.y1 < line.y0, (line, made.shown)


@pytest.mark.parametrize("name", [name for name in SUBJECTS if not SUBJECTS[name].is_place])
def test_a_subject_keeps_to_its_reach(name: str) -> None:
    if SUBJECTS[name].is_spread and not SUBJECTS[name].with_all:
        return
    canvas = Canvas(640, 360, Palette.of(HOUSE), np.random.default_rng(1))
    empty = canvas.pixels.copy()
    SUBJECTS[name].draw(canvas, 320, 180, 90)
    seen = (np.abs(canvas.pixels - empty).max(axis=2) > 0.3).sum(axis=0) > 3
    inked = np.flatnonzero(seen)
    assert max(320 - inked[0], inked[-1] - 320) <= 90 * SUBJECTS[name].reach


@pytest.mark.parametrize("title", ["Two tides a day?", "一日に二度の満潮？", "مدّان في يوم واحد؟"])
def test_a_panel_is_mostly_picture_and_its_words_stand_in_the_middle(title: str) -> None:
    language = {"T": "en", "一": "ja"}.get(title[0], "ar")
    (line,) = panel(Material(script(title, language=language), HOUSE)).lines
    assert line.y0 > SIZE[1] * 0.6
    assert line.x1 - line.x0 > SIZE[0] * 0.7
    assert line.x0 + line.x1 == pytest.approx(SIZE[0], abs=30)


def test_a_japanese_thumbnail_leans_on_a_phrase_of_its_own() -> None:
    made = beside(Material(script("一日に二度の満潮？", language="ja"), HOUSE))
    accent = Palette.of(HOUSE).accent
    tinted = [
        float((np.abs(_cut(made.canvas, line) - accent).max(axis=2) < 0.02).mean())
        for line in made.lines
    ]
    assert [share > 0.1 for share in tinted] == [False, False, True]


def _cut(canvas: Canvas, box: Box) -> np.ndarray:
    return canvas.pixels[int(box.y0) : int(box.y1), int(box.x0) : int(box.x1)]


def test_videos_of_one_channel_have_cards_of_their_own() -> None:
    tides, coins = (
        card(Material(script(title), HOUSE)) for title in ("The Moon rises?", "Coins rise?")
    )
    assert tides.shown == coins.shown
    assert tides.shown is not None
    apart = np.abs(_cut(tides.canvas, tides.shown) - _cut(coins.canvas, tides.shown))
    assert apart.mean() > 0.08
    photograph = np.full((SIZE[1], SIZE[0], 3), (0.9, 0.1, 0.1), np.float32)
    seen = card(Material(script("The Moon rises?"), HOUSE, (), (photograph,)))
    x, y = map(int, tides.shown.centre)
    assert seen.canvas.pixels[y, x] == pytest.approx((0.9, 0.1, 0.1), abs=0.02)


def test_pictures_lend_their_light() -> None:
    means = []
    for colour in ((0.9, 0.1, 0.1), (0.1, 0.1, 0.9)):
        picture = np.full((SIZE[1], SIZE[0], 3), colour, np.float32)
        made = panel(Material(script("Plain"), HOUSE, (picture,)))
        means.append(made.canvas.pixels[:200].reshape(-1, 3).mean(axis=0))
    assert means[0][0] > means[1][0]
    assert means[0][2] < means[1][2]


@pytest.mark.parametrize("name", ["scene-000.jpg", "scene-000.mp4"])
@pytest.mark.parametrize("content", [b"", b"not a picture", b"\xff\xd8\xff\xe0broken"])
def test_a_corrupt_picture_is_named_and_nothing_is_left(
    tmp_path: Path, name: str, content: bytes
) -> None:
    broken = tmp_path / name
    broken.write_bytes(content)
    with pytest.raises(InvalidMedia, match=name.replace(".", r"\.")):
        make_thumbnails(script("Saturn"), HOUSE, Format.WIDE, [broken], tmp_path, Notes())
    assert [path.name for path in tmp_path.iterdir()] == [name]
