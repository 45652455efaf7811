"""A voice without a key: Google Translate's, by gTTS. It gives no word times; we align them.

gTTS packs the request; it travels through our own client, with one deadline and with the
server's certificate checked, neither of which gTTS does.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

from ytempire.config import settings
from ytempire.domain import Usage
from ytempire.errors import InvalidScript, MalformedAnswer, NotConfigured, ProviderRefused
from ytempire.providers import wire
from ytempire.providers.voices import SpokenWord, is_speakable, joined, written_words
from ytempire.providers.voices.align import align
from ytempire.providers.voices.sounds import decoded, write_wav
from ytempire.providers.voices.spoken import say

PATH = "/_/TranslateWebserverUi/data/batchexecute"
_AUDIO = re.compile(r'jQ1olc","\[\\"([A-Za-z0-9+/=_-]*)\\"')
_NAMES = {
    **{"zh": "zh-CN", "cmn": "zh-CN", "zh-cn": "zh-CN", "zh-tw": "zh-TW", "he": "iw", "nb": "no"},
    **{"nn": "no", "fil": "tl", "pt-pt": "pt-PT", "fr-ca": "fr-CA", "jv": "jw"},
}
#: Fewer words a minute than this is asked for slowly, as gTTS knows only two speeds.
_SLOW_WPM = 110


class GoogleVoice:
    """Speaks some seventy languages; free, and without promises.

    Raises:
        NotConfigured: the operator did not switch it on.
    """

    name = "google_voice"
    finish = ""
    #: What the server takes at a time, less what numbers grow by when they are spelled out.
    longest = 90

    def __init__(self, words_per_minute: int | None = None) -> None:
        self._settings = settings().google_voice
        if not self._settings.enabled:
            raise NotConfigured(
                "Google's voice is off.",
                "Set YTEMPIRE_GOOGLE_VOICE__ENABLED=true to send it texts.",
            )
        self._is_slow = words_per_minute is not None and words_per_minute < _SLOW_WPM

    @property
    def signature(self) -> str:
        """See `Voice.signature`."""
        return f"{self.name}/{'slow' if self._is_slow else 'normal'}"

    @staticmethod
    def speaks(language: str) -> bool:
        """Whether gTTS knows a language."""
        from gtts.lang import tts_langs

        return _name(language) in tts_langs()

    def expected(self, text: str, language: str) -> Usage:
        """See `Voice.expected`; its price is nothing."""
        return self._usage(joined(say(written_words(text), language)))

    def speak(
        self, text: str, language: str, out: Path
    ) -> tuple[tuple[SpokenWord, ...], float, Usage]:
        """See `Voice.speak`."""
        if not is_speakable(text):
            raise InvalidScript(
                f"Nothing in {text[:60]!r} can be spoken.", "Write words or numbers there."
            )
        if not self.speaks(language):
            raise ProviderRefused(
                f"Google's voice does not speak {language!r}.", "Use another voice."
            )
        words = written_words(text)
        said = say(words, language)
        content = wire.patiently(lambda: self._asked(joined(said), language))
        samples, hertz = decoded(content)
        write_wav(out, samples, hertz)
        spoken = align(words, said, samples, hertz, language)
        return spoken, len(samples) / hertz, self._usage(joined(said))

    def _usage(self, text: str) -> Usage:
        return Usage(
            provider=self.name,
            kind="voice",
            unit="character",
            quantity=Decimal(len(text)),
            device="remote",
        )

    def _asked(self, text: str, language: str) -> bytes:
        from gtts import gTTS
        from gtts.tts import gTTSError

        class Through(gTTS):  # type: ignore[misc]
            """gTTS with our way to the server."""

            def stream(self) -> Iterator[bytes]:
                for body in self.get_bodies():
                    yield post(body, self.GOOGLE_TTS_HEADERS)

        def post(body: str, headers: dict[str, str]) -> bytes:
            with wire.http(self._settings.deadline_s) as http:
                return _sound(http, self._settings.endpoint.rstrip("/") + PATH, body, headers)

        sound = io.BytesIO()
        try:
            Through(
                text,
                lang=_name(language),
                slow=self._is_slow,
                lang_check=False,  # done before, and without its warnings
                pre_processor_funcs=[],
            ).write_to_fp(sound)
        except (ValueError, AssertionError, gTTSError) as error:
            raise ProviderRefused(f"Google's voice will not say this: {error}"[:300]) from error
        return sound.getvalue()


def _name(language: str) -> str:
    code = language.lower()
    return _NAMES.get(code) or _NAMES.get(code.split("-")[0]) or code.split("-")[0]


def _sound(http: httpx.Client, url: str, body: str, headers: dict[str, Any]) -> bytes:
    try:
        answer = http.post(url, content=body, headers=headers)
    except httpx.HTTPError as error:
        raise wire.lost("Google's voice", error) from error
    if answer.status_code != httpx.codes.OK:
        raise wire.failed("Google's voice", answer.status_code, answer.text, answer.headers)
    found = _AUDIO.search(answer.text)
    if found is None:
        raise ProviderRefused("Google's voice answered without a sound.", "Use another voice.")
    try:
        return base64.b64decode(found[1])
    except binascii.Error as error:
        raise MalformedAnswer("Google's voice answered half a sound.") from error
