"""Which voices a video may have, best first; the last one is always there."""

from __future__ import annotations

from ytempire.config import settings
from ytempire.domain import Tier, Voicing
from ytempire.providers.voices import Voice
from ytempire.providers.voices.elevenlabs import ElevenLabs, model_of
from ytempire.providers.voices.espeak import Espeak
from ytempire.providers.voices.google import GoogleVoice


def voices_for(voicing: Voicing, language: str, tier: Tier = Tier.PREMIUM) -> tuple[Voice, ...]:
    """The configured voices of a channel that speak the language: ElevenLabs with a key, by the
    tier's model, gTTS where it is on, and espeak-ng, which is always there.
    """
    chain: list[Voice] = []
    model = model_of(tier)
    if settings().elevenlabs.api_key is not None and model and ElevenLabs.speaks(language, model):
        chain.append(ElevenLabs(voicing.voices.get("elevenlabs"), voicing.words_per_minute, model))
    if settings().google_voice.enabled and GoogleVoice.speaks(language):
        chain.append(GoogleVoice(voicing.words_per_minute))
    return (*chain, Espeak(voicing.words_per_minute, voicing.voices.get("espeak")))
