"""Near copies are found, and different videos on one topic are let pass."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
import yaml
from ytempire.domain import Scene, Script
from ytempire.studio.variety import REMEMBERED, Previous, closest, resemblance

PAIRS = yaml.safe_load(
    (Path(__file__).parents[2] / "fixtures" / "variety.yaml").read_text(encoding="utf-8")
)


def script(entry: dict[str, Any]) -> Script:
    return Script(title=entry["title"], scenes=(Scene(narration=entry["text"]),))


def previous(entry: dict[str, Any], video_id: str = "v1") -> Previous:
    return Previous(video_id=video_id, title=entry["title"], text=entry["text"])


@pytest.mark.parametrize("topic", PAIRS, ids=lambda topic: topic["topic"])
def test_a_near_copy_is_too_close(topic: dict[str, Any]) -> None:
    for copy in topic["copies"]:
        assert resemblance(script(copy), previous(topic)).is_too_close, copy["title"]


@pytest.mark.parametrize("topic", PAIRS, ids=lambda topic: topic["topic"])
def test_another_video_on_the_same_topic_is_not(topic: dict[str, Any]) -> None:
    videos = [topic, *topic["others"]]
    for one, other in permutations(videos, 2):
        found = resemblance(script(one), previous(other))
        assert not found.is_too_close, f"{one['title']} / {other['title']}: {found.in_words}"


def test_the_margins_are_wide_on_both_sides() -> None:
    copies = [resemblance(script(c), previous(t)) for t in PAIRS for c in t["copies"]]
    others = [
        resemblance(script(a), previous(b))
        for t in PAIRS
        for a, b in permutations([t, *t["others"]], 2)
    ]
    assert min(max(r.body / 0.60, r.words / 0.45) for r in copies) > 1.1
    assert max(max(r.body / 0.60, r.words / 0.45) for r in others) < 0.5


def test_the_same_title_on_another_text_is_too_close() -> None:
    topic = PAIRS[0]
    other = {**topic["others"][0], "title": topic["title"].upper() + "!"}
    assert resemblance(script(other), previous(topic)).is_recycled


def test_it_names_the_video_that_is_most_alike_and_how_much() -> None:
    topic = PAIRS[0]
    known = [previous(other, f"v{n}") for n, other in enumerate(topic["others"])]
    found = closest(script(topic["copies"][0]), [*known, previous(topic, "the one")])
    assert found is not None and found.previous.video_id == "the one"
    assert "the one" in found.in_words and "100%" in found.in_words


def test_only_the_last_fifty_count_and_a_new_channel_has_none() -> None:
    topic = PAIRS[0]
    fresh = [previous(topic["others"][0], f"v{n}") for n in range(REMEMBERED)]
    found = closest(script(topic["copies"][0]), [*fresh, previous(topic, "old")])
    assert found is not None and not found.is_too_close
    assert closest(script(topic), []) is None
