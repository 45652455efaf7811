"""The upload protocol: sessions, chunks, status queries, and small files in one request."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any, cast

from ytempire.emulators.youtube.arrivals import RECEIVERS, Arrival, owned
from ytempire.emulators.youtube.calls import Answer, Call, Emulator
from ytempire.emulators.youtube.data_api import body_of
from ytempire.emulators.youtube.discovery import check_body
from ytempire.emulators.youtube.faults import Fault
from ytempire.emulators.youtube.media import probe
from ytempire.emulators.youtube.metadata import check_video
from ytempire.emulators.youtube.refusals import Refusal, invalid, unserved
from ytempire.emulators.youtube.store import plain

#: Chunks but the last are multiples of this.
GRANULE = 256 * 1024
#: Emulated seconds until an unfinished session is forgotten.
SESSION_SECONDS = 7 * 86400
_RANGE = re.compile(r"bytes (?:\*|(\d+)-(\d+))/(\d+|\*)")
_MEDIA_TYPES = {
    "youtube.videos.insert": ("video/", "application/octet-stream"),
    "youtube.thumbnails.set": ("image/jpeg", "image/png", "application/octet-stream"),
    "youtube.captions.insert": ("",),
}


@dataclass(frozen=True)
class Chunk:
    """A `Content-Range`: bytes `first` to `last`, or a question when both are None."""

    first: int | None
    last: int | None
    size: int | None


def open_or_take(emulator: Emulator, call: Call) -> Answer:
    """Answers the first request of an upload: opens a session, or takes a small file at once."""
    kind = call.one("uploadType")
    if not kind:
        raise invalid("The request does not include the media content.", "mediaBodyRequired")
    if kind == "resumable":
        return _open(emulator, call)
    if call.method.id == "youtube.videos.insert":
        raise unserved(f"videos.insert with uploadType={kind}; use resumable")
    return _take(emulator, call, kind)


def _open(emulator: Emulator, call: Call) -> Answer:
    size = call.headers.get("x-upload-content-length", "")
    if not size.isdigit() or int(size) == 0:
        raise invalid("X-Upload-Content-Length must say how many bytes follow.", "badRequest")
    content_type = call.headers.get("x-upload-content-type", "application/octet-stream")
    _check_type(call, content_type)
    body = _checked_body(emulator, call)
    session_id = secrets.token_urlsafe(48)
    emulator.store.insert(
        "sessions",
        {
            "session_id": session_id,
            "method": call.method.id,
            "channel_id": call.account.channel_id,
            "query": {"part": call.many("part"), "videoId": call.one("videoId")},
            "body": body,
            "content_type": content_type,
            "bytes": int(size),
            "path": f"{session_id[:32]}.media",
            "opened_at": emulator.clock.seconds(),
        },
    )
    path = "/upload" + call.method.pattern.pattern.replace("\\", "")
    parts = ",".join(call.many("part"))
    location = f"{call.address}{path}?uploadType=resumable&part={parts}&upload_id={session_id}"
    return Answer(headers={"Location": location, "X-GUploader-UploadID": session_id})


def _check_type(call: Call, content_type: str) -> None:
    allowed = _MEDIA_TYPES[call.method.id]
    if not content_type.startswith(allowed):
        raise invalid(
            f"Media type '{content_type}' is not supported. Valid media types: {list(allowed)}",
            "badContent",
        )


def _checked_body(emulator: Emulator, call: Call) -> dict[str, Any]:
    """The metadata, refused now rather than after the bytes."""
    body = body_of(call)
    check_body(call.method, body)
    if call.method.id == "youtube.videos.insert":
        check_video(body)
        _check_cap(emulator, call)
    else:
        owned(emulator, _arrival(call, body, Path()), call.method.id.rpartition("s.")[0])
    if call.method.id == "youtube.captions.insert":
        snippet = body.get("snippet") or {}
        if not snippet.get("language") or "name" not in snippet:
            raise invalid("A track needs language and name.", "invalidMetadata", "youtube.caption")
    return body


def _check_cap(emulator: Emulator, call: Call) -> None:
    """Raises Refusal (400) where the channel has uploaded as many videos as it may in a day."""
    channel_id = call.account.channel_id
    cap = emulator.faults.state("channel_cap", call.method.id, channel_id)
    if cap is None:
        return
    since = emulator.clock.seconds() - 86400
    query = "select 1 from videos where channel_id = ? and uploaded_at > ?"
    if len(emulator.store.rows(query, channel_id, since)) >= cap.most:
        refusal = Fault(kind="upload_limit").refusal()
        assert refusal is not None
        raise refusal


def _arrival(call: Call, body: dict[str, Any], path: Path) -> Arrival:
    return Arrival(
        token=path.name,
        account=call.account,
        body=body,
        parts=call.many("part"),
        video_id=call.one("videoId") or str((body.get("snippet") or {}).get("videoId", "")),
        path=path,
        content_type=call.headers.get("content-type", ""),
        address=call.address,
    )


def _take(emulator: Emulator, call: Call, kind: str) -> Answer:
    content_type, content = call.headers.get("content-type", ""), call.body
    if kind == "multipart":
        metadata, content_type, content = _split(content_type, call.body)
        call = replace(call, body=metadata)
    else:
        call = replace(call, body=b"")
    _check_type(call, content_type)
    body = _checked_body(emulator, call)
    path = emulator.store.media / f"{secrets.token_urlsafe(24)}.media"
    path.write_bytes(content)
    arrival = replace(_arrival(call, body, path), content_type=content_type)
    return Answer(_received(emulator, call.method.id, arrival))


def _split(content_type: str, body: bytes) -> tuple[bytes, str, bytes]:
    """Metadata, media type and media of a multipart/related body."""
    message = message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    parts = message.get_payload()
    if not message.is_multipart() or not isinstance(parts, list) or len(parts) != 2:
        raise invalid("Two parts are wanted: metadata, then media.", "badRequest")
    metadata, media = (cast("Message", part) for part in parts)
    return _payload(metadata), media.get_content_type(), _payload(media)


def _payload(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _received(emulator: Emulator, method: str, arrival: Arrival) -> dict[str, Any]:
    try:
        return RECEIVERS[method](emulator, arrival)
    except Refusal:
        arrival.path.unlink(missing_ok=True)
        raise


class Sessions:
    """Serves the requests to session addresses; one at a time for each session."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._locks: dict[str, asyncio.Lock] = {}

    def find(self, session_id: str) -> dict[str, Any]:
        """A session by its id. Raises Refusal (404) when it is unknown or has expired."""
        row = self._emulator.store.row("select * from sessions where session_id = ?", session_id)
        if row is None or (
            row["answer"] is None
            and self._emulator.clock.seconds() - row["opened_at"] > SESSION_SECONDS
        ):
            raise Refusal(404, "notFound", "The upload session does not exist any more.")
        return plain(row)

    async def put(
        self,
        session_id: str,
        headers: Mapping[str, str],
        stream: AsyncIterator[bytes],
        address: str,
    ) -> Answer:
        """Takes a chunk or answers a status query. Raises Refusal."""
        async with self._locks.setdefault(session_id, asyncio.Lock()):
            session = self.find(session_id)
            if session["answer"] is not None:
                await _drain(stream)
                return Answer(session["answer"])
            chunk = _parse_range(headers, session)
            if chunk.first is not None and chunk.last is not None:
                await self._append(session, chunk.first, chunk.last, stream)
            else:
                await _drain(stream)
            session = self.find(session_id)
            if session["received"] < session["bytes"]:
                return _incomplete(session["received"])
            answer = await self._finish(session, address)
            self._locks.pop(session_id, None)
            return answer

    async def _append(
        self, session: dict[str, Any], first: int, last: int, stream: AsyncIterator[bytes]
    ) -> None:
        """Writes what arrives; of a broken chunk, the whole granules that did arrive count."""
        received, path = session["received"], self._emulator.store.media / session["path"]
        position = first
        path.touch()
        with path.open("r+b") as file:
            file.truncate(received)
            file.seek(received)
            try:
                async for data in stream:
                    fresh = data[max(0, received - position) :] if position < received else data
                    position += len(data)
                    file.write(fresh[: max(0, last + 1 - (position - len(fresh)))])
            finally:
                file.flush()
                whole = position >= last + 1
                kept = last + 1 if whole else max(received, position // GRANULE * GRANULE)
                file.truncate(kept)
                self._emulator.store.run(
                    "update sessions set received = ? where session_id = ?",
                    kept,
                    session["session_id"],
                )

    async def _finish(self, session: dict[str, Any], address: str) -> Answer:
        emulator, path = self._emulator, self._emulator.store.media / session["path"]
        is_video = session["method"] == "youtube.videos.insert"
        found = await asyncio.to_thread(probe, path) if is_video else None
        body, query = session["body"], session["query"]
        arrival = Arrival(
            token=session["session_id"],
            account=emulator.library.channels[session["channel_id"]],
            body=body,
            parts=query["part"],
            video_id=query["videoId"] or str((body.get("snippet") or {}).get("videoId", "")),
            path=path,
            content_type=session["content_type"],
            address=address,
            found=found,
        )
        resource = _received(emulator, session["method"], arrival)
        emulator.store.run(
            "update sessions set answer = ? where session_id = ?",
            json.dumps(resource),
            session["session_id"],
        )
        return Answer(resource)


async def _drain(stream: AsyncIterator[bytes]) -> None:
    async for _ in stream:
        pass


def _incomplete(received: int) -> Answer:
    headers = {"Range": f"bytes=0-{received - 1}"} if received else {}
    return Answer(status=308, headers=headers)


def _parse_range(headers: Mapping[str, str], session: dict[str, Any]) -> Chunk:
    """The request's range, checked against the session. Raises Refusal (400)."""
    size, received = session["bytes"], session["received"]
    if "content-range" not in headers:
        if int(headers.get("content-length", "0")) != size:
            raise invalid("Content-Range is wanted for a part of the file.", "badRequest")
        return Chunk(0, size - 1, size)
    match = _RANGE.fullmatch(headers["content-range"].strip())
    if match is None:
        raise invalid(f"Bad Content-Range: {headers['content-range'][:80]}", "badRequest")
    first, last, total = (int(g) if g and g != "*" else None for g in match.groups())
    if total is not None and total != size:
        raise invalid(f"The session is for {size} bytes, not for {total}.", "badRequest")
    if first is not None and last is not None:
        _check_chunk(first, last, size, received, headers)
    return Chunk(first, last, total)


def _check_chunk(
    first: int, last: int, size: int, received: int, headers: Mapping[str, str]
) -> None:
    length = last - first + 1
    if length < 1 or last >= size:
        raise invalid(f"Bytes {first}-{last} are not within {size} bytes.", "badRequest")
    if first > received:
        raise invalid(f"Bytes {received}-{first - 1} are missing.", "badRequest")
    if length % GRANULE and last + 1 != size:
        raise invalid(f"A chunk but the last is a multiple of {GRANULE} bytes.", "badRequest")
    if headers.get("content-length") not in (None, str(length)):
        raise invalid("Content-Length and Content-Range disagree.", "badRequest")
