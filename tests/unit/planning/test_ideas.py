"""Ideas are ranked by what moves, and nothing is told twice."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from ytempire.planning.ideas import EVIDENCE, rank, slot_of


def signal(video: str, velocity: float, title: str = "A title") -> dict:
    return {
        "youtube_video_id": video,
        "title": title,
        "channel_title": "Somebody",
        "published_at": datetime(2026, 11, 1, tzinfo=UTC),
        "views": 10,
        "views_per_hour": velocity,
    }


def test_the_fastest_mover_leads_and_brings_its_field_as_evidence() -> None:
    ideas = rank([signal("slow", 1), signal("fast", 9), signal("middle", 5)], told=set())
    assert [idea.signals[0]["youtube_video_id"] for idea in ideas] == ["fast", "middle", "slow"]
    assert [each["youtube_video_id"] for each in ideas[0].signals] == ["fast", "middle", "slow"]


def test_a_video_that_was_told_about_leads_no_idea() -> None:
    ideas = rank([signal("fast", 9), signal("middle", 5)], told={"fast"})
    assert [idea.signals[0]["youtube_video_id"] for idea in ideas] == ["middle"]


@given(st.lists(st.floats(0, 1e6), max_size=30))
def test_evidence_is_bounded_and_each_idea_leads_with_its_own(velocities: list[float]) -> None:
    ideas = rank([signal(str(n), v) for n, v in enumerate(velocities)], told=set())
    assert len(ideas) == len(velocities)
    assert all(len(idea.signals) <= EVIDENCE for idea in ideas)


def test_a_strangers_title_becomes_one_printable_line() -> None:
    [idea] = rank([signal("a", 1, "Tides\x00\n  of \u202e doom " + "x" * 500)], told=set())
    assert idea.topic.startswith("Tides of doom")
    assert len(idea.topic) <= 120
    assert idea.topic.isprintable()


def test_a_slot_is_the_pacific_half_day() -> None:
    assert slot_of(datetime(2026, 3, 8, 7, 59, tzinfo=UTC)) == "2026-03-07-pm"
    assert slot_of(datetime(2026, 3, 8, 8, 1, tzinfo=UTC)) == "2026-03-08-am"
    # After the clocks went forward the Pacific noon is 19:00 UTC.
    assert slot_of(datetime(2026, 3, 8, 19, 1, tzinfo=UTC)) == "2026-03-08-pm"
