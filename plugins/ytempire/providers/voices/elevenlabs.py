"""A natural voice with the time of every character: ElevenLabs, by its SDK.

An answer that was lost on its way is looked up in the account's history before it is paid again.
"""

from __future__ import annotations

import base64
import itertools
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ytempire.config import settings
from ytempire.domain import Tier, Usage
from ytempire.errors import (
    InvalidScript,
    MalformedAnswer,
    ProviderRefused,
    ProviderUnavailable,
    YTEmpireError,
)
from ytempire.providers import wire
from ytempire.providers.elevenlabs_client import ONE_TRY, Lost, connected, in_our_words, key_of
from ytempire.providers.voices import SpokenWord, Unusable, is_speakable, joined, written_words
from ytempire.providers.voices.align import align
from ytempire.providers.voices.sounds import Samples, decoded, write_wav
from ytempire.providers.voices.spoken import say

if TYPE_CHECKING:
    from elevenlabs.client import ElevenLabs as Client

#: A format that every plan may have.
FORMAT = "mp3_44100_128"
#: The pace of a voice at speed 1, roughly; and the speeds that the API takes.
_NATURAL_WPM, _SPEEDS = 160, (0.7, 1.2)
#: Languages of the multilingual models; those after the first list only of the later ones.
_LANGUAGES = frozenset(
    (
        *("en", "ja", "zh", "de", "hi", "fr", "ko", "pt", "it", "es", "id", "nl", "tr", "fil"),
        *("pl", "sv", "bg", "ro", "ar", "cs", "el", "fi", "hr", "ms", "sk", "da", "ta", "uk", "ru"),
    )
)
_LATER_LANGUAGES = _LANGUAGES | {"hu", "no", "vi"}
_SAME_LANGUAGE = {"cmn": "zh", "nb": "no", "tl": "fil"}


def model_of(tier: Tier) -> str | None:
    """The model that speaks a tier's videos; None: economy pays for no voice."""
    given = settings().elevenlabs
    models = {Tier.PREMIUM: given.model, Tier.STANDARD: given.standard_model}
    return models.get(tier)


@dataclass(frozen=True)
class _Answer:
    """Sound as it came, each character's start and end, and what it cost in characters."""

    audio: str | bytes
    alignment: Any
    cost: Decimal


class ElevenLabs:
    """Speaks with a voice of an ElevenLabs account.

    Args:
        voice: its id; the operator's setting when not given.
        words_per_minute: the pace, as far as the provider lets it be set; its own when not given.
        model: the operator's best one when not given.

    Raises:
        NotConfigured: there is no key.
        KeyRejected: it cannot be one.
    """

    name = "elevenlabs"
    finish = ""
    #: Below the bound of the smallest plan and of every model.
    longest = 2400

    def __init__(
        self,
        voice: str | None = None,
        words_per_minute: int | None = None,
        model: str | None = None,
    ) -> None:
        given = settings().elevenlabs
        self.model = model or given.model
        self._settings = given
        self._key = key_of(given)
        self.voice = voice or given.voice
        pace = (words_per_minute or _NATURAL_WPM) / _NATURAL_WPM
        self.speed = round(min(max(pace, _SPEEDS[0]), _SPEEDS[1]), 2)

    @property
    def signature(self) -> str:
        """See `Voice.signature`."""
        return f"{self.name}/{self.model}/{self.voice}/{self.speed}"

    def expected(self, text: str, language: str) -> Usage:
        """See `Voice.expected`: a credit for each character sent, at most."""
        return self._usage(Decimal(len(joined(say(written_words(text), language)))))

    def speak(
        self, text: str, language: str, out: Path
    ) -> tuple[tuple[SpokenWord, ...], float, Usage]:
        """See `Voice.speak`.

        While it is under way `out` has a mark beside it (`.asked`), which the caller removes when
        the result is kept. One left by a killed process makes the next try ask the history first.
        """
        if not is_speakable(text):
            raise InvalidScript(
                f"Nothing in {text[:60]!r} can be spoken.", "Write words or numbers there."
            )
        if not self.speaks(language, self.model):
            raise ProviderRefused(
                f"ElevenLabs' {self.model} does not speak {language!r}.",
                "Choose another model or voice.",
            )
        words = written_words(text)
        said = say(words, language)
        answer = self._bought(joined(said), _code(language), out.with_suffix(".asked"))
        usage = self._usage(answer.cost)
        samples, hertz = _sound(answer.audio, usage)
        write_wav(out, samples, hertz)
        seconds = len(samples) / hertz
        starts = _starts(said, answer.alignment, seconds)
        if starts is None:
            return align(words, said, samples, hertz, language), seconds, usage
        ends = [*starts[1:], seconds]
        spoken = zip(words, starts, ends, strict=True)
        return tuple(SpokenWord(text=w, start=s, end=e) for w, s, e in spoken), seconds, usage

    @staticmethod
    def speaks(language: str, model: str) -> bool:
        """Whether a model speaks a language."""
        code = _code(language)
        if model.startswith("eleven_multilingual"):
            return code in _LANGUAGES
        return code in _LATER_LANGUAGES or model.startswith("eleven_v")

    def _usage(self, characters: Decimal) -> Usage:
        return Usage(
            provider=self.name,
            kind="voice",
            unit="character",
            quantity=characters,
            device="remote",
        )

    def _bought(self, text: str, code: str, mark: Path) -> _Answer:
        since = mark.stat().st_mtime if mark.exists() else None
        mark.touch()
        with connected(self._settings) as client:
            if since is not None and (found := self._kept_there(client, text, since)):
                return found
            return wire.patiently(lambda: self._asked(client, text, code))

    def _asked(self, client: Client, text: str, code: str) -> _Answer:
        """One call that is paid, if it answers."""
        from elevenlabs.types import VoiceSettings

        # The multilingual models find the language out themselves and take no code.
        is_told = not self.model.startswith("eleven_multilingual")
        language: Any = {"language_code": code} if is_told else {}
        asked_at = time.time()
        try:
            with in_our_words(self._key):
                raw = client.text_to_speech.with_raw_response.convert_with_timestamps(
                    self.voice,
                    text=text,
                    model_id=self.model,
                    output_format=FORMAT,
                    voice_settings=VoiceSettings(speed=self.speed),
                    request_options=ONE_TRY,
                    **language,
                )
        except Lost as lost:
            return self._looked_up(client, text, asked_at, lost)
        headers = {name.lower(): value for name, value in raw.headers.items()}
        data = raw.data
        return _Answer(
            audio=getattr(data, "audio_base_64", None) or "",
            alignment=getattr(data, "alignment", None),
            cost=_cost(headers, text),
        )

    def _kept_there(self, client: Client, text: str, since: float) -> _Answer | None:
        """What a killed process paid for; None also where the history may not be read: after a
        crash one more call is the lesser evil.
        """
        try:
            return self._recalled(client, text, since)
        except YTEmpireError:
            return None

    def _looked_up(self, client: Client, text: str, since: float, lost: Lost) -> _Answer:
        """The answer that was lost, from the history; it is known there whether it was made."""
        try:
            found = self._recalled(client, text, since)
        except YTEmpireError:
            usage = self._usage(Decimal(len(text)))
            raise Unusable(lost.message, usage, is_ambiguous=True) from lost
        if found is None:
            raise ProviderUnavailable(lost.message) from lost
        return found

    def _recalled(self, client: Client, text: str, since: float) -> _Answer | None:
        """What was already paid for this text since then (Unix time); None: nothing was made."""
        with in_our_words(self._key):
            listed = client.history.list(
                page_size=100,
                voice_id=self.voice,
                date_after_unix=int(since) - 60,  # two clocks
                source="TTS",
                request_options=ONE_TRY,
            )
            for item in listed.history or ():
                if item.text == text and item.model_id in (None, self.model):
                    audio = b"".join(
                        client.history.get_audio(item.history_item_id, request_options=ONE_TRY)
                    )
                    used = item.character_count_change_to - item.character_count_change_from
                    alignment = getattr(item.alignments, "alignment", None)
                    return _Answer(audio, alignment, Decimal(max(used, 0)))
        return None


def _code(language: str) -> str:
    code = language.lower().split("-")[0]
    return _SAME_LANGUAGE.get(code, code)


def _cost(headers: Mapping[str, str], text: str) -> Decimal:
    """Characters billed, as the answer says; else what was sent."""
    try:
        cost = Decimal(headers.get("character-cost", ""))
    except InvalidOperation:
        return Decimal(len(text))
    return cost if cost.is_finite() and cost >= 0 else Decimal(len(text))


def _sound(audio: str | bytes, usage: Usage) -> tuple[Samples, int]:
    try:
        content = base64.b64decode(audio, validate=True) if isinstance(audio, str) else audio
        return decoded(content)
    except (ValueError, MalformedAnswer) as error:
        about = getattr(error, "message", str(error))
        raise Unusable(f"ElevenLabs' answer holds no sound: {about}", usage) from error


def _starts(said: Sequence[str], alignment: Any, seconds: float) -> list[float] | None:
    """Each word's start from its first character's; None: the characters are not the text's."""
    sent = joined(said)
    characters = list(getattr(alignment, "characters", None) or ())
    times = list(getattr(alignment, "character_start_times_seconds", None) or ())
    if "".join(map(str, characters)) != sent or len(times) != len(characters):
        return None
    at: list[float] = []  # the start of each position of the text
    for character, start in zip(characters, times, strict=True):
        at += [start] * len(str(character))
    starts: list[float] = []
    position = 0
    for word in said:
        position = sent.index(word, position)
        starts.append(at[position])
        position += len(word)
    is_plausible = all(
        isinstance(start, int | float) and math.isfinite(start) and 0 <= start <= seconds + 0.05
        for start in starts
    ) and all(before <= after for before, after in itertools.pairwise(starts))
    return [min(start, seconds) for start in starts] if is_plausible and any(starts[1:]) else None
