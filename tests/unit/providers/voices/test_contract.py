"""What every voice must do, whoever speaks: the offline one, Google's and ElevenLabs'."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from ytempire.errors import InvalidScript
from ytempire.providers.voices import Voice, joined, written_words
from ytempire.providers.voices.elevenlabs import ElevenLabs
from ytempire.providers.voices.espeak import Espeak
from ytempire.providers.voices.google import GoogleVoice
from ytempire.providers.voices.sounds import heard, read_wav

TEXTS = {
    "en": "In 1969 it cost $1.2 million, e.g. at example.com/x — 50% of <b>all</b>!",
    "ar": "القمر بعيد جدا، ومع ذلك يرفع البحر.",
    "ja": "今日は東京タワーで、写真を3枚撮りました。",
}


@pytest.fixture(params=["espeak", "google", "elevenlabs"])
def voice(request: pytest.FixtureRequest) -> Voice:
    if request.param == "espeak":
        return Espeak(165)
    request.getfixturevalue(request.param)
    return GoogleVoice() if request.param == "google" else ElevenLabs()


# Japanese opens a dictionary: seconds where Python may keep no compiled files.
@pytest.mark.parametrize(
    "language", [pytest.param(x, marks=pytest.mark.slow if x == "ja" else ()) for x in TEXTS]
)
def test_each_written_word_is_heard_once_at_rising_times(
    voice: Voice, language: str, tmp_path: Path
) -> None:
    text = TEXTS[language]
    words, seconds, usage = voice.speak(text, language, tmp_path / "a.wav")
    assert [word.text for word in words] == written_words(text)
    assert joined([word.text for word in words]) == text
    times = [time for word in words for time in (word.start, word.end)]
    assert times == sorted(times) and times[0] >= 0
    assert len({word.start for word in words}) == len(words)
    samples, hertz = read_wav(tmp_path / "a.wav")
    assert len(samples) / hertz == pytest.approx(seconds, abs=0.01)
    assert times[-1] <= seconds + 1e-6
    first, last = heard(samples)
    assert 0.5 * seconds < (last - first) / hertz
    assert np.abs(samples.astype(int)).max() > 3000
    assert (usage.provider, usage.kind) == (voice.name, "voice")
    expected = voice.expected(text, language)
    if expected is None:
        assert (usage.unit, usage.device) == ("second", "cpu")
    else:
        assert (usage.unit, usage.device) == ("character", "remote")
        assert 0 < usage.quantity <= expected.quantity


@pytest.mark.parametrize("text", ["", "— !", "\N{GRINNING FACE}"])
def test_what_makes_no_sound_is_refused_before_anything_is_asked(
    voice: Voice, text: str, tmp_path: Path
) -> None:
    with pytest.raises(InvalidScript, match="can be spoken"):
        voice.speak(text, "en", tmp_path / "a.wav")


def test_another_pace_is_another_signature() -> None:
    assert Espeak(120).signature != Espeak(160).signature
