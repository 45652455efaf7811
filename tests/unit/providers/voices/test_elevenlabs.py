"""ElevenLabs by its SDK: what it is sent, and what its odd answers become."""

from __future__ import annotations

from pathlib import Path

import pytest
from ytempire.config import settings
from ytempire.domain import Voicing
from ytempire.emulators.elevenlabs.account import Account
from ytempire.emulators.serving import Emulated
from ytempire.errors import (
    KeyRejected,
    NotConfigured,
    ProviderRefused,
    ProviderUnavailable,
    YTEmpireError,
)
from ytempire.providers.voices.choice import voices_for
from ytempire.providers.voices.elevenlabs import ElevenLabs

TEXT = "It cost $5 in 1969."


def test_it_needs_a_key() -> None:
    with pytest.raises(NotConfigured, match="no key"):
        ElevenLabs()


def test_a_key_that_cannot_be_one_is_told_without_showing_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("YTEMPIRE_ELEVENLABS__API_KEY", "sk_“quoted”")
    settings.cache_clear()
    try:
        with pytest.raises(KeyRejected) as caught:
            ElevenLabs()
    finally:
        settings.cache_clear()
    assert "quoted" not in str(caught.value)


def test_it_is_sent_what_is_to_be_said_in_the_channels_voice_and_pace(
    elevenlabs: Emulated, account: Account, tmp_path: Path
) -> None:
    voicing = Voicing(voices={"elevenlabs": "EXAVITQu4vr4xnSDxMaL"}, words_per_minute=176)
    words, _, usage = voices_for(voicing, "en")[0].speak(TEXT, "en", tmp_path / "a.wav")
    (asked,) = elevenlabs.asked
    assert asked.path == "/v1/text-to-speech/EXAVITQu4vr4xnSDxMaL/with-timestamps"
    assert asked.query == "output_format=mp3_44100_128"
    said = "It cost five dollars in nineteen sixty nine."
    assert asked.body["text"] == said
    assert asked.body["voice_settings"] == {"speed": 1.1}
    assert "language_code" not in asked.body
    assert [word.text for word in words] == TEXT.split()
    assert usage.quantity == len(said) == account.used


def test_what_a_flash_model_costs_is_what_the_answer_says(
    elevenlabs: Emulated, account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YTEMPIRE_ELEVENLABS__MODEL", "eleven_flash_v2_5")
    settings.cache_clear()
    voice = ElevenLabs()
    _, _, usage = voice.speak(TEXT, "en", tmp_path / "a.wav")
    assert usage.quantity == account.used < voice.expected(TEXT, "en").quantity
    assert elevenlabs.asked[0].body["language_code"] == "en"


def test_a_language_that_it_lacks_is_refused_before_anything_is_paid(
    elevenlabs: Emulated, tmp_path: Path
) -> None:
    with pytest.raises(ProviderRefused, match="does not speak 'he'"):
        ElevenLabs().speak("שלום", "he", tmp_path / "a.wav")
    assert not elevenlabs.asked


@pytest.mark.parametrize(
    ("address", "error"),
    [("http://127.0.0.1:9", ProviderUnavailable), ("http://[bad", NotConfigured)],
)
def test_an_address_where_nobody_is_costs_nothing(
    elevenlabs: Emulated,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    address: str,
    error: type[YTEmpireError],
) -> None:
    monkeypatch.setenv("YTEMPIRE_ELEVENLABS__BASE_URL", address)
    settings.cache_clear()
    with pytest.raises(error):
        ElevenLabs().speak(TEXT, "en", tmp_path / "a.wav")


def test_after_a_crash_a_history_that_may_not_be_read_does_not_stop_it(
    elevenlabs: Emulated, account: Account, tmp_path: Path
) -> None:
    (tmp_path / "a.asked").touch()
    elevenlabs.fail("status", path="history", status=401, body={"detail": "missing permission"})
    ElevenLabs().speak(TEXT, "en", tmp_path / "a.raw")
    assert len(account.history) == 1


@pytest.mark.parametrize("status", [401, 402, 422, 500])
def test_a_key_that_a_server_quotes_is_not_passed_on(
    elevenlabs: Emulated, account: Account, tmp_path: Path, status: int
) -> None:
    body = {"detail": {"status": "x", "message": f"bad {account.key}"}}
    asked = {"status": status, "body": body, "headers": {"retry-after": "999"}}
    elevenlabs.fail("status", path="with-timestamps", **asked)
    with pytest.raises(YTEmpireError, match="bad ") as caught:
        ElevenLabs().speak(TEXT, "en", tmp_path / "a.wav")
    assert account.key not in str(caught.value)
