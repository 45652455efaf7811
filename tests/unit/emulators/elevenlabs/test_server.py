"""The local ElevenLabs speaks its protocol: keys, voices, speech with times, history, allowance."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import httpx
import pytest
from ytempire.emulators.elevenlabs.account import MODELS, VOICES, Account
from ytempire.emulators.elevenlabs.server import application
from ytempire.emulators.serving import running
from ytempire.providers.voices.sounds import decoded, heard

VOICE = next(iter(VOICES))
TEXT = "The sea rises twice a day."


@pytest.fixture
def account() -> Account:
    return Account()


@pytest.fixture
def http(account: Account) -> Iterator[httpx.Client]:
    with (
        running(application(account)) as emulated,
        httpx.Client(base_url=emulated.address, headers={"xi-api-key": account.key}) as client,
    ):
        yield client


def _speak(http: httpx.Client, text: str = TEXT, **how: str) -> httpx.Response:
    asked = {"text": text, "model_id": "eleven_multilingual_v2"}
    return http.post(f"/v1/text-to-speech/{VOICE}/with-timestamps", json=asked, params=how)


def test_another_key_is_refused(http: httpx.Client) -> None:
    answer = http.get("/v1/voices", headers={"xi-api-key": "guess"})
    assert answer.status_code == 401
    assert answer.json()["detail"]["status"] == "invalid_api_key"


@pytest.mark.parametrize(
    ("form", "hertz"), [("mp3_44100_128", 44100), ("mp3_22050_32", 22050), ("wav_16000", 16000)]
)
def test_speech_comes_as_asked_with_each_characters_times(
    http: httpx.Client, form: str, hertz: int
) -> None:
    answer = _speak(http, output_format=form)
    assert answer.headers["x-emulated"] == "simulated"
    assert answer.headers["character-cost"] == str(len(TEXT))
    said = answer.json()
    samples, found = decoded(base64.b64decode(said["audio_base64"]))
    _, last = heard(samples)
    assert found == hertz
    alignment = said["alignment"]
    assert "".join(alignment["characters"]) == TEXT
    starts = alignment["character_start_times_seconds"]
    assert starts == sorted(starts)
    assert last / hertz - 1 < starts[-1] <= last / hertz + 0.2


def test_it_is_billed_and_kept_in_the_history(http: httpx.Client, account: Account) -> None:
    _speak(http)
    assert http.get("/v1/user/subscription").json()["character_count"] == len(TEXT)
    (item,) = http.get("/v1/history", params={"voice_id": VOICE}).json()["history"]
    assert (item["text"], item["character_count_change_to"]) == (TEXT, len(TEXT))
    audio = http.get(f"/v1/history/{item['history_item_id']}/audio")
    assert audio.content == account.history[0].audio
    assert http.get("/v1/history", params={"voice_id": "other"}).json()["history"] == []
    assert http.get("/v1/history/none/audio").status_code == 400


def test_the_history_comes_by_pages_and_between_two_moments(
    http: httpx.Client, account: Account
) -> None:
    for text in ("One.", "Two.", "Three."):
        _speak(http, text)
    account.history[0].at -= 86_400

    def page(**asked: object) -> dict:  # type: ignore[type-arg]
        return http.get("/v1/history", params={"source": "TTS", **asked}).json()

    first = page(page_size=2)
    assert [item["text"] for item in first["history"]] == ["Three.", "Two."] and first["has_more"]
    rest = page(page_size=2, start_after_history_item_id=first["last_history_item_id"])
    assert [item["text"] for item in rest["history"]] == ["One."] and not rest["has_more"]
    then = int(account.history[0].at)
    assert page(date_after_unix=then, date_before_unix=then + 60)["history"] == rest["history"]
    assert http.get("/v1/history", params={"page_size": 1001}).status_code == 422


def test_what_it_does_not_have_is_refused_and_not_billed(
    http: httpx.Client, account: Account
) -> None:
    account.limit = 10
    answers = [
        _speak(http),
        _speak(http, " "),
        _speak(http, "x" * 10_001),
        http.post("/v1/text-to-speech/nobody/with-timestamps", json={"text": "Hi"}),
        _speak(http, "Hi", output_format="flac_1"),
    ]
    assert [answer.status_code for answer in answers] == [401, 422, 400, 404, 422]
    assert answers[0].json()["detail"]["status"] == "quota_exceeded"
    assert account.used == 0


def test_it_lists_its_voices_and_models(http: httpx.Client) -> None:
    assert {voice["voice_id"] for voice in http.get("/v1/voices").json()["voices"]} == set(VOICES)
    assert {model["model_id"] for model in http.get("/v1/models").json()} == set(MODELS)


def test_a_flash_model_counts_half(http: httpx.Client, account: Account) -> None:
    asked = {"text": TEXT, "model_id": "eleven_flash_v2_5", "language_code": "en"}
    http.post(f"/v1/text-to-speech/{VOICE}/with-timestamps", json=asked)
    assert account.used == round(len(TEXT) / 2)


def test_the_next_answer_can_be_spoiled_from_outside(http: httpx.Client) -> None:
    assert http.post("/emulator/next", json={"spoils": ["sung"]}).status_code == 422
    http.post("/emulator/next", json={"spoils": ["silent"]})
    samples, _ = decoded(base64.b64decode(_speak(http).json()["audio_base64"]))
    assert heard(samples) == (0, 0)
    samples, _ = decoded(base64.b64decode(_speak(http).json()["audio_base64"]))
    assert heard(samples) != (0, 0)
