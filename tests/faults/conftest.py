"""The real local YouTube of the integration tests, and workers that can be killed anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.workers import Workers, warm
from tests.integration.conftest import youtube as youtube


@pytest.fixture(scope="module")
def workers(postgres: object) -> Iterator[Workers]:
    """A warm process whose children publish; see `tests.faults.workers`."""
    with warm() as ready:
        yield ready


@pytest.fixture(scope="session")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video that YouTube can play, in three chunks of the smallest size."""
    import av

    file = tmp_path_factory.mktemp("cut") / "cut.mp4"
    with av.open(str(file), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for _ in range(10):
            container.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        container.mux(stream.encode())
    room = 2 * 256 * 1024 + 1000
    with file.open("ab") as end:  # a box that players skip
        end.write(room.to_bytes(4, "big") + b"free" + bytes(room - 8))
    return file
