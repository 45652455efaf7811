"""Cuts that wait for a person, played from their files by ranges, at an address of their own.

Streamlit's own video would be read whole into the server's memory, anew with each run of the page.
"""

from __future__ import annotations

import threading
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import psycopg
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route
from upath import UPath
from ytempire import storage
from ytempire.errors import InvalidInput, YTEmpireError
from ytempire.runs import artifacts

from dashboards import roles, standing
from dashboards.people import HEADER

#: The page that cuts are watched on; who opens it may play them.
PAGE = "operations"
_fetching = threading.Lock()


def address(video_id: str, review_id: str) -> str:
    """Where a video's cut is played; another review is of another cut, which no browser has yet."""
    return f"/cuts/{quote(video_id, safe='')}?review={quote(review_id, safe='')}"


def stored(video_id: str) -> UPath:
    """Where a video's cut is stored.

    Raises:
        InvalidInput: there is none, or its file is gone.
    """
    path = artifacts.find(video_id, "cut")
    if path is None:
        raise InvalidInput(f"Video {video_id} has no cut yet.", "Look again later.")
    if not UPath(path).is_file():
        raise InvalidInput(
            f"The cut of video {video_id} cannot be found from here.",
            "Where the storage is seen from here, it is lost: have `assemble` done anew.",
        )
    return UPath(path)


def local(video_id: str) -> Path:
    """A file of this machine with a video's cut. Raises as `stored`, and OSError: none is had."""
    source = stored(video_id)
    if source.protocol in ("", "file"):
        return Path(source.path)
    seen = source.stat()
    folder = artifacts.workshop(video_id) / "watched"
    kept = folder / f"{seen.st_size}-{int(seen.st_mtime)}{source.suffix}"
    with _fetching:
        if not kept.exists():
            folder.mkdir(exist_ok=True)
            with TemporaryDirectory(dir=folder) as part:
                storage.fetch(str(source), Path(part)).replace(kept)
    return kept


async def _play(request: Request) -> Response:
    name, video_id = request.headers.get(HEADER, ""), request.path_params["video_id"]
    role = await to_thread.run_sync(standing.role_of, name)
    if role is None or not roles.opens(role, PAGE):
        return PlainTextResponse("Videos in review are closed to your role.", 403)
    try:
        file = await to_thread.run_sync(local, video_id)
    except InvalidInput as error:
        return PlainTextResponse(error.message, 404)
    except (YTEmpireError, OSError, psycopg.Error):
        return PlainTextResponse("The video cannot be had now.", 503)
    return FileResponse(file, media_type="video/mp4", headers={"Cache-Control": "no-store"})


#: For the application; the gate stands before it.
ROUTE = Route("/cuts/{video_id:path}", _play)
