"""Answers that go wrong on their way: slow, cut off, garbled, or a dropped connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ytempire.emulators.youtube.faults import Fault


class ConnectionDropped(Exception):
    """The connection is to be cut without an answer."""


async def cut(scope: Scope) -> None:
    """Cuts the connection of a request at once."""
    scope["state"]["transport"].abort()
    await asyncio.sleep(0)  # the server notices before it is asked for an answer


class Dropped(Response):
    """No answer at all."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await cut(scope)


class Truncated(Response):
    """An answer whose connection ends in the middle of its body."""

    def __init__(self, whole: Response) -> None:
        super().__init__(whole.body, whole.status_code, media_type="application/json")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = {"type": "http.response.start", "status": self.status_code}
        await send({**start, "headers": self.raw_headers})
        half = bytes(self.body[: len(self.body) // 2])
        await send({"type": "http.response.body", "body": half, "more_body": True})
        scope["state"]["transport"].close()  # flushes what was written, then ends
        await asyncio.sleep(0)


async def spoiled(response: Response, fault: Fault | None) -> Response:
    """The answer as a transport fault leaves it."""
    if fault is None or not fault.is_transport:
        return response
    if fault.kind == "slow":
        await asyncio.sleep(fault.seconds)
        return response
    if fault.kind == "truncated":
        return Truncated(response)
    half = bytes(response.body[: len(response.body) // 2]) or b'{"kind": "youtube#'
    return Response(half, response.status_code, media_type="application/json")


async def dropping(stream: AsyncIterator[bytes], after: int) -> AsyncIterator[bytes]:
    """A request body whose connection breaks after so many bytes."""
    seen = 0
    async for data in stream:
        yield data[: max(0, after - seen)]
        seen += len(data)
        if seen >= after:
            raise ConnectionDropped
