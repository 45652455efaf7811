"""What every small emulator stands on: an ASGI application on loopback, a log of what it was asked,
and faults on demand.

The local YouTube has more of each of its own; it keeps its state on disk.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from ytempire.errors import ServiceFailed

HOST = "127.0.0.1"

#: `status` answers `Fault.status` with `Fault.body`; the others spoil a good answer on its way.
FaultKind = Literal["status", "slow", "drip", "truncated", "malformed", "dropped"]


@dataclass
class Fault:
    """Something that goes wrong, `count` times, for paths that contain `path`.

    Attributes:
        seconds: `slow` waits so long before it answers; `drip` between two bytes.
        after: requests that are answered well before it strikes.
    """

    kind: FaultKind
    path: str = ""
    count: int = 1
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.2
    after: int = 0


@dataclass(frozen=True)
class Asked:
    """A request as it came. `body` is JSON where it was JSON, text otherwise."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: Any


@dataclass
class Emulated:
    """A running emulator: where it is, what it was asked, and what goes wrong next."""

    address: str = ""
    asked: list[Asked] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def fail(self, kind: FaultKind, **how: Any) -> None:
        """Let something go wrong: `fail("status", status=429, headers={"retry-after": "1"})`."""
        self.faults.append(Fault(kind, **how))


class Faulty:
    """ASGI middleware that logs every request and lets faults strike."""

    def __init__(self, app: ASGIApp, emulated: Emulated) -> None:
        self._app, self._emulated = app, emulated

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = await _body(receive)
        self._emulated.asked.append(_asked(scope, body))
        fault = self._struck(scope["path"])

        whole = [body]

        async def again() -> Message:
            # Once the body, then whatever the client does: a streaming answer waits for its leave.
            if whole:
                return {"type": "http.request", "body": whole.pop(), "more_body": False}
            return await receive()

        if fault is None:
            await self._app(scope, again, send)
        elif fault.kind == "status":
            await _answer(send, fault.status, json.dumps(fault.body).encode(), fault.headers)
        else:
            await self._spoil(fault, scope, again, send)

    def _struck(self, path: str) -> Fault | None:
        for fault in self._emulated.faults:
            if fault.count <= 0 or fault.path not in path:
                continue
            if fault.after > 0:
                fault.after -= 1
                continue
            fault.count -= 1
            return fault
        return None

    async def _spoil(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
            await self._app(scope, receive, send)
            return
        if fault.kind == "dropped":
            scope["state"]["transport"].abort()
            await asyncio.sleep(0)  # the server notices before it is asked for an answer
            return
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self._app(scope, receive, keep)
        start, whole = messages[0], b"".join(m.get("body", b"") for m in messages[1:])
        if fault.kind == "malformed":
            half = whole[: len(whole) // 2]
            kept = [h for h in start["headers"] if h[0] != b"content-length"]
            await send({**start, "headers": [*kept, (b"content-length", b"%d" % len(half))]})
            await send({"type": "http.response.body", "body": half})
            return
        await send(start)
        if fault.kind == "truncated":
            # Less than content-length said: the server closes the connection, the client is told.
            half = whole[: len(whole) // 2]
            await send({"type": "http.response.body", "body": half, "more_body": True})
            raise ConnectionError("the emulator cuts this answer on demand")
        for at in range(len(whole)):
            await send(
                {"type": "http.response.body", "body": whole[at : at + 1], "more_body": True}
            )
            await asyncio.sleep(fault.seconds)
        await send({"type": "http.response.body", "body": b""})


def _asked(scope: Scope, body: bytes) -> Asked:
    try:
        said: Any = json.loads(body)
    except ValueError:
        said = body.decode(errors="replace")
    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
    return Asked(scope["method"], scope["path"], scope["query_string"].decode(), headers, said)


async def _body(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if not message.get("more_body"):
            return body


async def _answer(send: Send, status: int, body: bytes, headers: dict[str, str]) -> None:
    raw = {"content-type": "application/json", "content-length": str(len(body)), **headers}
    pairs = [(name.lower().encode(), value.encode()) for name, value in raw.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})


class _Protocol(H11Protocol):
    """Lets a fault reach the connection: the transport travels in the request's state."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


def server_of(app: ASGIApp) -> uvicorn.Server:
    """uvicorn around an emulator; it runs on the sockets it is given."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=HOST,
            http=_Protocol,
            ws="none",
            log_level="critical",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
    )


def bound(port: int) -> socket.socket:
    """A listening socket on loopback. Raises ServiceFailed when the port is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        raise ServiceFailed(
            f"Port {port} of {HOST} cannot be listened on: {error.strerror}.",
            "Give it another port.",
        ) from error
    listener.listen(128)
    return listener


@contextlib.contextmanager
def running(app: ASGIApp) -> Iterator[Emulated]:
    """An emulator in a thread of this process, on a free port of loopback."""
    listener = bound(0)
    emulated = Emulated(f"http://{HOST}:{listener.getsockname()[1]}")
    server = server_of(Faulty(app, emulated))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield emulated
    finally:
        server.should_exit = True
        server.force_exit = True
        thread.join(timeout=10)


def serve(app: ASGIApp, port: int) -> None:
    """An emulator as a process of its own, until it is told to end.

    Raises:
        ServiceFailed: the port is taken.
    """
    server_of(app).run(sockets=[bound(port)])
