"""Words are found in a sound by silences and syllables, without the voice's own times."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml
from ytempire.providers.voices import written_words
from ytempire.providers.voices.align import align
from ytempire.providers.voices.espeak import Espeak
from ytempire.providers.voices.sounds import Samples, read_wav
from ytempire.providers.voices.spoken import say

TEXTS: dict[str, str] = yaml.safe_load(
    (Path(__file__).parents[3] / "fixtures/voices/spoken_texts.yaml").read_text()
)


def _errors(language: str, pace: int, folder: Path) -> list[float]:
    """Seconds between where a word is found and where the voice says that it began."""
    spoken, _, _ = Espeak(pace).speak(TEXTS[language], language, folder / "a.wav")
    words = [word.text for word in spoken]
    found = align(words, say(words, language), *read_wav(folder / "a.wav"), language)
    return [abs(a.start - b.start) for a, b in zip(found, spoken, strict=True)]


@pytest.mark.parametrize("pace", [140, 190])
@pytest.mark.parametrize("language", TEXTS)
def test_half_of_the_words_are_within_120_ms_and_nine_tenths_within_300(
    language: str, pace: int, tmp_path: Path
) -> None:
    errors = _errors(language, pace, tmp_path)
    assert float(np.median(errors)) <= 0.12
    assert float(np.quantile(errors, 0.9)) <= 0.3


def test_a_hiss_or_a_quiet_voice_changes_little(tmp_path: Path) -> None:
    spoken, _, _ = Espeak(165).speak(TEXTS["en"], "en", tmp_path / "a.wav")
    words = [word.text for word in spoken]
    samples, hertz = read_wav(tmp_path / "a.wav")
    hiss = np.random.default_rng(1).normal(0, 60, len(samples))
    quiet = (samples * 0.1).astype(np.int16)
    for changed in (quiet, (samples * 0.5 + hiss).astype(np.int16)):
        found = align(words, say(words, "en"), changed, hertz, "en")
        errors = [abs(a.start - b.start) for a, b in zip(found, spoken, strict=True)]
        assert float(np.median(errors)) <= 0.12


@pytest.mark.parametrize(
    "samples", [np.zeros(0, np.int16), np.zeros(22050, np.int16), np.ones(300, np.int16)]
)
def test_a_sound_without_speech_still_has_every_word_once(samples: Samples) -> None:
    words = written_words("Nothing of this is heard.")
    found = align(words, words, samples, 22050, "en")
    assert [word.text for word in found] == words
    times = [time for word in found for time in (word.start, word.end)]
    assert times == sorted(times)
    assert times[-1] <= len(samples) / 22050
