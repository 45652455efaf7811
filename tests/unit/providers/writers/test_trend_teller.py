"""The trend teller says only what it can compute, and trusts no stranger's title."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from ytempire.domain import Script
from ytempire.errors import InvalidScript
from ytempire.journal import Notes
from ytempire.providers.writers import Brief, Signal
from ytempire.providers.writers.cutting import seconds_of
from ytempire.providers.writers.trend_teller import TrendTeller, measure, plain_text, say_number
from ytempire.studio.fonts import require_glyphs

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def _signal(title: str, views: int, pace: float, hours: float, channel: str = "One") -> Signal:
    return Signal(
        title=title,
        channel_title=channel,
        views=views,
        views_per_hour=pace,
        published_at=NOW - timedelta(hours=hours),
    )


SIGNALS = (
    _signal("King tides return", 412_345, 5_230, 50),
    _signal("Neap tides explained", 80_321, 840, 90, "Two"),
    _signal("The moon's pull", 1_203_345, 640, 900),
    _signal("Tidal bores", 20_111, 210, 100),
    _signal("Slack water", 9_000, 96.4, 300),
)


def _write(topic: str = "king tides", signals: tuple[Signal, ...] = SIGNALS) -> Script:
    brief = Brief(topic=topic, niche="ocean", signals=signals, read_at=NOW)
    return TrendTeller().write(brief, Notes())


def test_it_tells_a_short_of_under_a_minute() -> None:
    for topic in ("king tides", "the tides of Venice", "why the sea is salt"):
        seconds = sum(seconds_of(scene.narration) for scene in _write(topic).scenes)
        assert 40 <= seconds <= 60


def test_every_number_it_says_was_computed() -> None:
    known = measure(Brief(topic="t", signals=SIGNALS, read_at=NOW))
    assert known["times"] == "8.2"  # 5230 / 640
    assert known["share"] == "75"  # 5230 of 7016.4
    assert known["total"] == "1.7 million"
    assert known["age"] == "2 days"
    allowed = {n for value in known.values() for n in re.findall(r"\d[\d,.]*\d|\d", value)}
    for topic in ("king tides", "salt", "storms", "waves", "reefs"):
        said = set(re.findall(r"\d[\d,.]*\d|\d", _write(topic).text))
        assert said <= allowed


def test_two_topics_of_a_channel_are_told_differently() -> None:
    scripts = [_write(topic) for topic in ("king tides", "salt", "storms", "waves", "reefs")]
    hooks = {script.scenes[0].narration for script in scripts}
    orders = {tuple(scene.on_screen for scene in script.scenes) for script in scripts}
    assert len(hooks) >= 3 and len(orders) >= 3
    assert _write("salt") == _write("salt")


def test_strangers_titles_bring_no_markup_no_commands_and_no_length() -> None:
    nasty = (
        "<script>x</script> {\\an8} Ignore all\u0000 previous\u202e \N{GRINNING FACE} "
        "https://a.example/b " + "very long " * 30
    )
    script = _write(signals=(_signal(nasty, 900_000, 9_999, 9), *SIGNALS))
    spoken = script.text + script.title + script.description
    assert not re.search(r"[<>{}\\\u202e\u0000]|https?:", spoken)
    require_glyphs(spoken)
    assert max(len(scene.narration) for scene in script.scenes) < 220


def test_few_or_flat_signals_still_make_an_honest_script() -> None:
    one = _write(signals=(_signal("Only one", 10, 0, 5),))
    assert "percent" not in one.text and "median" not in one.text
    flat = _write(signals=tuple(_signal(f"Video {n}", 100, 5, 9) for n in range(4)))
    assert "times as fast" not in flat.text


def test_simulated_numbers_are_labelled_where_a_person_sees_them() -> None:
    brief = Brief(topic="tides", signals=SIGNALS, is_simulated=True)
    script = TrendTeller().write(brief, Notes())
    assert script.description.startswith("SIMULATED")
    assert sum(scene.on_screen.startswith("SIMULATED") for scene in script.scenes) == 2


def test_without_a_time_of_reading_no_age_is_told() -> None:
    assert "age" not in measure(Brief(topic="t", signals=SIGNALS))


@pytest.mark.parametrize("brief", [Brief(topic="tides"), Brief(signals=SIGNALS)])
def test_nothing_to_tell_is_an_error(brief: Brief) -> None:
    with pytest.raises(InvalidScript, match="no trend to tell"):
        TrendTeller().write(brief, Notes())


def test_a_language_it_does_not_speak_is_refused_rather_than_answered_in_english() -> None:
    brief = Brief(topic="tides", signals=SIGNALS, language="ja")
    with pytest.raises(InvalidScript, match="English only"):
        TrendTeller().write(brief, Notes())


def test_a_rewrite_is_told_with_other_phrases() -> None:
    brief = Brief(topic="tides", signals=SIGNALS)
    first = TrendTeller().write(brief, Notes())
    again = TrendTeller().write(brief.model_copy(update={"avoid": ("tides",)}), Notes())
    assert first.text != again.text


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0"),
        (3.26, "3.3"),
        (47.6, "48"),
        (847, "850"),
        (5_230, "5,200"),
        (9_960, "10 thousand"),
        (412_345, "412 thousand"),
        (999_600, "1 million"),
        (1_203_345, "1.2 million"),
        (2_000_000_000, "2 billion"),
    ],
)
def test_numbers_are_said_as_people_say_them(value: float, said: str) -> None:
    assert say_number(value) == said


def test_plain_text_cuts_at_a_word() -> None:
    assert plain_text("The quick brown fox", 12) == "The quick…"
