"""The way of an API request: route, fault, token, quota, validation, handler, log."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from ytempire.emulators.youtube import analytics_api, data_api, discovery, reporting_api
from ytempire.emulators.youtube.calls import Answer, Call, Emulator, Handler
from ytempire.emulators.youtube.faults import Fault
from ytempire.emulators.youtube.oauth import Held, TokenAnswer
from ytempire.emulators.youtube.quota import charge_of
from ytempire.emulators.youtube.refusals import (
    Refusal,
    invalid,
    not_found,
    too_narrow,
    unauthenticated,
    unserved,
)
from ytempire.emulators.youtube.spoiling import ConnectionDropped, Dropped, dropping, spoiled
from ytempire.emulators.youtube.uploads import Sessions, open_or_take

_log = logging.getLogger("ytempire.emulators.youtube")

#: Bytes of a request that is read at once; chunks are streamed.
_MOST_BODY = 128 * 1024 * 1024
_PARTS = {
    "channels": "Channel",
    "videos": "Video",
    "playlists": "Playlist",
    "playlistItems": "PlaylistItem",
    "search": "SearchResult",
    "captions": "Caption",
}
_HANDLERS: dict[str, Handler] = {
    **data_api.HANDLERS,
    **analytics_api.HANDLERS,
    **reporting_api.HANDLERS,
    "youtube.videos.insert": open_or_take,
    "youtube.thumbnails.set": open_or_take,
    "youtube.captions.insert": open_or_take,
}


@dataclass
class Trace:
    """What the request log will say of a request."""

    method: str = "unknown"
    channel: str | None = None
    units: int = 0
    fault: Fault | None = None


class Gateway:
    """Answers every request that is part of the public protocol."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._sessions = Sessions(emulator)

    async def api(self, request: Request) -> Response:
        """An API call, or a request to an upload session."""
        trace = Trace()
        try:
            if request.method == "PUT" and "upload_id" in request.query_params:
                response = _response(await self._session(request, trace))
            else:
                response = _response(await self._call(request, trace))
        except Refusal as refusal:
            response = JSONResponse(refusal.body(), refusal.code)
        except (ConnectionDropped, ClientDisconnect):
            response = Dropped(status_code=499)
        except Exception:
            _log.exception("The local YouTube failed at %s", trace.method)
            response = JSONResponse(Refusal(500, "backendError", "Backend Error").body(), 500)
        self._note(trace, response.status_code)
        return await spoiled(response, trace.fault) if response.status_code != 499 else response

    async def token(self, request: Request) -> Response:
        """POST /token."""
        form = {k: v[0] for k, v in parse_qs((await request.body()).decode("latin-1")).items()}
        grants = self._emulator.grants
        held = grants.held_by_refresh(form.get("refresh_token", ""))
        channel = held.channel_id if held else None
        trace = Trace("oauth.token", channel)
        trace.fault = self._emulator.faults.gate("oauth.token", channel)
        if channel and self._emulator.faults.state("grant_revoked", "oauth.token", channel):
            grants.set_revoked(channel, revoked=True)
        refusal = trace.fault.refusal() if trace.fault else None
        answer = (
            TokenAnswer(refusal.code, {"error": "server_error", "error_description": str(refusal)})
            if refusal
            else grants.exchange(form)
        )
        return await self._told(answer, trace)

    async def revoke(self, request: Request) -> Response:
        """POST /revoke."""
        form = parse_qs((await request.body()).decode("latin-1"))
        token = (form.get("token") or [request.query_params.get("token", "")])[0]
        return await self._told(self._emulator.grants.revoke(token), Trace("oauth.revoke"))

    async def _told(self, answer: TokenAnswer, trace: Trace) -> Response:
        self._note(trace, answer.status)
        if trace.fault and trace.fault.kind == "dropped":
            return Dropped()
        return await spoiled(JSONResponse(answer.body, answer.status), trace.fault)

    def _note(self, trace: Trace, status: int) -> None:
        fault = trace.fault.kind if trace.fault else ""
        self._emulator.log(trace.method, trace.channel, status, trace.units, fault)

    async def _session(self, request: Request, trace: Trace) -> Answer:
        """A chunk or a status query; the address itself is the permission, as at Google."""
        session_id = request.query_params["upload_id"]
        is_question = request.headers.get("content-range", "").startswith("bytes */")
        trace.method = "upload#" + ("status" if is_question else "chunk")
        session = self._sessions.find(session_id)
        trace.method = session["method"] + ("#status" if is_question else "#chunk")
        trace.channel = session["channel_id"]
        if "authorization" in request.headers:
            self._held(request)
        self._strike(request, trace)
        stream: AsyncIterator[bytes] = request.stream()
        if trace.fault and trace.fault.kind == "dropped":
            stream = dropping(stream, trace.fault.after_bytes)
        return await self._sessions.put(session_id, request.headers, stream, _address(request))

    async def _call(self, request: Request, trace: Trace) -> Answer:
        verb, query, body = await _unwrapped(request)
        method = discovery.route(verb, request.url.path)
        if method is None:
            raise not_found("method", "notFound", "global")
        trace.method = method.id
        held = self._held(request)
        trace.channel = held.channel_id
        self._strike(request, trace)
        if trace.fault and trace.fault.kind == "dropped":
            raise ConnectionDropped
        handler = _HANDLERS.get(method.id)
        if handler is None:
            raise unserved(method.id)
        call = Call(
            method,
            query,
            request.headers,
            self._emulator.library.channels[held.channel_id],
            _address(request),
            body,
            request.url.path,
            held.scopes,
        )
        if not method.scopes.intersection(held.scopes):
            raise too_narrow()
        try:
            _check(call)
        except Refusal:
            self._charge(trace, is_valid=False)
            raise
        self._charge(trace, is_valid=True)
        return handler(self._emulator, call)

    def _charge(self, trace: Trace, *, is_valid: bool) -> None:
        charge = charge_of(trace.method, is_valid=is_valid)
        if charge is not None:
            self._emulator.quota.take(charge, self._emulator.now())
            trace.units = charge.units

    def _held(self, request: Request) -> Held:
        """What the bearer stands for. Raises Refusal (401)."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        held = self._emulator.grants.held(token) if kind == "Bearer" else None
        if held is None:
            raise unauthenticated()
        return held

    def _strike(self, request: Request, trace: Trace) -> None:
        """Finds the fault of this request; a refusing one is raised."""
        faults, grants = self._emulator.faults, self._emulator.grants
        if trace.channel and faults.state("grant_revoked", trace.method, trace.channel):
            grants.set_revoked(trace.channel, revoked=True)
            raise unauthenticated()
        trace.fault = faults.gate(trace.method, trace.channel)
        if trace.fault is None:
            return
        if trace.fault.kind == "token_expired":
            grants.expire(request.headers.get("authorization", "").partition(" ")[2])
        refusal = trace.fault.refusal()
        if refusal is not None:
            raise refusal


def _check(call: Call) -> None:
    """Query, parts and body against the discovery document. Raises Refusal (400)."""
    discovery.check_query(call.method, call.query)
    schema = _PARTS.get(call.method.id.split(".")[1])
    if schema and call.method.id.startswith("youtube."):
        schema = "VideoStat" if call.method.id.endswith("batchGetStats") else schema
        known = discovery.resource_parts(call.method, schema)
        for part in call.many("part"):
            if part not in known:
                raise invalid(f"'{part}'", "unknownPart", "youtube.part")
    if schema and call.method.body and not call.method.takes_media:
        discovery.check_body(call.method, data_api.body_of(call))


async def _unwrapped(request: Request) -> tuple[str, Mapping[str, list[str]], bytes]:
    """Verb, query and body; a GET too long for its address travels as a POST with a form."""
    if int(request.headers.get("content-length") or 0) > _MOST_BODY:
        raise Refusal(413, "uploadTooLarge", "The request is too large.")
    body = await request.body()
    query = parse_qs(request.url.query, keep_blank_values=True)
    override = request.headers.get("x-http-method-override")
    if request.method == "POST" and override:
        return override.upper(), query | parse_qs(body.decode("latin-1")), b""
    return request.method, query, body


def _address(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _response(answer: Answer) -> Response:
    headers = {**answer.headers, "Cache-Control": "private"}
    if answer.body is None:
        return Response(status_code=answer.status, headers=headers)
    if isinstance(answer.body, bytes):
        return Response(answer.body, answer.status, headers=headers)
    return JSONResponse(answer.body, answer.status, headers=headers)
