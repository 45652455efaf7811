"""The routes of the local OpenAI, its key check and its label."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ytempire.emulators.openai import batches, billing, chat, moderation
from ytempire.emulators.openai.refusals import refused
from ytempire.emulators.openai.state import ADMIN_KEY, State

Endpoint = Callable[[Request, State], Awaitable[Response]]
_UNALLOWED = (
    "You have insufficient permissions for this operation. Check that you have the correct role "
    "in your organization, and if you're using a restricted API key, that it has the necessary "
    "scopes."
)


class Label:
    """Every answer says that it is simulated."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def labelled(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["x-emulated"] = "simulated"
            await send(message)

        await self._app(scope, receive, labelled)


def application(state: State) -> Starlette:
    """The application over a state of its own."""

    def keyed(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            given = request.headers.get("authorization", "").removeprefix("Bearer ")
            is_admins = request.url.path.startswith("/v1/organization/")
            if given != (ADMIN_KEY if is_admins else state.knobs.key):
                if given in (ADMIN_KEY, state.knobs.key):
                    return refused(401, _UNALLOWED)
                return refused(401, "Incorrect API key provided.", code="invalid_api_key")
            return await endpoint(request, state)

        return answer

    routes = [
        ("/v1/models", models, "GET"),
        ("/v1/chat/completions", chat.completions, "POST"),
        ("/v1/moderations", moderation.moderations, "POST"),
        ("/v1/files", batches.upload, "POST"),
        ("/v1/files/{id}", batches.file, "GET"),
        ("/v1/files/{id}/content", batches.content, "GET"),
        ("/v1/batches", batches.create, "POST"),
        ("/v1/batches", batches.listed, "GET"),
        ("/v1/batches/{id}", batches.retrieve, "GET"),
        ("/v1/batches/{id}/cancel", batches.cancel, "POST"),
        ("/v1/organization/usage/completions", billing.usage, "GET"),
        ("/v1/organization/costs", billing.costs, "GET"),
        ("/emulator/next", say_next, "POST"),
    ]
    app = Starlette(
        routes=[Route(path, keyed(endpoint), methods=[how]) for path, endpoint, how in routes],
        middleware=[Middleware(Label)],
    )
    app.state.openai = state
    return app


async def models(_: Request, state: State) -> Response:
    """GET /v1/models."""
    data = [
        {"id": name, "object": "model", "created": 0, "owned_by": "emulator"}
        for name in state.knobs.models
    ]
    return JSONResponse({"object": "list", "data": data})


async def say_next(request: Request, state: State) -> Response:
    """POST /emulator/next: an answer to give next, as an entry of `Knobs.next`."""
    state.knobs.next.append(await request.json())
    return JSONResponse({"waiting": len(state.knobs.next)})
