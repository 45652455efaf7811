"""The routes of the local ElevenLabs that the studio and its accounts use."""

from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any, get_args

import numpy as np
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ytempire.emulators.elevenlabs.account import MODELS, VOICES, Account, Made, Spoil, cost_of
from ytempire.emulators.elevenlabs.speech import Speech, encoded, silence, spoken
from ytempire.emulators.serving import serve as serve_app
from ytempire.errors import YTEmpireError

_CODECS = {
    "mp3": ("libmp3lame", "mp3"),
    "opus": ("libopus", "ogg"),
    "wav": ("pcm_s16le", "wav"),
    "pcm": ("pcm_s16le", "s16le"),
}
_LONGEST_PAGE = 1000
Endpoint = Callable[[Request, Account], Awaitable[Response]]


def application(account: Account) -> Starlette:
    """The application over an account of its own."""

    def keyed(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            if request.headers.get("xi-api-key") != account.key:
                return refused(401, "invalid_api_key", "Invalid API key")
            return await endpoint(request, account)

        return answer

    routes: list[tuple[str, Endpoint, str]] = [
        ("/v1/text-to-speech/{voice}/with-timestamps", speak, "POST"),
        ("/v1/voices", voices, "GET"),
        ("/v1/models", models, "GET"),
        ("/v1/user/subscription", subscription, "GET"),
        ("/v1/history", history, "GET"),
        ("/v1/history/{item}/audio", history_audio, "GET"),
        ("/emulator/next", spoil_next, "POST"),
    ]
    return Starlette(
        routes=[Route(path, keyed(endpoint), methods=[how]) for path, endpoint, how in routes]
    )


def serve(port: int, seed: int) -> None:
    """The local ElevenLabs as a process of its own; any voice of the list, one key.

    Raises:
        ServiceFailed: the port is taken.
    """
    serve_app(application(Account(seed=seed)), port)


def refused(status: int, kind: str, message: str) -> Response:
    """An error in the API's own form."""
    return answered({"detail": {"status": kind, "message": message}}, status)


def answered(content: Any, status: int = 200, **headers: str) -> Response:
    """JSON with the label; unlike Starlette's, it lets a NaN pass, as some servers do."""
    return Response(
        json.dumps(content),
        status,
        {"x-emulated": "simulated", **{k.replace("_", "-"): v for k, v in headers.items()}},
        "application/json",
    )


async def speak(request: Request, account: Account) -> Response:
    """POST /v1/text-to-speech/{voice}/with-timestamps."""
    voice, said = request.path_params["voice"], await request.json()
    text, model = str(said.get("text", "")), said.get("model_id", "eleven_multilingual_v2")
    if (refusal := _refusal(account, voice, model, text)) is not None:
        return refusal
    speed = float((said.get("voice_settings") or {}).get("speed") or 1.0)
    asked = request.query_params.get("output_format", "mp3_44100_128")
    kind, hertz, *rest = asked.split("_")
    if kind not in _CODECS:
        return refused(422, "invalid_output_format", f"No format {asked}")
    try:
        speech = await run_in_threadpool(
            spoken,
            text,
            language=said.get("language_code"),
            words_per_minute=round(VOICES[voice][1] * speed),
        )
    except YTEmpireError as error:
        return refused(400, "unsupported_language", error.message)
    spoil = account.spoils.pop(0) if account.spoils else None
    codec, container = _CODECS[kind]
    audio = await run_in_threadpool(
        encoded, _spoiled(speech, spoil), codec, container, int(hertz), int(rest[0]) if rest else 0
    )
    if spoil in ("empty", "noise"):
        audio = b"" if spoil == "empty" else b"no sound at all"
    made = account.book(voice, model, text, audio, characters(text, speech))
    return answered(
        {
            "audio_base64": base64.b64encode(audio).decode(),
            "alignment": _told(made.alignment, spoil),
            "normalized_alignment": _told(made.alignment, spoil),
        },
        character_cost=str(made.after - made.before),
        request_id=made.id,
    )


def _refusal(account: Account, voice: str, model: str, text: str) -> Response | None:
    if voice not in VOICES:
        return refused(404, "voice_not_found", f"A voice with the ID {voice} was not found.")
    if model not in MODELS:
        return refused(400, "model_not_found", f"A model with model ID {model} does not exist")
    if not text.strip():
        return refused(422, "invalid_text", "The text is empty.")
    if len(text) > MODELS[model][1]:
        return refused(400, "max_character_limit_exceeded", "The text is too long.")
    cost = cost_of(model, text)
    if account.used + cost > account.limit:
        left = account.limit - account.used
        return refused(
            401,
            "quota_exceeded",
            f"This request exceeds your quota of {account.limit}. You have {left} credits "
            f"remaining, while {cost} credits are required for this request.",
        )
    return None


def _spoiled(speech: Speech, spoil: Spoil | None) -> Speech:
    if spoil == "silent":
        return silence(speech.seconds)
    if spoil == "broken_off":
        return Speech(speech.samples[: len(speech.samples) // 12], speech.hertz, ())
    return speech


def _told(alignment: dict[str, list[Any]], spoil: Spoil | None) -> dict[str, list[Any]] | None:
    if spoil == "no_times":
        return None
    if spoil == "nan":
        nothing = [float("nan")] * len(alignment["characters"])
        return {name: nothing if name != "characters" else alignment[name] for name in alignment}
    if spoil == "other_text":
        return {**alignment, "characters": ["x" for _ in alignment["characters"]]}
    return alignment


def characters(text: str, speech: Speech) -> dict[str, list[Any]]:
    """Each character with its start and end: a word's share its time, spaces take none."""
    times = np.zeros(len(text) + 1)
    at = 0
    for word in speech.words:
        begin = text.find(word.text, at)
        if begin < 0:
            continue
        end = begin + len(word.text)
        times[at:begin] = word.start
        times[begin:end] = np.linspace(word.start, word.end, len(word.text), endpoint=False)
        times[end:] = word.end
        at = end
    rounded = [round(float(time), 3) for time in np.maximum.accumulate(times)]
    return {
        "characters": list(text),
        "character_start_times_seconds": rounded[:-1],
        "character_end_times_seconds": rounded[1:],
    }


async def spoil_next(request: Request, account: Account) -> Response:
    """POST /emulator/next: how the next answers are spoiled, as `{"spoils": ["silent"]}`."""
    wanted = (await request.json()).get("spoils", [])
    if unknown := [how for how in wanted if how not in get_args(Spoil)]:
        return refused(422, "unknown_spoil", f"Not one of {get_args(Spoil)}: {unknown}")
    account.spoil(*wanted)
    return answered({"waiting": len(account.spoils)})


async def voices(_: Request, account: Account) -> Response:
    """GET /v1/voices."""
    listed = [
        {"voice_id": voice, "name": name, "category": "premade", "labels": {"seed": account.seed}}
        for voice, (name, _) in VOICES.items()
    ]
    return answered({"voices": listed})


async def models(_: Request, __: Account) -> Response:
    """GET /v1/models."""
    return answered(
        [
            {
                "model_id": model,
                "name": model,
                "can_do_text_to_speech": True,
                "maximum_text_length_per_request": longest,
                "model_rates": {"character_cost_multiplier": credit},
            }
            for model, (credit, longest) in MODELS.items()
        ]
    )


async def subscription(_: Request, account: Account) -> Response:
    """GET /v1/user/subscription."""
    return answered(
        {
            "tier": "simulated",
            "character_count": account.used,
            "character_limit": account.limit,
            "status": "active",
        }
    )


async def history(request: Request, account: Account) -> Response:
    """GET /v1/history, newest first: at most 1,000 of a page, which goes on after an item."""
    asked = request.query_params
    try:
        size = int(asked.get("page_size", 100))
        since, until = (
            float(asked.get("date_after_unix", 0)),
            float(asked.get("date_before_unix", "inf")),
        )
    except ValueError:
        return refused(422, "invalid_query", "Dates and page sizes are numbers.")
    if not 1 <= size <= _LONGEST_PAGE:
        return refused(422, "invalid_page_size", f"At most {_LONGEST_PAGE} items are a page.")
    if asked.get("source", "TTS") != "TTS":
        return answered({"history": [], "has_more": False})
    found = [
        made
        for made in reversed(account.history)
        if asked.get("voice_id") in (None, made.voice)
        and asked.get("model_id") in (None, made.model)
        and since <= int(made.at) < until
    ]
    if after := asked.get("start_after_history_item_id"):
        places = [place for place, made in enumerate(found) if made.id == after]
        if not places:
            return refused(400, "history_item_not_found", "There is no such item.")
        found = found[places[0] + 1 :]
    page = found[:size]
    return answered(
        {
            "history": [_item(made) for made in page],
            "last_history_item_id": page[-1].id if page else None,
            "has_more": len(found) > size,
            "scanned_until": int(page[-1].at) if page else None,
        }
    )


def _item(made: Made) -> dict[str, Any]:
    return {
        "history_item_id": made.id,
        "request_id": made.id,
        "voice_id": made.voice,
        "model_id": made.model,
        "text": made.text,
        "date_unix": int(made.at),
        "character_count_change_from": made.before,
        "character_count_change_to": made.after,
        "content_type": "audio/mpeg",
        "state": "created",
        "source": "TTS",
        "alignments": {"alignment": made.alignment, "normalized_alignment": made.alignment},
    }


async def history_audio(request: Request, account: Account) -> Response:
    """GET /v1/history/{item}/audio."""
    wanted = request.path_params["item"]
    for made in account.history:
        if made.id == wanted:
            return Response(made.audio, 200, {"x-emulated": "simulated"}, "audio/mpeg")
    return refused(400, "history_item_not_found", "There is no such item.")
