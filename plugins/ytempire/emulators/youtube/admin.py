"""The side door for tests and the local set-up; nothing of it exists at YouTube."""

from __future__ import annotations

import json
from dataclasses import asdict

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ytempire.emulators.youtube.calls import Emulator
from ytempire.emulators.youtube.faults import Fault
from ytempire.emulators.youtube.quota import LIMITS
from ytempire.emulators.youtube.store import plain


class Advance(BaseModel):
    """How far to move the clock."""

    model_config = ConfigDict(extra="forbid")
    hours: float = Field(ge=0)


class GrantState(BaseModel):
    """A channel's grant, revoked or restored."""

    model_config = ConfigDict(extra="forbid")
    channel_id: str
    revoked: bool


class AppState(BaseModel):
    """Whether the OAuth app is in testing mode: its new grants then die after seven days."""

    model_config = ConfigDict(extra="forbid")
    testing: bool


class Removal(BaseModel):
    """A video that YouTube takes down."""

    model_config = ConfigDict(extra="forbid")
    video_id: str


class BucketUse(BaseModel):
    """Today's use of a bucket."""

    model_config = ConfigDict(extra="forbid")
    bucket: str
    used: int = Field(ge=0)


def routes(emulator: Emulator) -> list[Route]:
    """The admin's routes: what there is, then what can be moved."""
    return [*_looks(emulator), *_levers(emulator), *_events(emulator)]


def _looks(emulator: Emulator) -> list[Route]:

    async def grants(request: Request) -> Response:
        return JSONResponse(emulator.grants.list(str(request.base_url).rstrip("/")))

    async def set_grant(request: Request) -> Response:
        state = GrantState.model_validate_json(await request.body())
        emulator.grants.set_revoked(state.channel_id, revoked=state.revoked)
        return JSONResponse(state.model_dump())

    async def watched(request: Request) -> Response:
        channels = emulator.library.watched
        return JSONResponse(
            [
                {"channel_id": c.channel_id, "title": c.title, "handle": c.handle, "niche": c.niche}
                for c in channels
            ]
        )

    async def requests(request: Request) -> Response:
        method, store = request.query_params.get("method"), emulator.store
        rows = (
            store.rows("select * from requests where method = ? order by request_id", method)
            if method
            else store.rows("select * from requests order by request_id")
        )
        return JSONResponse([plain(row) for row in rows])

    async def videos(request: Request) -> Response:
        return JSONResponse(_uploads(emulator))

    return [
        Route("/admin/grants", grants),
        Route("/admin/grants", set_grant, methods=["POST"]),
        Route("/admin/watched", watched),
        Route("/admin/requests", requests),
        Route("/admin/videos", videos),
    ]


def _levers(emulator: Emulator) -> list[Route]:
    async def clock(request: Request) -> Response:
        return JSONResponse(_clock(emulator))

    async def advance(request: Request) -> Response:
        asked = Advance.model_validate_json(await request.body())
        emulator.advance(asked.hours)
        return JSONResponse(_clock(emulator))

    async def faults(request: Request) -> Response:
        return JSONResponse(emulator.faults.list())

    async def add_fault(request: Request) -> Response:
        fault = Fault.model_validate_json(await request.body())
        return JSONResponse({"fault_id": emulator.faults.add(fault)}, 201)

    async def clear_faults(request: Request) -> Response:
        wanted = request.query_params.get("fault_id")
        cleared = emulator.faults.clear(int(wanted) if wanted else None)
        return JSONResponse({"cleared": cleared})

    async def quota(request: Request) -> Response:
        used = emulator.quota.used(emulator.now())
        return JSONResponse({b: {"used": n, "limit": LIMITS[b]} for b, n in used.items()})

    async def set_quota(request: Request) -> Response:
        use = BucketUse.model_validate_json(await request.body())
        if use.bucket not in LIMITS:
            return JSONResponse({"error": f"Buckets: {', '.join(LIMITS)}."}, 422)
        emulator.quota.spend(use.bucket, use.used, emulator.now())
        return JSONResponse(use.model_dump())

    return [
        Route("/admin/clock", clock),
        Route("/admin/advance", advance, methods=["POST"]),
        Route("/admin/faults", faults),
        Route("/admin/faults", add_fault, methods=["POST"]),
        Route("/admin/faults", clear_faults, methods=["DELETE"]),
        Route("/admin/quota", quota),
        Route("/admin/quota", set_quota, methods=["POST"]),
    ]


def _events(emulator: Emulator) -> list[Route]:
    """What Google does by itself, or its owner in the console."""

    async def set_app(request: Request) -> Response:
        state = AppState.model_validate_json(await request.body())
        emulator.grants.set_testing(testing=state.testing)
        return JSONResponse(state.model_dump())

    async def remove(request: Request) -> Response:
        wanted = Removal.model_validate_json(await request.body())
        listing = emulator.library.find(wanted.video_id)
        if listing is None or not listing.channel.is_own:
            return JSONResponse({"error": "There is no such video of one's own."}, 404)
        emulator.library.remove(listing)
        return JSONResponse(wanted.model_dump())

    return [
        Route("/admin/app", set_app, methods=["POST"]),
        Route("/admin/remove", remove, methods=["POST"]),
    ]


async def unreadable(_: Request, error: Exception) -> Response:
    """Says what is wrong with an admin request."""
    assert isinstance(error, ValidationError)
    return JSONResponse({"error": json.loads(error.json(include_url=False))}, 422)


def _clock(emulator: Emulator) -> dict[str, object]:
    return {
        "t0": emulator.clock.t0.isoformat(),
        "now": emulator.now().isoformat(),
        "speed": emulator.clock.anchor.speed,
        "seed": emulator.seed,
        "scale": asdict(emulator.scale),
    }


def _uploads(emulator: Emulator) -> list[dict[str, object]]:
    """Uploads as stored: every sent field, the file's digest and size, what dresses it."""
    store, now = emulator.store, emulator.now()
    videos: list[dict[str, object]] = []
    for row in map(plain, store.rows("select * from videos order by uploaded_at")):
        listing = emulator.library.find(row["video_id"])
        dressed: dict[str, list[dict[str, object]]] = {
            table: [
                plain(found)
                for found in store.rows(
                    f"select * from {table} where video_id = ?",  # noqa: S608
                    row["video_id"],
                )
            ]
            for table in ("thumbnails", "captions", "playlist_items")
        }
        state = {"upload_status": listing.upload_status(now)} if listing else {}
        videos.append({**row, **state, **dressed})
    return videos
