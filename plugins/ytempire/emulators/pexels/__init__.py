"""A small Pexels: searches by word, with real JPEGs and MP4s drawn from each result's number.

Answers have Pexels' own shape and headers. It knows a fixed set of things, so that a search for
anything else finds nothing, and counts its hour's searches.
"""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

KEY = "pexels-local-key"
THINGS = ("harbour", "ocean", "moon", "mountain", "forest", "city", "coins", "desk", "waves")
AUTHORS = ("Ada Brook", "Noor Vale", "Tomas Reed")
PER_HOUR = 200
PER_MONTH = 20_000
#: A clip's seconds by its place among the results of a search: the first is too short for most.
LENGTHS = (3, 12, 8, 20)
#: Small, so that a clip is made in a blink; what is answered says so.
CLIP_SIDES = (1080, 608)
_RESET_AT = 4_000_000_000


@dataclass
class Shelf:
    """What a running emulator counts."""

    searches: int = 0
    per_hour: int = PER_HOUR
    per_month: int = PER_MONTH


def application(shelf: Shelf | None = None) -> Starlette:
    """The emulator; `shelf` lets a test set how many searches are left."""
    counted = shelf or Shelf()

    def searching(kind: str, described: Callable[[Request, str, int], dict[str, Any]]) -> Route:
        async def search(request: Request) -> Response:
            if (refusal := _refusal(request, counted)) is not None:
                return refusal
            found = [described(request, thing, number) for thing, number in _found(request)]
            return JSONResponse(_page(request, kind, found), headers=_limits(counted))

        return Route("/v1/search" if kind == "photos" else "/videos/search", search)

    return Starlette(
        routes=[
            searching("photos", _photo),
            searching("videos", _video),
            Route("/photos/{number:int}.jpeg", _jpeg),
            Route("/video-files/{number:int}.mp4", _mp4),
        ]
    )


def _refusal(request: Request, shelf: Shelf) -> Response | None:
    if request.headers.get("authorization") != KEY:
        return JSONResponse({"error": "Invalid API key"}, 401)
    if shelf.searches >= shelf.per_hour:
        return JSONResponse({"error": "Rate limit exceeded"}, 429)
    if not request.query_params.get("query"):
        return JSONResponse({"error": "No query"}, 400)
    shelf.searches += 1
    return None


async def _jpeg(request: Request) -> Response:
    width = min(int(request.query_params.get("w", 1200)), 4000)
    height = min(int(request.query_params.get("h", 800)), 4000)
    content = drawn(request.path_params["number"], width, height)
    return Response(content, media_type="image/jpeg")


async def _mp4(request: Request) -> Response:
    number = request.path_params["number"]
    tall = request.query_params.get("tall") == "1"
    return Response(filmed(number, _length(number), tall), media_type="video/mp4")


def drawn(number: int, width: int, height: int) -> bytes:
    """A JPEG of soft hills in colours of its own: real, and unlike any other number's."""
    rng = np.random.default_rng(number)
    top, low = rng.integers(40, 255, 3), rng.integers(10, 160, 3)
    rows = np.linspace(0, 1, height)[:, None, None]
    pixels = np.broadcast_to(top + (low - top) * rows, (height, width, 3)).copy()
    across = np.linspace(0, 2 * np.pi, width)
    for layer in range(3):
        ridge = height * (0.45 + 0.16 * layer + 0.07 * np.sin(across * (layer + 1) + number))
        hill = np.arange(height)[:, None] > ridge[None, :]
        pixels[hill] = pixels[hill] * 0.35 + rng.integers(0, 200, 3) * 0.65
    buffer = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


@lru_cache(maxsize=16)
def filmed(number: int, seconds: int, tall: bool) -> bytes:
    """An MP4 of a slow pan over the picture of the same number, five frames a second."""
    import av

    width, height = reversed(CLIP_SIDES) if tall else CLIP_SIDES
    wide = Image.open(io.BytesIO(drawn(number, width + 80, height)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        with av.open(str(path), "w") as container:
            stream = container.add_stream("libx264", rate=5, options={"preset": "ultrafast"})
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            stream.time_base = Fraction(1, 5)
            count = seconds * 5
            for at in range(count):
                left = at * 80 // count
                image = wide.crop((left, 0, left + width, height))
                container.mux(stream.encode(av.VideoFrame.from_image(image)))
            container.mux(stream.encode(None))
        return path.read_bytes()


def _found(request: Request) -> list[tuple[str, int]]:
    """(thing, number) pairs: for each thing that a word of the query names, four results."""
    asked = set(re.findall(r"[^\W\d_]+", request.query_params["query"].lower()))
    return [
        (thing, place * 100 + n)
        for place, thing in enumerate(THINGS, start=1)
        if thing in asked
        for n in range(len(LENGTHS))
    ]


def _length(number: int) -> int:
    return LENGTHS[number % 100]


def _photo(request: Request, thing: str, number: int) -> dict[str, Any]:
    author = AUTHORS[number % len(AUTHORS)]
    original = f"{_base(request)}/photos/{number}.jpeg"
    return {
        "id": number,
        "width": 4000,
        "height": 6000,
        "url": f"https://www.pexels.com/photo/{thing}-seen-from-afar-{number}/",
        "photographer": author,
        "photographer_url": f"https://www.pexels.com/@{author.split()[0].lower()}",
        "photographer_id": number % len(AUTHORS),
        "avg_color": "#6E633A",
        "src": {"original": original, "large": f"{original}?w=940&h=650"},
        "liked": False,
        "alt": f"A quiet {thing} at dusk",
    }


def _video(request: Request, thing: str, number: int) -> dict[str, Any]:
    author = AUTHORS[number % len(AUTHORS)]
    tall = request.query_params.get("orientation") == "portrait"
    width, height = (1080, 1920) if tall else (1920, 1080)
    link = f"{_base(request)}/video-files/{number}.mp4?tall={int(tall)}"
    return {
        "id": number,
        "width": width,
        "height": height,
        "duration": _length(number),
        "url": f"https://www.pexels.com/video/slow-view-of-the-{thing}-{number}/",
        "image": f"{_base(request)}/photos/{number}.jpeg",
        "user": {"id": 1, "name": author, "url": "https://www.pexels.com/@someone"},
        "video_files": [
            {"id": number, "quality": "hls", "file_type": "application/x-mpegURL",
             "width": None, "height": None, "fps": None, "link": link},
            {"id": number + 1, "quality": "hd", "file_type": "video/mp4",
             "width": width, "height": height, "fps": 29.97, "link": link},
        ],
        "video_pictures": [],
    }  # fmt: skip


def _page(request: Request, kind: str, found: list[dict[str, Any]]) -> dict[str, Any]:
    most = int(request.query_params.get("per_page", 15))
    return {"page": 1, "per_page": most, "total_results": len(found), kind: found[:most]}


def _limits(shelf: Shelf) -> dict[str, str]:
    return {
        "x-ratelimit-limit": str(shelf.per_month),
        "x-ratelimit-remaining": str(max(shelf.per_month - shelf.searches, 0)),
        "x-ratelimit-reset": str(_RESET_AT),
    }


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")
