"""What `doctor` says of writers, voices and pictures: which are configured, and do they answer."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator

import httpx

from ytempire.config import Settings, settings
from ytempire.errors import KeyRejected, YTEmpireError
from ytempire.local.findings import Finding
from ytempire.providers import wire

_DEADLINE_S = 10.0


def providers() -> list[Finding]:
    """One finding for each capability that can be served by others, and what serves it now."""
    config = settings()
    checks = (_openai, _elevenlabs, _google_voice, _media, _sdxl, _pexels, _cards)
    return [finding for check in checks for finding in check(config)]


def _openai(config: Settings) -> Iterator[Finding]:
    key = config.openai.api_key
    if key is None:
        yield Finding("Writer", "missing", "Your words and the trend teller. YTEMPIRE_OPENAI__…")
        return
    headers = {"Authorization": f"Bearer {key.get_secret_value()}"}
    yield _asked("Writer", "OpenAI", f"{config.openai.base_url.rstrip('/')}/models", headers)


def _elevenlabs(config: Settings) -> Iterator[Finding]:
    key = config.elevenlabs.api_key
    if key is None:
        yield Finding("Voice", "missing", "espeak-ng speaks. YTEMPIRE_ELEVENLABS__API_KEY")
        return
    address = f"{config.elevenlabs.base_url.rstrip('/')}/v1/user/subscription"
    yield _asked("Voice", "ElevenLabs", address, {"xi-api-key": key.get_secret_value()})


def _google_voice(config: Settings) -> Iterator[Finding]:
    if config.google_voice.enabled:
        yield Finding("Voice", "ok", f"gTTS: texts may be sent to {config.google_voice.endpoint}")


def _pexels(config: Settings) -> Iterator[Finding]:
    key = config.pexels.api_key
    if key is not None:
        address = f"{config.pexels.base_url.rstrip('/')}/v1/search?query=sea&per_page=1"
        yield _asked("Pictures", "Pexels", address, {"Authorization": key.get_secret_value()})


def _media(config: Settings) -> Iterator[Finding]:
    folder = config.media.folder
    if folder is None:
        return
    if folder.is_dir():
        yield Finding("Pictures", "ok", f"your own, in {folder}")
    else:
        yield Finding("Pictures", "broken", f"YTEMPIRE_MEDIA__FOLDER is no folder: {folder}")


def _sdxl(config: Settings) -> Iterator[Finding]:
    if config.sdxl.host is not None:
        yield _asked("Pictures", "SDXL's host", f"{config.sdxl.host.rstrip('/')}/healthz", {})
    elif config.sdxl.weights is None:
        yield Finding("Pictures", "missing", "The painter paints. YTEMPIRE_SDXL__WEIGHTS")
    elif importlib.util.find_spec("torch") is None:
        yield Finding("Pictures", "broken", "SDXL needs torch: `make install-gpu`.")
    else:
        yield Finding("Pictures", "ok", f"SDXL from {config.sdxl.weights}")


def _cards(_: Settings) -> Iterator[Finding]:
    import pynvml

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        yield Finding("GPU", "missing", "No NVIDIA card: pictures and encoding take the CPU.")
        return
    for index in range(pynvml.nvmlDeviceGetCount()):
        card = pynvml.nvmlDeviceGetHandleByIndex(index)
        total = int(pynvml.nvmlDeviceGetMemoryInfo(card).total) / 1024**3
        name = pynvml.nvmlDeviceGetName(card)
        yield Finding("GPU", "ok", f"cuda:{index}, {name}, {total:.0f} GiB")
    pynvml.nvmlShutdown()


def _asked(what: str, name: str, address: str, headers: dict[str, str]) -> Finding:
    """One small call that costs nothing: does the key open the door?"""
    try:
        with wire.http(_DEADLINE_S) as client:
            answer = client.get(address, headers=headers)
            if answer.is_error:
                raise wire.failed(name, answer.status_code, answer.text, answer.headers)
    except KeyRejected as error:
        return Finding(what, "broken", str(error))
    except (httpx.HTTPError, YTEmpireError) as error:
        return Finding(what, "broken", f"{name} does not answer: {error}")
    label = "simulated" if answer.headers.get("x-emulated") else "ok"
    return Finding(what, label, f"{name} at {httpx.URL(address).host} takes the key")
