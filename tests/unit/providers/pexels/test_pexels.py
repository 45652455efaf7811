"""Pexels, spoken to over its protocol."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import pytest
from pydantic import SecretStr
from ytempire.config import Pexels as Settings
from ytempire.domain import Format, Identity, Scene, Script
from ytempire.emulators import pexels as local_pexels
from ytempire.emulators.serving import Emulated, running
from ytempire.errors import (
    KeyRejected,
    MalformedAnswer,
    ProviderRefused,
    ProviderUnavailable,
    QuotaExhausted,
)
from ytempire.providers.pexels import Pexels, _VideoFile, best_file, is_theirs
from ytempire.providers.pictures import PictureContext, checking

SCENE = Scene(narration="The sea is calm.", picture="ocean waves")
SIZE = (1210, 2150)


@pytest.fixture
def shelf() -> local_pexels.Shelf:
    return local_pexels.Shelf()


@pytest.fixture
def stock(shelf: local_pexels.Shelf) -> Iterator[Emulated]:
    with running(local_pexels.application(shelf)) as served:
        yield served


def pexels(stock: Emulated, key: str = local_pexels.KEY) -> Pexels:
    return Pexels(Settings(api_key=SecretStr(key), base_url=stock.address, deadline_s=20))


def context(seconds: float = 5.0, language: str = "en") -> PictureContext:
    script = Script(title="Sea", scenes=(SCENE,), language=language)
    return PictureContext(script, 0, Identity(), Format.SHORT, seconds=seconds)


def test_a_clip_that_lasts_as_long_as_its_scene_is_preferred(
    stock: Emulated, tmp_path: Path
) -> None:
    picture = pexels(stock).picture(SCENE, context(7.5), SIZE, tmp_path / "scene")
    assert picture is not None
    assert picture.path.name == "scene.mp4"
    checking.require_moving_content(picture.path, "pexels")
    with av.open(str(picture.path)) as clip:
        assert clip.duration is not None
        assert clip.duration / av.time_base >= 7.5
    assert picture.credit is not None
    # Of the first ocean's clips one lasts 3 s, the next 12.
    assert picture.credit.media == "pexels:video:201"
    assert picture.credit.author in local_pexels.AUTHORS
    assert picture.credit.url.startswith("https://www.pexels.com/video/")


def test_a_photograph_where_no_clip_is_long_enough(stock: Emulated, tmp_path: Path) -> None:
    picture = pexels(stock).picture(SCENE, context(60.0), SIZE, tmp_path / "scene")
    assert picture is not None
    assert picture.path.name == "scene.jpg"
    assert checking.opened(picture.path, Identity()).size == SIZE
    assert [int(usage.quantity) for usage in picture.usages] == [2]


def test_the_search_says_shape_and_language_and_the_key_stays_with_searches(
    stock: Emulated, tmp_path: Path
) -> None:
    pexels(stock).picture(SCENE, context(60.0, "ja"), SIZE, tmp_path / "scene")
    clips, photos, download = stock.asked
    for search in (clips, photos):
        assert "orientation=portrait" in search.query
        assert "locale=ja-JP" in search.query
        assert "query=ocean+waves" in search.query
        assert search.headers["authorization"] == local_pexels.KEY
    assert "authorization" not in download.headers


def test_a_search_is_made_once_for_all_scenes_of_a_video(stock: Emulated, tmp_path: Path) -> None:
    stockist = pexels(stock)
    first = stockist.picture(SCENE, context(), SIZE, tmp_path / "a")
    assert first is not None
    assert first.credit is not None
    taken = replace(context(), taken=frozenset({first.credit.media}))
    second = stockist.picture(SCENE, taken, SIZE, tmp_path / "b")
    assert second is not None
    assert sum("search" in asked.path for asked in stock.asked) == 1
    assert second.usages[0].quantity == 0


def test_what_was_not_looked_for_is_not_taken_and_its_searches_are_owed(
    stock: Emulated, tmp_path: Path
) -> None:
    scene = Scene(narration="A volcano erupts.", picture="volcano")
    stockist = pexels(stock)
    assert stockist.picture(scene, context(), SIZE, tmp_path / "scene") is None
    assert [int(usage.quantity) for usage in stockist.owed()] == [2]
    assert stockist.owed() == ()


def test_a_wrong_key_is_rejected(stock: Emulated, tmp_path: Path) -> None:
    with pytest.raises(KeyRejected) as met:
        pexels(stock, "guess").picture(SCENE, context(), SIZE, tmp_path / "scene")
    assert "guess" not in str(met.value)


@pytest.mark.parametrize("status", [401, 422])
def test_a_key_that_a_server_quotes_is_not_passed_on(
    stock: Emulated, tmp_path: Path, status: int
) -> None:
    stock.fail("status", path="search", status=status, body={"error": f"no {local_pexels.KEY}"})
    with pytest.raises((KeyRejected, ProviderRefused), match="no ") as met:
        pexels(stock).picture(SCENE, context(), SIZE, tmp_path / "scene")
    assert local_pexels.KEY not in str(met.value)


def test_the_hours_searches_spent_is_a_quota_and_is_not_asked_again_at_once(
    stock: Emulated, shelf: local_pexels.Shelf, tmp_path: Path
) -> None:
    shelf.per_hour = 0
    with pytest.raises(QuotaExhausted, match="this hour's"):
        pexels(stock).picture(SCENE, context(), SIZE, tmp_path / "scene")
    assert len(stock.asked) == 1


def test_the_months_last_search_is_heeded(
    stock: Emulated, shelf: local_pexels.Shelf, tmp_path: Path
) -> None:
    shelf.per_month = 1
    with pytest.raises(QuotaExhausted, match="this month's"):
        pexels(stock).picture(SCENE, context(60.0), SIZE, tmp_path / "scene")
    assert len(stock.asked) == 1


def test_a_short_wait_is_waited_and_the_picture_comes(stock: Emulated, tmp_path: Path) -> None:
    stock.fail("status", path="search", status=429, headers={"retry-after": "0"})
    stock.fail("truncated", path="video-files")
    assert pexels(stock).picture(SCENE, context(), SIZE, tmp_path / "scene") is not None


def test_half_an_answer_is_malformed(stock: Emulated, tmp_path: Path) -> None:
    stock.fail("malformed", path="search")
    with pytest.raises(MalformedAnswer):
        pexels(stock).picture(SCENE, context(), SIZE, tmp_path / "scene")


def test_a_drip_ends_at_the_deadline(stock: Emulated, tmp_path: Path) -> None:
    stock.fail("drip", path="search", count=3, seconds=0.02)
    slow = Pexels(
        Settings(api_key=SecretStr(local_pexels.KEY), base_url=stock.address, deadline_s=0.2)
    )
    with pytest.raises(ProviderUnavailable):
        slow.picture(SCENE, context(), SIZE, tmp_path / "scene")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "link",
    [
        "http://images.pexels.com/a.jpeg", "https://pexels.com.evil.example/a.jpeg",
        "https://evil.example/?pexels.com", "file:///etc/passwd", "https://images.pexels.com:8443/a",
        "http://169.254.169.254/latest", "https://user@evil.example/.pexels.com", "https://[::1",
    ],
)  # fmt: skip
def test_nothing_is_fetched_from_elsewhere(link: str) -> None:
    assert not is_theirs(link, "https://api.pexels.com")


def test_their_servers_and_the_one_asked_may_be_fetched_from() -> None:
    assert is_theirs("https://videos.pexels.com/video-files/1.mp4", "https://api.pexels.com")
    assert is_theirs("http://127.0.0.1:99/photos/1.jpeg", "http://127.0.0.1:99")


def test_the_smallest_file_that_fills_the_frame_is_taken() -> None:
    files = [
        _VideoFile(file_type="video/mp4", width=width, height=height, link=str(height))
        for width, height in ((540, 960), (2160, 3840), (1080, 1920), (720, 1280))
    ]
    hls = _VideoFile(file_type="application/x-mpegURL", link="hls")
    chosen = best_file([hls, *files], SIZE)
    assert chosen is not None
    assert chosen.link == "1920"
    assert best_file([hls, files[0]], SIZE) is None
