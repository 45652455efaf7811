"""A script's pictures: one a scene, of the right size, the same for the same words."""

from pathlib import Path

from PIL import Image
from ytempire.domain import Format, Scene, Script, Usage
from ytempire.providers.painter import SeededPainter
from ytempire.providers.pictures import PictureContext
from ytempire.studio.identities import HOUSE, STARTERS, identity_for
from ytempire.studio.paint import paint, picture_size

SCRIPT = Script(
    title="Two", scenes=(Scene(narration="The Moon."), Scene(narration="It is 16 metres."))
)


def test_a_picture_is_larger_than_the_frame_and_even() -> None:
    for format in Format:
        for side, frame in zip(picture_size(format), format.size, strict=True):
            assert side % 2 == 0
            assert 1.11 < side / frame < 1.13


def test_one_picture_a_scene_the_same_bytes_again(tmp_path: Path) -> None:
    first, usages = paint(SCRIPT, HOUSE, Format.WIDE, tmp_path / "a")
    again, _ = paint(SCRIPT, HOUSE, Format.WIDE, tmp_path / "b")
    assert len(first) == len(usages) == len(SCRIPT.scenes)
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]
    with Image.open(first[0]) as image:
        assert image.size == picture_size(Format.WIDE)


def test_another_painter_can_be_asked(tmp_path: Path) -> None:
    class Recorded:
        """Passes on to the real painter and remembers what it was asked."""

        name = "recorded"

        def __init__(self) -> None:
            self.asked: list[int] = []

        def picture(
            self, scene: Scene, context: PictureContext, size: tuple[int, int], out: Path
        ) -> Usage:
            self.asked.append(context.index)
            return SeededPainter().picture(scene, context, (80, 60), out)

    painter = Recorded()
    paint(SCRIPT, HOUSE, Format.SHORT, tmp_path, painter)
    assert painter.asked == [0, 1]


def test_starter_channels_have_looks_of_their_own() -> None:
    looks = [identity_for(slug) for slug in ("tidewise", "ledger-lore", "quiet-orbit", "unknown")]
    assert looks[3] == HOUSE
    assert (
        len({look.palette for look in looks}) == len({look.texture for look in looks[:3]}) + 1 == 4
    )
    assert set(STARTERS) == {"tidewise", "ledger-lore", "quiet-orbit"}
