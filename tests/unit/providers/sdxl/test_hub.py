"""Weights fetched from a hub that the operator named: a small one, which speaks its protocol."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from ytempire.config import SDXL
from ytempire.emulators.serving import running
from ytempire.providers.sdxl.pipeline import Resident
from ytempire.providers.sdxl.weights import folder_of

from tests.unit.providers.sdxl.test_pipeline import JOB

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def hub(folder: Path) -> Starlette:
    """A hub with one model: its list of files, and each file with its checksum."""

    def listed() -> list[dict[str, object]]:
        return [
            {
                "type": "file",
                "path": path.relative_to(folder).as_posix(),
                "size": path.stat().st_size,
                "oid": hashlib.sha1(path.read_bytes()).hexdigest(),
            }
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        ]

    async def model(request: Request) -> Response:
        siblings = [{"rfilename": entry["path"]} for entry in listed()]
        about = {"id": "tiny/xl", "modelId": "tiny/xl", "sha": COMMIT, "siblings": siblings}
        return JSONResponse({**about, "private": False, "tags": [], "downloads": 0, "likes": 0})

    async def tree(request: Request) -> Response:
        return JSONResponse(listed())

    async def file(request: Request) -> Response:
        content = (folder / request.path_params["path"]).read_bytes()
        tag = hashlib.sha1(content).hexdigest()
        return Response(content, headers={"x-repo-commit": COMMIT, "etag": f'"{tag}"'})

    return Starlette(
        routes=[
            Route("/api/models/tiny/xl/tree/{revision}", tree),
            Route("/api/models/tiny/xl/revision/{revision}", model),
            Route("/api/models/tiny/xl", model),
            Route("/tiny/xl/resolve/{revision}/{path:path}", file, methods=["GET", "HEAD"]),
        ]
    )


@pytest.mark.slow
def test_a_models_id_is_fetched_once_from_the_hub_that_is_configured(
    weights: Path, home: Path
) -> None:
    (weights / "unet" / "pickle.bin").write_bytes(b"never")
    try:
        with running(hub(weights)) as served:
            chosen = SDXL(weights="tiny/xl", hub=served.address)
            folder = folder_of(chosen)
            assert folder.is_relative_to(home)
            assert (folder / "unet" / "config.json").is_file()
            assert not list(folder.rglob("*.bin"))
            made = Resident(chosen).make(JOB)
            fetched = [asked for asked in served.asked if asked.method == "GET"]
            assert sum("unet/config.json" in asked.path for asked in fetched) == 1
    finally:
        (weights / "unet" / "pickle.bin").unlink()
    assert made.image.tobytes() == Resident(SDXL(weights=str(weights))).make(JOB).image.tobytes()
