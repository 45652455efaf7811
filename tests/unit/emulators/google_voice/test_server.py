"""The local Google voice answers what gTTS itself understands."""

from __future__ import annotations

import httpx
import pytest
from gtts import gTTS
from ytempire.emulators.google_voice.server import application
from ytempire.emulators.serving import running

PATH = "/_/TranslateWebserverUi/data/batchexecute"


@pytest.mark.parametrize("lang", ["en", "iw", "zh-CN"])
def test_a_form_packed_by_gtts_is_answered_with_speech(lang: str) -> None:
    (body,) = gTTS("Good day", lang=lang, lang_check=False).get_bodies()
    with running(application()) as emulated:
        answer = httpx.post(emulated.address + PATH, content=body, headers=gTTS.GOOGLE_TTS_HEADERS)
    assert answer.status_code == 200
    assert answer.headers["x-emulated"] == "simulated"
    assert '"wrb.fr","jQ1olc","[\\"' in answer.text


def test_a_text_too_long_has_no_sound_and_another_form_is_refused() -> None:
    body = gTTS("x", lang="en")._package_rpc("y" * 201)
    with running(application()) as emulated:
        headers = gTTS.GOOGLE_TTS_HEADERS
        long = httpx.post(emulated.address + PATH, content=body, headers=headers)
        odd = httpx.post(emulated.address + PATH, content="f.req=[]", headers=headers)
    assert (long.status_code, '"jQ1olc",null' in long.text) == (200, True)
    assert odd.status_code == 400
