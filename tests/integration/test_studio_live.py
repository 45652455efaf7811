"""Planned videos through every stage with live providers: what is paid is booked, and paid once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress

import pytest
from ytempire.channels import stages as publishing
from ytempire.channels.account import Account as YouTubeAccount
from ytempire.channels.accounts import Channel, add
from ytempire.emulators.openai import KEY, State
from ytempire.emulators.serving import Emulated
from ytempire.errors import KeyRejected, ProviderUnavailable
from ytempire.runs import artifacts, queue
from ytempire.studio import stages

from tests.local_studio import Live, paid, planned, rows

pytestmark = pytest.mark.slow

MAKING = ("write", "narrate", "paint", "assemble")


@pytest.fixture
def channel(live: Live) -> str:
    add(Channel(channel_id="mine", youtube_channel_id=None, title="Mine", niche="tides"))
    return "mine"


def accepted(channel: str) -> str:
    return queue.accept(planned(channel))


def billed(model: State, *, is_batch: bool = False) -> dict[str, int]:
    some = [each for each in model.billed if each.is_batch == is_batch]
    return {
        "input_token": sum(each.read - each.cached for each in some),
        "cached_input_token": sum(each.cached for each in some),
        "output_token": sum(each.written for each in some),
    }


def booked(video_id: str, provider: str) -> dict[str, int]:
    """Units of a provider in the ledger, whatever model and kind."""
    found: dict[str, int] = {}
    for (name, _, unit), quantity in paid(video_id).items():
        if name.split("/")[0] == provider:
            found[unit] = found.get(unit, 0) + quantity
    return found


def tokens(counted: dict[str, int]) -> dict[str, int]:
    return {unit: count for unit, count in counted.items() if unit.endswith("token") and count}


def fallbacks(video_id: str) -> list[tuple[str, str, str]]:
    found = rows(
        "select capability, wanted, used from ops.fallbacks join ops.stage_runs "
        "using (stage_run_id) where video_id = %s order by fallback_id",
        video_id,
    )
    return [(row["capability"], row["wanted"], row["used"]) for row in found]


def test_a_planned_video_is_made_published_and_booked_as_it_was_billed(live: Live, youtube) -> None:
    video_id = accepted("tidewise")
    live.say()
    for name in MAKING:
        stages.STAGES[name](video_id)
    assert stages.check(video_id) == "publish"
    youtube_id = publishing.publish(video_id)

    assert tokens(booked(video_id, "openai")) == tokens(billed(live.model))
    assert {kind for name, kind, _ in paid(video_id) if name.startswith("openai/")} == {
        "script",
        "judge",
    }
    assert booked(video_id, "elevenlabs") == {"character": live.account.used}
    assert live.account.used > 0
    assert booked(video_id, "pexels") == {"call": live.shelf.searches}
    assert live.shelf.searches > 0
    assert fallbacks(video_id) == []

    account = YouTubeAccount("tidewise", "test")
    listed = account.data.videos().list(part="snippet", id=youtube_id)
    [item] = account.read(listed, default=1)["items"]
    assert item["snippet"]["title"] == "What moves the ocean twice a day"
    assert " on Pexels: https://www.pexels.com/" in item["snippet"]["description"]

    runs = {r["stage"]: r for r in rows("select * from ops.stage_runs where video_id=%s", video_id)}
    assert {(r["state"], r["attempt"]) for r in runs.values()} == {("succeeded", 1)}
    assert {r["device"] for r in runs.values()} == {"cpu"}
    assert 0.7 <= runs["check"]["confidence"] <= 1
    [video] = rows("select state, title from ops.videos where video_id = %s", video_id)
    assert video == {"state": "published", "title": "What moves the ocean twice a day"}

    was, asked = paid(video_id), len(live.openai.asked) + len(live.elevenlabs.asked)
    for name in MAKING:
        stages.STAGES[name](video_id)
    assert stages.check(video_id) == "publish"
    assert publishing.publish(video_id) == youtube_id
    assert paid(video_id) == was
    assert len(live.openai.asked) + len(live.elevenlabs.asked) == asked
    assert len(youtube.videos()) == 1


def interrupted(emulated: Emulated, stage: Callable[[], object], *, after: int, path: str) -> None:
    """Run a stage whose provider takes some calls, then no longer takes the key."""
    emulated.fail("status", path=path, status=401, after=after)
    with pytest.raises(KeyRejected):
        stage()
    assert emulated.faults.pop().count == 0, "the fault has struck"


def attempts(stage: str) -> list[tuple[str, int]]:
    found = rows("select state, attempt from ops.stage_runs where stage = %s order by 2", stage)
    return [(row["state"], row["attempt"]) for row in found]


def test_stages_that_are_interrupted_between_two_payments_pay_for_the_rest_only(
    live: Live, channel: str
) -> None:
    video_id = accepted(channel)
    live.model.knobs.next.append({"content": {"title": "Not a script"}})  # paid, and sent back
    live.say()
    interrupted(live.openai, lambda: stages.write(video_id), after=1, path="completions")
    assert len(live.model.billed) == 1
    assert tokens(booked(video_id, "openai")) == tokens(billed(live.model))
    stages.write(video_id)
    assert len(live.model.billed) == 2
    assert tokens(booked(video_id, "openai")) == tokens(billed(live.model))

    parts = [scene.narration for scene in stages.script_of(video_id).scenes]
    interrupted(live.elevenlabs, lambda: stages.narrate(video_id), after=2, path="text-to-speech")
    spoken = len(parts[0]) + len(parts[1])
    assert booked(video_id, "elevenlabs") == {"character": live.account.used}
    assert live.account.used == pytest.approx(spoken / 2, abs=1), "a standard video's voice"
    stages.narrate(video_id)
    assert [made.text for made in live.account.history] == parts
    assert booked(video_id, "elevenlabs") == {"character": live.account.used}

    interrupted(live.pexels, lambda: stages.paint(video_id), after=2, path="search")
    stages.paint(video_id)
    searched = [each.query for each in live.pexels.asked if "search" in each.path]
    assert len(searched) == len(parts) + 1, "only the refused search is made again"
    assert booked(video_id, "pexels")["call"] == live.shelf.searches

    for stage in ("write", "narrate", "paint"):
        assert attempts(stage) == [("failed", 1), ("succeeded", 2)]
    assert fallbacks(video_id) == []


def test_a_worker_killed_while_a_paid_answer_travels_finds_it_again_unpaid(
    live: Live, channel: str
) -> None:
    live.set(GOOGLE_VOICE__ENABLED="false")
    video_id = accepted(channel)
    live.say()
    stages.write(video_id)
    parts = [scene.narration for scene in stages.script_of(video_id).scenes]
    live.elevenlabs.fail("drip", path="text-to-speech", seconds=0.5, after=2)
    command = f"from ytempire.studio import stages; stages.narrate({video_id!r})"
    worker = subprocess.Popen([sys.executable, "-c", command])
    while len(live.account.history) < 3:
        with suppress(subprocess.TimeoutExpired):
            pytest.fail(f"the worker ended with {worker.wait(0.05)} before it was killed")
    worker.kill()
    worker.wait()

    stages.narrate(video_id)
    assert [made.text for made in live.account.history] == parts
    assert booked(video_id, "elevenlabs") == {"character": live.account.used}
    assert attempts("narrate") == [("failed", 1), ("succeeded", 2)]
    assert fallbacks(video_id) == []


def test_a_voice_that_breaks_down_on_the_way_hands_the_whole_text_to_the_next(
    live: Live, channel: str
) -> None:
    video_id = accepted(channel)
    live.say()
    stages.write(video_id)
    parts = [scene.narration for scene in stages.script_of(video_id).scenes]
    live.elevenlabs.fail("status", status=500, headers={"retry-after": "99"}, after=2)
    stages.narrate(video_id)
    assert [made.text for made in live.account.history] == parts[:2]
    assert booked(video_id, "elevenlabs") == {"character": live.account.used}
    assert len(live.google.asked) == len(parts)
    assert fallbacks(video_id) == [("voice", "elevenlabs", "google_voice")]
    [told] = rows("select reason from ops.fallbacks")
    assert "answered 500" in told["reason"]


def test_a_day_with_too_few_characters_goes_to_the_next_voice_unasked(
    live: Live, channel: str
) -> None:
    live.set(ELEVENLABS__CHARACTERS_PER_DAY="5", OPENAI__BATCHES="false")
    video_id = accepted(channel)
    live.say()
    stages.write(video_id)
    stages.narrate(video_id)
    assert live.elevenlabs.asked == []
    assert fallbacks(video_id) == [("voice", "elevenlabs", "google_voice")]
    assert rows("select 1 from ops.budgets where unit = 'character' and reserved + spent > 0") == []


def test_a_rejected_key_is_told_to_the_person_and_nothing_serves_instead(
    live: Live, channel: str
) -> None:
    live.set(OPENAI__API_KEY="sk-of-somebody-else", ELEVENLABS__API_KEY="nobody")
    video_id = accepted(channel)
    with pytest.raises(KeyRejected, match="OpenAI"):
        stages.write(video_id)
    live.set(OPENAI__API_KEY=KEY)
    live.say()
    stages.write(video_id)
    with pytest.raises(KeyRejected, match="ElevenLabs"):
        stages.narrate(video_id)
    assert fallbacks(video_id) == []
    assert live.google.asked == []
    [run] = rows("select error from ops.stage_runs where stage = 'narrate'")
    assert run["error"].startswith("KeyRejected: ")
    assert "nobody" not in run["error"]


def test_without_its_model_and_its_stock_a_planned_video_is_told_and_painted_here(
    live: Live, channel: str
) -> None:
    live.openai.fail("status", status=503, headers={"retry-after": "99"}, count=9)
    live.pexels.fail("status", status=502, headers={"retry-after": "99"}, count=99)
    video_id = accepted(channel)
    stages.write(video_id)
    stages.paint(video_id)
    assert ("script", "openai/gpt-5-mini", "trend teller") in fallbacks(video_id)
    assert ("picture", "pexels", "painter") in fallbacks(video_id)
    assert live.model.billed == [] and live.shelf.searches == 0
    assert all(picture.suffix == ".jpg" for picture in stages.pictures_of(video_id))


def test_without_signals_a_model_that_is_down_is_an_error_to_try_again(
    live: Live, channel: str
) -> None:
    live.openai.fail("status", status=503, headers={"retry-after": "99"})
    video_id = queue.accept(planned(channel, evidence={"niche": "tides"}))
    with pytest.raises(ProviderUnavailable):
        stages.write(video_id)
    assert artifacts.find(video_id, "script") is None
