"""What holds for whoever makes pictures: each implementation, on what it really stands on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from pydantic import SecretStr
from ytempire.config import SDXL
from ytempire.config import Pexels as PexelsSettings
from ytempire.domain import Format, Identity, Scene, Script
from ytempire.emulators import pexels as local_pexels
from ytempire.emulators.serving import running
from ytempire.providers.media_folder import MediaFolder
from ytempire.providers.painter import SeededPainter
from ytempire.providers.pexels import Pexels
from ytempire.providers.pictures import Painter, Picture, PictureContext, checking
from ytempire.providers.sdxl import painter_of
from ytempire.providers.sdxl.host import application
from ytempire.providers.sdxl.pipeline import Resident

from tests.unit.providers.sdxl import tiny

pytestmark = pytest.mark.slow

SCENES = tuple(
    Scene(narration=f"The {thing} is calm.", picture=f"a {thing} at dusk")
    for thing in ("harbour", "mountain")
)
SCRIPT = Script(title="Evening", scenes=SCENES)
SIZE = (302, 538)
KINDS = ("painter", "media", "pexels", "sdxl", "sdxl via its host")


def context(index: int = 0) -> PictureContext:
    return PictureContext(SCRIPT, index, Identity(), Format.SHORT, seconds=60.0)


@pytest.fixture(scope="module")
def painters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Painter]]:
    media, weights = tmp_path_factory.mktemp("media"), tmp_path_factory.mktemp("weights") / "xl"
    for number, name in enumerate(("harbour-a", "harbour-b", "mountain")):
        (media / f"{name}.jpg").write_bytes(local_pexels.drawn(number, 640, 480))
    tiny.save(weights)
    chosen = SDXL(weights=str(weights), steps=1)
    with ExitStack() as started:
        stock = started.enter_context(running(local_pexels.application()))
        host = started.enter_context(running(application(Resident(chosen))))
        key = SecretStr(local_pexels.KEY)
        yield {
            "painter": SeededPainter(),
            "media": MediaFolder(media),
            "pexels": Pexels(PexelsSettings(api_key=key, base_url=stock.address)),
            "sdxl": painter_of(chosen),
            "sdxl via its host": painter_of(SDXL(host=host.address, steps=1)),
        }


@pytest.fixture(params=KINDS)
def painter(request: pytest.FixtureRequest, painters: dict[str, Painter]) -> Iterator[Painter]:
    chosen: Painter = painters[request.param]
    yield chosen
    chosen.close()


def made(painter: Painter, stem: Path, asked: PictureContext | None = None) -> Picture:
    asked = asked or context()
    picture = painter.picture(SCENES[asked.index], asked, SIZE, stem)
    assert picture is not None
    return picture


def test_a_picture_is_beside_its_stem_and_can_be_shown(painter: Painter, tmp_path: Path) -> None:
    picture = made(painter, tmp_path / "scene")
    assert picture.path == tmp_path / "scene.jpg"
    image = checking.opened(picture.path, Identity())
    assert image.size == SIZE
    checking.require_content(image, painter.name)
    assert [path.name for path in tmp_path.iterdir()] == ["scene.jpg"]


def test_what_it_consumed_is_told_in_its_own_name(painter: Painter, tmp_path: Path) -> None:
    picture = made(painter, tmp_path / "scene")
    assert picture.usages
    for usage in picture.usages:
        assert (usage.provider, usage.kind) == (painter.name, "picture")
        assert usage.quantity > 0


def test_asked_twice_it_makes_the_same_picture(painter: Painter, tmp_path: Path) -> None:
    first, again = made(painter, tmp_path / "a"), made(painter, tmp_path / "b")
    assert Image.open(first.path).tobytes() == Image.open(again.path).tobytes()
    assert painter.key(SCENES[0], context(), SIZE) == painter.key(SCENES[0], context(), SIZE)


def test_another_scene_has_another_key_and_another_picture(
    painter: Painter, tmp_path: Path
) -> None:
    first, other = made(painter, tmp_path / "a"), made(painter, tmp_path / "b", context(1))
    assert first.path.read_bytes() != other.path.read_bytes()
    assert painter.key(SCENES[0], context(), SIZE) != painter.key(SCENES[1], context(1), SIZE)


@pytest.mark.parametrize("kind", ["media", "pexels"])
def test_what_is_taken_does_not_come_again(
    kind: str, painters: dict[str, Painter], tmp_path: Path
) -> None:
    first = made(painters[kind], tmp_path / "a")
    assert first.credit is not None
    taken = replace(context(), taken=frozenset({first.credit.media}))
    second = made(painters[kind], tmp_path / "b", taken)
    assert second.credit is not None
    assert second.credit.media != first.credit.media
    assert second.path.read_bytes() != first.path.read_bytes()


def test_it_can_be_used_after_it_was_closed(painter: Painter, tmp_path: Path) -> None:
    painter.close()
    assert made(painter, tmp_path / "scene").path.is_file()


def test_words_of_any_kind_do_no_harm(painter: Painter, tmp_path: Path) -> None:
    scene = Scene(
        narration="x" * 20_000 + " \x00 ‮", picture="{\\an8} ' [0:v] ../../etc", on_screen=""
    )
    asked = PictureContext(Script(title="x", scenes=(scene,)), 0, Identity(), Format.SHORT)
    picture = painter.picture(scene, asked, SIZE, tmp_path / "scene")
    assert picture is None or picture.path.parent == tmp_path
