"""One resident pipeline for the whole machine: a service on loopback that the pool's slots feed.

Three pipelines of their own would not fit one card; one, fed in turn, does. Jobs are done one at a
time in the order they came, premium ones first. `GET /healthz` tells memory and queue.
"""

from __future__ import annotations

import asyncio
import heapq
import hmac
import ipaddress
import itertools
import threading
from concurrent.futures import Future
from typing import Any

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ytempire.config import SDXL, settings
from ytempire.domain import Tier
from ytempire.errors import InvalidInput, NotConfigured, OutOfMemory, YTEmpireError
from ytempire.providers.sdxl.pipeline import Made, Maker, Resident
from ytempire.providers.sdxl.prompts import Job

#: A queue this long is an hour of work; more would only time out.
MOST_WAITING = 256
_LARGEST_BODY = 64 * 1024
_WATCH_S = 0.5


class Line:
    """Jobs waiting for the one pipeline, and the thread that does them."""

    def __init__(self, maker: Maker) -> None:
        self._maker = maker
        self._waiting: list[tuple[bool, int, Job, Future[Made]]] = []
        self._count = itertools.count()
        self._changed = threading.Condition()
        self._is_ending = False
        self._thread = threading.Thread(target=self._work, name="sdxl", daemon=True)
        self._thread.start()

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, job: Job) -> Future[Made]:
        """Queue a job; cancel its future, and it is not made."""
        future: Future[Made] = Future()
        with self._changed:
            place = (job.tier is not Tier.PREMIUM, next(self._count), job, future)
            heapq.heappush(self._waiting, place)
            self._changed.notify()
        return future

    def end(self) -> None:
        """Do no more jobs."""
        with self._changed:
            self._is_ending = True
            self._changed.notify()

    def _work(self) -> None:
        while (taken := self._next()) is not None:
            job, future = taken
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(self._maker.make(job))
            except Exception as error:  # whatever it is, the client is told, and the line goes on
                future.set_exception(error)

    def _next(self) -> tuple[Job, Future[Made]] | None:
        with self._changed:
            while not self._waiting and not self._is_ending:
                self._changed.wait()
            if self._is_ending:
                return None
            _, _, job, future = heapq.heappop(self._waiting)
            return job, future


def application(maker: Maker, token: str | None = None) -> Starlette:
    """The service as an ASGI application.

    Args:
        token: what clients must bear; None: none, which only loopback may have.
    """
    line = Line(maker)

    async def healthz(request: Request) -> Response:
        memory = maker.memory() if isinstance(maker, Resident) else {}
        return JSONResponse({"device": maker.device, "waiting": len(line), "memory": memory})

    async def pictures(request: Request) -> Response:
        if token is not None and not _bears(request, token):
            return _said(401, "The token is not the host's.")
        try:
            job = Job.model_validate_json(await _body(request))
        except (ValidationError, InvalidInput) as error:
            return _said(422, str(error)[:500])
        if len(line) >= MOST_WAITING:
            return _said(503, "The queue is full.", {"retry-after": "60"})
        return await _answered(request, line.put(job))

    return Starlette(
        routes=[
            Route("/healthz", healthz, methods=["GET"]),
            Route("/pictures", pictures, methods=["POST"]),
        ]
    )


async def _answered(request: Request, future: Future[Made]) -> Response:
    """Wait for a job; one whose client has gone is taken out of the line."""
    waiting = asyncio.wrap_future(future)
    while not (await asyncio.wait({waiting}, timeout=_WATCH_S))[0]:
        if await request.is_disconnected():
            future.cancel()
            return Response(status_code=499)
    try:
        return await asyncio.to_thread(_picture, waiting.result())
    except OutOfMemory as error:
        return _said(507, error.message)
    except NotConfigured as error:
        return _said(501, str(error))
    except YTEmpireError as error:
        return _said(503, error.message)
    except Exception as error:
        return _said(500, f"{type(error).__name__}")


def _picture(made: Made) -> Response:
    import io

    buffer = io.BytesIO()
    made.image.save(buffer, "PNG", compress_level=1)
    headers = {
        "x-seconds": f"{made.seconds:.3f}",
        "x-device": made.device,
        "x-peak-mb": "" if made.peak_mb is None else str(made.peak_mb),
        "x-note": " ".join(made.notes),
    }
    return Response(buffer.getvalue(), media_type="image/png", headers=headers)


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_BODY:
            raise InvalidInput("The job is too large.", "A prompt has some hundred characters.")
    return body


def _bears(request: Request, token: str) -> bool:
    said = request.headers.get("authorization", "")
    return hmac.compare_digest(said.encode(), f"Bearer {token}".encode())


def _said(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"error": message}, status, headers)


def require_safe(address: str, token: str | None) -> None:
    """Refuse to listen where others reach it without a token.

    Raises:
        NotConfigured.
    """
    try:
        is_ours = ipaddress.ip_address(address).is_loopback
    except ValueError:
        is_ours = address == "localhost"
    if not is_ours and not token:
        raise NotConfigured(
            f"SDXL's host does not listen on {address} without a token.",
            "Let it listen on 127.0.0.1, or set YTEMPIRE_SDXL__TOKEN here and for its clients.",
        )


def serve_host(port: int, address: str = "127.0.0.1", chosen: SDXL | None = None) -> None:
    """Load the weights, then answer until told to end.

    Raises:
        NotConfigured: no weights, no torch, or an address beyond loopback without a token.
    """
    import uvicorn

    chosen = chosen or settings().sdxl
    token = chosen.token.get_secret_value() if chosen.token else None
    require_safe(address, token)
    maker = Resident(chosen)
    maker.load()
    options: dict[str, Any] = {"log_level": "warning", "access_log": False, "server_header": False}
    uvicorn.run(application(maker, token), host=address, port=port, lifespan="off", **options)
