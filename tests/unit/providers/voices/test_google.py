"""Google's voice through gTTS: our endpoint, our deadline, its faults in our words."""

from __future__ import annotations

from pathlib import Path

import pytest
from ytempire.config import settings
from ytempire.emulators.serving import Emulated
from ytempire.errors import (
    MalformedAnswer,
    NotConfigured,
    ProviderRefused,
    ProviderUnavailable,
    YTEmpireError,
)
from ytempire.providers.voices.google import GoogleVoice


def test_it_is_off_until_it_is_switched_on() -> None:
    with pytest.raises(NotConfigured, match="off"):
        GoogleVoice()


def test_it_goes_to_the_configured_address_only(google: Emulated, tmp_path: Path) -> None:
    GoogleVoice().speak("Good day.", "he", tmp_path / "a.wav")
    (asked,) = google.asked
    assert asked.path == "/_/TranslateWebserverUi/data/batchexecute"
    assert "Good%20day" in asked.body and "iw" in asked.body


@pytest.mark.parametrize(
    ("fault", "how", "error"),
    [
        ("status", {"status": 400}, ProviderRefused),
        ("status", {"status": 429, "headers": {"retry-after": "600"}}, ProviderUnavailable),
        ("malformed", {}, (ProviderRefused, MalformedAnswer)),
    ],
)
def test_its_faults_are_ours(
    google: Emulated,
    tmp_path: Path,
    fault: str,
    how: dict[str, object],
    error: type[YTEmpireError],
) -> None:
    google.fail(fault, **how)  # type: ignore[arg-type]
    with pytest.raises(error):
        GoogleVoice().speak("Good day.", "en", tmp_path / "a.wav")


@pytest.mark.parametrize(
    "fault", [pytest.param("drip", marks=pytest.mark.slow), "truncated", "dropped"]
)
def test_an_answer_that_does_not_come_whole_is_given_up_and_asked_for_again(
    google: Emulated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setenv("YTEMPIRE_GOOGLE_VOICE__DEADLINE_S", "2")
    settings.cache_clear()
    google.fail(fault, seconds=0.5)  # type: ignore[arg-type]
    GoogleVoice().speak("Good day.", "en", tmp_path / "a.wav")
    assert len(google.asked) == 2


def test_a_language_that_it_lacks_is_known_before(google: Emulated, tmp_path: Path) -> None:
    assert GoogleVoice.speaks("he") and GoogleVoice.speaks("zh")
    assert not GoogleVoice.speaks("eo")
    with pytest.raises(ProviderRefused, match="does not speak 'eo'"):
        GoogleVoice().speak("Saluton", "eo", tmp_path / "a.wav")
    assert not google.asked
