"""The offline voice says every word once and knows when."""

from __future__ import annotations

import wave
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from ytempire.errors import InvalidScript, NotConfigured
from ytempire.providers.voices import written_words
from ytempire.providers.voices.espeak import Espeak

HARD = (
    "The Moon — 384,400 km away — pulls GPS at 1.2 million “café” feet; in 1969 it cost "
    "$1.2 million. Don't go, e.g. state-of-the-art & 50% <b>now</b>. U.S. done? Yes! 5 < 6 {x} \\n"
)


@pytest.fixture
def voice() -> Espeak:
    return Espeak(165)


def test_every_written_word_is_heard_once_in_order(voice: Espeak, tmp_path: Path) -> None:
    words, seconds, usage = voice.speak(HARD, "en", tmp_path / "a.wav")
    assert " ".join(word.text for word in words) == " ".join(HARD.split())
    times = [time for word in words for time in (word.start, word.end)]
    assert times == sorted(times)
    assert times[-1] <= seconds + 1e-6
    assert all(word.end - word.start > 0.03 for word in words)
    assert (usage.kind, usage.unit) == ("voice", "second") and usage.quantity > 0


def test_words_are_heard_when_it_says_so(voice: Espeak, tmp_path: Path) -> None:
    """After a full stop there is silence, then the next word's own start."""
    words, _, _ = voice.speak("Stop. Go now. Wait. Again we go.", "en", tmp_path / "a.wav")
    with wave.open(str(tmp_path / "a.wav")) as file:
        hertz = file.getframerate()
        sound = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(float)

    def level(start: float, end: float) -> float:
        return float(np.sqrt(np.mean(sound[int(start * hertz) : int(end * hertz)] ** 2)))

    for word in words:
        if word.text in {"Go", "Wait.", "Again"}:
            assert level(word.start, word.start + 0.2) > 10 * level(
                word.start - 0.06, word.start - 0.01
            )


def test_the_pace_can_be_set(tmp_path: Path) -> None:
    text = "One small step for a person, and a long sentence to measure it by."
    _, slow, _ = Espeak(120).speak(text, "en", tmp_path / "a.wav")
    _, fast, _ = Espeak(240).speak(text, "en", tmp_path / "b.wav")
    assert slow > 1.6 * fast


def test_another_variant_sounds_otherwise(tmp_path: Path) -> None:
    for name, voice in (("a", Espeak(165)), ("b", Espeak(165, "f3"))):
        voice.speak("One small step.", "en", tmp_path / f"{name}.wav")
    assert (tmp_path / "a.wav").read_bytes() != (tmp_path / "b.wav").read_bytes()
    with pytest.raises(NotConfigured, match="no variant 'nobody'"):
        Espeak(165, "nobody")


def test_it_speaks_other_languages_and_refuses_unknown_ones(voice: Espeak, tmp_path: Path) -> None:
    words, _, _ = voice.speak("El mar sube dos veces al día.", "es", tmp_path / "a.wav")
    assert len(words) == 7
    with pytest.raises(NotConfigured, match="tlh-xx"):
        voice.speak("nuqneH", "tlh-xx", tmp_path / "b.wav")


#: A sentence of each language, and about how many syllables it has.
SENTENCES = {
    "ar": ("القمر بعيد جدا عن الأرض، ومع ذلك يرفع البحر مرتين كل يوم.", 34),
    "he": ("הירח רחוק מאוד מכדור הארץ, ובכל זאת הוא מרים את הים.", 24),
    "hi": ("चाँद धरती से बहुत दूर है, फिर भी वह समुद्र को उठाता है।", 22),
    "zh": ("月球离地球三十八万公里，每天引起两次潮汐。", 19),
    "ko": ("달은 지구에서 멀지만, 하루에 두 번 바다를 들어 올린다.", 22),
    "ru": ("Луна далеко от Земли, но дважды в день она поднимает море.", 21),
    "el": ("Το φεγγάρι είναι μακριά, αλλά σηκώνει τη θάλασσα.", 18),
    "ja": ("今日は2024年に東京タワーで写真を3枚撮りました。とても便利です。", 47),
    "th": ("ดวงจันทร์อยู่ไกลมากแต่ยกน้ำทะเล", 11),
}


@pytest.mark.parametrize(
    "language", [pytest.param(x, marks=pytest.mark.slow if x == "ja" else ()) for x in SENTENCES]
)
def test_a_sentence_is_spoken_not_spelled(voice: Espeak, tmp_path: Path, language: str) -> None:
    """A syllable takes 0.08 to 0.4 s; read letter by letter a sentence takes several times that."""
    text, syllables = SENTENCES[language]
    words, seconds, _ = voice.speak(text, language, tmp_path / "a.wav")
    assert [word.text for word in words] == written_words(text)
    starts = [word.start for word in words]
    assert starts == sorted(set(starts))
    assert 0.08 < seconds / syllables < 0.4
    with wave.open(str(tmp_path / "a.wav")) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(float)
    assert np.sqrt(np.mean(sound**2)) > 500


@pytest.mark.slow
def test_kanji_are_read_in_kana(voice: Espeak, tmp_path: Path) -> None:
    """The library knows no kanji: left as they are, it says "Chinese letter" for each."""
    _, kanji, _ = voice.speak("東京タワーで写真を撮りました。", "ja", tmp_path / "a.wav")
    _, read, _ = voice.speak("とうきょうたわーでしゃしんをとりました。", "ja", tmp_path / "b.wav")
    assert kanji == pytest.approx(read, rel=0.25)


@pytest.mark.parametrize("text", ["", "…", "— !", "\N{GRINNING FACE}"])
def test_what_makes_no_sound_is_refused(voice: Espeak, tmp_path: Path, text: str) -> None:
    with pytest.raises(InvalidScript, match="can be spoken"):
        voice.speak(text, "en", tmp_path / "a.wav")
    assert not (tmp_path / "a.wav").exists()


def test_voices_in_threads_do_not_disturb_each_other(voice: Espeak, tmp_path: Path) -> None:
    def speak(name: int) -> object:
        return voice.speak("Two at once is one too many.", "en", tmp_path / f"{name}.wav")[0]

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(speak, range(4)))
    assert all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The Moon — far away", ["The", "Moon —", "far", "away"]),
        ("— so it goes", ["— so", "it", "goes"]),
        ("fish & chips !", ["fish &", "chips !"]),
        ("", []),
    ],
)
def test_a_lone_sign_stays_with_its_neighbour(text: str, words: list[str]) -> None:
    assert written_words(text) == words
