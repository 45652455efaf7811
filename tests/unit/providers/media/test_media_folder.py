"""Own pictures and clips, found by what they are called."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from ytempire.domain import Format, Identity, Scene, Script
from ytempire.emulators.pexels import drawn, filmed
from ytempire.errors import InvalidMedia, NotConfigured
from ytempire.providers.media_folder import MediaFolder
from ytempire.providers.pictures import Picture, PictureContext, checking, clips, words

SIZE = (302, 538)
LOOK = Identity()


def chosen(
    folder: Path,
    scene: Scene,
    stem: Path,
    *,
    taken: frozenset[str] = frozenset(),
    seconds: float = 3.0,
) -> Picture | None:
    script = Script(title="x", scenes=(scene,))
    context = PictureContext(script, 0, LOOK, Format.SHORT, seconds, taken)
    return MediaFolder(folder).picture(scene, context, SIZE, stem)


def media_of(picture: Picture | None) -> str:
    assert picture is not None
    assert picture.credit is not None
    return picture.credit.media


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "media"
    for number, name in enumerate(("boats/IMG_001.jpg", "old_harbours.png", "moon.jpg")):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(drawn(number, 640, 480))
    (folder / "moon.txt").write_text("craters, lunar surface")
    return folder


@pytest.mark.parametrize(
    ("scene", "media"),
    [
        (Scene(narration="x", picture="the harbour at dawn"), "media:old_harbours.png"),
        (Scene(narration="Boats come and go."), "media:boats/IMG_001.jpg"),
        (Scene(narration="x", picture="a crater"), "media:moon.jpg"),
        # What is to be seen counts more than what is said.
        (Scene(narration="Boats under the moon.", picture="the moon"), "media:moon.jpg"),
    ],
)
def test_names_folders_and_tags_are_matched(
    scene: Scene, media: str, folder: Path, tmp_path: Path
) -> None:
    assert media_of(chosen(folder, scene, tmp_path / "scene")) == media


def test_a_scene_that_nothing_is_named_after_gets_nothing(folder: Path, tmp_path: Path) -> None:
    assert chosen(folder, Scene(narration="An image of a volcano."), tmp_path / "s") is None


def test_no_file_comes_twice(folder: Path, tmp_path: Path) -> None:
    scene = Scene(narration="x", picture="harbour")
    taken = frozenset({"media:old_harbours.png"})
    assert chosen(folder, scene, tmp_path / "s", taken=taken) is None


def test_unreadable_files_are_passed_over_with_a_note(folder: Path, tmp_path: Path) -> None:
    (folder / "a_moon.jpg").write_bytes(b"\xff\xd8 no picture")
    (folder / "b_moon.heic").write_bytes(b"x")
    (folder / "moon.txt").unlink()
    picture = chosen(folder, Scene(narration="x", picture="moon"), tmp_path / "s")
    assert media_of(picture) == "media:moon.jpg"
    assert picture is not None
    assert ["a_moon.jpg" in note or "b_moon.heic" in note for note in picture.notes] == [True] * 2


def test_a_link_out_of_the_folder_is_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.jpg").write_bytes(drawn(9, 64, 64))
    (folder / "volcano.jpg").symlink_to(tmp_path / "secret.jpg")
    assert chosen(folder, Scene(narration="x", picture="volcano"), tmp_path / "s") is None


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotConfigured, match="YTEMPIRE_MEDIA__FOLDER"):
        chosen(tmp_path / "none", Scene(narration="boat"), tmp_path / "s")


def test_a_changed_file_is_another_key(folder: Path) -> None:
    scene = Scene(narration="x", picture="moon")
    context = PictureContext(Script(title="x", scenes=(scene,)), 0, LOOK, Format.SHORT)
    before = MediaFolder(folder).key(scene, context, SIZE)
    (folder / "moon.jpg").write_bytes(drawn(77, 800, 600))
    assert MediaFolder(folder).key(scene, context, SIZE) != before


def test_a_clip_is_cut_to_its_scene_and_loses_its_sound(folder: Path, tmp_path: Path) -> None:
    (folder / "volcano.mov").write_bytes(filmed(3, 12, False))
    picture = chosen(folder, Scene(narration="x", picture="volcano"), tmp_path / "s", seconds=2.0)
    assert picture is not None
    assert picture.path.name == "s.mp4"
    with av.open(str(picture.path)) as clip:
        assert [stream.type for stream in clip.streams] == ["video"]
        frames = sum(1 for _ in clip.decode(video=0))
    assert 2.0 <= frames / 5 <= 4.0


def webm(path: Path, size: tuple[int, int] = (320, 181)) -> Path:
    """VP8, which an MP4 does not hold, at an odd height."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libvpx", rate=5)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.time_base = Fraction(1, 5)
        stream.gop_size = 1  # each frame weighs the same, so that a cut falls between them
        still = np.asarray(Image.open(io.BytesIO(drawn(1, *size))))
        for at in range(10):
            picture = np.ascontiguousarray(np.roll(still, at * 8, axis=1))
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return path


def test_what_an_mp4_does_not_hold_is_encoded_once_more(tmp_path: Path) -> None:
    clips.cut(webm(tmp_path / "a.webm"), tmp_path / "b.mp4", 1.0)
    with av.open(str(tmp_path / "b.mp4")) as clip:
        context = clip.streams.video[0].codec_context
        assert (context.name, context.width, context.height) == ("h264", 320, 180)
    checking.require_moving_content(tmp_path / "b.mp4", "media")


def test_a_corrupt_tail_leaves_what_comes_before(tmp_path: Path) -> None:
    whole = webm(tmp_path / "a.webm").read_bytes()
    (tmp_path / "cut.webm").write_bytes(whole[: len(whole) * 2 // 3] + b"\x00" * 500)
    clips.cut(tmp_path / "cut.webm", tmp_path / "b.mp4", 10.0)
    checking.require_moving_content(tmp_path / "b.mp4", "media")


def test_a_file_that_is_no_clip_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"nothing that moves")
    with pytest.raises(InvalidMedia, match=r"a\.mp4"):
        clips.cut(tmp_path / "a.mp4", tmp_path / "b.mp4", 1.0)
    assert not (tmp_path / "b.mp4").exists()
    assert not list(tmp_path.glob("*.part"))


def test_transparency_shows_the_channels_ground_and_phones_turned_are_upright(
    tmp_path: Path,
) -> None:
    Image.new("RGBA", (20, 10), (255, 0, 0, 0)).save(tmp_path / "clear.png")
    assert checking.opened(tmp_path / "clear.png", LOOK).getpixel((5, 5)) == (15, 23, 42)
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (20, 10)).save(tmp_path / "turned.jpg", exif=exif)
    assert checking.opened(tmp_path / "turned.jpg", LOOK).size == (10, 20)


def test_sixteen_bits_of_grey_keep_their_tones(tmp_path: Path) -> None:
    Image.fromarray(np.full((8, 8), 32768, np.uint16)).save(tmp_path / "deep.png")
    assert checking.opened(tmp_path / "deep.png", LOOK).getpixel((4, 4)) == (127, 127, 127)


def test_a_picture_is_cropped_and_not_distorted() -> None:
    image = Image.new("RGB", (400, 200))
    image.paste("red", (150, 50, 250, 150))
    fitted = checking.fitted(image, (100, 200))
    red = np.asarray(fitted)[..., 0] > 128
    assert (red.any(0).sum(), red.any(1).sum()) == (100, 100)


def test_word_endings_do_not_matter() -> None:
    for one, other in (("wave", "waves"), ("city", "cities"), ("erupting", "erupts")):
        assert words.stem(one) == words.stem(other)
    assert words.query(Scene(narration="It is so.", picture="A view of the old harbour")) == (
        "old harbour"
    )
