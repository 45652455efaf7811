"""What providers have counted is read day by day, by their own clients from their local servers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from ytempire.config import settings
from ytempire.domain import Billed
from ytempire.emulators import openai
from ytempire.emulators.elevenlabs.account import Account, Made
from ytempire.emulators.elevenlabs.server import application as elevenlabs_application
from ytempire.emulators.openai.state import Billed as Answered
from ytempire.emulators.openai.state import State
from ytempire.emulators.serving import Emulated, running
from ytempire.errors import KeyRejected, MalformedAnswer, NotConfigured
from ytempire.providers.usage_reports import elevenlabs as elevenlabs_report
from ytempire.providers.usage_reports.elevenlabs import history
from ytempire.providers.usage_reports.openai import usage

TODAY = datetime.now(UTC).date()
NOON = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC).timestamp()


@pytest.fixture
def state() -> State:
    return State(seed=7, knobs=openai.Knobs())


@pytest.fixture
def model(state: State, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulated]:
    with running(openai.server.application(state)) as emulated:
        monkeypatch.setenv("YTEMPIRE_OPENAI__ADMIN_KEY", openai.ADMIN_KEY)
        monkeypatch.setenv("YTEMPIRE_OPENAI__BASE_URL", f"{emulated.address}/v1")
        settings.cache_clear()
        yield emulated
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def account() -> Account:
    return Account()


@pytest.fixture
def voice(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulated]:
    with running(elevenlabs_application(account)) as emulated:
        monkeypatch.setenv("YTEMPIRE_ELEVENLABS__API_KEY", account.key)
        monkeypatch.setenv("YTEMPIRE_ELEVENLABS__BASE_URL", emulated.address)
        settings.cache_clear()
        yield emulated
    monkeypatch.undo()
    settings.cache_clear()


def answered(state: State, days_ago: int, **more: object) -> None:
    at = NOON - days_ago * 86_400
    given = {"model": "gpt-5.1", "read": 100, "cached": 40, "written": 7, "is_batch": False}
    state.billed.append(Answered(at=at, **given | more))  # type: ignore[arg-type]


def spoken(account: Account, days_ago: int, count: int) -> None:
    number = len(account.history)
    at = NOON - days_ago * 86_400
    account.history.append(
        Made(f"item{number}", "v", "eleven_flash_v2_5", "x", at, number, number + count, b"", {})
    )


def told(rows: list[Billed]) -> dict[tuple[int, str, str], Decimal]:
    """(days ago, item, unit) -> quantity, of what is not nothing."""
    return {((TODAY - r.utc_day).days, r.item, r.unit): r.quantity for r in rows if r.quantity}


def day(days_ago: int) -> date:
    return TODAY - timedelta(days=days_ago)


def test_tokens_are_told_by_day_model_and_way(state: State, model: Emulated) -> None:
    for ago in (45, 44, 44, 1):
        answered(state, ago)
    answered(state, 1, model="gpt-5-mini", is_batch=True, cached=0)
    answered(state, 46)
    rows = usage(day(45), day(0))
    assert told(rows) == {
        (45, "gpt-5.1", "input_token"): 60,
        (45, "gpt-5.1", "cached_input_token"): 40,
        (45, "gpt-5.1", "output_token"): 7,
        (45, "all", "request"): 1,
        (44, "gpt-5.1", "input_token"): 120,
        (44, "gpt-5.1", "cached_input_token"): 80,
        (44, "gpt-5.1", "output_token"): 14,
        (44, "all", "request"): 2,
        (1, "gpt-5.1", "input_token"): 60,
        (1, "gpt-5.1", "cached_input_token"): 40,
        (1, "gpt-5.1", "output_token"): 7,
        (1, "gpt-5-mini batch", "input_token"): 100,
        (1, "gpt-5-mini batch", "output_token"): 7,
        (1, "all", "request"): 2,
    }
    assert len([row for row in rows if row.unit == "request"]) == 46, "each day was asked for"
    assert len(model.asked) == 2


def test_only_our_project_counts_where_one_is_named(
    state: State, model: Emulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(state, 1)
    for project, count in (("proj_emulated", 4), ("proj_of_another", 0)):
        monkeypatch.setenv("YTEMPIRE_OPENAI__PROJECT", project)
        settings.cache_clear()
        assert len(told(usage(day(1), day(0)))) == count


def test_what_stands_in_the_way_of_the_usage_is_told(
    model: Emulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    model.fail("status", status=500)
    assert told(usage(day(1), day(0))) == {}
    model.fail("malformed")
    with pytest.raises(MalformedAnswer, match="no usage report"):
        usage(day(1), day(0))
    monkeypatch.setenv("YTEMPIRE_OPENAI__ADMIN_KEY", openai.KEY)
    settings.cache_clear()
    with pytest.raises(KeyRejected, match="insufficient permissions"):
        usage(day(1), day(0))
    monkeypatch.delenv("YTEMPIRE_OPENAI__ADMIN_KEY")
    settings.cache_clear()
    with pytest.raises(NotConfigured) as missing:
        usage(day(1), day(0))
    assert "YTEMPIRE_OPENAI__ADMIN_KEY" in missing.value.remedy


def test_characters_are_told_by_day_however_many_pages_they_fill(
    account: Account, voice: Emulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elevenlabs_report, "_PAGE", 2)
    for ago, count in ((3, 9), (2, 10), (1, 20), (1, 30), (0, 5)):
        spoken(account, ago, count)
    found = told(history(day(2), day(1)))
    assert found == {
        (2, "voice", "character"): 10,
        (2, "all", "request"): 1,
        (1, "voice", "character"): 50,
        (1, "all", "request"): 2,
    }
    assert len(voice.asked) == 2


def test_a_history_that_came_in_half_is_asked_for_again(account: Account, voice: Emulated) -> None:
    spoken(account, 1, 20)
    voice.fail("truncated")
    assert told(history(day(1), day(1)))[1, "voice", "character"] == 20
