"""Narration, music and the mix: lengths, levels, silence."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest
from ytempire.domain import Narration, Scene, Script, Usage
from ytempire.errors import InvalidMedia
from ytempire.providers.voices import SpokenWord
from ytempire.providers.voices.espeak import Espeak
from ytempire.studio import loudness, music
from ytempire.studio.encoder import SAMPLE_RATE
from ytempire.studio.narrate import LEAD_S, TAIL_S, narrate

SCRIPT = Script(
    title="Tides",
    scenes=(
        Scene(narration="The sea rises twice a day,"),
        Scene(narration="and falls 1,200 times in a year or two."),
        Scene(narration="Why? — Ask the Moon!"),
    ),
)


@pytest.fixture(scope="module")
def narration(tmp_path_factory: pytest.TempPathFactory) -> Narration:
    return narrate(SCRIPT, Espeak(165), tmp_path_factory.mktemp("voice"))[0]


def _samples(path: Path) -> tuple[np.ndarray, int]:
    with wave.open(str(path)) as file:
        data = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float) / 32768
        return data.reshape(-1, file.getnchannels()), file.getframerate()


def test_the_words_are_the_scripts_words(narration: Narration) -> None:
    assert " ".join(word.text for word in narration.words) == SCRIPT.text
    assert [word.scene for word in narration.words] == sorted(w.scene for w in narration.words)


def test_scenes_end_after_their_last_word_and_before_the_next(narration: Narration) -> None:
    assert narration.scene_ends[-1] == narration.seconds
    for index, end in enumerate(narration.scene_ends[:-1]):
        inside = [word for word in narration.words if word.scene == index]
        after = [word for word in narration.words if word.scene == index + 1]
        assert inside[-1].start < end <= after[0].start


def test_the_sound_is_48_khz_mono_of_the_said_length(narration: Narration) -> None:
    sound, hertz = _samples(narration.audio)
    assert (hertz, sound.shape[1]) == (SAMPLE_RATE, 1)
    assert abs(len(sound) / hertz - narration.seconds) < 0.002
    assert sorted(p.name for p in narration.audio.parent.iterdir()) == ["narration.wav"]


def test_it_begins_soon_and_rests_nowhere_long(narration: Narration) -> None:
    sound, hertz = _samples(narration.audio)
    loud = np.flatnonzero(np.abs(sound[:, 0]) > 0.01) / hertz
    assert LEAD_S - 0.05 <= loud[0] <= LEAD_S + 0.15
    assert narration.seconds - loud[-1] <= TAIL_S + 0.2
    assert np.diff(loud).max() < 0.9


class Mute:
    """A voice that answers with silence, as a broken provider does."""

    finish = ""

    def speak(
        self, text: str, language: str, out: Path
    ) -> tuple[tuple[SpokenWord, ...], float, Usage]:
        with wave.open(str(out), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(22050)
            file.writeframes(bytes(22050))
        usage = Usage(provider="mute", kind="voice", unit="second", quantity=0)
        return (SpokenWord(text=text, start=0, end=0.5),), 0.5, usage


def test_silence_instead_of_speech_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidMedia, match="silent where it should say 'The sea"):
        narrate(SCRIPT, Mute(), tmp_path)


def test_music_is_its_seeds_and_as_long_as_asked(tmp_path: Path) -> None:
    first = music.compose(3.0, 5, tmp_path / "a.wav").read_bytes()
    assert music.compose(3.0, 5, tmp_path / "b.wav").read_bytes() == first
    assert music.compose(3.0, 6, tmp_path / "c.wav").read_bytes() != first
    sound, hertz = _samples(tmp_path / "a.wav")
    assert (sound.shape, hertz) == ((3 * SAMPLE_RATE, 2), SAMPLE_RATE)
    assert np.abs(sound[:200]).max() < 0.01 and np.abs(sound[-200:]).max() < 0.01
    assert np.abs(sound).max() < 0.9


def test_the_loop_joins_without_a_click(tmp_path: Path) -> None:
    loop = music._loop(5)
    joint = np.concatenate([loop[-2000:], loop[:2000]])[:, 0]
    steps = np.abs(np.diff(joint))
    assert steps[1999] <= np.quantile(steps, 0.999) + 0.01


@pytest.mark.parametrize("gain", [0.05, 1.0])
def test_the_mix_is_mastered_whatever_the_voices_level(
    narration: Narration, tmp_path: Path, gain: float
) -> None:
    sound, _ = _samples(narration.audio)
    quiet = tmp_path / "voice.wav"
    with wave.open(str(quiet), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((sound[:, 0] * gain * 32767).astype("<i2").tobytes())
    bed = music.compose(narration.seconds, 1, tmp_path / "music.wav")
    mixed = loudness.mix(quiet, bed, 300, tmp_path)
    found = loudness.measure(mixed)
    assert abs(found.integrated + 14) <= 0.5
    assert found.true_peak <= -1.5
    with wave.open(str(mixed)) as file:
        assert file.getnframes() == 300 * SAMPLE_RATE // 30


def test_a_silent_mix_is_refused(tmp_path: Path) -> None:
    silent = tmp_path / "silent.wav"
    with wave.open(str(silent), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(bytes(4 * 3 * SAMPLE_RATE))
    with pytest.raises(InvalidMedia, match="silent"):
        loudness.mix(silent, silent, 90, tmp_path)
