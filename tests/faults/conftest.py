"""The real local YouTube of the integration tests, and workers that can be killed anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.workers import Workers, warm
from tests.integration.conftest import live as live
from tests.integration.conftest import youtube as youtube
from tests.made_videos import playable


@pytest.fixture(scope="module")
def workers(postgres: object) -> Iterator[Workers]:
    """A warm process whose children publish; see `tests.faults.workers`."""
    with warm() as ready:
        yield ready


@pytest.fixture(scope="session")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video that YouTube can play, in three chunks."""
    return playable(tmp_path_factory.mktemp("cut") / "cut.mp4")
