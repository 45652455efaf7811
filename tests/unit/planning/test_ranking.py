"""Ideas are ranked by what outruns its own field, and nothing is told twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from ytempire.planning.ranking import EVIDENCE, alike, rank

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def signal(
    video: str, velocity: float, title: str = "", usual: float = 10.0, **more: object
) -> dict:
    return {
        "youtube_video_id": video,
        "source": "watched",
        "topic": title or f"Whales number{video}",
        "title": title or f"Whales number{video}",
        "channel_title": f"Channel of {video}",
        "published_at": NOW,
        "views": 10,
        "views_per_hour": velocity,
        "baseline_per_hour": usual,
    } | more


def leads(ideas: list) -> list[str]:
    return [idea.signals[0]["youtube_video_id"] for idea in ideas]


def test_what_outruns_its_own_channel_leads_not_what_is_merely_big() -> None:
    big = signal("big", 9_000, "Glaciers calving", usual=9_000)
    small = signal("small", 80, "Kelp forests", usual=10)
    ideas = rank([big, small], told=set())
    assert leads(ideas) == ["small", "big"]
    assert ideas[0].parts["lift"] == 3.0
    assert ideas[0].because == ("80 views an hour, 8.0 times what is usual for its channel",)


def test_what_several_channels_tell_of_counts_more_and_is_its_evidence() -> None:
    alone = signal("alone", 20, "Glaciers calving")
    told = [signal(f"t{n}", 20, f"Kelp forests, part{n}") for n in range(3)]
    ideas = rank([alone, *told], told=set())
    assert leads(ideas)[-1] == "alone"
    assert {each["youtube_video_id"] for each in ideas[0].signals[:3]} == {"t0", "t1", "t2"}
    assert "3 channels tell of it this week" in ideas[0].because


def test_one_channel_that_repeats_itself_is_one_teller() -> None:
    same = [signal(f"t{n}", 20, f"Kelp forests, part{n}", channel_title="One") for n in range(3)]
    assert rank(same, told=set())[0].parts["breadth"] == 0.0


def test_our_own_past_with_a_topic_lifts_or_lowers_it() -> None:
    def own(name: str, pace: float) -> dict:
        return signal(f"own-{name}", pace, f"All about {name}", source="own", topic=name)

    field = [signal("kelp", 20, "Kelp forests"), signal("ice", 20, "Glaciers calving")]
    ideas = rank([*field, own("kelp forests", 40), own("glaciers", 5)], told=set())
    assert leads(ideas) == ["kelp", "ice"], "our own videos lead no idea"
    assert ideas[0].parts["own"] > 0 > ideas[1].parts["own"]


def test_what_was_told_lately_leads_no_idea_whoever_tells_it() -> None:
    field = [signal("a", 90, "Kelp forests"), signal("b", 80, "Forests of kelp"), signal("c", 5)]
    assert leads(rank(field, told={"a"}, topics=["Kelp forests"])) == ["c"]


def test_a_topic_leads_once_before_the_others_had_their_turn() -> None:
    field = [
        signal("a", 90, "Kelp forests"),
        signal("b", 80, "Forests of kelp"),
        signal("c", 20, "Glaciers calving"),
    ]
    assert leads(rank(field, told=set())) == ["a", "c", "b"]


def test_without_scores_of_our_own_the_newest_leads() -> None:
    old = signal("old", 900, "Kelp forests", published_at=NOW - timedelta(days=2))
    assert leads(rank([old, signal("new", 1)], told=set(), by_score=False)) == ["new", "old"]


def test_titles_are_alike_by_the_words_that_tell_something() -> None:
    assert alike("What we know about kelp forests", "Kelp forests, explained") == 1.0
    assert alike("What we know about kelp", "What we know about krill") == 0.0
    assert alike("", "Kelp") == 0.0


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)), max_size=30))
def test_every_signal_leads_one_idea_and_evidence_is_bounded(paces: list) -> None:
    field = [signal(str(n), pace, usual=usual) for n, (pace, usual) in enumerate(paces)]
    ideas = rank(field, told=set())
    assert sorted(leads(ideas)) == sorted(each["youtube_video_id"] for each in field)
    assert all(len(idea.signals) <= EVIDENCE for idea in ideas)
    assert all(abs(idea.parts["lift"]) <= 4.0 for idea in ideas)


def test_a_strangers_title_becomes_one_printable_line() -> None:
    [idea] = rank([signal("a", 1, "Tides\x00\n  of \u202e doom " + "x" * 500)], told=set())
    assert idea.topic.startswith("Tides of doom")
    assert len(idea.topic) <= 120
    assert idea.topic.isprintable()
