"""Narration, music and the mix: lengths, levels, silence."""

from __future__ import annotations

import struct
import wave
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from ytempire.domain import Narration, Scene, Script
from ytempire.errors import InvalidMedia
from ytempire.journal import Notes
from ytempire.providers.voices.espeak import Espeak
from ytempire.studio import loudness, music
from ytempire.studio.encoder import SAMPLE_RATE
from ytempire.studio.loudness import Sounds
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
    return narrate(SCRIPT, [Espeak(165)], tmp_path_factory.mktemp("voice"), Notes())


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
    assert sorted(p.name for p in narration.audio.parent.iterdir()) == ["narration.wav", "spoken"]


def test_it_begins_soon_and_rests_nowhere_long(narration: Narration) -> None:
    sound, hertz = _samples(narration.audio)
    loud = np.flatnonzero(np.abs(sound[:, 0]) > 0.01) / hertz
    assert LEAD_S - 0.05 <= loud[0] <= LEAD_S + 0.15
    assert narration.seconds - loud[-1] <= TAIL_S + 0.2
    assert np.diff(loud).max() < 0.9


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
    mixed = loudness.mix(Sounds(narration=quiet, music=bed), 300, tmp_path)
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
        loudness.mix(Sounds(narration=silent, music=silent), 90, tmp_path)


def _sound(path: Path, samples: np.ndarray) -> Path:
    """A WAV of 32-bit floats, mono: the one kind of sound that can hold what is no number."""
    data = samples.astype("<f4").tobytes()
    form = struct.pack("<HHIIHH", 3, 1, SAMPLE_RATE, 4 * SAMPLE_RATE, 4, 32)
    body = b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", len(data))
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body) + len(data)) + body + data)
    return path


@pytest.mark.parametrize(
    ("samples", "said"),
    [
        (np.zeros(0), "no sound|0 s"),
        (np.zeros(SAMPLE_RATE), "silent"),
        (np.full(SAMPLE_RATE, np.nan), "no numbers|silent"),
    ],
    ids=["0 s", "silence", "NaN"],
)
def test_a_voice_that_cannot_be_heard_is_refused_whatever_the_music(
    tmp_path: Path, samples: np.ndarray, said: str
) -> None:
    voice = _sound(tmp_path / "voice.wav", samples)
    bed = music.compose(2.0, 1, tmp_path / "music.wav")
    with pytest.raises(InvalidMedia, match=said):
        loudness.mix(Sounds(narration=voice, music=bed), 60, tmp_path)


def test_music_alone_begins_again_until_the_end_and_is_mastered(tmp_path: Path) -> None:
    bed = music.compose(4.0, 1, tmp_path / "music.wav")
    mixed = loudness.mix(Sounds(music=bed), 330, tmp_path)
    assert abs(loudness.measure(mixed).integrated + 14) <= 0.5
    sound, _ = _samples(mixed)
    assert len(sound) == 330 * SAMPLE_RATE // 30
    assert np.abs(sound[-4 * SAMPLE_RATE : -2 * SAMPLE_RATE]).max() > 0.01


def test_nothing_to_hear_is_a_silent_track_of_the_videos_length(tmp_path: Path) -> None:
    sound, hertz = _samples(loudness.mix(Sounds(), 50, tmp_path, Fraction(25)))
    assert sound.shape == (2 * hertz, 2)
    assert not sound.any()


def test_a_voice_is_heard_after_the_opening_card(tmp_path: Path) -> None:
    tone = _sound(tmp_path / "t.wav", 0.3 * np.sin(np.arange(2 * SAMPLE_RATE) / 20))
    sound, hertz = _samples(loudness.mix(Sounds(narration=tone, lead_s=1.2), 120, tmp_path))
    heard = np.flatnonzero(np.abs(sound[:, 0]) > 0.01) / hertz
    assert abs(heard[0] - 1.2) < 0.01
