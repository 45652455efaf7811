"""What every writer keeps to, whatever it writes with."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from ytempire.domain import Format, Script
from ytempire.errors import InvalidScript
from ytempire.providers.voices import is_speakable
from ytempire.providers.writers import Brief, Signal, Writer
from ytempire.providers.writers.drafts import spoken_seconds
from ytempire.providers.writers.openai_writer import OpenAIWriter
from ytempire.providers.writers.own_words import OwnWords
from ytempire.providers.writers.trend_teller import TrendTeller
from ytempire.studio.fonts import require_glyphs

from tests.local_openai import PricedNotes, local_openai

NOW = datetime(2026, 9, 29, 12, tzinfo=UTC)
BRIEF = Brief(
    topic="king tides",
    niche="ocean",
    signals=tuple(
        Signal(
            title=f"Tide number {n} \N{WAVE DASH} explained",
            channel_title=f"Channel {n}",
            views=9_000 * n,
            views_per_hour=90.0 * n * n,
            published_at=NOW - timedelta(hours=30 * n),
        )
        for n in range(1, 7)
    ),
    text="# King tides\n\n" + "The sea rises twice a year, and nobody opened a dam. " * 12,
    read_at=NOW,
)


@pytest.fixture(params=["own words", "trend teller", "openai"])
def writer(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Writer]:
    if request.param == "openai":
        with local_openai(tmp_path) as local:
            yield OpenAIWriter(local.config, local.cache)
    else:
        yield OwnWords() if request.param == "own words" else TrendTeller()


def test_a_short_is_spoken_in_under_a_minute(writer: Writer) -> None:
    script = writer.write(BRIEF, PricedNotes())
    assert 20 <= sum(spoken_seconds(scene.narration) for scene in script.scenes) <= 62


def test_every_scene_can_be_spoken_drawn_and_read(writer: Writer) -> None:
    script = writer.write(BRIEF, PricedNotes())
    assert all(is_speakable(scene.narration) for scene in script.scenes)
    assert all(len(scene.on_screen) <= 44 for scene in script.scenes)
    assert max(spoken_seconds(scene.narration) for scene in script.scenes) <= 13
    shown = " ".join(f"{scene.on_screen} {scene.narration}" for scene in script.scenes)
    require_glyphs(f"{script.title} {script.thumbnail_text} {shown}")
    assert not any(unicodedata.category(character) == "Cc" for character in shown)


def test_it_is_within_youtubes_limits(writer: Writer) -> None:
    script = writer.write(BRIEF, PricedNotes())
    assert 1 <= len(script.title) <= 100
    assert not set("<>") & set(script.title + script.description)
    assert len(script.description.encode()) <= 4_000
    assert sum(len(tag) + 3 for tag in script.tags) <= 500


def test_what_it_took_is_booked_under_the_scripts_kind(writer: Writer) -> None:
    notes = PricedNotes()
    writer.write(BRIEF, notes)
    assert notes.usages and {usage.kind for usage in notes.usages} == {"script"}
    assert notes.spent >= 0


def test_the_same_brief_gives_the_same_script(writer: Writer) -> None:
    first, again = (writer.write(BRIEF, PricedNotes()) for _ in range(2))
    assert first == again == Script.model_validate_json(first.model_dump_json())


def test_an_empty_brief_is_an_error_that_says_what_to_give(writer: Writer) -> None:
    with pytest.raises(InvalidScript) as caught:
        writer.write(Brief(format=Format.SHORT), PricedNotes())
    assert caught.value.remedy
