"""A script's pictures: one a scene, from the first of a chain that has one fit to be shown."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydantic import SecretStr
from ytempire.config import SDXL, Media, Pexels, Settings
from ytempire.domain import Format, Scene, Script, Usage
from ytempire.emulators import pexels as local_pexels
from ytempire.emulators.serving import running
from ytempire.errors import (
    KeyRejected,
    MalformedAnswer,
    OutOfMemory,
    ProviderUnavailable,
    YTEmpireError,
)
from ytempire.journal import Notes
from ytempire.providers.pictures import Credit, Picture, PictureContext
from ytempire.studio.identities import HOUSE, STARTERS, identity_for
from ytempire.studio.paint import credit_lines, credits_of, paint, painters_for, picture_size

SCRIPT = Script(
    title="Two", scenes=(Scene(narration="The Moon."), Scene(narration="It is 16 metres."))
)
PLAIN = Script(
    title="Calm", scenes=(Scene(narration="The quiet sea."), Scene(narration="The calm evening."))
)


class Studio:
    """Somebody else's painter, who does what a test tells it: a peer, not a copy of ours."""

    name = "studio"
    device = "remote"

    def __init__(self, does: str = "paints", error: YTEmpireError | None = None) -> None:
        self.does, self.error = does, error
        self.asked: list[int] = []
        self.taken: list[frozenset[str]] = []
        self.is_closed = False

    def foreseen(self, scene: Scene, context: PictureContext) -> Usage | None:
        return self._usage()

    def key(self, scene: Scene, context: PictureContext, size: tuple[int, int]) -> str:
        return f"{scene.narration} {size}"

    def picture(
        self, scene: Scene, context: PictureContext, size: tuple[int, int], stem: Path
    ) -> Picture | None:
        self.asked.append(context.index)
        self.taken.append(context.taken)
        if self.error is not None:
            raise self.error
        if self.does == "has nothing":
            return None
        out = stem.with_name(stem.name + ".jpg")
        self._image().save(out)
        credit = Credit(provider="studio", media=f"studio:{context.index}", author="Ada", url="u")
        return Picture(out, (self._usage(),), credit)

    def close(self) -> None:
        self.is_closed = True

    def _image(self) -> Image.Image:
        if self.does == "paints black":
            return Image.new("RGB", (400, 300))
        if self.does == "paints one colour":
            return Image.new("RGB", (400, 300), "#7799bb")
        rng = np.random.default_rng(3)
        return Image.fromarray(rng.integers(0, 255, (300, 400, 3), np.uint8))

    def _usage(self) -> Usage:
        return Usage(
            provider="studio", kind="picture", unit="image", quantity=Decimal(1), device="remote"
        )


def test_a_picture_is_larger_than_the_frame_and_even() -> None:
    for format in Format:
        for side, frame in zip(picture_size(format), format.size, strict=True):
            assert side % 2 == 0
            assert 1.11 < side / frame < 1.13


def test_the_painter_makes_one_picture_a_scene_and_the_same_bytes_again(tmp_path: Path) -> None:
    journal = Notes()
    first = paint(SCRIPT, HOUSE, Format.WIDE, tmp_path / "a", journal)
    again = paint(SCRIPT, HOUSE, Format.WIDE, tmp_path / "b", Notes())
    assert len(first) == len(journal.usages) == len(SCRIPT.scenes)
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]
    assert not journal.fallbacks
    assert credits_of(first) == ()
    with Image.open(first[0]) as image:
        assert image.size == picture_size(Format.WIDE)


def test_a_picture_of_a_wrong_size_is_made_to_fit_and_credited(tmp_path: Path) -> None:
    studio, journal = Studio(), Notes()
    paths = paint(PLAIN, HOUSE, Format.SHORT, tmp_path, journal, [studio])
    for path in paths:
        with Image.open(path) as image:
            assert image.size == picture_size(Format.SHORT)
    assert [credit.media for credit in credits_of(paths)] == ["studio:0", "studio:1"]
    assert credit_lines(paths) == ("Ada on Studio",), "only pages of Pexels are linked"
    assert studio.is_closed


def test_a_second_call_makes_and_pays_nothing_again(tmp_path: Path) -> None:
    first = paint(PLAIN, HOUSE, Format.SHORT, tmp_path, Notes(), [Studio()])
    studio, journal = Studio(), Notes()
    assert paint(PLAIN, HOUSE, Format.SHORT, tmp_path, journal, [studio]) == first
    assert (studio.asked, journal.usages) == ([], [])


def test_media_of_pictures_that_are_there_are_taken_for_the_missing_one(tmp_path: Path) -> None:
    first = paint(PLAIN, HOUSE, Format.SHORT, tmp_path, Notes(), [Studio()])
    first[0].unlink()
    studio = Studio()
    paint(PLAIN, HOUSE, Format.SHORT, tmp_path, Notes(), [studio])
    assert (studio.asked, studio.taken) == ([0], [frozenset({"studio:1"})])


@pytest.mark.parametrize("does", ["paints black", "paints one colour"])
def test_a_picture_that_shows_nothing_is_paid_but_replaced(does: str, tmp_path: Path) -> None:
    journal = Notes()
    paths = paint(PLAIN, HOUSE, Format.SHORT, tmp_path, journal, [Studio(does)])
    assert sum(usage.provider == "studio" for usage in journal.usages) == 2
    assert [(f.wanted, f.used) for f in journal.fallbacks] == [("studio", "painter")] * 2
    assert credits_of(paths) == ()
    assert not list(tmp_path.glob(".*"))


def test_having_nothing_for_a_scene_is_no_failure(tmp_path: Path) -> None:
    journal = Notes()
    paths = paint(PLAIN, HOUSE, Format.SHORT, tmp_path, journal, [Studio("has nothing")])
    assert len(paths) == 2
    assert journal.fallbacks == []


@pytest.mark.parametrize("error", [ProviderUnavailable("away"), OutOfMemory("full")])
def test_one_that_cannot_serve_is_not_asked_again_in_this_video(
    error: YTEmpireError, tmp_path: Path
) -> None:
    studio, journal = Studio(error=error), Notes()
    paint(PLAIN, HOUSE, Format.SHORT, tmp_path, journal, [studio])
    assert studio.asked == [0]
    assert [f.reason for f in journal.fallbacks] == [error.message] * 2


def test_a_malformed_answer_concerns_one_scene(tmp_path: Path) -> None:
    studio = Studio(error=MalformedAnswer("half a picture"))
    paint(PLAIN, HOUSE, Format.SHORT, tmp_path, Notes(), [studio])
    assert studio.asked == [0, 1]


def test_a_rejected_key_is_told_to_the_person(tmp_path: Path) -> None:
    studio = Studio(error=KeyRejected("no"))
    with pytest.raises(KeyRejected):
        paint(PLAIN, HOUSE, Format.SHORT, tmp_path, Notes(), [studio])
    assert studio.is_closed


def test_numbers_are_written_by_the_painter(tmp_path: Path) -> None:
    script = PLAIN.model_copy(
        update={
            "scenes": (
                Scene(narration="Calm evening.", picture="a lake"),
                Scene(narration="Water covers 71% of the Earth.", on_screen="71% water"),
            )
        }
    )
    studio = Studio()
    paint(script, HOUSE, Format.SHORT, tmp_path, Notes(), [studio])
    assert studio.asked == [0]


def test_the_chain_is_what_is_configured() -> None:
    every = Settings(
        media=Media(folder=Path("media")),
        sdxl=SDXL(weights="sdxl"),
        pexels=Pexels(api_key=SecretStr("key")),
    )
    names = [painter.name for painter in painters_for(every)]
    assert names == ["media", "sdxl", "pexels", "painter"]
    assert [painter.name for painter in painters_for(Settings())] == ["painter"]


def test_stock_clips_are_kept_as_clips_and_those_who_filmed_them_are_named(
    tmp_path: Path,
) -> None:
    script = Script(
        title="Evening",
        scenes=tuple(Scene(narration="It is calm.", picture="the ocean") for _ in range(2)),
    )
    with running(local_pexels.application()) as stock:
        key = SecretStr(local_pexels.KEY)
        chosen = Settings(pexels=Pexels(api_key=key, base_url=stock.address))
        journal = Notes()
        paths = paint(script, HOUSE, Format.SHORT, tmp_path, journal, painters_for(chosen))
    assert [path.suffix for path in paths] == [".mp4", ".mp4"]
    assert len({credit.media for credit in credits_of(paths)}) == 2
    assert all("on Pexels: https://www.pexels.com/video/" in line for line in credit_lines(paths))
    assert {usage.provider for usage in journal.usages} == {"pexels"}


def test_searches_that_found_nothing_are_booked_too(tmp_path: Path) -> None:
    script = Script(title="Fire", scenes=(Scene(narration="It erupts.", picture="volcano"),))
    with running(local_pexels.application()) as stock:
        key = SecretStr(local_pexels.KEY)
        chosen = Settings(pexels=Pexels(api_key=key, base_url=stock.address))
        journal = Notes()
        paint(script, HOUSE, Format.SHORT, tmp_path, journal, painters_for(chosen))
        searches = sum("search" in asked.path for asked in stock.asked)
    booked = [usage.quantity for usage in journal.usages if usage.provider == "pexels"]
    assert booked == [searches] == [2]


@pytest.mark.parametrize(
    ("author", "url", "line"),
    [
        ("Ada", "https://www.pexels.com/photo/sea-1/", "Ada on Pexels: https://www.pexels.com/photo/sea-1/"),
        ("Ada\nBuy  now #ad <b>", "", "Ada Buy now ad b on Pexels"),
        ("Ada http://evil.example/x evil.example", "https://evil.example/", "Ada on Pexels"),
        ("\u202eadA\x00", "https://www.pexels.com.evil.example/", "adA on Pexels"),
        ("x" * 5000, "https://www.pexels.com/a b", "x" * 60 + " on Pexels"),
        ("www.evil.example", "javascript:alert(1)", "A photographer on Pexels"),
    ],
)  # fmt: skip
def test_what_strangers_are_called_is_one_short_line(
    tmp_path: Path, author: str, url: str, line: str
) -> None:
    credit = Credit(provider="pexels", media="pexels:photo:1", author=author, url=url)
    (tmp_path / "scene-000.json").write_text(credit.model_dump_json())
    assert credit_lines([tmp_path / "scene-000.jpg"]) == (line,)


def test_starter_channels_have_looks_of_their_own() -> None:
    looks = [identity_for(slug) for slug in ("tidewise", "ledger-lore", "quiet-orbit", "unknown")]
    assert looks[3] == HOUSE
    assert (
        len({look.palette for look in looks}) == len({look.texture for look in looks[:3]}) + 1 == 4
    )
    assert set(STARTERS) == {"tidewise", "ledger-lore", "quiet-orbit"}
