"""Resumable upload by Google's client, with the session in our hands.

The client opens a session and sends bytes in one call, forgets the session's address when it is
serialised, and resends an exhausted stream after a 503; here the opening request is made apart,
and the client resumes from the stored address by asking what the server holds.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from typing import Any

from ytempire.config import settings
from ytempire.errors import ProviderUnavailable
from ytempire.providers.youtube.answers import error_of

logger = logging.getLogger(__name__)

PARTS = "snippet,status"
#: Tries in a row without a byte stored before the task gives up (its retry goes on from there).
TRIES = 4


class SessionExpired(Exception):
    """The server does not know the session any more."""


def open_session(service: Any, resource: dict[str, Any], file: Path) -> str:
    """Open an upload session and return its address; no byte of the file is sent.

    Raises:
        YTEmpireError: what YouTube's refusal means (`answers.error_of`).
    """
    request = service.videos().insert(part=PARTS, body=resource, media_body=_media(file))
    headers = dict(request.headers) | {
        "content-type": "application/json",
        "X-Upload-Content-Type": "video/mp4",
        "X-Upload-Content-Length": str(file.stat().st_size),
    }
    body = json.dumps(resource).encode()
    headers["content-length"] = str(len(body))
    response, content = _request(request, request.uri, "POST", body, headers)
    if response.status != 200 or "location" not in response:
        raise error_of(response.status, content)
    return str(response["location"])


def send(
    service: Any,
    resource: dict[str, Any],
    file: Path,
    session_uri: str,
    progress: Callable[[float, str], None],
    closing: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Send what the session still lacks and return YouTube's answer, the video resource.

    Args:
        closing: called before each request that carries the last bytes: from then on the video may
            exist. What it raises ends the upload.

    Raises:
        SessionExpired: the server has forgotten the session.
        ProviderUnavailable: four tries in a row brought nothing on; call again to go on.
    """
    request = service.videos().insert(part=PARTS, body=resource, media_body=_media(file))
    request.resumable_uri = session_uri
    request._in_error_state = True  # ask the server what it holds before sending
    tries = 0
    while tries < TRIES:
        before, is_question = request.resumable_progress, request._in_error_state
        if is_question:
            status, answer = _surviving(_ask, request)
        else:
            if before + request.resumable.chunksize() >= request.resumable.size():
                closing()
            status, answer = _surviving(_next_chunk, request)
        if isinstance(answer, dict) and "id" in answer:
            return answer
        if answer is not None:  # it arrived, and what was said of it did not: the session knows
            logger.info("The upload's answer cannot be read: %.80r", answer)
            status = None
        if status is not None:
            progress(0.95 * status.progress(), "uploading")
        if request.resumable_progress > before:
            tries = 0
        elif status is None or not is_question:
            tries += 1
            request._in_error_state = True
            if tries < TRIES:
                time.sleep(0.25 * 2**tries)
    raise ProviderUnavailable("The upload does not move on.", "It resumes where it was.")


def _ask(request: Any) -> tuple[Any, Any]:
    """What the server holds: the client asks and sends in one go, and here it is to be known first
    whether the next bytes are the last."""
    headers = {"Content-Range": f"bytes */{request.resumable.size()}", "content-length": "0"}
    answer = request.http.request(request.resumable_uri, "PUT", headers=headers)
    return request._process_response(*answer)  # type: ignore[no-any-return]


def _next_chunk(request: Any) -> tuple[Any, Any]:
    return request.next_chunk(num_retries=0)  # type: ignore[no-any-return]


def _surviving(step: Callable[[Any], tuple[Any, Any]], request: Any) -> tuple[Any, Any]:
    """A step of an upload; a passing fault (5xx, a broken connection) is (None, None)."""
    from google.auth.exceptions import TransportError
    from googleapiclient.errors import HttpError
    from httplib2 import HttpLib2Error

    try:
        return step(request)
    except HttpError as error:
        if error.resp.status in (404, 410):
            raise SessionExpired from error
        if error.resp.status < 500:
            raise error_of(error.resp.status, error.content) from error
    except (TransportError, HttpLib2Error, HTTPException, OSError) as error:
        logger.info("The upload broke off, asking the server what it holds: %s", error)
    return None, None


def _media(file: Path) -> Any:
    from googleapiclient.http import MediaFileUpload

    class Chunks(MediaFileUpload):  # type: ignore[misc]
        """Reads each chunk anew: a stream would be exhausted when a chunk must be sent again."""

        def has_stream(self) -> bool:
            return False

    return Chunks(
        str(file), mimetype="video/mp4", chunksize=settings().youtube.chunk_bytes, resumable=True
    )


def _request(
    request: Any, uri: str, method: str, body: bytes, headers: dict[str, str]
) -> tuple[Any, bytes]:
    from google.auth.exceptions import TransportError
    from httplib2 import HttpLib2Error

    try:
        return request.http.request(uri, method=method, body=body, headers=headers)  # type: ignore[no-any-return]
    except (TransportError, HttpLib2Error, HTTPException, OSError) as error:
        raise ProviderUnavailable(f"YouTube did not answer: {error}.") from error
