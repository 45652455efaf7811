"""The right writer, the one behind it, and rewrites of what is too close."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ytempire.config import OpenAI
from ytempire.domain import Script
from ytempire.errors import (
    InvalidScript,
    KeyRejected,
    MalformedAnswer,
    NotConfigured,
    ProviderRefused,
    ProviderUnavailable,
    TooAlike,
)
from ytempire.providers.writers import Brief, Signal
from ytempire.studio.variety import Previous, closest
from ytempire.studio.writing import collect_scripts, plan_scripts, write_script

from tests.local_openai import LocalOpenAI, PricedNotes, local_openai

NOW = datetime(2026, 9, 29, 12, tzinfo=UTC)
TREND = Brief(
    topic="king tides",
    niche="ocean",
    signals=tuple(
        Signal(
            title=f"Tide {n}",
            channel_title=f"Channel {n}",
            views=9_000 * n,
            views_per_hour=90.0 * n * n,
            published_at=NOW - timedelta(hours=30 * n),
        )
        for n in range(1, 7)
    ),
    read_at=NOW,
)
OFFLINE = OpenAI()


@pytest.fixture
def openai(tmp_path: Path) -> Iterator[LocalOpenAI]:
    with local_openai(tmp_path) as local:
        yield local


def written(local: LocalOpenAI, brief: Brief, notes: PricedNotes, *known: Previous) -> Script:
    return write_script(brief, known, notes, local.folder, openai=local.config)


def shown(script: Script, video_id: str = "v1") -> Previous:
    return Previous(video_id=video_id, title=script.title, text=script.text)


def as_draft(script: Script) -> dict[str, Any]:
    return {
        "content": {
            **script.model_dump(include={"title", "hook", "description", "thumbnail_text"}),
            "scenes": [scene.model_dump() for scene in script.scenes],
            "sources": list(script.sources),
            "tags": list(script.tags),
        }
    }


def test_own_words_are_taken_as_they_stand_though_the_channel_said_them(
    openai: LocalOpenAI,
) -> None:
    brief = TREND.model_copy(update={"text": "The sea rises. Nobody opened a dam."})
    script = written(openai, brief, PricedNotes())
    assert written(openai, brief, PricedNotes(), shown(script)) == script
    assert not openai.chats


def test_with_a_key_the_model_writes(openai: LocalOpenAI) -> None:
    notes = PricedNotes()
    script = written(openai, TREND, notes)
    assert "SIMULATED" in script.description and len(openai.chats) == 1
    assert notes.usages[0].provider == "openai/gpt-5-mini" and not notes.fallbacks


def test_without_a_key_trends_are_told_and_nothing_is_said_to_have_failed(tmp_path: Path) -> None:
    notes = PricedNotes()
    script = write_script(TREND, (), notes, tmp_path, openai=OFFLINE)
    assert notes.usages[0].provider == "trend teller" and not notes.fallbacks
    assert "king tides" in script.text


def test_without_key_text_or_trend_the_error_names_all_three(tmp_path: Path) -> None:
    with pytest.raises(InvalidScript) as caught:
        write_script(Brief(topic="tides"), (), PricedNotes(), tmp_path, openai=OFFLINE)
    assert "trend feed" in caught.value.remedy and "OPENAI" in caught.value.remedy


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "status", "status": 429, "headers": {"retry-after": "99"}}, ProviderUnavailable),
        ({"kind": "status", "status": 400}, ProviderRefused),
        ({"kind": "malformed"}, MalformedAnswer),
    ],
)
def test_a_model_that_fails_gives_way_to_the_trends_if_there_are_any(
    openai: LocalOpenAI, fault: dict[str, Any], error: type[Exception]
) -> None:
    how = dict(fault)
    openai.emulated.fail(how.pop("kind"), count=2, **how)
    notes = PricedNotes()
    written(openai, TREND, notes)
    (fallback,) = notes.fallbacks
    assert (fallback.capability, fallback.used) == ("script", "trend teller")
    assert fallback.wanted == "openai/gpt-5-mini" and "OpenAI" in fallback.reason
    with pytest.raises(error):
        written(openai, Brief(topic="king tides"), PricedNotes())


def test_what_a_refusal_cost_stays_booked_beside_the_fallback(openai: LocalOpenAI) -> None:
    openai.knobs.next.append({"refusal": "No."})
    notes = PricedNotes()
    written(openai, TREND, notes)
    assert [usage.provider for usage in notes.usages] == ["openai/gpt-5-mini"] * 2 + [
        "trend teller"
    ]


def test_trends_are_not_told_in_english_to_a_channel_of_another_language(
    openai: LocalOpenAI,
) -> None:
    openai.emulated.fail("status", status=400)
    with pytest.raises(ProviderRefused):
        written(openai, TREND.model_copy(update={"language": "ja"}), PricedNotes())


def test_a_bad_key_or_a_missing_price_is_never_passed_over(tmp_path: Path) -> None:
    with local_openai(tmp_path, key="sk-wrong") as local, pytest.raises(KeyRejected):
        written(local, TREND, PricedNotes())
    with local_openai(tmp_path) as local:
        local.config = local.config.model_copy(update={"small_model": "ours"})
        with pytest.raises(NotConfigured):
            written(local, TREND, PricedNotes())


def test_a_script_that_repeats_the_channel_is_rewritten_away_from_it(openai: LocalOpenAI) -> None:
    first = written(openai, TREND, PricedNotes())
    again = TREND.model_copy(update={"voice": "dry"})
    openai.knobs.next.append(as_draft(first))
    second = written(openai, again, PricedNotes(), shown(first))
    found = closest(second, [shown(first)])
    assert found is not None and not found.is_too_close
    assert len(openai.chats) == 3
    assert first.title in openai.chats[2]["messages"][1]["content"]


def test_after_two_rewrites_a_person_is_asked_for_another_angle(openai: LocalOpenAI) -> None:
    first = written(openai, TREND, PricedNotes())
    openai.knobs.next += [as_draft(first)] * 3
    again = TREND.model_copy(update={"voice": "dry"})
    with pytest.raises(TooAlike, match="v1") as caught:
        written(openai, again, PricedNotes(), shown(first))
    assert "another topic or angle" in caught.value.remedy and len(openai.chats) == 4


def test_forty_trends_of_a_channel_are_told_without_saying_the_same_again(tmp_path: Path) -> None:
    known: list[Previous] = []
    for n in range(40):
        brief = TREND.model_copy(update={"topic": f"the tides of harbour {n % 7}"})
        script = write_script(brief, known, PricedNotes(), tmp_path, openai=OFFLINE)
        known.insert(0, shown(script, f"v{n}"))
    assert len({each.text for each in known}) == 40


def test_a_planned_script_is_there_when_it_is_written(openai: LocalOpenAI) -> None:
    (batch,) = plan_scripts([TREND], PricedNotes(), openai.folder, openai=openai.config)
    notes = PricedNotes()
    assert collect_scripts(batch, notes, openai.folder, openai=openai.config).arrived == 1
    later = PricedNotes()
    written(openai, TREND, later)
    assert notes.usages and not later.usages and not openai.chats
