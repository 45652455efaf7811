"""The route of the local Google voice: a `batchexecute` form in, MP3 in its envelope out."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ytempire.emulators.elevenlabs.speech import encoded, silence, spoken
from ytempire.emulators.serving import serve as serve_app

#: The remote procedure that speaks, and the most characters that it takes.
_RPC, _LONGEST = "jQ1olc", 200
_LABEL = {"x-emulated": "simulated"}
_NAMES = {"zh-cn": "zh", "zh-tw": "zh", "iw": "he", "jw": "jv", "tl": "en"}


def application(*, is_silent: bool = False) -> Starlette:
    """The application; `is_silent` lets it answer sounds of nothing."""

    async def execute(request: Request) -> Response:
        try:
            form = parse_qs((await request.body()).decode())
            calls = json.loads(form["f.req"][0])
            name, packed = calls[0][0][0], calls[0][0][1]
            text, language, speed, _ = json.loads(packed)
        except (ValueError, KeyError, IndexError, TypeError):
            return Response("", 400, _LABEL)
        if name != _RPC or len(text) > _LONGEST:
            return _enveloped(None)
        slow = 0.7 if speed else 1.0
        speech = await run_in_threadpool(
            spoken,
            text,
            language=_NAMES.get(language.lower(), language.lower()),
            words_per_minute=round(160 * slow),
        )
        if is_silent:
            speech = silence(speech.seconds)
        return _enveloped(await run_in_threadpool(encoded, speech, "libmp3lame", "mp3", 24000, 64))

    path = "/_/TranslateWebserverUi/data/batchexecute"
    return Starlette(routes=[Route(path, execute, methods=["POST"])])


def serve(port: int) -> None:
    """The local Google voice as a process of its own.

    Raises:
        ServiceFailed: the port is taken.
    """
    serve_app(application(), port)


def _enveloped(sound: bytes | None) -> Response:
    """The answer's envelope: a guard line, a length, and a list whose third part is JSON again."""
    inner: Any = json.dumps([base64.b64encode(sound).decode()]) if sound is not None else None
    packed = json.dumps(
        [["wrb.fr", _RPC, inner, None, None, None, "generic"]], separators=(",", ":")
    )
    return Response(f")]}}'\n\n{len(packed)}\n{packed}\n", 200, _LABEL, "application/json")
