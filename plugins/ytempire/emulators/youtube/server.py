"""The server: the APIs, the token endpoint, the side door and two pages, on loopback only."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from ytempire.emulators.serving import HOST, bound, server_of
from ytempire.emulators.youtube import admin
from ytempire.emulators.youtube.calls import Emulator
from ytempire.emulators.youtube.catalog import STANDARD, Scale
from ytempire.emulators.youtube.consent import ConsentPage
from ytempire.emulators.youtube.gateway import Gateway
from ytempire.emulators.youtube.pages import status_page, watch_page


def application(emulator: Emulator) -> Starlette:
    """The ASGI application; closing it closes the emulator's store."""
    gateway, consent = Gateway(emulator), ConsentPage(emulator)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        emulator.store.close()

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok", "simulated": True})

    async def home(_: Request) -> Response:
        return HTMLResponse(status_page(emulator))

    async def watch(request: Request) -> Response:
        listing = emulator.library.find(request.path_params["video_id"])
        if listing is None:
            return HTMLResponse("<h1>SIMULATED: there is no such video.</h1>", 404)
        return HTMLResponse(watch_page(emulator, listing))

    async def media(request: Request) -> Response:
        return _file(emulator, "videos", request.path_params["video_id"])

    async def thumbnail(request: Request) -> Response:
        return _file(emulator, "thumbnails", request.path_params["video_id"])

    return Starlette(
        routes=[
            Route("/healthz", health),
            Route("/", home),
            Route("/watch/{video_id}", watch),
            Route("/media/{video_id}", media),
            Route("/vi/{video_id}/{size}", thumbnail),
            Route("/o/oauth2/auth", consent.show),
            Route("/o/oauth2/auth", consent.answer, methods=["POST"]),
            Route("/token", gateway.token, methods=["POST"]),
            Route("/revoke", gateway.revoke, methods=["POST"]),
            *admin.routes(emulator),
            Route("/{path:path}", gateway.api, methods=["GET", "POST", "PUT", "DELETE", "PATCH"]),
        ],
        exception_handlers={ValidationError: admin.unreadable},
        lifespan=lifespan,
    )


def _file(emulator: Emulator, table: str, video_id: str) -> Response:
    row = emulator.store.row(
        f"select path, content_type from {table} where video_id = ?",  # noqa: S608
        video_id,
    )
    if row is None:
        return JSONResponse({"error": "There is no such file."}, 404)
    return FileResponse(emulator.store.media / row["path"], media_type=row["content_type"])


def serve(port: int, seed: int, speed: float, state: Path, scale: Scale = STANDARD) -> None:
    """Runs the local YouTube on 127.0.0.1 until it is told to end (SIGTERM, SIGINT).

    Args:
        port: to listen on.
        seed: of the world.
        speed: emulated seconds per real second.
        state: folder that keeps it across restarts.
        scale: how many channels it has, and how long a past.

    Raises:
        InvalidInput: the folder holds another world.
        ServiceFailed: the port is taken.
    """
    listener = bound(port)
    server_of(application(Emulator(seed, speed, state, scale))).run(sockets=[listener])


@contextlib.contextmanager
def running(
    *, state: Path, seed: int = 7, speed: float = 1.0, scale: Scale = STANDARD
) -> Iterator[str]:
    """A local YouTube in a thread of this process, on a free port; its address.

    Raises:
        InvalidInput: the folder holds another world.
    """
    listener = bound(0)
    port = int(listener.getsockname()[1])
    server = server_of(application(Emulator(seed, speed, state, scale)))
    # The socket listens already: a client that comes before the loop turns waits its turn.
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
