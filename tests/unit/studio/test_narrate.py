"""A script becomes sound in one voice; what was paid for is kept and never asked for again."""

from __future__ import annotations

import wave
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from ytempire.config import settings
from ytempire.domain import Scene, Script, Usage, Voicing
from ytempire.emulators.elevenlabs.account import Account, Spoil
from ytempire.emulators.google_voice.server import application as google_application
from ytempire.emulators.serving import Emulated, running
from ytempire.errors import (
    InvalidScript,
    KeyRejected,
    MalformedAnswer,
    QuotaExhausted,
)
from ytempire.journal import Notes
from ytempire.providers.voices import SpokenWord, Voice, joined, written_words
from ytempire.providers.voices.choice import voices_for
from ytempire.providers.voices.espeak import Espeak
from ytempire.studio.narrate import narrate

SCRIPT = Script(
    title="Tides",
    scenes=(
        Scene(narration="The sea rises twice a day,"),
        Scene(narration="and falls as often."),
        Scene(narration="Why? Ask the Moon!"),
    ),
)
LETTERS = sum(len(scene.narration) for scene in SCRIPT.scenes)


def _chain() -> tuple[Voice, ...]:
    return voices_for(Voicing(words_per_minute=165), "en")


def _paid(notes: Notes) -> Decimal:
    return sum((u.quantity for u in notes.usages if u.provider == "elevenlabs"), Decimal(0))


def _spoken_calls(emulated: Emulated) -> int:
    return sum("with-timestamps" in asked.path for asked in emulated.asked)


def test_all_of_it_is_one_voice_and_booked_in_characters(
    elevenlabs: Emulated, tmp_path: Path
) -> None:
    notes = Notes()
    narration = narrate(SCRIPT, _chain(), tmp_path, notes)
    assert joined([word.text for word in narration.words]) == SCRIPT.text
    assert narration.scene_ends[-1] == narration.seconds
    assert (_paid(notes), notes.fallbacks, notes.reported[0]) == (LETTERS, [], 1.0)
    with wave.open(str(narration.audio)) as file:
        assert file.getnframes() / file.getframerate() == pytest.approx(narration.seconds, abs=0.01)


def test_a_second_try_pays_for_nothing(
    elevenlabs: Emulated, account: Account, tmp_path: Path
) -> None:
    first = narrate(SCRIPT, _chain(), tmp_path, Notes())
    notes = Notes()
    assert narrate(SCRIPT, _chain(), tmp_path, notes).words == first.words
    assert (_paid(notes), account.used) == (0, LETTERS)
    edited = SCRIPT.model_copy(update={"scenes": (*SCRIPT.scenes[:2], Scene(narration="Ask!"))})
    narrate(edited, _chain(), tmp_path, notes)
    assert _paid(notes) == 4


def test_when_a_voice_fails_halfway_the_next_speaks_all_and_the_paid_part_is_booked(
    elevenlabs: Emulated, tmp_path: Path
) -> None:
    notes = Notes()
    narrate(SCRIPT.model_copy(update={"scenes": SCRIPT.scenes[:1]}), _chain(), tmp_path, notes)
    elevenlabs.fail("status", path="with-timestamps", status=422, body={"detail": "no"})
    narration = narrate(SCRIPT, _chain(), tmp_path, notes)
    (fallback,) = notes.fallbacks
    assert (fallback.capability, fallback.wanted, fallback.used) == (
        "voice",
        "elevenlabs",
        "espeak",
    )
    assert "422" in fallback.reason
    assert _paid(notes) == len(SCRIPT.scenes[0].narration)
    assert joined([word.text for word in narration.words]) == SCRIPT.text
    assert len(list((tmp_path / "spoken").glob("espeak-*.wav"))) == len(SCRIPT.scenes)


@pytest.mark.parametrize("spoil", ["silent", "empty", "noise", "broken_off"])
def test_a_paid_answer_without_speech_is_booked_and_another_voice_speaks(
    elevenlabs: Emulated, account: Account, tmp_path: Path, spoil: Spoil
) -> None:
    account.spoil(spoil)
    notes = Notes()
    narration = narrate(SCRIPT, _chain(), tmp_path, notes)
    assert [fallback.used for fallback in notes.fallbacks] == ["espeak"]
    assert _paid(notes) == account.used == len(SCRIPT.scenes[0].narration)
    assert _spoken_calls(elevenlabs) == 1
    assert joined([word.text for word in narration.words]) == SCRIPT.text


def test_times_that_are_not_the_texts_are_aligned_anew_and_nothing_is_paid_twice(
    elevenlabs: Emulated, account: Account, tmp_path: Path
) -> None:
    true = narrate(SCRIPT, _chain(), tmp_path / "a", Notes())
    account.spoil("nan", "other_text", "no_times")  # one for each scene
    notes = Notes()
    narration = narrate(SCRIPT, _chain(), tmp_path / "b", notes)
    assert (notes.fallbacks, _paid(notes)) == ([], LETTERS)
    errors = [abs(a.start - b.start) for a, b in zip(true.words, narration.words, strict=True)]
    assert float(np.median(errors)) < 0.12


@pytest.mark.parametrize(
    "kind", ["truncated", "malformed", "dropped", pytest.param("drip", marks=pytest.mark.slow)]
)
def test_an_answer_lost_on_its_way_is_taken_from_the_history(
    elevenlabs: Emulated,
    account: Account,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    if kind == "drip":
        monkeypatch.setenv("YTEMPIRE_ELEVENLABS__DEADLINE_S", "2")
        settings.cache_clear()
    elevenlabs.fail(kind, path="with-timestamps", seconds=0.5)  # type: ignore[arg-type]
    notes = Notes()
    narrate(SCRIPT, _chain(), tmp_path, notes)
    assert (notes.fallbacks, _paid(notes), account.used) == ([], LETTERS, LETTERS)


def test_a_lost_answer_that_cannot_be_looked_up_is_booked_as_foreseen(
    elevenlabs: Emulated, tmp_path: Path
) -> None:
    elevenlabs.fail("truncated", path="with-timestamps")
    elevenlabs.fail("status", path="history", status=403)
    notes = Notes()
    narrate(SCRIPT, _chain(), tmp_path, notes)
    assert [fallback.used for fallback in notes.fallbacks] == ["espeak"]
    assert _paid(notes) == len(SCRIPT.scenes[0].narration)


class Killed(BaseException):
    """The process ends here."""


class Dying(Notes):
    """A journal whose process dies right after something was paid."""

    def used(self, *usages: Usage) -> None:
        raise Killed


def test_what_was_paid_before_a_kill_is_found_again(
    elevenlabs: Emulated, account: Account, tmp_path: Path
) -> None:
    with pytest.raises(Killed):
        narrate(SCRIPT, _chain(), tmp_path, Dying())
    notes = Notes()
    narrate(SCRIPT, _chain(), tmp_path, notes)
    assert (_paid(notes), account.used) == (LETTERS, LETTERS)
    assert not list((tmp_path / "spoken").glob("*.asked"))


@pytest.mark.parametrize("spoil", ["silent", "empty", "noise", "broken_off"])
def test_every_answer_without_speech_is_booked_once_and_the_next_try_asks_anew(
    elevenlabs: Emulated, account: Account, tmp_path: Path, spoil: Spoil
) -> None:
    account.spoil(spoil)
    notes = Notes()
    for _ in range(3):
        narrate(SCRIPT, _chain(), tmp_path, notes)
    assert len(notes.fallbacks) == 1
    assert _paid(notes) == account.used == LETTERS + len(SCRIPT.scenes[0].narration)


class DyingAfter(Notes):
    """A journal whose process dies as it says how far it is, right after a part was booked."""

    def progress(self, fraction: float, note: str = "") -> None:
        raise Killed


@pytest.mark.parametrize("spoil", [None, "silent", "noise"])
def test_what_is_owed_at_a_kill_is_booked_once_whatever_was_answered(
    elevenlabs: Emulated, account: Account, tmp_path: Path, spoil: Spoil | None
) -> None:
    if spoil:
        account.spoil(spoil)
    with pytest.raises(Killed):
        narrate(SCRIPT, _chain(), tmp_path, Dying())
    notes = Notes()
    for _ in range(3):
        narrate(SCRIPT, _chain(), tmp_path, notes)
    assert _paid(notes) == account.used
    booked = DyingAfter()
    script = Script(title="Ask", scenes=(Scene(narration="Ask the Moon."),))
    before = account.used
    with pytest.raises(Killed):
        narrate(script, _chain(), tmp_path, booked)
    narrate(script, _chain(), tmp_path, notes := Notes())
    assert (_paid(booked), _paid(notes)) == (account.used - before, 0)


def test_a_short_wait_that_is_asked_for_is_waited(elevenlabs: Emulated, tmp_path: Path) -> None:
    elevenlabs.fail("status", status=429, headers={"retry-after": "0.1"})
    elevenlabs.fail("status", status=503, headers={"retry-after": "0"})
    notes = Notes()
    narrate(SCRIPT, _chain(), tmp_path, notes)
    assert (notes.fallbacks, _paid(notes)) == ([], LETTERS)


def test_a_long_wait_is_left_to_another_voice(elevenlabs: Emulated, tmp_path: Path) -> None:
    elevenlabs.fail("status", status=429, headers={"retry-after": "3600"})
    notes = Notes()
    narrate(SCRIPT, _chain(), tmp_path, notes)
    assert [fallback.used for fallback in notes.fallbacks] == ["espeak"]


def test_a_bad_key_is_a_persons_to_mend(
    elevenlabs: Emulated, account: Account, tmp_path: Path
) -> None:
    secret, account.key = account.key, "another"
    with pytest.raises(KeyRejected, match="Invalid API key") as caught:
        narrate(SCRIPT, _chain(), tmp_path, Notes())
    assert secret not in str(caught.value)


def test_a_spent_plan_is_no_bad_key(elevenlabs: Emulated, account: Account, tmp_path: Path) -> None:
    account.limit = 30
    notes = Notes()
    narrate(SCRIPT, _chain(), tmp_path, notes)
    (fallback,) = notes.fallbacks
    assert "exceeds your quota" in fallback.reason
    assert _paid(notes) == account.used == len(SCRIPT.scenes[0].narration)


class Rationed(Notes):
    """A journal that allows only so many characters a day."""

    def __init__(self, characters: int) -> None:
        super().__init__()
        self.left = Decimal(characters)

    def intend(self, purchase: str, *expected: Usage, can_look_up: bool = False) -> bool:
        for usage in expected:
            if usage.quantity > self.left:
                raise QuotaExhausted("Too few characters are left today.")
            self.left -= usage.quantity
        return False


def test_nothing_is_asked_above_the_days_allowance(elevenlabs: Emulated, tmp_path: Path) -> None:
    notes = Rationed(len(SCRIPT.scenes[0].narration))
    narrate(SCRIPT, _chain(), tmp_path, notes)
    assert _spoken_calls(elevenlabs) == 1
    assert [fallback.used for fallback in notes.fallbacks] == ["espeak"]


def test_the_chain_is_elevenlabs_then_google_then_the_offline_voice(
    elevenlabs: Emulated, account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(google_application(is_silent=True)) as google:
        monkeypatch.setenv("YTEMPIRE_GOOGLE_VOICE__ENABLED", "true")
        monkeypatch.setenv("YTEMPIRE_GOOGLE_VOICE__ENDPOINT", google.address)
        settings.cache_clear()
        account.spoil("silent")
        notes = Notes()
        narrate(SCRIPT, _chain(), tmp_path, notes)
    assert [(f.wanted, f.used) for f in notes.fallbacks] == [
        ("elevenlabs", "google_voice"),
        ("google_voice", "espeak"),
    ]


def test_a_language_that_a_voice_lacks_goes_to_one_that_has_it(elevenlabs: Emulated) -> None:
    assert [voice.name for voice in voices_for(Voicing(), "he")] == ["espeak"]
    assert [voice.name for voice in voices_for(Voicing(), "ja")] == ["elevenlabs", "espeak"]


class Short(Espeak):
    """A voice that takes few characters at a time."""

    longest = 60


LONG = ("the water comes and goes, and nobody has to tell it when; " * 60).strip(" ;") + "."


def test_a_sentence_longer_than_a_voice_takes_is_spoken_in_parts(tmp_path: Path) -> None:
    script = Script(title="Long", scenes=(Scene(narration=LONG[:399]), Scene(narration="End.")))
    narration = narrate(script, [Short(300)], tmp_path, Notes())
    assert joined([word.text for word in narration.words]) == script.text
    assert len(list((tmp_path / "spoken").glob("*.wav"))) > 2
    assert {word.scene for word in narration.words} == {0, 1}


@pytest.mark.parametrize(
    "text",
    [
        "Stop\x07 it\x1b[31m now\u202e please\ufeff.",
        "<speak><break time='9s'/>Hello</speak> <mark name='0'/> {\\an8} & %{x} world",
        "שלום עולם, זה מבחן.",
    ],
)
def test_odd_text_is_spoken_as_written(text: str, tmp_path: Path) -> None:
    script = Script(title="Odd", scenes=(Scene(narration=text),))
    narration = narrate(script, [Espeak(165)], tmp_path, Notes())
    assert [word.text for word in narration.words] == written_words(text)
    assert narration.seconds < 12  # an obeyed break would take 9 more


def test_a_word_that_nobody_can_say_is_refused(tmp_path: Path) -> None:
    script = Script(title="Word", scenes=(Scene(narration="a" * 20_000),))
    with pytest.raises(InvalidScript, match="20,000 characters"):
        narrate(script, [Espeak(165)], tmp_path, Notes())


class Mute(Espeak):
    """A voice that answers with silence, as a broken provider does."""

    name = "mute"

    def speak(
        self, text: str, language: str, out: Path
    ) -> tuple[tuple[SpokenWord, ...], float, Usage]:
        words, seconds, usage = super().speak(text, language, out)
        with wave.open(str(out), "wb") as file:
            file.setparams((1, 2, 22050, 0, "NONE", ""))
            file.writeframes(bytes(22050))
        return words, seconds, usage


def test_silence_from_the_last_voice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MalformedAnswer, match="silent where it should say 'The sea"):
        narrate(SCRIPT, [Mute(165)], tmp_path, Notes())
